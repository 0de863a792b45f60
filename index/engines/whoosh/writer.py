"""How does one transaction get into an index?"""

import os
import zlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import compress, zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt

from souwen.index.documents import AnalyzedDocument
from souwen.index.engine import Spread
from souwen.index.engines.whoosh import toc
from souwen.index.engines.whoosh.building import common_texts
from souwen.index.engines.whoosh.commit import (
    CATALOGUE,
    Commit,
    KeptFile,
    dump,
    latest,
    leftovers,
    read_commit,
)
from souwen.index.engines.whoosh.compaction import merge
from souwen.index.engines.whoosh.filling import Filling, Fillings
from souwen.index.engines.whoosh.layout import Layout
from souwen.index.engines.whoosh.segment import SUFFIX, Segment, SegmentInfo
from souwen.index.engines.whoosh.stored import encode
from souwen.index.errors import StoreCorrupt, StoreError, StoreOutdated

LARGE = 2**25
"""Bytes of segments from which on it pays to merge them by several processes."""

SMALL = 128
"""Segments of fewer documents are merged at every commit; it takes milliseconds."""

WIDEST = 64
"""Segments that are merged at once: each takes a file handle, and memory for a block of terms."""

Live = npt.NDArray[np.bool_]


class WhooshWriter:
    """One transaction. Nothing is written before the first change.

    ``layout`` is that of the segments to be written, where those there are do not decide it.
    """

    def __init__(self, directory: Path, layout: Layout) -> None:
        self._directory = directory
        self._new_layout = layout
        self._damage: StoreCorrupt | StoreOutdated | None = None
        commit: Commit | None = None
        try:
            commit = read_commit(directory, lambda found: found)
        except (StoreCorrupt, StoreOutdated) as error:
            # A transaction that clears everything needs no old state.
            self._damage = error
        self._before = commit
        self._layout = commit.layout if commit and commit.segments else layout
        self._infos: list[SegmentInfo] = list(commit.segments) if commit else []
        self._old = tuple(self._infos)
        self._lives: dict[str, Live] = {}
        self._opened: dict[str, Segment] = {}
        self._filling: Filling | None = None
        self._numbers: dict[str, tuple[str, int]] = {}
        self._dead: dict[str, list[int]] = {}
        self._files: dict[str, bytes] = {}
        self._changed = self._cleared = False

    def put(self, document: AnalyzedDocument, /) -> None:
        """Add the document, or replace the one with its id."""
        self.delete(document.document.id)
        self._changed = True
        self._numbers[document.document.id] = self._filled().put(document)

    def delete(self, id: str, /) -> None:
        """Remove the document with this id, if there is one."""
        if id in self._numbers:
            name, number = self._numbers.pop(id)
            self._dead.setdefault(name, []).append(number)
            self._changed = True
            return
        for info in self._old:
            found = self._segment(info).number(encode(id))
            if found is not None and self._live(info)[found]:
                self._live(info)[found] = False
                self._changed = True

    def clear(self) -> None:
        """Remove all documents that were there before, and take today's layout."""
        self._give_up(set(self._old))
        self._layout = self._new_layout
        self._changed = self._cleared = True

    def discard(self, parts: Collection[str], /) -> Collection[str]:
        """Give up whole segments, by the names of their files; returns the ids that are left."""
        damaged = {info for info in self._old if f"{info.name}{SUFFIX}" in parts}
        self._give_up(damaged)
        self._changed |= bool(damaged)
        return {
            name
            for info in self._infos
            for name in compress(self._segment(info).ids(), self._live(info).tolist())
        }

    def _give_up(self, infos: Collection[SegmentInfo]) -> None:
        self._infos = [info for info in self._infos if info not in infos]
        self._old = tuple(info for info in self._old if info not in infos)

    def keep(self, name: str, content: bytes, /) -> None:
        """Store a small file with this commit."""
        self._files[name] = content
        self._changed = True

    def _segment(self, info: SegmentInfo) -> Segment:
        if info.name not in self._opened:
            self._opened[info.name] = Segment(self._directory, info, self._layout)
        return self._opened[info.name]

    def _live(self, info: SegmentInfo) -> Live:
        if info.name not in self._lives:
            live = info.live()
            live[self._dead.get(info.name, [])] = False
            self._lives[info.name] = live
        return self._lives[info.name]

    def _filled(self) -> Filling:
        if self._filling is None:
            texts = common_texts(map(self._segment, self._infos))
            self._filling = Filling(self._directory, self._layout, texts)
        return self._filling

    def _flush(self) -> None:
        if self._filling is not None:
            self._infos += self._filling.finish()

    def part(self) -> Fillings | None:
        """What makes parts, as soon as there is a dictionary for the texts of all of them."""
        texts = self._filled().texts
        if self._layout.texts and not texts.trained:
            return None
        return Fillings(self._directory, self._layout, texts.trained, texts.sample)

    def adopt(self, finished: Iterable[list[SegmentInfo]], spread: Spread, /) -> None:
        """Take in the segments that parts have filled."""
        self._flush()
        parts = zip_longest(*finished)
        # By turns, as the documents came to them.
        infos = [info for turn in parts for info in turn if info is not None]
        self._infos += infos
        if infos:
            self._changed = True
            self._infos = self._merged(self._living(), spread)

    def _living(self) -> list[SegmentInfo]:
        return [info for info in self._infos if self._live(info).any()]

    def commit(self) -> None:
        """Make the changes visible in one step: the renaming of Whoosh's table of contents.

        Raises StoreError where they are visible, but perhaps not on disk; StoreCorrupt or
        StoreOutdated where what was there before is to stay and cannot be
        read.
        """
        if not self._changed:
            return
        if self._damage is not None and not self._cleared:
            raise self._damage
        self._flush()
        infos = self._merged(self._living())
        for info in set(infos).difference(self._before.segments if self._before else ()):
            sync(self._directory / f"{info.name}{SUFFIX}")
        head = toc.head(self._directory, self._before, self._layout)
        commit = Commit(
            latest(self._directory) + 1,
            self._layout,
            tuple(map(self._with_deletions, infos)),
            self._keep_files(),
            toc.told(head),
        )
        write_synced(self._directory / f"{CATALOGUE}.{commit.generation}", dump(commit))
        sync(self._directory)
        written = self._directory / f"{commit.toc}.new"
        write_synced(written, toc.table(head, commit))
        written.replace(self._directory / commit.toc)
        self._before, self._damage = commit, None
        try:
            sync(self._directory)
        except OSError as error:
            raise StoreError(
                f"{self._directory}: all is written, but the system cannot say that it is on disk "
                f"({error.strerror or error}); run the command again to be sure"
            ) from error

    def _with_deletions(self, info: SegmentInfo) -> SegmentInfo:
        live = self._live(info)
        return replace(info, deleted=None if live.all() else np.packbits(~live).tobytes())

    def _merged(self, infos: list[SegmentInfo], spread: Spread | None = None) -> list[SegmentInfo]:
        """Few segments in place of many, and none more than half of which is deleted."""
        groups = grouped([(int(self._live(info).sum()), info.documents) for info in infos])
        return [self._one([infos[at] for at in group], spread) for group in groups]

    def _one(self, infos: list[SegmentInfo], spread: Spread | None) -> SegmentInfo:
        """A segment with all that is alive in these."""
        if len(infos) == 1 and not mostly_dead(int(self._live(infos[0]).sum()), infos[0].documents):
            return infos[0]
        while len(infos) > WIDEST:
            starts = range(0, len(infos), WIDEST)
            infos = [self._one(infos[at : at + WIDEST], spread) for at in starts]
        segments, lives = list(map(self._segment, infos)), list(map(self._live, infos))
        large = sum(info.size for info in infos) >= LARGE
        merged = merge(self._directory, segments, lives, self._layout, spread if large else None)
        for info in infos:
            self._opened.pop(info.name, None)
        return merged

    def _keep_files(self) -> dict[str, KeptFile]:
        kept = dict(self._before.kept) if self._before else {}
        generation = latest(self._directory) + 1
        for name, content in self._files.items():
            path = self._directory / f"{name}.{generation}"
            write_synced(path, content)
            kept[name] = KeptFile(path.name, len(content), zlib.crc32(content))
        return kept

    def sweep(self) -> None:
        """Close what is open and remove every file that the newest commit does not name."""
        if self._filling is not None:
            self._filling.abandon()
        self._opened.clear()
        if self._damage is not None:
            return
        named = self._before.files() if self._before else set()
        for path in leftovers(self._directory, named):
            with suppress(OSError):
                path.unlink()


def to_merge(sizes: list[tuple[int, int]]) -> list[int]:
    """Which segments to merge into one, by their live documents and all of them; or none.

    By size, each segment is to be at least twice the next one: so there are as many as the
    number of documents has binary digits, and a document is merged as often at most.
    """
    order = sorted(range(len(sizes)), key=lambda at: -sizes[at][0])
    small = [at for at in order if sizes[at][0] < SMALL]
    if len(small) > 1:
        return sorted(small)
    for place in reversed(range(len(order) - 1)):
        if sizes[order[place]][0] < 2 * sizes[order[place + 1]][0]:
            return sorted(order[place:])
    return next(([at] for at in order if mostly_dead(*sizes[at])), [])


def mostly_dead(live: int, documents: int) -> bool:
    """Whether more than half of a segment is deleted."""
    return 2 * live < documents


def grouped(sizes: list[tuple[int, int]]) -> list[list[int]]:
    """What ``to_merge`` comes to in the end: the segments that become one, each merged once."""
    groups = [[at] for at in range(len(sizes))]
    while chosen := to_merge(sizes):
        live = sum(sizes[at][0] for at in chosen)
        one = sorted(member for at in chosen for member in groups[at])
        groups = [group for at, group in enumerate(groups) if at not in chosen] + [one]
        sizes = [size for at, size in enumerate(sizes) if at not in chosen] + [(live, live)]
    return groups


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file and wait until it is on disk; what is in its place goes, be it a link."""
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(content)
    sync(path)


def sync(path: Path) -> None:
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
