"""What stands in one commit, as arrays over all its documents?

Documents are numbered through all segments, each of which begins at a multiple of RANGE: numbers
between them and those of deleted documents are not live. Everything that is read is kept, within
bounds; threads share it without locks, since what is kept never changes.
"""

import threading
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from souwen.index.commands import command
from souwen.index.documents import Document
from souwen.index.engines.whoosh.blocks import RANGE, Block
from souwen.index.engines.whoosh.commit import (
    Commit,
    HeldFile,
    open_segments,
    read_commit,
)
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.segment import Segment
from souwen.index.engines.whoosh.stored import UNDATED, decode, encode
from souwen.index.engines.whoosh.term_postings import FieldStatistics, TermPostings
from souwen.index.errors import StoreError, StoreMissing
from souwen.index.settings import NAME as SETTINGS
from souwen.index.settings import Settings, load

CACHED_BYTES = 4 * 2**20
"""What the decoded postings that are kept may take; a reader keeps what it made of them itself."""

_ENTRY = 500
_POSTING = 9

Array = npt.NDArray[Any]
Bounds = npt.NDArray[np.float32]


class Snapshot:
    """One commit, opened. Raises StoreMissing, StoreOutdated or StoreCorrupt.

    ``size`` is one more than the greatest number of a document, rounded up to whole ranges;
    ``live`` says which numbers are documents, ``posts`` how many. ``bases`` has the first number
    of each segment, ``hollow`` whether documents of it are deleted.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        found = read_commit(directory, self._read)
        if found is None:
            build = command(str(directory), "index FOLDER")
            raise StoreMissing(
                f"{directory}: there is no index here; {build} builds one from a folder of posts"
            )
        self.commit, self.segments, self._kept, self.settings = found
        self.bases: list[int] = []
        self.size = 0
        for segment in self.segments:
            self.bases.append(self.size)
            self.size += -(-segment.info.documents // RANGE) * RANGE
        self.live = np.zeros(self.size, np.bool_)
        for base, segment in zip(self.bases, self.segments, strict=True):
            self.live[base : base + segment.info.documents] = segment.info.live()
        self.hollow = [segment.info.deleted is not None for segment in self.segments]
        self.posts = int(np.count_nonzero(self.live))
        self._lock = threading.Lock()
        self._terms: OrderedDict[tuple[str, str], TermPostings | None] = OrderedDict()
        self._cost = 0
        self._arrays: dict[tuple[str, str], Array] = {}
        self._statistics: dict[str, FieldStatistics] = {}
        self._open = True

    def _read(self, commit: Commit) -> tuple[Commit, list[Segment], dict[str, HeldFile], Settings]:
        kept = {name: HeldFile(self.directory, commit, name) for name in commit.kept}
        told = kept[SETTINGS].read() if SETTINGS in kept else None
        # First, for in another format segments may be laid out in another way.
        settings = load(told, place=str(self.directory))
        return commit, open_segments(self.directory, commit), kept, settings

    @property
    def generation(self) -> int:
        """The number of the commit."""
        return self.commit.generation

    def must_be_open(self) -> None:
        """Raises StoreError once closed."""
        if not self._open:
            raise StoreError("this index has been closed")

    def kept(self, name: str) -> bytes | None:
        """A side file of this commit; None where there is none."""
        self.must_be_open()
        held = self._kept.get(name)
        return None if held is None else held.read()

    def term(self, field: str, term: str) -> TermPostings | None:
        """The postings of a term; None where no document, live or deleted, has it."""
        key = (field, term)
        try:
            found = self._terms[key]
            self._terms.move_to_end(key)
        except KeyError:
            found = self._find(field, encode(term))
            self._remember(key, found)
        return found

    def _find(self, field: str, term: bytes) -> TermPostings | None:
        self.must_be_open()
        parts = []
        for at, segment in enumerate(self.segments):
            found = segment.dictionary(field).find(term)
            if found is not None:
                parts.append((at, *found))
        return TermPostings(self, field, parts) if parts else None

    def _remember(self, key: tuple[str, str], postings: TermPostings | None) -> None:
        with self._lock:
            if key not in self._terms:
                self._terms[key] = postings
                self._cost += _cost(postings)
            while self._cost > CACHED_BYTES and len(self._terms) > 1:
                self._cost -= _cost(self._terms.popitem(last=False)[1])

    def count(self, field: str, term: str) -> int:
        """How many live documents hold a term; for terms that are hardly asked for again."""
        found = self._terms.get((field, term)) or self._find(field, encode(term))
        return 0 if found is None else found.count

    def prefix(self, field: str, prefix: str) -> list[TermPostings]:
        """The postings of every term that begins so, in the order of the terms."""
        self.must_be_open()
        parts: defaultdict[bytes, list[tuple[int, Block, int]]] = defaultdict(list)
        for at, segment in enumerate(self.segments):
            for term, block, place in segment.dictionary(field).starting(encode(prefix)):
                parts[term].append((at, block, place))
        return [TermPostings(self, field, parts[term]) for term in sorted(parts)]

    def lexicon(self, field: str, prefix: str = "") -> Iterator[str]:
        """The distinct terms of a field that begin so, in order; some only deleted ones hold."""
        self.must_be_open()
        begin = encode(prefix)
        found = {
            term
            for segment in self.segments
            for term, _, _ in segment.dictionary(field).starting(begin)
        }
        return iter([decode(term) for term in sorted(found)])

    def vocabulary(self, field: str) -> tuple[str, Numbers, Numbers]:
        """All terms of a field as one text, their lengths, and how many documents hold each.

        One segment's after the other's, documents that are deleted counted.
        """
        self.must_be_open()
        blocks = [
            block for segment in self.segments for block in segment.dictionary(field).vocabulary()
        ]
        names = b"".join(names for names, _, _ in blocks)
        sizes = np.concatenate([np.zeros(0, np.int64), *(sizes for _, sizes, _ in blocks)])
        counts = np.concatenate([np.zeros(0, np.int64), *(counts for _, _, counts in blocks)])
        begins = (np.frombuffer(names, np.uint8) & 0xC0) != 0x80
        before = np.concatenate((np.zeros(1, np.int64), begins.cumsum()))
        lengths = np.diff(before[sizes.cumsum()], prepend=0)
        return decode(names), lengths, counts

    def near(self, field: str, term: str, distance: int) -> list[str]:
        """The terms of a field within so many edits."""
        # Whoosh is slow to import, and its automata are wanted by few searches.
        from souwen.index.engines.whoosh.automaton import within

        found: set[str] = set()
        for segment in self.segments:
            found.update(within(segment.dictionary(field), term, distance))
        return sorted(found)

    def numbers(self) -> Numbers:
        """All live documents."""
        return self._array(("", "numbers"), lambda: np.flatnonzero(self.live))

    def dates(self, field: str) -> Numbers:
        """Milliseconds since 1970 UTC for each number, UNDATED where there is none."""
        return self._array(
            (field, "dates"), lambda: self._spread(Segment.dates, field, UNDATED, np.int64)
        )

    def lengths(self, field: str) -> Numbers:
        """How many terms the term field has in each document; 0 where none is live."""
        return self._array(
            (field, "lengths"), lambda: self._spread(Segment.lengths, field, 0, np.int64)
        )

    def norms(self, field: str) -> npt.NDArray[np.uint8]:
        """Lucene's code of each length."""
        return self._array(
            (field, "norms"), lambda: self._spread(Segment.norms, field, 0, np.uint8)
        )

    def _spread(
        self,
        column: Callable[[Segment, str], Array],
        field: str,
        default: int,
        dtype: type[np.generic],
    ) -> Array:
        """A column of all segments, by the numbers of documents."""
        self.must_be_open()
        values = np.full(self.size, default, dtype)
        for base, segment in zip(self.bases, self.segments, strict=True):
            values[base : base + segment.info.documents] = column(segment, field)
        if any(self.hollow):
            values[~self.live] = default
        return values

    def _array(self, key: tuple[str, str], make: Callable[[], Array]) -> Array:
        found = self._arrays.get(key)
        if found is None:
            # Two threads may make it at once: the same twice.
            found = self._arrays[key] = make()
        return found

    def field(self, field: str) -> FieldStatistics:
        """Statistics of a term field over the live documents."""
        found = self._statistics.get(field)
        if found is None:
            found = self._statistics[field] = self._measure(field)
        return found

    def _measure(self, field: str) -> FieldStatistics:
        self.must_be_open()
        documents = total = 0
        for segment in self.segments:
            if segment.info.deleted is None:
                counted, length = segment.totals(field)
            else:
                lengths = segment.lengths(field)[segment.info.live()]
                counted, length = int(np.count_nonzero(lengths)), int(lengths.sum(dtype=np.int64))
            documents, total = documents + counted, total + length
        return FieldStatistics(documents, total / documents if documents else 1.0)

    def _segment(self, number: int) -> tuple[Segment, int]:
        self.must_be_open()
        at = bisect_right(self.bases, number) - 1
        return self.segments[at], number - self.bases[at]

    def id(self, number: int) -> str:
        """The id of a document."""
        segment, within = self._segment(number)
        return segment.id(within)

    def ids(self, numbers: Iterable[int]) -> list[str]:
        """The ids of documents."""
        if len(self.segments) == 1:
            return list(map(self.segments[0].id, numbers))
        return list(map(self.id, numbers))

    def folded(self, field: str, number: int) -> str:
        """The folded ``title`` or ``body`` of a document."""
        segment, within = self._segment(number)
        return segment.folded(within)[field == "body"]

    def document(self, number: int) -> Document:
        """A document as it was put."""
        segment, within = self._segment(number)
        return segment.document(within)

    def close(self) -> None:
        """Let go of the files."""
        self._open = False
        with self._lock:
            self._terms.clear()
            self._cost = 0
        self._arrays.clear()
        self._kept = {}
        self.segments = []


def _cost(postings: TermPostings | None) -> int:
    return _ENTRY + (0 if postings is None else _POSTING * postings.count)
