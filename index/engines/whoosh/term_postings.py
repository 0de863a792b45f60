"""Which live documents of a commit hold a term? Read from its segments when it is asked for."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.blocks import DENSE, RANGE, Block, Worth
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.segment import Segment
from souwen.index.schema import FIELD

Bounds = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FieldStatistics:
    """Live documents with the field, and its mean length in them."""

    documents: int
    average: float


class Numbering(Protocol):
    """How documents are numbered through the segments of a commit; see ``Snapshot``."""

    segments: list[Segment]
    bases: list[int]
    live: npt.NDArray[np.bool_]
    hollow: list[bool]
    size: int

    def field(self, field: str, /) -> FieldStatistics:
        """Statistics of a term field over the live documents."""
        ...


class TermPostings:
    """The live documents that hold a term. ``count`` says how many."""

    __slots__ = (
        "_bounds",
        "_field",
        "_frequencies",
        "_numbers",
        "_parts",
        "_snapshot",
        "_starts",
        "count",
    )

    def __init__(
        self, snapshot: Numbering, field: str, parts: list[tuple[int, Block, int]]
    ) -> None:
        self._snapshot = snapshot
        self._field = field
        self._parts = parts
        self._numbers: Numbers | None = None
        self._frequencies: npt.NDArray[np.unsignedinteger] | None = None
        self._starts: Numbers | None = None
        self._bounds: Bounds | None = None
        self.count: int = (
            len(self.numbers)
            if any(snapshot.hollow[at] for at, _, _ in parts)
            else sum(int(block.heads.counts[place]) for _, block, place in parts)
        )

    @property
    def numbers(self) -> Numbers:
        """The documents, ascending."""
        if self._numbers is None:
            self._numbers = _joined([self._part(*part) for part in self._parts])
        return self._numbers

    def _part(self, at: int, block: Block, place: int) -> Numbers:
        numbers = block.numbers(place)
        if at:
            numbers += self._snapshot.bases[at]
        return numbers[self._snapshot.live[numbers]] if self._snapshot.hollow[at] else numbers

    @property
    def frequencies(self) -> npt.NDArray[np.unsignedinteger]:
        """How often the term stands in each."""
        if self._frequencies is None:
            parts = []
            for at, block, place in self._parts:
                found = block.frequencies(place)
                if self._snapshot.hollow[at]:
                    live = self._snapshot.live[block.numbers(place) + self._snapshot.bases[at]]
                    found = found[live]
                parts.append(found)
            self._frequencies = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return self._frequencies

    @property
    def starts(self) -> Numbers | None:
        """Of a long list: where in it each range of RANGE documents begins, and the end."""
        if self._starts is None and self._long():
            edges = np.arange(0, self._snapshot.size + 1, RANGE)
            self._starts = np.searchsorted(self.numbers, edges)
        return self._starts

    @property
    def bounds(self) -> Bounds | None:
        """Of a long list: for each range a bound of what BM25 makes of a frequency there."""
        if self._bounds is None and self._long():
            bounds = np.zeros(self._snapshot.size // RANGE, np.float32)
            for part in self._parts:
                self._bound(bounds, *part)
            self._bounds = bounds
        return self._bounds

    def _long(self) -> bool:
        return any(block.heads.kinds[place] == DENSE for _, block, place in self._parts)

    def _bound(self, bounds: Bounds, at: int, block: Block, place: int) -> None:
        snapshot, field = self._snapshot, self._field
        average, segment = snapshot.field(field).average, snapshot.segments[at]
        begin = snapshot.bases[at] // RANGE
        ranges = block.ranges(place)
        if ranges is not None:
            # A longer average makes every document worth more, by no more than it grew.
            growth = max(1.0, average / segment.average(field)) / 255
            end = begin + len(ranges.bounds)
            bounds[begin:end] = np.nextafter(
                np.minimum(ranges.bounds * np.float32(growth), 1), np.float32(2), dtype=np.float32
            ) * (ranges.bounds > 0)
            return
        numbers = block.numbers(place)
        worth = Worth(segment.norms(field), average, FIELD[field].b)
        values = worth.of(numbers, block.frequencies(place)).astype(np.float32)
        np.maximum.at(bounds, begin + numbers // RANGE, np.nextafter(values, np.float32(2)))

    def positions(self, rows: Numbers, added: Numbers) -> Numbers | None:
        """Offsets in the folded text, of the documents at these places in ``numbers``, ascending.

        One document's after the other's, and to those of each so much is added; None where the
        field has none.
        """
        found = []
        first = 0
        for at, block, place in self._parts:
            if block.heads.totals is None:
                return None
            if len(self._parts) == 1 and not self._snapshot.hollow[at]:
                return block.positions_of(place, rows, added)
            alive = self._alive(at, block, place)
            size = int(block.heads.counts[place]) if alive is None else len(alive)
            begin, end = rows.searchsorted((first, first + size)).tolist()
            chosen = rows[begin:end] - first
            if alive is not None:
                chosen = alive[chosen]
            found.append(block.positions_of(place, chosen, added[begin:end]))
            first += size
        return _joined(found)

    def _alive(self, at: int, block: Block, place: int) -> Numbers | None:
        """Which postings are of live documents; None where all are."""
        if not self._snapshot.hollow[at]:
            return None
        live = self._snapshot.live[block.numbers(place) + self._snapshot.bases[at]]
        return np.flatnonzero(live)


def _joined(parts: list[Numbers]) -> Numbers:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
