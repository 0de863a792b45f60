"""Which Han words and pairs of characters does an index hold, and how often?

Read once from the terms of an index, as arrays: what sounds alike or begins alike is looked for
among all of them at once.
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from souwen.search.engine import Reader, Vocabulary

PLACES = ("body", "title")
LONGEST = 6
"""Characters of the longest words that are kept; longer ones are put together from parts."""

CHARS = 1 << 16
_BITS = 16
_HAN = (0x3400, 0x9FFF)

Codes = npt.NDArray[np.uint16]
Counts = npt.NDArray[np.int64]
Packed = npt.NDArray[np.uint32]


class Lexicon:
    """The terms of one snapshot. Cheap to make: what is asked for is read then."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    @cached_property
    def _words(self) -> list[Vocabulary]:
        return [self._reader.vocabulary(f"{place}.words") for place in PLACES]

    @cached_property
    def words(self) -> dict[int, tuple[Codes, Counts]]:
        """Words of Han by length, a row of code points each, and in how many posts each stands.

        A post may count twice: once for its title and once for its body.
        """
        return {
            length: _distinct(rows(part, length) for part in self._words)
            for length in range(2, LONGEST + 1)
        }

    @cached_property
    def pairs(self) -> tuple[Packed, Counts]:
        """Characters that stand side by side, packed and ascending, and in how many posts."""
        found = (self._reader.vocabulary(f"{place}.bigrams") for place in PLACES)
        codes, counts = _distinct(rows(part, 2) for part in found)
        return pack(codes[:, 0], codes[:, 1]), counts

    @cached_property
    def chars(self) -> Counts:
        """In how many posts each character stands, by its code point."""
        found = np.zeros(CHARS, np.int64)
        for place in PLACES:
            codes, counts = _distinct([rows(self._reader.vocabulary(f"{place}.chars"), 1)])
            found[codes[:, 0]] += counts
        return found

    @cached_property
    def pair_words(self) -> Counts:
        """In how many posts each pair stands as a word; in the order of ``pairs``."""
        codes, counts = self.words[2]
        found = np.zeros(len(self.pairs[0]), np.int64)
        at = self.places(pack(codes[:, 0], codes[:, 1]))
        found[at[at >= 0]] = counts[at >= 0]
        return found

    @cached_property
    def latin(self) -> dict[str, int]:
        """Words of Latin letters, and in how many posts each stands."""
        found: dict[str, int] = {}
        for text, lengths, counts in self._words:
            ends = lengths.cumsum().tolist()
            for end, length, count in zip(ends, lengths.tolist(), counts.tolist(), strict=True):
                if length > 2 and text[end - length].isascii():
                    term = text[end - length : end]
                    found[term] = found.get(term, 0) + count
        return found

    def places(self, packed: Packed) -> npt.NDArray[np.intp]:
        """Where these pairs stand in ``pairs``; -1 for those that are in no post."""
        known, _ = self.pairs
        if not len(known):
            return np.full(packed.shape, -1)
        at = known.searchsorted(packed).clip(max=len(known) - 1)
        return np.where(known[at] == packed, at, -1)

    def pair_counts(self, first: Codes, second: Codes) -> Counts:
        """In how many posts characters stand side by side."""
        at = self.places(pack(first, second))
        return np.where(at < 0, 0, self.pairs[1].take(at, mode="clip") if len(self.pairs[1]) else 0)


def pack(first: Codes, second: Codes) -> Packed:
    """Two characters as one number."""
    return np.asarray((first.astype(np.uint32) << _BITS) | second, np.uint32)


def codes_of(text: str) -> Codes:
    """The code points of a text of Han; what is no character of the basic plane is 0."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return np.where(points < CHARS, points, 0).astype(np.uint16)


def text_of(codes: Codes) -> str:
    """The text of code points."""
    return codes.astype("<u2").tobytes().decode("utf-16-le")


def rows(vocabulary: Vocabulary, length: int) -> tuple[Codes, Counts]:
    """The terms of so many Han characters, and their counts."""
    points = codes_of(vocabulary.text)
    chosen = np.flatnonzero(vocabulary.lengths == length)
    starts = (vocabulary.lengths.cumsum() - vocabulary.lengths)[chosen]
    codes = points[starts[:, np.newaxis] + np.arange(length)]
    han = ((codes >= _HAN[0]) & (codes <= _HAN[1])).all(axis=1)
    return codes[han], vocabulary.counts[chosen[han]]


def _distinct(parts: Iterable[tuple[Codes, Counts]]) -> tuple[Codes, Counts]:
    """Every term once, ascending, with the sum of its counts."""
    each = list(parts)
    codes = np.concatenate([part for part, _ in each])
    counts = np.concatenate([part for _, part in each])
    order = np.lexsort(codes.T[::-1]) if len(codes) else np.zeros(0, np.intp)
    codes, counts = codes[order], counts[order]
    new = np.ones(len(codes), np.bool_)
    new[1:] = (codes[1:] != codes[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    return codes[starts], np.add.reduceat(counts, starts) if len(starts) else counts
