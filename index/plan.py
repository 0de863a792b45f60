"""What has to be done to bring an index up to date with its files?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from souwen.index.manifest import Entry, Manifest
from souwen.index.source import SourceFile


@dataclass(frozen=True, slots=True)
class Found:
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


def identify(files: Iterable[tuple[str, SourceFile]], manifest: Manifest) -> tuple[Found, ...]:
    """Give each file, which comes with its root's label, its id.

    A file keeps the id that it has below its root. A new one gets its path there, with the root's
    label in front where another file has that id already.
    """
    known = {(entry.root, entry.path): name for name, entry in manifest.entries.items()}
    taken = set(manifest.entries)
    found = []
    for root, file in files:
        name = known.get((root, file.path))
        if name is None:
            name = _free(file.id, root, taken)
            taken.add(name)
        found.append(Found(name, root, file))
    return tuple(found)


def _free(name: str, label: str, taken: Collection[str]) -> str:
    if name in taken:
        name = f"{label}/{name}"
    while name in taken:
        name += "~"
    return name


def plan(
    found: Iterable[Found],
    manifest: Manifest,
    *,
    scope: Collection[str],
    drafts: bool,
    again: Collection[str] = (),
) -> Plan:
    """Compare files with the manifest; ids in ``scope`` that no file has any more are deleted.

    Posts in ``again`` are read though their files are as they were.
    """
    read, keep, present = [], [], set()
    for one in found:
        present.add(one.id)
        entry = None if one.id in again else manifest.entries.get(one.id)
        if entry is not None and unchanged(one.file, entry, drafts=drafts):
            keep.append(one.id)
        else:
            read.append(one)
    delete = tuple(sorted(name for name in scope if name not in present))
    return Plan(tuple(read), tuple(keep), delete)


def unchanged(file: SourceFile, entry: Entry, *, drafts: bool) -> bool:
    """Whether a file need not be read: same size and time, long enough before it was read."""
    return (
        file.size == entry.size
        and file.mtime_ns == entry.mtime
        and entry.settled
        and wanted(entry, drafts=drafts)
    )


def wanted(entry: Entry, *, drafts: bool) -> bool:
    """Whether a file is in the index, or left out, as it should be."""
    return entry.indexed == (drafts or not entry.draft)
