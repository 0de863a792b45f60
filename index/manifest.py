"""Which files were indexed, and as what?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from souwen.index.commands import REPAIR, command
from souwen.index.documents import Notice
from souwen.index.errors import StoreCorrupt
from souwen.index.settings import Root, load_roots

NAME = "manifest.json"


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
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    roots: tuple[Root, ...] = ()


def dump(manifest: Manifest) -> bytes:
    """The manifest as JSON, an entry a line, after a line with their number and the roots."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    roots = [[root.path, root.label] for root in manifest.roots]
    head = {"files": len(manifest.entries), "roots": roots}
    lines = (
        encode([name, *entry[:-1], [[notice.line, notice.reason] for notice in entry.notices]])
        for name, entry in manifest.entries.items()
    )
    return "\n".join((json.dumps(head), *lines)).encode("utf-8", "surrogatepass")


def load(content: bytes | None, *, place: str) -> Manifest:
    """Read what ``dump`` wrote. Raises StoreCorrupt; ``place`` names the index in the message."""
    try:
        head, rows = _rows(content or b"")
        entries = dict(map(_load_entry, rows))
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
    return {name: path for name, path, *_ in _rows(content or b"")[1]}


def _rows(content: bytes) -> tuple[str, list[list[Any]]]:
    """The first line, and what the others say, read all at once."""
    head, _, lines = content.decode("utf-8", "surrogatepass").partition("\n")
    return head, json.loads("[" + lines.replace("\n", ",") + "]")


def _load_entry(row: list[Any]) -> tuple[str, Entry]:
    name, path, *_, notices = row
    row[-1] = tuple(Notice(path, reason, line) for line, reason in notices)
    return name, Entry(*row[1:])
