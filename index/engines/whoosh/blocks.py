"""How are the postings of neighbouring terms kept? As typed arrays, one kind after another.

A block holds the postings of up to TERMS terms. Each posting list is of one of four kinds:

- DENSE, for terms that a good part of all documents hold: the documents are cut into ranges of
  RANGE; each range has the number of its postings and a bound of what they are worth (a byte
  each), each posting the low byte of its document's number;
- BYTE, SHORT and WIDE: the gaps between document numbers in one, two or four bytes.

Frequencies take four bits, greater ones stand apart. Positions, where a field has them, are gaps
within the document in two bytes, or four for the whole block where that is not enough.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.runs import Numbers, Run, Steps, gaps_within, restart
from souwen.index.norms import LENGTHS
from souwen.index.schema import K1

Array = npt.NDArray[Any]
Sizes = npt.NDArray[np.integer[Any]]

TERMS = 500
"""For so many numbers numpy keeps the interpreter's lock in most operations."""

RANGE = 256
BYTE, SHORT, WIDE, DENSE = range(4)

_SPARSE = 32
"""A list is dense where one document in so many has the term: a range costs two bytes more."""

_SHORTEST = 64
_ESCAPE = 15
_GREATEST = 255


@dataclass(frozen=True, slots=True)
class Worth:
    """What bounds are made of: each document's length code, the mean length, BM25's b."""

    norms: npt.NDArray[np.uint8]
    average: float
    b: float

    def of(
        self, numbers: Numbers, frequencies: npt.NDArray[np.integer[Any]]
    ) -> npt.NDArray[np.float64]:
        """``tf / (tf + k1 · (1 - b + b · length / average))``: BM25 without the term's rarity."""
        lengths = LENGTHS[self.norms[numbers]]
        return frequencies / (frequencies + K1 * (1 - self.b + self.b * lengths / self.average))


@dataclass(frozen=True, slots=True)
class Heads:
    """What must be known of the terms of a block to find their postings in its bytes.

    ``kinds`` and ``counts`` for each term, ``totals`` the positions of each where there are any;
    ``escaped`` frequencies stand apart; ``wide`` positions take four bytes.
    """

    kinds: npt.NDArray[np.uint8]
    counts: Sizes
    totals: Sizes | None
    escaped: int
    wide: bool


def encode(run: Run, documents: int, worth: Worth | None) -> tuple[Heads, Iterator[Array]]:
    """The parts of a block, one after the other. ``documents`` are those of the segment.

    ``worth`` is None for fields that are never scored: their bounds say nothing.
    """
    distances = gaps_within(run.numbers, run.counts)
    widest = np.maximum.reduceat(distances, np.cumsum(run.counts) - run.counts)
    kinds = np.where(widest < 2**8, BYTE, np.where(widest < 2**16, SHORT, WIDE)).astype(np.uint8)
    kinds[(run.counts >= _SHORTEST) & (run.counts * _SPARSE >= documents)] = DENSE
    of_posting = np.repeat(kinds, run.counts)
    dense = of_posting == DENSE
    escapes, packed = _pack_frequencies(run.frequencies)
    totals = _totals(run)
    wide = run.steps is not None and any(map(_is_wide, run.steps))
    heads = Heads(kinds, run.counts, totals, len(escapes) // 2, wide)
    before = (distances[of_posting == WIDE].astype("<u4"), escapes)
    behind = (
        distances[of_posting == SHORT].astype("<u2"),
        run.numbers[dense].astype(np.uint8),
        _ranges(run, kinds, dense, documents, worth) if dense.any() else packed[:0],
        distances[of_posting == BYTE].astype(np.uint8),
        packed,
    )
    steps = (step.astype("<u4" if wide else "<u2", copy=False) for step in run.steps or ())
    return heads, chain(before, steps, behind)


def _is_wide(steps: Steps) -> bool:
    return steps.itemsize > 2 and bool(steps.max(initial=0) >= 2**16)


def _totals(run: Run) -> Numbers | None:
    """The positions of each term."""
    if run.steps is None or run.frequencies is None:
        return None
    return np.add.reduceat(run.frequencies, np.cumsum(run.counts) - run.counts)


def _pack_frequencies(frequencies: Numbers | None) -> tuple[Array, Array]:
    """Those that do not fit, as postings and then values, and four bits for each."""
    if frequencies is None:
        return np.zeros(0, "<u4"), np.zeros(0, np.uint8)
    large = np.flatnonzero(frequencies > _ESCAPE)
    codes = np.zeros(len(frequencies) + len(frequencies) % 2, np.uint8)
    codes[: len(frequencies)] = np.minimum(frequencies - 1, _ESCAPE)
    escapes = np.concatenate((large, frequencies[large])).astype("<u4")
    return escapes, codes[::2] | codes[1::2] << 4


def _ranges(
    run: Run, kinds: Array, dense: npt.NDArray[np.bool_], documents: int, worth: Worth | None
) -> Array:
    """For each dense term the postings of every range, then their bounds; a full range says 0."""
    ranges = -(-documents // RANGE)
    lists = int(np.count_nonzero(kinds == DENSE))
    of_list = np.repeat(np.arange(lists), run.counts[kinds == DENSE])
    numbers = run.numbers[dense]
    at = of_list * ranges + numbers // RANGE
    counts = np.bincount(at, minlength=lists * ranges)
    bounds = np.where(counts, _GREATEST, 0)
    if worth is not None and run.frequencies is not None:
        values = worth.of(numbers, run.frequencies[dense])
        filled = np.flatnonzero(counts)
        firsts = (np.cumsum(counts) - counts)[filled]
        best = np.maximum.reduceat(values, firsts)
        bounds[filled] = np.ceil(best * _GREATEST).clip(1, _GREATEST)
    both = np.stack((counts.reshape(lists, ranges), bounds.reshape(lists, ranges)), axis=1)
    return both.astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a block begin in its bytes, and where each term's share is in them."""

    escapes: int
    positions: int
    short: int
    low: int
    ranges: int
    byte: int
    frequencies: int
    end: int
    within: Sizes
    before: Sizes
    positions_before: Sizes | None


def places(heads: Heads, documents: int, *, frequencies: bool) -> Places:
    """Add up what stands before what."""
    within = np.empty(len(heads.counts), np.uint32)
    kinds, sums = heads.kinds.tobytes(), [0, 0, 0, 0]
    for kind in (BYTE, SHORT, WIDE, DENSE):
        if kind in kinds:
            chosen = (heads.kinds == kind).nonzero()[0]
            of_kind = heads.counts[chosen]
            ends = of_kind.cumsum()
            within[chosen] = ends - of_kind
            sums[kind] = int(ends[-1])
    total = sum(sums)
    escapes = 4 * sums[WIDE]
    positions = escapes + 8 * heads.escaped
    stored = 0 if heads.totals is None else int(heads.totals.sum())
    short = positions + (4 if heads.wide else 2) * stored
    low = short + 2 * sums[SHORT]
    ranges = low + sums[DENSE]
    byte = ranges + 2 * -(-documents // RANGE) * kinds.count(DENSE)
    codes = byte + sums[BYTE]
    return Places(
        escapes=escapes,
        positions=positions,
        short=short,
        low=low,
        ranges=ranges,
        byte=byte,
        frequencies=codes,
        end=codes + (-(-total // 2) if frequencies else 0),
        within=within,
        before=_before(heads.counts),
        positions_before=None if heads.totals is None else _before(heads.totals),
    )


def _before(counts: Sizes) -> Sizes:
    """What stands before each."""
    before = np.zeros(len(counts), np.uint32)
    np.cumsum(counts[:-1], dtype=np.uint32, out=before[1:])
    return before


@dataclass(frozen=True, slots=True)
class Ranges:
    """How many postings of a dense list each range has, and the bound of each, in 255ths."""

    counts: Numbers
    bounds: npt.NDArray[np.uint8]


class Block:
    """A block, ready to be read: its bytes, what its dictionary entry says, and the segment's size.

    ``counted`` says whether the field has frequencies.
    """

    __slots__ = ("_counted", "_data", "_documents", "_places", "heads")

    def __init__(self, data: memoryview, heads: Heads, documents: int, *, counted: bool) -> None:
        self._data = data
        self.heads = heads
        self._documents = documents
        self._counted = counted
        self._places = places(heads, documents, frequencies=counted)

    def ranges(self, term: int) -> Ranges | None:
        """None where the term's list is not dense."""
        if self.heads.kinds[term] != DENSE:
            return None
        size = -(-self._documents // RANGE)
        place = self.heads.kinds[:term].tobytes().count(DENSE)
        start = self._places.ranges + 2 * size * place
        both = np.frombuffer(self._data, np.uint8, 2 * size, start)
        return Ranges(_filled(both[:size], both[size:]), both[size:])

    def numbers(self, term: int) -> Numbers:
        """The documents that hold the term, ascending, deleted ones too."""
        places, kind = self._places, int(self.heads.kinds[term])
        count, within = int(self.heads.counts[term]), int(places.within[term])
        if kind == DENSE:
            ranges = self.ranges(term)
            assert ranges is not None
            low = np.frombuffer(self._data, np.uint8, count, places.low + within)
            return np.repeat(np.arange(0, RANGE * len(ranges.counts), RANGE), ranges.counts) + low
        start, dtype, width = (
            (places.byte, np.uint8, 1),
            (places.short, np.dtype("<u2"), 2),
            (0, np.dtype("<u4"), 4),
        )[kind]
        return np.cumsum(
            np.frombuffer(self._data, dtype, count, start + width * within), dtype=np.int64
        )

    def frequencies(self, term: int) -> npt.NDArray[np.unsignedinteger]:
        """How often the term stands in each; 1 where the field does not count."""
        count, before = int(self.heads.counts[term]), int(self._places.before[term])
        if not self._counted:
            return np.ones(count, np.uint8)
        start = self._places.frequencies + before // 2
        packed = np.frombuffer(self._data, np.uint8, (count + before % 2 + 1) // 2, start)
        codes = np.empty(2 * len(packed), np.uint8)
        np.bitwise_and(packed, _ESCAPE, out=codes[::2])
        np.right_shift(packed, 4, out=codes[1::2])
        codes += 1
        found = codes[before % 2 : before % 2 + count]
        if self.heads.escaped:
            at, values = self._escapes()
            first, last = bisect_left(at.data, before), bisect_left(at.data, before + count)
            if first < last:
                values = values[first:last]
                if int(values.max()) > _GREATEST:
                    wide = found.astype(np.uint32)
                    wide[at[first:last] - before] = values
                    return wide
                found[at[first:last] - before] = values
        return found

    def _escapes(self) -> tuple[Numbers, Numbers]:
        escaped = self.heads.escaped
        both = np.frombuffer(self._data, "<u4", 2 * escaped, self._places.escapes).astype(np.int64)
        return both[:escaped], both[escaped:]

    def positions(self, term: int) -> tuple[Numbers, Numbers]:
        """All positions, posting after posting, and where each posting's begin (and the end)."""
        count = int(self.heads.counts[term])
        starts = np.zeros(count + 1, np.int64)
        np.cumsum(self.frequencies(term), out=starts[1:])
        return self.positions_of(term, np.arange(count), starts[:-1] * 0), starts

    def positions_of(self, term: int, rows: Numbers, added: Numbers) -> Numbers:
        """The positions of the postings at these places, and to those of each so much is added."""
        totals, before = self.heads.totals, self._places.positions_before
        assert totals is not None
        assert before is not None
        width = 4 if self.heads.wide else 2
        gaps = np.frombuffer(
            self._data,
            "<u4" if self.heads.wide else "<u2",
            int(totals[term]),
            self._places.positions + width * int(before[term]),
        )
        frequencies = self.frequencies(term)
        counts = frequencies[rows].astype(np.int64)
        ends = counts.cumsum()
        at = (frequencies.cumsum(dtype=np.int64)[rows] - ends).repeat(counts)
        at += np.arange(len(at))
        sums: Numbers = gaps[at].cumsum(dtype=np.int64)
        begins = added.copy()
        begins[1:] -= sums[ends[:-1] - 1]
        sums += begins.repeat(counts)
        return sums

    def run(self, terms: list[bytes]) -> Run:
        """All of it at once."""
        heads, places = self.heads, self._places
        counts = heads.counts.astype(np.int64)
        total = int(counts.sum())
        kinds = np.repeat(heads.kinds, counts)
        gaps = np.empty(total, np.int64)
        for kind, start, dtype in (
            (BYTE, places.byte, "u1"),
            (SHORT, places.short, "<u2"),
            (WIDE, 0, "<u4"),
        ):
            chosen = kinds == kind
            gaps[chosen] = np.frombuffer(self._data, dtype, int(np.count_nonzero(chosen)), start)
        dense = kinds == DENSE
        gaps[dense] = 0
        numbers = restart(gaps, np.cumsum(counts) - counts, counts)
        numbers[dense] = self._all_dense()
        frequencies = self._all_frequencies(total) if self._counted else None
        return Run(terms, counts, numbers, frequencies, self._all_steps())

    def _all_dense(self) -> Numbers:
        lists = int(np.count_nonzero(self.heads.kinds == DENSE))
        if not lists:
            return np.zeros(0, np.int64)
        size = -(-self._documents // RANGE)
        both = np.frombuffer(self._data, np.uint8, 2 * size * lists, self._places.ranges)
        counts = _filled(*both.reshape(lists, 2, size).swapaxes(0, 1))
        total = self._places.ranges - self._places.low
        low = np.frombuffer(self._data, np.uint8, total, self._places.low)
        bases = np.tile(np.arange(0, RANGE * size, RANGE), lists)
        return np.repeat(bases, counts.ravel()) + low

    def _all_frequencies(self, total: int) -> Numbers:
        packed = np.frombuffer(self._data, np.uint8, -(-total // 2), self._places.frequencies)
        codes = np.empty(2 * len(packed), np.int64)
        codes[::2] = packed & _ESCAPE
        codes[1::2] = packed >> 4
        codes += 1
        at, values = self._escapes()
        codes[at] = values
        return codes[:total]

    def _all_steps(self) -> list[Steps] | None:
        if self.heads.totals is None:
            return None
        dtype, total = "<u4" if self.heads.wide else "<u2", int(self.heads.totals.sum())
        return [np.frombuffer(self._data, dtype, total, self._places.positions)]


def _filled(counts: Array, bounds: Array) -> Numbers:
    """The postings of ranges: a full one has none by its byte, and yet a bound."""
    found = counts.astype(np.int64)
    found[(found == 0) & (bounds > 0)] = RANGE
    return found
