"""Which terms does a field have in a segment, and where are their postings?

Terms are kept in blocks, in ascending order of their UTF-8, each block beside its postings. An
entry of the dictionary, compressed, says what the terms of a block are and how many postings
each has; in front of all stand the first term of every block and where it lies in the file.
"""

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import randrange
from typing import Any

import numpy as np
import zstandard

from souwen.index.engines.whoosh.blocks import TERMS, Block, Heads, Worth, encode
from souwen.index.engines.whoosh.runs import Numbers, Run
from souwen.index.engines.whoosh.segment_file import MAGIC, SegmentFile, SegmentFileWriter
from souwen.index.engines.whoosh.stored import decompress

POSTINGS = 2**16
"""A block ends before it has more, so that little need be read for a rare term beside others."""

CACHED = 256
"""Blocks of a field whose entries are kept, about 20 KB each."""

EIGHTH = 8
"""The share of them that goes at once."""

_ENTRY = struct.Struct("<HBI")
_LEVEL = 3
_HEADER = len(MAGIC)
_COPIED = 2**22


class DictionaryWriter:
    """Writes the terms of one field with their postings.

    ``worth`` is None for a field without scores, ``counted`` false for one without frequencies.
    """

    def __init__(
        self, file: SegmentFileWriter, name: str, documents: int, worth: Worth | None
    ) -> None:
        self._file = file
        self._name = name
        self._documents = documents
        self._worth = worth
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._firsts: list[bytes] = []
        self._places: list[tuple[int, int, int]] = []
        self._terms = self._postings = 0

    def write(self, runs: Iterable[Run]) -> dict[str, int]:
        """All terms in ascending order; returns what the catalogue says of the field."""
        for run in runs:
            self._write_run(run)
        ends = np.cumsum([0, *map(len, self._firsts)])
        self._file.section(f"{self._name}/firsts", np.frombuffer(b"".join(self._firsts), np.uint8))
        self._file.section(f"{self._name}/ends", ends.astype(np.uint32))
        places = np.array(self._places, np.uint64).reshape(-1, 3)
        self._file.section(f"{self._name}/places", places.ravel())
        return {"terms": self._terms, "postings": self._postings}

    def _write_run(self, run: Run) -> None:
        for block in run.cut(_cuts(run)):
            self._write_block(block)

    def _write_block(self, run: Run) -> None:
        heads, parts = encode(run, self._documents, self._worth)
        start = self._file.append(b"", align=4)
        for part in parts:
            self._file.append(part.data.cast("B"))
        self._file.append(b"", align=4)
        entry = self._compressor.compress(_dump(run.terms, heads))
        at = self._file.append(entry)
        self._places.append((start, at, at + len(entry)))
        self._firsts.append(run.terms[0])
        self._terms += len(run.terms)
        self._postings += len(run.numbers)


def _cuts(run: Run) -> list[int]:
    """Where in a run each block but the first begins."""
    ends = np.cumsum(run.counts)
    cuts: list[int] = []
    first = before = 0
    while True:
        last = int(ends.searchsorted(before + POSTINGS, side="right"))
        first = max(first + 1, min(last, first + TERMS))
        if first >= len(run.terms):
            return cuts
        cuts.append(first)
        before = int(ends[first - 1])


def copy_dictionary(source: SegmentFile, name: str, file: SegmentFileWriter) -> None:
    """Copy a field that a file begins with; entries say themselves where they lie."""
    firsts = source.section(f"{name}/firsts")
    start = file.append(b"", align=8)
    for at in range(_HEADER, end := source.start(f"{name}/firsts"), _COPIED):
        file.append(source.view(at, min(_COPIED, end - at)))
    file.section(f"{name}/firsts", firsts)
    file.section(f"{name}/ends", source.section(f"{name}/ends"))
    places = source.section(f"{name}/places").astype(np.int64) + (start - _HEADER)
    file.section(f"{name}/places", places.astype(np.uint64))


def _dump(terms: list[bytes], heads: Heads) -> bytes:
    totals = b"" if heads.totals is None else heads.totals.astype("<u4").tobytes()
    return b"".join(
        (
            _ENTRY.pack(len(terms), heads.wide, heads.escaped),
            np.array([len(term) for term in terms], "<u4").tobytes(),
            heads.counts.astype("<u4").tobytes(),
            heads.kinds.tobytes(),
            totals,
            *terms,
        )
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """The postings of a block, and its terms: among bytes, one after the other, where each ends."""

    data: bytes
    ends: memoryview
    block: Block

    def __len__(self) -> int:
        return len(self.ends) - 1

    def term(self, index: int) -> bytes:
        """A term by its place in the block."""
        return self.data[self.ends[index] : self.ends[index + 1]]

    def terms(self) -> list[bytes]:
        """All terms of the block."""
        data = self.data
        return [data[a:b] for a, b in pairwise(self.ends)]


class Dictionary:
    """Reads the terms of one field. ``counted`` and ``positioned`` as when it was written."""

    def __init__(
        self, file: SegmentFile, name: str, documents: int, *, counted: bool, positioned: bool
    ) -> None:
        self._file = file
        self._documents = documents
        self._counted = counted
        self._positioned = positioned
        self._firsts = file.section(f"{name}/firsts").data
        self._ends = file.section(f"{name}/ends")
        self._places = file.section(f"{name}/places").reshape(-1, 3)
        self._entries: dict[int, Entry] = {}
        facts: dict[str, Any] = file.catalogue["fields"][name]
        self.terms: int = facts["terms"]
        self.postings: int = facts["postings"]

    def __len__(self) -> int:
        """The number of blocks."""
        return len(self._places)

    def find(self, term: bytes) -> tuple[Block, int] | None:
        """The block that has the term and its place in it; None where there is no such term."""
        number = bisect_right(range(len(self)), term, key=self._first) - 1
        if number < 0:
            return None
        entry = self.entry(number)
        place = bisect_left(range(len(entry)), term, key=entry.term)
        if place == len(entry) or entry.term(place) != term:
            return None
        return entry.block, place

    def _first(self, number: int) -> bytes:
        return bytes(self._firsts[self._ends[number] : self._ends[number + 1]])

    def entry(self, number: int) -> Entry:
        """What stands in a block."""
        found = self._entries.get(number)
        if found is None:
            found = self._load(number)
            if len(self._entries) >= CACHED:
                # Another dictionary, not another content of it: threads look into it meanwhile.
                kept = enumerate(list(self._entries.items()), randrange(EIGHTH))
                self._entries = {one: entry for at, (one, entry) in kept if at % EIGHTH}
            self._entries[number] = found
        return found

    def _load(self, number: int) -> Entry:
        start, at, end = self._places[number].tolist()
        data = decompress(self._file.view(at, end - at))
        count, wide, escaped = _ENTRY.unpack_from(data)
        place = _ENTRY.size
        lengths, counts = np.frombuffer(data, "<u4", 2 * count, place).reshape(2, count)
        kinds = np.frombuffer(data, np.uint8, count, place + 8 * count)
        place += 9 * count
        totals = None
        if self._positioned:
            totals = np.frombuffer(data, "<u4", count, place)
            place += 4 * count
        ends = np.full(count + 1, place, np.uint32)
        ends[1:] += lengths.cumsum(dtype=np.uint32)
        heads = Heads(kinds, counts, totals, escaped, bool(wide))
        block = Block(
            self._file.view(start, at - start), heads, self._documents, counted=self._counted
        )
        return Entry(data, ends.data, block)

    def begin(self, term: bytes) -> tuple[int, int]:
        """Block and place of the first term that is not before ``term``."""
        number = max(0, bisect_right(range(len(self)), term, key=self._first) - 1)
        if number < len(self):
            entry = self.entry(number)
            place = bisect_left(range(len(entry)), term, key=entry.term)
            if place < len(entry):
                return number, place
        return number + 1, 0

    def starting(self, prefix: bytes) -> Iterator[tuple[bytes, Block, int]]:
        """Every term that begins so, ascending, with its block and its place there."""
        number, place = self.begin(prefix)
        while number < len(self):
            entry = self.entry(number)
            while place < len(entry):
                term = entry.term(place)
                if not term.startswith(prefix):
                    return
                yield term, entry.block, place
                place += 1
            number, place = number + 1, 0

    def vocabulary(self) -> Iterator[tuple[bytes, Numbers, Numbers]]:
        """Block by block the terms, one after the other, their bytes and their postings."""
        for at, end in self._places[:, 1:].tolist():
            data = decompress(self._file.view(at, end - at))
            count, _, _ = _ENTRY.unpack_from(data)
            place = _ENTRY.size
            sizes = np.frombuffer(data, "<u4", count, place).astype(np.int64)
            counts = np.frombuffer(data, "<u4", count, place + 4 * count).astype(np.int64)
            place += (13 if self._positioned else 9) * count
            yield data[place:], sizes, counts

    def runs(self) -> Iterator[Run]:
        """All of it, block by block; nothing is kept."""
        for number in range(len(self)):
            entry = self._load(number)
            yield entry.block.run(entry.terms())
