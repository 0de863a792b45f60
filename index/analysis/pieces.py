"""Which terms has each word and each technical name? Looked up by number, once it was met.

What texts are cut into first are pieces: words of runs, and stretches with technical tokens. A
piece has one term or several. Most pieces of a text were met before, so that their terms are found
for a whole text at once, on arrays.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, overload

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int32]

MOST = 1 << 18
"""Pieces that are remembered."""

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
        self._known = _Learned(self._learn)
        self._term_codes: dict[str, int] = {}
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
        return np.fromiter(map(self._known.__getitem__, pieces), np.int32, len(pieces))

    def expand(self, numbers: Numbers) -> Expansion:
        """All terms of the pieces with these numbers."""
        counts = self._counts[numbers]
        ends = counts.cumsum()
        begins = self._begins[numbers] - (ends - counts)
        at = begins.repeat(counts)
        at += np.arange(at.size)
        return Expansion(counts, self._codes[at], self._offsets[at])

    def _learn(self, piece: str) -> int:
        found = list(self._terms(piece))
        with self._lock:
            if piece in self._known:
                return self._known[piece]
            number, used = len(self._known), self._used
            end = used + len(found)
            self._begins = _with_room(self._begins, number + 1)
            self._counts = _with_room(self._counts, number + 1)
            self._codes, self._offsets = (
                _with_room(one, end) for one in (self._codes, self._offsets)
            )
            self._begins[number], self._counts[number] = used, len(found)
            self._codes[used:end] = [self._code(term) for _, term in found]
            self._offsets[used:end] = [offset for offset, _ in found]
            self._used = end
            # Last, since others look here without the lock.
            self._known[piece] = number
            return number

    def _code(self, term: str) -> int:
        code = self._term_codes.setdefault(term, len(self.names))
        if code == len(self.names):
            self.names.append(term)
        return code


class _Learned(dict[str, int]):
    """The numbers of pieces, learned where they are asked for."""

    def __init__(self, learn: Callable[[str], int]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, piece: str) -> int:
        return self._learn(piece)


def _with_room(array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
    """The array, or a longer copy: whoever reads the old one finds in it what he knows of."""
    if size <= array.size:
        return array
    longer = np.zeros(max(size, 2 * array.size), array.dtype)
    longer[: array.size] = array
    return longer
