"""What has to be done to bring an index up to date with its files?"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from souwen.index.manifest import Entry, Manifest
from souwen.index.source import SourceFile

SLACK = 2_100_000_000
"""A file that was read so shortly after it changed, in nanoseconds, may change without its times:
there are file systems that know these to two seconds, and the system's own clock ticks slowly."""


# A tuple, as entries are.
class Found(NamedTuple):
    """A file below a root, with the id under which it is in the index."""

    id: str
    root: str
    file: SourceFile


@dataclass(frozen=True, slots=True)
class Plan:
    """``read`` must be read, as new or changed; ``keep`` are as they were; ``delete`` are gone."""

    read: tuple[Found, ...]
    keep: tuple[str, ...]
    delete: tuple[str, ...]

    def keeping(self, same: Collection[str]) -> "Plan":
        """The plan without reading these, which are as they were after all."""
        read = tuple(one for one in self.read if one.id not in same)
        kept = tuple(one.id for one in self.read if one.id in same)
        return Plan(read, self.keep + kept, self.delete)


class _Taken:
    """Gives ids to files that do not have just their path below the root as their id."""

    def __init__(self, manifest: Manifest) -> None:
        self._entries = manifest.entries
        self._new: set[str] = set()

    @cached_property
    def _known(self) -> dict[tuple[str, str], str]:
        return {(entry.root, entry.path): name for name, entry in self._entries.items()}

    def name(self, label: str, file: SourceFile) -> str:
        """The id that it has, or else a free one, which it has from now on."""
        name = self._known.get((label, file.path))
        if name is None:
            name = self._free(file.id, label)
            self._new.add(name)
        return name

    def _free(self, name: str, label: str) -> str:
        if self._is_taken(name):
            name = f"{label}/{name}"
        while self._is_taken(name):
            name += "~"
        return name

    def _is_taken(self, name: str) -> bool:
        return name in self._entries or name in self._new


def plan(  # noqa: PLR0913
    files: Iterable[tuple[str, SourceFile]],
    manifest: Manifest,
    *,
    scope: Callable[[str], bool],
    drafts: bool,
    again: Collection[str] = (),
    names: Manifest | None = None,
    ours: Callable[[str], bool] | None = None,
) -> Plan:
    """Compare files, each of which comes with its root's label, with the manifest.

    A file keeps the id that it has below its root in ``names``, which is the manifest where it is
    not given. A new one gets its path there, with the root's label in front where another file has
    that id already. Files whose ids are not ``ours`` are passed over; ids within the ``scope`` that
    no file has any more are deleted. Posts in ``again`` are read though their files are as they
    were.
    """
    names = manifest if names is None else names
    known, before, taken = names.entries, manifest.entries, _Taken(names)
    read, keep = [], []
    for root, file in files:
        entry, name = known.get(file.id), file.id
        if entry is None or entry.path != file.path or entry.root != root:
            name = taken.name(root, file)
            entry = before.get(name)
        elif known is not before:
            entry = before.get(name)
        if ours is not None and not ours(name):
            continue
        if entry is not None and name not in again and unchanged(file, entry, drafts=drafts):
            keep.append(name)
        else:
            read.append(Found(name, root, file))
    gone = before.keys() - set(keep).union(one.id for one in read)
    return Plan(tuple(read), tuple(keep), tuple(sorted(filter(scope, gone))))


def unchanged(file: SourceFile, entry: Entry, *, drafts: bool) -> bool:
    """Whether a file need not be read: same size and time, long enough before it was read."""
    return (
        file.size == entry.size
        and file.mtime_ns == entry.mtime
        and entry.settled
        and wanted(entry, drafts=drafts)
    )


def is_settled(mtime: int, *, began: float, read: float) -> bool:
    """Whether a file could not have changed after it was read, and have kept its time.

    ``began`` is when the run began, in seconds since 1970, as is ``read``. What is read long after
    a run began was read as it is, even where it was new then.
    """
    start = began * 1e9
    return mtime < start - SLACK or mtime <= start < read * 1e9 - SLACK


def wanted(entry: Entry, *, drafts: bool) -> bool:
    """Whether a file is in the index, or left out, as it should be."""
    return entry.indexed == (drafts or not entry.draft)
