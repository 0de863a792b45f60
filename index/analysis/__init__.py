"""Which terms does a text have? The same for posts and for queries."""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from souwen.index.analysis.characters import EDGE, scripts, text_of
from souwen.index.analysis.fold import fold, fold_entries, fold_text
from souwen.index.analysis.gaps import Line, line
from souwen.index.analysis.grams import Stretch, bigrams, chars, stretches
from souwen.index.analysis.technical import DATED, kept, stretch_terms, tokens
from souwen.index.analysis.words import (
    DictionaryWord,
    Lexicon,
    Name,
    Segmenter,
    loaded_trie,
    search_mode,
    segmenter,
    version,
)
from souwen.index.documents import AnalyzedText, Terms, Token

if TYPE_CHECKING:
    from souwen.index.analysis.cutting import BulkCutter, Cut
    from souwen.index.analysis.pieces import Pieces

VERSION = 1
"""Goes into the fingerprint: raised whenever the same text would give other terms."""

LONGEST_TITLE = 200
"""Characters of the longest title that is a term as a whole."""

REMEMBERED = 3 << 16
"""Words, and stretches, of which an analyzer remembers the terms."""

MUCH = 20_000
"""Characters in one go for which it pays to load what cuts much at once."""


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

    Cheap to make: a dictionary is loaded when more than a little Han was to be cut. May be used
    by many threads.
    """

    def __init__(
        self, *, segmenter: Name = "auto", dictionary: tuple[DictionaryWord, ...] = ()
    ) -> None:
        self._name = segmenter
        self._dictionary = dictionary
        # What tells words in less time than the segmenter, once it is loaded.
        self._lexicon: Lexicon | None = None

    @cached_property
    def _segmenter(self) -> Segmenter:
        return segmenter(self._name, self._dictionary)

    @property
    def dictionary(self) -> tuple[DictionaryWord, ...]:
        """The user's words."""
        return self._dictionary

    @cached_property
    def fingerprint(self) -> str:
        """Names all that decides which terms a text has, but for the user's dictionary."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(repr((VERSION, version(self._name), ())).encode())
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
        return self.analyze_all((text,))[0]

    def analyze_all(self, texts: Sequence[str]) -> list[AnalyzedText]:
        """What ``analyze`` gives for each text, in less time."""
        import numpy as np

        from souwen.index.analysis.pieces import Coded

        entries = fold_entries(texts)
        folded = text_of(entries)
        pieces, (places, numbers) = self._cut(line(folded, entries))
        counts, codes, offsets = pieces.expand(numbers)
        positions = places.repeat(counts) + offsets
        edges = np.flatnonzero(entries == EDGE)
        cuts = positions.searchsorted(edges)
        positions -= edges.repeat(np.diff(cuts, append=positions.size)) + 1
        positions = positions.astype(np.uint32)
        return [
            AnalyzedText(
                text,
                Terms(
                    Coded(codes[begin:end], pieces.names),
                    array("I", positions[begin:end].tobytes()),
                ),
            )
            for text, (begin, end) in zip(
                folded.split("\n")[1:-1], pairwise(cuts.tolist()), strict=True
            )
        ]

    def _cut(self, line: Line) -> "tuple[Pieces, Cut]":
        """The pieces of a line, with their places in the folded text."""
        from souwen.index.analysis.cutting import Cut, cut

        bulk = self._bulk if len(line.signs) >= MUCH or "_bulk" in vars(self) else None
        if bulk is not None:
            pieces = bulk.pieces
            places, numbers = bulk.cut(line)
        else:
            pieces = self._pieces
            places, numbers = cut(line, self._segmenter, pieces)
        if len(pieces) >= REMEMBERED:
            self._forget()
        return pieces, Cut(line.places[places], numbers)

    def _forget(self) -> None:
        """Begin anew to learn the terms of pieces, which would take ever more memory."""
        for name in ("_pieces", "_bulk"):
            vars(self).pop(name, None)

    @cached_property
    def _pieces(self) -> "Pieces":
        from souwen.index.analysis.pieces import Pieces

        return Pieces(self._terms)

    @cached_property
    def _bulk(self) -> "BulkCutter | None":
        from souwen.index.analysis.cutting import BulkCutter

        found = loaded_trie(self._name, self._dictionary)
        self._lexicon = found
        return None if found is None else BulkCutter(found, self._segmenter, self._pieces)

    def _terms(self, text: str) -> Iterable[tuple[int, str]]:
        if not scripts()[ord(text[0])]:
            return stretch_terms(text)
        if len(text) <= 2:
            return ((0, text),)
        return search_mode(self._lexicon or self._segmenter, text)

    def chunks(self, folded: str) -> tuple[Chunk, ...]:
        """A folded text as runs and technical tokens, in order; ``words`` are not cut further."""
        return tuple(chunk for one in stretches(folded) for chunk in self._chunks(folded, one))

    def _chunks(self, folded: str, stretch: Stretch) -> Iterator[Chunk]:
        start, end, is_run = stretch
        if is_run:
            yield Chunk(start, end, "han", tuple(self._segmenter.cut(folded[start:end])))
            return
        dated = folded[end : end + 1] in DATED
        for offset, token in tokens(folded[start : end + dated]):
            for at, part in kept(token):
                first = start + offset + at
                yield Chunk(first, min(first + len(part), end), "technical", (part,))

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
                Token(term, *folded.span(at, at + len(term)))
                for term, at in zip(terms.terms, terms.positions, strict=True)
            )
            for part, terms in parts.items()
        }


def whole(text: str) -> str:
    """The one term of a title as a whole: its folded text, cut to 200 characters."""
    return fold_text(text)[:LONGEST_TITLE]
