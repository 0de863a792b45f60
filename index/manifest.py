"""Which files were indexed, and as what?"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

from souwen.index.commands import REPAIR, command
from souwen.index.documents import Notice
from souwen.index.errors import StoreCorrupt
from souwen.index.settings import Root, load_roots

NAME = "manifest.json"
CHANGES = "changes.json"
"""What became of a few files since the manifest was written."""

_FEW = 8
"""Up to one in so many files may have changed since: then the cost of a run grows with them."""

_USUAL = (True, False, True, ())
"""The last fields of an entry; they are written only where they are others."""


# A tuple, for a run makes as many as there are posts, and makes tuples four times as fast.
class Entry(NamedTuple):
    """One file as it was when it was last read.

    ``mtime`` is in nanoseconds since 1970, ``digest`` the hash of its bytes. ``root`` is the label
    of the root it was found below. A file is not ``settled`` if it was written so shortly before it
    was read that it may have been written again without a change of its time. ``draft`` files are
    known but may not be in the index.
    """

    path: str
    root: str
    size: int
    mtime: int
    digest: str
    settled: bool = True
    draft: bool = False
    indexed: bool = True
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every file of the index by its id.

    ``roots`` are those of the settings: either file can be lost, and the index still be built anew.
    ``base`` are the entries as of the last time when all of them were written.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    roots: tuple[Root, ...] = ()
    base: Mapping[str, Entry] = field(default_factory=dict, compare=False, repr=False)


def kept(
    entries: Mapping[str, Entry], roots: tuple[Root, ...], before: Manifest
) -> dict[str, bytes]:
    """What is to be kept of these entries, by name: all of them, or what changed since the base.

    ``before`` is the manifest that is kept now.
    """
    base = before.base
    changed = {
        name: entry
        for name, entry in entries.items()
        # Most of them are the very same.
        if (was := base.get(name)) is not entry and was != entry
    }
    gone = [name for name in base if name not in entries]
    if roots != before.roots or (len(changed) + len(gone)) * _FEW > len(base):
        return whole(entries, roots)
    return {CHANGES: dump(changed, gone=gone)}


def whole(entries: Mapping[str, Entry], roots: Sequence[Root] = ()) -> dict[str, bytes]:
    """What is to be kept, by name, where nothing is kept yet."""
    return {NAME: dump(entries, roots), CHANGES: dump({})}


def dump(
    entries: Mapping[str, Entry], roots: Sequence[Root] = (), *, gone: Sequence[str] = ()
) -> bytes:
    """Entries as JSON: a line with their number and the roots, then one for each of their fields.

    So they are read three times as fast as one by one. ``gone`` are the ids that are no more.
    """
    encode = json.JSONEncoder(ensure_ascii=False).encode
    named = [[root.path, root.label] for root in roots]
    columns = [*zip(*(entry[:5] for entry in entries.values()), strict=True)] or [()] * 5
    unusual = {
        at: [*entry[5:-1], [[notice.line, notice.reason] for notice in entry.notices]]
        for at, entry in enumerate(entries.values())
        if entry[5:] != _USUAL
    }
    first = json.dumps({"files": len(entries), "roots": named})
    lines = (first, *map(encode, (list(entries), *columns, unusual, gone)))
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def load(kept: Callable[[str], bytes | None], *, place: str) -> Manifest:
    """Read what was kept, which ``kept`` gives by name.

    Raises StoreCorrupt; ``place`` names the index in the message.
    """
    content, changes = kept(NAME), kept(CHANGES)
    try:
        base, _ = _entries(content)
        news, gone = _entries(changes)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StoreCorrupt(
            f"{place}: the index's {NAME} is missing or damaged ({error}); "
            f"{command(place, REPAIR)} mends it by reading posts again",
            path=NAME,
        ) from error
    entries = base | news
    for name in gone:
        entries.pop(name, None)
    return Manifest(entries, load_roots(content), base)


def load_paths(kept: Callable[[str], bytes | None]) -> dict[str, str]:
    """The path of every file by its id, and nothing else; empty where there is no manifest."""
    found: dict[str, str] = {}
    for lines in map(_lines, filter(None, map(kept, (NAME, CHANGES)))):
        next(lines)
        found |= zip(json.loads(next(lines)), json.loads(next(lines)), strict=True)
        *_, gone = lines
        for name in json.loads(gone):
            found.pop(name, None)
    return found


def _lines(content: bytes | None) -> Iterator[str]:
    return iter((content or b"").decode("utf-8", "surrogatepass").split("\n"))


def _entries(content: bytes | None) -> tuple[dict[str, Entry], list[str]]:
    """What ``dump`` wrote: the entries, and the ids that are no more."""
    files, names, *columns, unusual, gone = map(json.loads, _lines(content))
    rows = zip(*columns, *map(repeat, _USUAL), strict=False)
    entries = dict(zip(names, map(Entry._make, rows), strict=True))
    if not files["files"] == len(entries) == len(columns[0]):
        raise ValueError(f"it names {len(entries)} files of {files['files']}")
    for at, (*flags, notices) in unusual.items():
        name = names[int(at)]
        entry = entries[name]
        told = tuple(Notice(entry.path, reason, line) for line, reason in notices)
        entries[name] = Entry._make((*entry[:5], *flags, told))
    return entries, gone
