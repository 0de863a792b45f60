"""Which terms does a text have? The same for posts and for queries."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from souwen.index.analysis.fold import fold, fold_text
from souwen.index.analysis.grams import bigrams, chars, runs
from souwen.index.analysis.technical import technical
from souwen.index.analysis.words import (
    DictionaryWord,
    Name,
    Segmenter,
    segmenter,
    subwords,
    version,
)
from souwen.index.documents import AnalyzedText, Terms, Token

VERSION = 1
"""Goes into the fingerprint: raised whenever the same text would give other terms."""

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch ``[start, end)`` of a folded text that is read as one thing.

    ``words`` are the words of a run of Han, kana or hangul, or the one term of a technical token.
    """

    start: int
    end: int
    kind: Literal["han", "technical"]
    words: tuple[str, ...]


class Analyzer:
    """Cuts texts into terms: technical tokens and words, bigrams, single characters.

    Cheap to make: the dictionary is loaded with the first Han character that is met. May be used
    by many threads.
    """

    def __init__(
        self, *, segmenter: Name = "auto", dictionary: tuple[DictionaryWord, ...] = ()
    ) -> None:
        self._name = segmenter
        self._dictionary = dictionary

    @cached_property
    def _segmenter(self) -> Segmenter:
        return segmenter(self._name, self._dictionary)

    @cached_property
    def fingerprint(self) -> str:
        """Names all that decides which terms a text has."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(repr((VERSION, version(self._name), self._dictionary)).encode())
        for name in ("variants.txt", "words.txt"):
            digest.update(Path(__file__).with_name(name).read_bytes())
        return digest.hexdigest()

    @property
    def description(self) -> tuple[tuple[str, str], ...]:
        """The analyzer for people."""
        return (
            ("segmenter", version(self._name)),
            ("dictionary", f"{len(self._dictionary)} words"),
            ("analysis", str(VERSION)),
            ("fingerprint", self.fingerprint),
        )

    def analyze(self, text: str) -> AnalyzedText:
        """The terms of a text, whose positions are offsets in the folded text."""
        folded = fold_text(text)
        return AnalyzedText(folded, self._words(folded), bigrams(folded), chars(folded))

    def _words(self, folded: str) -> Terms:
        found = sorted([*_technical_terms(folded), *self._han_terms(folded)])
        return Terms(tuple(term for _, _, term in found), tuple(start for start, _, _ in found))

    def _han_terms(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Each term with its position, and a rank that puts parts before the word."""
        for start, end in runs(folded):
            for word in self._segmenter.cut(folded[start:end]):
                if len(word) > 2:
                    for at, part in self._subwords(word):
                        yield start + at, 0, part
                yield start, 1, word
                start += len(word)  # noqa: PLW2901

    @cached_property
    def _subwords(self):  # type: ignore[no-untyped-def]
        return lru_cache(1 << 16)(lambda word: subwords(self._segmenter, word))

    def chunks(self, folded: str) -> tuple[Chunk, ...]:
        """A folded text as runs and technical tokens, in order; ``words`` are not cut further."""
        han = (
            Chunk(start, end, "han", tuple(self._segmenter.cut(folded[start:end])))
            for start, end in runs(folded)
        )
        names = (
            Chunk(token.start, token.end, "technical", (token.term,))
            for token in technical(folded)
        )
        return tuple(sorted((*han, *names), key=lambda chunk: chunk.start))

    def tokens(self, text: str) -> dict[str, tuple[Token, ...]]:
        """The terms of a text by part, each with the stretch of the original it stands for."""
        folded, analyzed = fold(text), self.analyze(text)
        parts = {"words": analyzed.words, "bigrams": analyzed.bigrams, "chars": analyzed.chars}
        return {
            part: tuple(
                Token(term, folded.starts[at], folded.ends[at + len(term) - 1])
                for term, at in zip(terms.terms, terms.positions, strict=True)
            )
            for part, terms in parts.items()
        }


def _technical_terms(folded: str) -> Iterator[tuple[int, int, str]]:
    for token in technical(folded):
        yield token.start, 1, token.term
        for start, part in token.parts:
            yield start, 0, part


def whole(text: str) -> str:
    """The one term of a title as a whole: its folded text, cut to 200 characters."""
    return fold_text(text)[:LONGEST_TITLE]

