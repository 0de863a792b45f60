"""How do documents become posting lists? Every occurrence of a term is one number, to be sorted.

From its highest bits down, the number has the term, the document and the position. Sorting these
numbers puts all occurrences of a term beside each other, and those of one document within.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from souwen.index.analysis.pieces import Coded
from souwen.index.engines.whoosh.runs import Numbers, Run, gaps_within, narrow

Keys = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.integer[Any]]

CHUNK = 2**19
"""Occurrences that are turned into postings at once."""

_SIZE = 64
_UNKNOWN = np.uint32(2**32 - 1)


class _Chunk(NamedTuple):
    """The terms of some documents: their numbers ascend by one from ``first``."""

    first: int
    lengths: Numbers
    codes: Codes
    positions: Codes | None

    @property
    def last(self) -> int:
        """The number of the last document."""
        return self.first + len(self.lengths) - 1

    @property
    def deepest(self) -> int:
        """The greatest position."""
        return 0 if self.positions is None else int(self.positions.max())

    def documents(self) -> Keys:
        """The number of the document of each term."""
        numbers = np.arange(self.first, self.last + 1, dtype=np.uint64)
        return numbers.repeat(self.lengths)


class Occurrences:
    """The occurrences of one field's terms, document after document.

    Terms are known by codes, ``width`` bits wide, whose order is that of the terms.
    """

    def __init__(self, *, positioned: bool) -> None:
        self._positioned = positioned
        self._chunks: list[_Chunk] = []

    def add(
        self, first: int, lengths: Sequence[int], codes: Codes, positions: Codes | None = None
    ) -> None:
        """The terms of some documents: ``lengths`` says how many each has, from ``first`` on.

        Documents come in ascending order.
        """
        if len(codes):
            counts = np.array(lengths, np.int64)
            places = positions if self._positioned else None
            self._chunks.append(_Chunk(first, counts, codes, places))

    def runs(
        self,
        names: Callable[[Keys], list[bytes]],
        ranks: Keys | None = None,
        *,
        counted: bool = True,
    ) -> Iterator[Run]:
        """All postings in the order of the terms, and the memory given up.

        ``names`` gives the terms of codes, ``ranks`` the place of each code where the codes
        themselves are in no order; ``names`` then takes places.
        """
        total = sum(len(chunk.codes) for chunk in self._chunks)
        if not total:
            return
        wide = self._chunks[-1].last.bit_length()
        deep = max(chunk.deepest for chunk in self._chunks).bit_length()
        greatest = max(int(chunk.codes.max()) for chunk in self._chunks)
        if ranks is not None:
            greatest = len(ranks) - 1
        if greatest.bit_length() + wide + deep > _SIZE:
            raise OverflowError("too many terms, documents and positions for one segment")
        keys = np.empty(total, np.uint64)
        start = 0
        # One by one from the end, so that each is given up before the next is copied.
        while self._chunks:
            chunk = self._chunks.pop()
            part = keys[start : start + len(chunk.codes)]
            part[:] = chunk.codes if ranks is None else ranks[chunk.codes]
            part <<= np.uint64(wide)
            part |= chunk.documents()
            if chunk.positions is not None:
                part <<= np.uint64(deep)
                part |= chunk.positions.astype(np.uint64)
            start += len(part)
        keys.sort()
        for part in _chunks(keys, wide + deep):
            frequencies, run = _run(part, wide, deep, names)
            steps = None
            if self._positioned:
                steps = [narrow(gaps_within(_masked(part, deep), frequencies))]
            yield Run(*run, frequencies=frequencies if counted else None, steps=steps)


def _chunks(keys: Keys, shift: int) -> Iterator[Keys]:
    """About CHUNK keys at a time, cut between terms."""
    start = 0
    while start < len(keys):
        end = min(start + CHUNK, len(keys)) - 1
        # All of the last term belongs to the chunk: up to the first key of the next one.
        greatest = keys[end] | np.uint64(2**shift - 1)
        end = int(np.searchsorted(keys, greatest, side="right"))
        yield keys[start:end]
        start = end


def _run(
    keys: Keys, wide: int, deep: int, names: Callable[[Keys], list[bytes]]
) -> tuple[Numbers, tuple[list[bytes], Numbers, Numbers]]:
    """The frequencies; and terms, counts and numbers."""
    pairs = keys >> np.uint64(deep)
    firsts = starts(pairs)
    frequencies = np.diff(firsts, append=len(pairs))
    pairs = pairs[firsts]
    terms = pairs >> np.uint64(wide)
    heads = starts(terms)
    counts = np.diff(heads, append=len(terms))
    return frequencies, (names(terms[heads]), counts, _masked(pairs, wide))


def _masked(keys: Keys, bits: int) -> Numbers:
    return (keys & np.uint64(2**bits - 1)).astype(np.int64)


def starts(values: npt.NDArray[np.generic]) -> Numbers:
    """Where each stretch of equal values begins."""
    if not len(values):
        return np.zeros(0, np.int64)
    found: Numbers = np.flatnonzero(values[1:] != values[:-1]) + 1
    return np.concatenate((np.zeros(1, np.int64), found))


class Vocabulary:
    """Codes for terms, as they come."""

    def __init__(self) -> None:
        self._codes: defaultdict[str, int] = defaultdict()
        self._codes.default_factory = self._codes.__len__
        self._names: Sequence[str] = ()
        self._translation = np.zeros(0, np.uint32)

    def encode(self, terms: Sequence[str]) -> npt.NDArray[np.uint32]:
        """The code of each term."""
        if isinstance(terms, Coded):
            return self._translated(terms)
        return np.fromiter(map(self._codes.__getitem__, terms), np.uint32, len(terms))

    def encode_all(self, several: Sequence[Sequence[str]]) -> npt.NDArray[np.uint32]:
        """The codes of several lists of terms, one behind the other."""
        coded = [terms for terms in several if isinstance(terms, Coded)]
        if len(coded) == len(several) > 0 and all(one.names is coded[0].names for one in coded):
            codes = np.concatenate([one.codes for one in coded])
            return self._translated(Coded(codes, coded[0].names))
        found = [np.zeros(0, np.uint32), *map(self.encode, several)]
        return np.concatenate(found)

    def _translated(self, terms: Coded) -> npt.NDArray[np.uint32]:
        """The same for terms with codes of their own, each of which is looked up once."""
        if terms.names is not self._names:
            self._names, self._translation = terms.names, np.zeros(0, np.uint32)
        if len(terms.names) > len(self._translation):
            # As many again as there are, for as many to come.
            new = np.full(2 * len(terms.names) - len(self._translation), _UNKNOWN, np.uint32)
            self._translation = np.concatenate((self._translation, new))
        found = self._translation[terms.codes]
        missing = found == _UNKNOWN
        if missing.any():
            # np.unique of numpy 2 would import numpy.ma, for which a small run has no time.
            new = np.zeros(len(terms.names), np.bool_)
            new[terms.codes[missing]] = True
            codes = np.flatnonzero(new)
            names = [terms.names[code] for code in codes.tolist()]
            self._translation[codes] = self.encode(names)
            found = self._translation[terms.codes]
        return found

    def __len__(self) -> int:
        return len(self._codes)

    def ordered(self, encode: Callable[[str], bytes]) -> tuple[list[bytes], Keys]:
        """All terms ascending, and the place of each code among them."""
        names = [encode(term) for term in self._codes]
        order = sorted(range(len(names)), key=names.__getitem__)
        ranks = np.empty(len(order), np.uint64)
        ranks[order] = np.arange(len(order), dtype=np.uint64)
        return [names[code] for code in order], ranks
