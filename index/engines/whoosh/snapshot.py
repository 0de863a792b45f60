"""What stands in one commit of a Whoosh index, as arrays over all its documents?

Documents are numbered through all segments, deleted ones included; every method leaves those out.
Whoosh 2.7.4's readers share a file position, so each touch of them holds a lock.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from souwen.index.commands import command
from souwen.index.documents import Document
from souwen.index.engines.whoosh.fields import (
    UNDATED,
    decode,
    encode,
    folded_column,
    length_column,
    load_document,
    term_field,
)
from souwen.index.engines.whoosh.postings import Numbers, Postings, read_postings
from souwen.index.engines.whoosh.toc import (
    guarded,
    kept_path,
    open_segments,
    read_commit,
    segment_path,
)
from souwen.index.errors import StoreError, StoreMissing
from souwen.index.settings import NAME as SETTINGS

T = TypeVar("T")

CACHED_POSTINGS = 4_000_000
"""Postings kept decoded: 64 MB."""

ENTRY = 32
"""What a term of its own costs there, in postings: those that nobody wrote are kept as well."""


class Snapshot:
    """One commit, opened. Raises StoreMissing or StoreCorrupt."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._cached = 0
        self._columns: dict[str, Numbers] = {}
        self._values: dict[tuple[int, str], Any] = {}
        self._open()
        counts = [reader.doc_count_all() for reader in self.readers]
        self._bases = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
        self.size = int(self._bases[-1])
        self.live = np.ones(self.size, np.bool_)
        for base, segment in zip(self._bases, self._toc.segments, strict=False):
            self.live[[base + number for number in segment.deleted_docs()]] = False

    def _open(self) -> None:
        found = read_commit(self.directory, self._read_commit)
        if found is None:
            build = command(str(self.directory), "index FOLDER")
            raise StoreMissing(
                f"{self.directory}: there is no index here; "
                f"{build} builds one from a folder of posts"
            )
        self._toc, readers, self.settings = found
        self._readers: list[Any] | None = readers

    def _read_commit(self, toc: Any) -> tuple[Any, list[Any], bytes]:
        settings = kept_path(self.directory, SETTINGS, toc.generation).read_bytes()
        return toc, open_segments(self.directory, toc), settings

    @property
    def generation(self) -> int:
        """The number of the commit."""
        return int(self._toc.generation)

    @property
    def readers(self) -> list[Any]:
        """Whoosh's reader of each segment. Raises StoreError once closed."""
        if self._readers is None:
            raise StoreError("this index has been closed")
        return self._readers

    def kept(self, name: str) -> bytes | None:
        """A side file of this commit."""
        try:
            return kept_path(self.directory, name, self.generation).read_bytes()
        except FileNotFoundError:
            return None

    def numbers(self) -> Numbers:
        """All documents."""
        return np.flatnonzero(self.live)

    def postings(self, field: str, term: str) -> Postings:
        """Documents that hold the term, ascending, and how often.

        ``field`` is a field of the schema, or one of Whoosh's own.
        """
        key = (field, term)
        with self._lock:
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
                return found
            found = self._read(term_field(field), encode(term))
            self._remember(key, found)
        return found

    def _remember(self, key: tuple[str, str], postings: Postings) -> None:
        self._cache[key] = postings
        self._cached += len(postings[0]) + ENTRY
        while self._cached > CACHED_POSTINGS:
            _, (numbers, _) = self._cache.popitem(last=False)
            self._cached -= len(numbers) + ENTRY

    def _read(self, field: str, term: bytes) -> Postings:
        parts = []
        for segment, reader in enumerate(self.readers):
            base = self._bases[segment]
            with self._guarded(segment):
                numbers, frequencies = read_postings(reader, field, term)
            alive = self.live[numbers + base]
            parts.append((numbers[alive] + base, frequencies[alive]))
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.concatenate([n for n, _ in parts]), np.concatenate([f for _, f in parts])

    def lexicon(self, field: str, prefix: str = "") -> Iterator[str]:
        """The distinct terms of a field that begin so, in order; some only deleted ones hold."""
        name, begin = term_field(field), encode(prefix)
        found = self._collect(name, lambda reader: reader.expand_prefix(name, begin))
        return iter(sorted(map(decode, found)))

    def near(self, field: str, term: str, distance: int) -> list[str]:
        """The terms of a field within so many edits."""
        name = term_field(field)
        return sorted(self._collect(name, lambda reader: reader.terms_within(name, term, distance)))

    def _collect(self, field: str, terms: Callable[[Any], Iterable[T]]) -> set[T]:
        """What every segment that has the field gives."""
        found: set[T] = set()
        with self._lock:
            for segment, reader in enumerate(self.readers):
                with self._guarded(segment):
                    if field in reader.indexed_field_names():
                        found.update(terms(reader))
        return found

    def dates(self, field: str) -> Numbers:
        """Milliseconds since 1970 UTC for each number, UNDATED where there is none."""
        return self._column(field, ">i8", UNDATED)

    def lengths(self, field: str) -> Numbers:
        """How many terms the term field has in each document; 0 for deleted ones."""
        return np.where(self.live, self._column(length_column(field), ">i4", 0), 0)

    def _column(self, name: str, dtype: str, default: int) -> Numbers:
        with self._lock:
            if name not in self._columns:
                segments = range(len(self.readers))
                parts = [self._read_column(one, name, dtype, default) for one in segments]
                self._columns[name] = np.concatenate([np.zeros(0, np.int64), *parts])
            return self._columns[name]

    def _read_column(self, segment: int, name: str, dtype: str, default: int) -> Numbers:
        reader = self.readers[segment]
        values = np.full(reader.doc_count_all(), default, np.int64)
        with self._guarded(segment):
            if reader.has_column(name):
                # Whoosh 2.7.4 writes a plain big-endian array and leaves out defaults at its end.
                column = reader.column_reader(name, translate=False)
                data = column._dbfile.get(column._basepos, column._count * column._fixedlen)
                values[: column._count] = np.frombuffer(data, dtype)
        return values

    def folded(self, field: str, number: int) -> str:
        """The folded ``title`` or ``body`` of a document."""
        return decode(self._value(folded_column(field), number))

    def id(self, number: int) -> str:
        """The id of a document."""
        return decode(self._value("id_column", number))

    def _value(self, column: str, number: int) -> bytes:
        segment = self._segment(number)
        with self._lock, self._guarded(segment):
            reader, key = self.readers[segment], (segment, column)
            if key not in self._values:
                self._values[key] = reader.column_reader(column, translate=False)
            return bytes(self._values[key][number - int(self._bases[segment])])

    def document(self, number: int) -> Document:
        """A document as it was put."""
        segment = self._segment(number)
        with self._lock, self._guarded(segment):
            stored = self.readers[segment].stored_fields(number - int(self._bases[segment]))
        return load_document(stored["document"])

    def _segment(self, number: int) -> int:
        return int(np.searchsorted(self._bases, number, side="right")) - 1

    def _guarded(self, segment: int) -> AbstractContextManager[None]:
        return guarded(segment_path(self.directory, self._toc.segments[segment]))

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            for reader in self._readers or ():
                reader.close()
            self._readers = None
            self._cache.clear()
            self._values.clear()
