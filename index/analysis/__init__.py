"""Which terms does a text have? The same for posts and for queries."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Literal

from souwen.index.analysis.fold import fold, fold_text
from souwen.index.analysis.grams import RUN, bigrams, chars
from souwen.index.analysis.technical import LONGEST, TOKEN, OffsetTerms, kept, token_terms
from souwen.index.analysis.words import (
    DictionaryWord,
    Name,
    Segmenter,
    search_mode,
    segmenter,
    version,
)
from souwen.index.documents import AnalyzedText, Terms, Token

VERSION = 1
"""Goes into the fingerprint: raised whenever the same text would give other terms."""

LONGEST_TITLE = 200
"""Characters of the longest title that is a term as a whole."""

_CHUNK = re.compile(rf"(?P<run>{RUN})|(?P<number>\d{{1,{LONGEST}}}(?=[年月日]))|{TOKEN}")


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
        found = list(_CHUNK.finditer(folded))
        return AnalyzedText(folded, self._words(found))

    def _words(self, found: list[re.Match[str]]) -> Terms:
        """Words and technical tokens by position; at one position the shorter first."""
        parts = self._parts(found)
        return Terms(
            tuple([term for _, terms in parts for _, term in terms]),
            tuple([start + at for start, terms in parts for at, _ in terms]),
        )

    def _parts(self, found: list[re.Match[str]]) -> list[tuple[int, OffsetTerms]]:
        """Each word and token with its position, as the terms it stands for."""
        cut, search_mode = self._segmenter.cut, self._search_mode
        parts: list[tuple[int, OffsetTerms]] = []
        for chunk in found:
            start, text = chunk.start(), chunk.group()
            if chunk.lastgroup == "run":
                words = cut(text)
                starts = accumulate(map(len, words[:-1]), initial=start)
                parts += zip(starts, map(search_mode, words), strict=True)
            elif chunk.lastgroup == "number":
                parts.append((start, ((0, text), (0, _dated(chunk)))))
            else:
                parts.append((start, token_terms(text)))
        return parts

    @cached_property
    def _search_mode(self) -> Callable[[str], OffsetTerms]:
        """The terms of a word with their offsets; remembers the last 65,536 words."""
        return lru_cache(1 << 16)(lambda word: search_mode(self._segmenter, word))

    def chunks(self, folded: str) -> tuple[Chunk, ...]:
        """A folded text as runs and technical tokens, in order; ``words`` are not cut further."""
        return tuple(chunk for found in _CHUNK.finditer(folded) for chunk in self._chunks(found))

    def _chunks(self, found: re.Match[str]) -> Iterator[Chunk]:
        start, end = found.span()
        if found.lastgroup == "run":
            yield Chunk(start, end, "han", tuple(self._segmenter.cut(found.group())))
        elif found.lastgroup == "number":
            yield Chunk(start, end, "technical", (_dated(found),))
        else:
            for at, part in kept(found.group()):
                yield Chunk(start + at, start + at + len(part), "technical", (part,))

    def tokens(self, text: str) -> dict[str, tuple[Token, ...]]:
        """The terms of a text by part, each with the stretch of the original it stands for."""
        folded, analyzed = fold(text), self.analyze(text)
        parts = {
            "words": analyzed.words,
            "bigrams": bigrams(analyzed.folded),
            "chars": chars(analyzed.folded),
        }
        return {
            part: tuple(
                Token(term, folded.starts[at], folded.ends[at + len(term) - 1])
                for term, at in zip(terms.terms, terms.positions, strict=True)
            )
            for part, terms in parts.items()
        }


def _dated(number: re.Match[str]) -> str:
    """The number with the 年, 月 or 日 that follows it."""
    return number.string[number.start() : number.end() + 1]


def whole(text: str) -> str:
    """The one term of a title as a whole: its folded text, cut to 200 characters."""
    return fold_text(text)[:LONGEST_TITLE]
