"""How does one transaction get into a Whoosh index?"""

import os
import shutil
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

from souwen.index.documents import AnalyzedDocument
from souwen.index.engines.whoosh.fields import encode, schema
from souwen.index.engines.whoosh.mapping import open_segment
from souwen.index.engines.whoosh.postings import read_postings
from souwen.index.engines.whoosh.segments import SegmentBuilder
from souwen.index.engines.whoosh.toc import (
    NAME,
    guarded,
    kept_path,
    latest,
    read_toc,
    segment_path,
)
from souwen.index.errors import StoreCorrupt

FLUSH = 12_000_000
"""Postings collected in memory before a segment is written; about 400 MB with their terms."""

FANOUT = 4
"""So many segments of one tier, a power of FANOUT documents, are merged into one."""


class _Storage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh 2.7.4 renames its table of contents before it is on disk."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: FBT001, FBT002
        """Rename a file once all of it is on disk."""
        _sync(Path(self.folder) / oldname)
        super().rename_file(oldname, newname, safe=safe)


class WhooshWriter:
    """One transaction. Nothing is written before the first change."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._storage = _Storage(str(directory))
        self._toc: Any = None
        self._damage: StoreCorrupt | None = None
        try:
            self._toc = read_toc(directory)
        except StoreCorrupt as error:
            # A transaction that clears everything needs no old state.
            self._damage = error
        self._schema = self._toc.schema if self._toc else schema()
        self._old: list[Any] = list(self._toc.segments) if self._toc else []
        self._readers: dict[str, Any] = {}
        self._written: list[Any] = []
        self._builder: SegmentBuilder | None = None
        self._numbers: dict[str, tuple[SegmentBuilder, int]] = {}
        self._files: dict[str, bytes] = {}
        self._changed = self._cleared = False

    def put(self, document: AnalyzedDocument, /) -> None:
        """Add the document, or replace the one with its id."""
        self.delete(document.document.id)
        self._changed = True
        builder = self._builder = self._builder or self._segment()
        self._numbers[document.document.id] = (builder, builder.add(document))
        if builder.postings >= FLUSH:
            self._flush()

    def delete(self, id: str, /) -> None:
        """Remove the document with this id, if there is one."""
        if id in self._numbers:
            builder, number = self._numbers.pop(id)
            builder.segment.delete_document(number)
            self._changed = True
        for segment in self._old:
            with guarded(segment_path(self._directory, segment)):
                numbers = read_postings(self._reader(segment), "id", encode(id))[0].tolist()
            for number in numbers:
                if not segment.is_deleted(number):
                    segment.delete_document(number)
                    self._changed = True

    def clear(self) -> None:
        """Remove all documents that were there before, and take today's schema."""
        self._old = []
        self._schema = schema()
        self._changed = self._cleared = True

    def keep(self, name: str, content: bytes, /) -> None:
        """Store a small file with this commit."""
        self._files[name] = content
        self._changed = True

    def _segment(self) -> SegmentBuilder:
        return SegmentBuilder(self._storage, self._schema, NAME)

    def _reader(self, segment: Any) -> Any:
        name = segment.segment_id()
        if name not in self._readers:
            self._readers[name] = open_segment(self._storage, self._schema, segment)
        return self._readers[name]

    def _flush(self) -> None:
        if self._builder is not None:
            builder, self._builder = self._builder, None
            self._written.append(builder.finish())

    def commit(self) -> None:
        """Make the changes visible in one step: the rename of Whoosh's table of contents.

        Raises StoreCorrupt where what was there before is to stay and cannot be read.
        """
        if not self._changed:
            return
        if self._damage is not None and not self._cleared:
            raise self._damage
        self._flush()
        segments = [s for s in self._old + self._written if s.doc_count()]
        segments = self._merged(segments)
        generation = latest(self._directory) + 1
        for segment in self._written:
            _sync(segment_path(self._directory, segment))
        self._keep_files(generation)
        TOC(self._schema, segments, generation).write(self._storage, NAME)
        _sync(self._directory)
        self._toc, self._damage = read_toc(self._directory), None

    def _merged(self, segments: list[Any]) -> list[Any]:
        """Few segments in place of many, and none more than half of which is deleted."""
        while chosen := _to_merge(segments):
            builder = self._segment()
            for segment in chosen:
                with guarded(segment_path(self._directory, segment)):
                    builder.merge(segment)
            merged = builder.finish()
            self._written.append(merged)
            segments = [s for s in segments if s not in chosen] + [merged]
        return segments

    def _keep_files(self, generation: int) -> None:
        kept = dict(self._files)
        if self._toc:
            for path in self._directory.glob(f"*.{self._toc.generation}"):
                kept.setdefault(path.name.rpartition(".")[0], path.read_bytes())
        for name, content in kept.items():
            path = kept_path(self._directory, name, generation)
            path.write_bytes(content)
            _sync(path)

    def sweep(self) -> None:
        """Close what is open and remove every file that the newest commit does not name."""
        if self._builder is not None:
            self._builder.abandon()
        for reader in self._readers.values():
            reader.close()
        if self._damage is not None:
            return
        generation = self._toc.generation if self._toc else -1
        clean_files(self._storage, NAME, generation, self._toc.segments if self._toc else [])
        shutil.rmtree(self._directory / f"{NAME}.tmp", ignore_errors=True)
        kept = (p for p in self._directory.glob("*.json.*") if p.suffix != f".{generation}")
        # Where a process is killed, Whoosh 2.7.4 leaves half a table of contents for ever.
        for path in (*kept, *self._directory.glob(f"_{NAME}_*.toc.*")):
            with suppress(OSError):
                path.unlink()


def _to_merge(segments: list[Any]) -> list[Any]:
    """The smallest full tier, or else a segment that is mostly deleted, or nothing."""
    tiers: defaultdict[int, list[Any]] = defaultdict(list)
    for segment in segments:
        tiers[_tier(segment.doc_count())].append(segment)
    full = (tiers[tier] for tier in sorted(tiers) if len(tiers[tier]) >= FANOUT)
    hollow = ([one] for one in segments if one.deleted_count() > one.doc_count())
    return next(full, None) or next(hollow, [])


def _tier(documents: int) -> int:
    tier = 0
    while documents >= FANOUT:
        documents //= FANOUT
        tier += 1
    return tier


def _sync(path: Path) -> None:
    """Ask the system to have the file, or the names in the directory, on disk."""
    # Windows syncs only what was opened to be written.
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except PermissionError:  # Windows opens no directories.
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
