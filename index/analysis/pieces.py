"""Which terms has each word and each technical name? Looked up by number, once it was met.

What texts are cut into first are pieces: words of runs, and stretches with technical tokens. A
piece has one term or several. Most pieces of a text were met before, so that their terms are found
for a whole text at once, on arrays.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple, TypeAlias, overload

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int32]

_ROOM = 1 << 12


class Coded(Sequence[str]):
    """Terms, kept as their places in a list of names."""

    __slots__ = ("codes", "names")

    def __init__(self, codes: npt.NDArray[np.uint32], names: Sequence[str]) -> None:
        self.codes = codes
        self.names = names

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        return map(self.names.__getitem__, self.codes.tolist())

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(Coded(self.codes[at], self.names))
        return self.names[int(self.codes[at])]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        # The list of names is much longer. A name that comes again is sent once.
        return tuple, (list(self),)

    def __repr__(self) -> str:
        return repr(tuple(self))


class Expansion(NamedTuple):
    """The terms of many pieces, one behind the other: how many each has, the terms, and the
    offset of each in its piece."""

    counts: Numbers
    codes: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.uint32]


class Pieces:
    """The pieces that were met, and their terms; may be used by many threads.

    ``terms`` gives the terms of a piece with their offsets in it, at least one.
    """

    def __init__(self, terms: Callable[[str], Iterable[tuple[int, str]]]) -> None:
        self.names: list[str] = []
        """The names of all terms, by code."""
        self._terms = terms
        self._lock = threading.Lock()
        self._known: dict[str, int] = {}
        self._term_codes: defaultdict[str, int] = defaultdict()
        self._term_codes.default_factory = self._term_codes.__len__
        # Of each piece where its terms begin, and how many they are.
        self._begins = np.zeros(_ROOM, np.int64)
        self._counts: Numbers = np.zeros(_ROOM, np.int32)
        # Of each of those the code and the offset.
        self._codes = np.zeros(_ROOM, np.uint32)
        self._offsets = np.zeros(_ROOM, np.uint32)
        self._used = 0

    def __len__(self) -> int:
        return len(self._known)

    def numbers(self, pieces: Sequence[str]) -> Numbers:
        """The number of each piece."""
        if missing := set(pieces).difference(self._known):
            self._learn(missing)
        return np.fromiter(map(self._known.__getitem__, pieces), np.int32, len(pieces))

    def expand(self, numbers: Numbers) -> Expansion:
        """All terms of the pieces with these numbers."""
        counts = self._counts[numbers]
        ends = counts.cumsum()
        begins = self._begins[numbers] - (ends - counts)
        at = begins.repeat(counts)
        at += np.arange(at.size)
        return Expansion(counts, self._codes[at], self._offsets[at])

    def _learn(self, pieces: Iterable[str]) -> None:
        found = {piece: tuple(self._terms(piece)) for piece in pieces}
        with self._lock:
            new = {piece: terms for piece, terms in found.items() if piece not in self._known}
            if not new:
                return
            number, used = len(self._known), self._used
            counts = np.fromiter(map(len, new.values()), np.int32, len(new))
            ends = used + counts.cumsum()
            self._begins = _extended(self._begins, number, ends - counts)
            self._counts = _extended(self._counts, number, counts)
            offsets, terms = zip(*chain.from_iterable(new.values()), strict=True)
            self._codes = _extended(self._codes, used, self._encoded(terms))
            self._offsets = _extended(self._offsets, used, np.array(offsets, np.uint32))
            self._used = int(ends[-1])
            # Last, since others look here without the lock.
            self._known.update(zip(new, range(number, number + len(new)), strict=True))

    def _encoded(self, terms: Sequence[str]) -> npt.NDArray[np.uint32]:
        """The codes of terms, and the names of those that are new."""
        codes = np.fromiter(map(self._term_codes.__getitem__, terms), np.uint32, len(terms))
        new = len(self._term_codes) - len(self.names)
        self.names += reversed(list(islice(reversed(self._term_codes), new)))
        return codes


def _extended(array: npt.NDArray[Any], used: int, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array with values behind what is used of it; where it is too short, a longer copy.

    Whoever reads the old one finds in it what he knows of.
    """
    end = used + len(values)
    if end > array.size:
        longer = np.zeros(2 * end, array.dtype)
        longer[:used] = array[:used]
        array = longer
    array[used:end] = values
    return array
