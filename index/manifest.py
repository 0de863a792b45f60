"""Which files were indexed, and as what?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from souwen.index.documents import Notice
from souwen.index.errors import StoreCorrupt

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
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
    """Every file of the index by its id."""

    entries: Mapping[str, Entry] = field(default_factory=dict)


def dump(manifest: Manifest) -> bytes:
    """The manifest as JSON, an entry a line, after a line that says how many there are."""
    lines = (
        json.dumps([name, *_entry(entry)], ensure_ascii=False)
        for name, entry in manifest.entries.items()
    )
    head = json.dumps({"files": len(manifest.entries)})
    return "\n".join((head, *lines)).encode("utf-8", "surrogatepass")


def _entry(entry: Entry) -> tuple[object, ...]:
    notices = [[notice.line, notice.reason] for notice in entry.notices]
    return (
        entry.path,
        entry.root,
        entry.size,
        entry.mtime,
        entry.digest,
        entry.settled,
        entry.draft,
        entry.indexed,
        notices,
    )


def load(content: bytes | None) -> Manifest:
    """Read what ``dump`` wrote; an empty manifest for None. Raises StoreCorrupt."""
    if content is None:
        return Manifest()
    try:
        head, *lines = content.decode("utf-8", "surrogatepass").split("\n")
        entries = dict(_load_entry(json.loads(line)) for line in lines)
        files = json.loads(head)["files"]
        if files != len(entries):
            raise ValueError(f"it names {len(entries)} files of {files}")
        return Manifest(entries)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorrupt(
            f"the index's {NAME} is damaged ({error}); `souwen index --full` builds the index anew",
            path=NAME,
        ) from error


def _load_entry(row: list[Any]) -> tuple[str, Entry]:
    name, path, *values, notices = row
    read = tuple(Notice(path, reason, line) for line, reason in notices)
    return name, replace(Entry(path, *values), notices=read)
