"""How do several segments become one? Without what is deleted, a field at a time.

Fields are independent of each other, so that processes may share them: each then writes its
fields into files of its own, which are copied behind each other at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from souwen.index.engine import Spread
from souwen.index.engines.whoosh.blocks import Worth
from souwen.index.engines.whoosh.building import Columns, common_texts, finished, new_name
from souwen.index.engines.whoosh.dictionary import DictionaryWriter, copy_dictionary
from souwen.index.engines.whoosh.layout import Layout
from souwen.index.engines.whoosh.merging import merged
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.segment import (
    DOCUMENTS,
    SUFFIX,
    Segment,
    SegmentInfo,
    plain_fields,
)
from souwen.index.engines.whoosh.segment_file import SegmentFile, SegmentFileWriter
from souwen.index.engines.whoosh.signatures import Signatures
from souwen.index.engines.whoosh.stored import encode
from souwen.index.schema import DATE_FIELDS

_COPIED = 2**22

Live = npt.NDArray[np.bool_]
Facts = dict[str, Any]
Share = tuple[Path, int, int, Facts]


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """One field of several segments that become one; can be sent to another process.

    ``maps`` has the new number of each document of each segment, -1 for those that are dropped;
    there are ``documents`` new ones. ``worth`` is None for a field without scores.
    """

    directory: Path
    infos: tuple[SegmentInfo, ...]
    layout: Layout
    maps: tuple[npt.NDArray[np.int32], ...]
    documents: int
    name: str
    worth: Worth | None

    def write(self, file: SegmentFileWriter, segments: Sequence[Segment]) -> Facts:
        """Write the field of the opened segments; returns what the catalogue says of it."""
        runs = merged(
            [segment.dictionary(self.name) for segment in segments],
            [numbers.astype(np.int64) for numbers in self.maps],
        )
        return DictionaryWriter(file, self.name, self.documents, self.worth).write(runs)

    def write_apart(self, path: Path) -> Share:
        """Write the field into a file of its own; returns that, its size, checksum and facts."""
        file = SegmentFileWriter(path)
        try:
            segments = [Segment(self.directory, info, self.layout) for info in self.infos]
            facts = self.write(file, segments)
            return path, *file.finish({}), facts
        except BaseException:
            file.abandon()
            raise


def merge(
    directory: Path,
    segments: list[Segment],
    lives: list[Live],
    layout: Layout,
    spread: Spread | None = None,
) -> SegmentInfo:
    """One segment with all that is alive in others: ``lives`` says which documents are.

    ``spread`` has other processes do what they are given. Takes memory for the columns of the
    documents and for a window of terms, in each process, whatever the size of the segments.
    """
    file = SegmentFileWriter(directory / f"{new_name()}{SUFFIX}")
    try:
        return _merge(file, segments, lives, layout, spread)
    except BaseException:
        file.abandon()
        raise


def _merge(
    file: SegmentFileWriter,
    segments: list[Segment],
    lives: list[Live],
    layout: Layout,
    spread: Spread | None,
) -> SegmentInfo:
    alive = [np.flatnonzero(live) for live in lives]
    columns = _columns(segments, alive, layout)
    fields = _fields(file.path.parent, segments, alive, layout, columns)
    # The longest first, for no process to be left alone with it.
    fields.sort(key=lambda one: -sum(segment.postings(one.name) for segment in segments))
    shares = spread and spread([partial(one.write_apart, _apart(file.path, one)) for one in fields])
    if layout.texts:
        columns.frames = [
            _copy_frames(file, segment, kept) for segment, kept in zip(segments, alive, strict=True)
        ]
        columns.signatures = [
            Signatures(segment).rows[kept] for segment, kept in zip(segments, alive, strict=True)
        ]
    columns.write(file, file.offset, common_texts(segments))
    facts = columns.facts()
    for one in fields:
        found = one.write(file, segments) if shares is None else _collected(file, one, next(shares))
        facts[one.name] = facts.get(one.name, {}) | found
    return finished(file, file.path.stem, len(columns), facts)


def _apart(path: Path, one: FieldMerge) -> Path:
    return path.with_suffix(f".{one.name}.part")


def _collected(file: SegmentFileWriter, one: FieldMerge, share: Share) -> Facts:
    """Copy what another process wrote, and remove it."""
    path, size, checksum, facts = share
    copy_dictionary(SegmentFile(path, size=size, checksum=checksum), one.name, file)
    path.unlink()
    return facts


def _columns(segments: Sequence[Segment], alive: Sequence[Numbers], layout: Layout) -> Columns:
    columns = Columns(layout)
    for segment, numbers in zip(segments, alive, strict=True):
        for field in layout.fields:
            lengths = segment.lengths(field.name)[numbers].astype(np.int64)
            columns.lengths[field.name].append(lengths)
        for date in DATE_FIELDS:
            columns.dates[date].append(segment.dates(date)[numbers])
        ids = list(segment.ids())
        columns.add_ids([encode(ids[number]) for number in numbers.tolist()])
    return columns


def _fields(
    directory: Path,
    segments: Sequence[Segment],
    alive: Sequence[Numbers],
    layout: Layout,
    columns: Columns,
) -> list[FieldMerge]:
    """What there is to merge, in the order of the layout."""
    maps, documents = [], 0
    for segment, kept in zip(segments, alive, strict=True):
        numbers = np.full(segment.info.documents, -1, np.int32)
        numbers[kept] = np.arange(documents, documents + len(kept))
        documents += len(kept)
        maps.append(numbers)
    infos = tuple(segment.info for segment in segments)
    merge_of = partial(FieldMerge, directory, infos, layout, tuple(maps), documents)
    worths = {field.name: columns.worth(field) for field in layout.fields}
    return [merge_of(name, worth) for name, worth in worths.items()] + [
        merge_of(name, None) for name in plain_fields(layout)
    ]


def _copy_frames(file: SegmentFileWriter, segment: Segment, alive: Numbers) -> Numbers:
    """Copy the texts of documents as they are; returns where their frames begin."""
    places = segment.file.section(DOCUMENTS).astype(np.int64)
    found = [np.zeros(0, np.int64)]
    for stretch in np.split(alive, np.flatnonzero(np.diff(alive) > 1) + 1):
        if not len(stretch):
            continue
        first, last = int(stretch[0]), int(stretch[-1]) + 1
        start, end = int(places[2 * first]), int(places[2 * last])
        moved = file.offset - start
        for at in range(start, end, _COPIED):
            file.append(segment.file.view(at, min(_COPIED, end - at)))
        found.append(places[2 * first : 2 * last] + moved)
    return np.concatenate(found)
