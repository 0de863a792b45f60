"""Which files were indexed, and as what?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from souwen.index.commands import REPAIR, command
from souwen.index.documents import Notice
from souwen.index.errors import StoreCorrupt
from souwen.index.settings import Root, load_roots

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
    """Every file of the index by its id.

    ``roots`` are those of the settings: either file can be lost, and the index still be built anew.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    roots: tuple[Root, ...] = ()


def dump(manifest: Manifest) -> bytes:
    """The manifest as JSON, an entry a line, after a line with their number and the roots."""
    lines = (
        json.dumps([name, *_entry(entry)], ensure_ascii=False)
        for name, entry in manifest.entries.items()
    )
    roots = [[root.path, root.label] for root in manifest.roots]
    head = json.dumps({"files": len(manifest.entries), "roots": roots})
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


def load(content: bytes | None, *, place: str) -> Manifest:
    """Read what ``dump`` wrote. Raises StoreCorrupt; ``place`` names the index in the message."""
    try:
        head, *lines = (content or b"").decode("utf-8", "surrogatepass").split("\n")
        entries = dict(_load_entry(json.loads(line)) for line in lines)
        files = json.loads(head)["files"]
        if files != len(entries):
            raise ValueError(f"it names {len(entries)} files of {files}")
        return Manifest(entries, load_roots(content))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorrupt(
            f"{place}: the index's {NAME} is missing or damaged ({error}); "
            f"{command(place, REPAIR)} mends it by reading posts again",
            path=NAME,
        ) from error


def load_paths(content: bytes | None) -> dict[str, str]:
    """The path of every file by its id, and nothing else; empty where there is no manifest."""
    _, *lines = (content or b"").decode("utf-8", "surrogatepass").split("\n")
    return {name: path for name, path, *_ in map(json.loads, lines)}


def _load_entry(row: list[Any]) -> tuple[str, Entry]:
    name, path, *values, notices = row
    read = tuple(Notice(path, reason, line) for line, reason in notices)
    return name, replace(Entry(path, *values), notices=read)
