"""Which commit of an index is the newest, and what belongs to it?

A commit is a catalogue: a JSON file that names the segments and the files kept with them, each
with its size and checksum. It counts once Whoosh's table of contents of the same number is there.
"""

import base64
import json
import mmap
import os
import re
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from souwen.index.engines.whoosh.damage import damaged
from souwen.index.engines.whoosh.layout import FULL, Layout
from souwen.index.engines.whoosh.segment import SUFFIX, Segment, SegmentInfo
from souwen.index.schema import FIELD, FORMAT
from souwen.index.settings import NAME as SETTINGS
from souwen.index.settings import load as load_settings
from souwen.index.settings import outdated

CATALOGUE = "catalogue.json"
_TOC = re.compile(r"_MAIN_([0-9]+)\.toc")
_KEPT = re.compile(r".+\.json\.([0-9]+)")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A small file that belongs to a commit, and maybe to earlier ones."""

    name: str
    size: int
    checksum: int


class Head(NamedTuple):
    """The beginning of Whoosh's table of contents that later ones have as well."""

    size: int
    checksum: int


@dataclass(frozen=True, slots=True)
class Commit:
    """``generation`` numbers the commits; ``kept`` has the kept files by what they are called.

    ``head`` is None where souwen was not yet to note it.
    """

    generation: int
    layout: Layout = FULL
    segments: tuple[SegmentInfo, ...] = ()
    kept: dict[str, KeptFile] = field(default_factory=dict)
    head: Head | None = None

    @property
    def toc(self) -> str:
        """The name of Whoosh's table of contents."""
        return f"_MAIN_{self.generation}.toc"

    def files(self) -> set[str]:
        """The names of all files that belong to it."""
        return {
            self.toc,
            f"{CATALOGUE}.{self.generation}",
            *(f"{segment.name}{SUFFIX}" for segment in self.segments),
            *(one.name for one in self.kept.values()),
        }


def latest(directory: Path) -> int:
    """The number of the newest commit, -1 where there is none; its files are not looked at."""
    try:
        names = [path.name for path in directory.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return -1
    found = [int(match[1]) for name in names if (match := _TOC.fullmatch(name))]
    # Without any table of contents: one of a later commit was lost, and must not take with it what
    # the commit kept, for the one before goes only when the next is there; a first commit has not
    # come to its end.
    kept = [int(match[1]) for name in names if (match := _KEPT.fullmatch(name))]
    return max(found or filter(None, kept), default=-1)


def leftovers(directory: Path, named: Collection[str]) -> list[Path]:
    """The files of ours in the directory that are not among those named."""
    return [
        path
        for path in directory.iterdir()
        if (path.name.startswith(("MAIN_", "_MAIN_")) or ".json." in path.name)
        and path.name not in named
    ]


def dump(commit: Commit) -> bytes:
    """The catalogue: a line of JSON and a line with its checksum."""
    layout = commit.layout
    content = json.dumps(
        {
            "layout": {
                "fields": [one.name for one in layout.fields],
                "keywords": layout.keywords,
                "positions": sorted(layout.positions),
                "texts": layout.texts,
            },
            "segments": [
                {
                    "name": one.name,
                    "documents": one.documents,
                    "size": one.size,
                    "checksum": one.checksum,
                    "deleted": None
                    if one.deleted is None
                    else base64.b64encode(zlib.compress(one.deleted)).decode(),
                }
                for one in commit.segments
            ],
            "kept": {name: [one.name, one.size, one.checksum] for name, one in commit.kept.items()},
            "head": commit.head,
        }
    ).encode()
    return b"%s\n%08x\n" % (content, zlib.crc32(content))


def load(content: bytes, generation: int, path: Path) -> Commit:
    """What ``dump`` wrote. Raises StoreCorrupt where it is anything else; ``path`` names it.

    Raises StoreOutdated where another souwen wrote it.
    """
    line, _, checksum = content.partition(b"\n")
    if checksum != b"%08x\n" % zlib.crc32(line):
        raise damaged(path, "it does not have the checksum that was written")
    try:
        return _commit(json.loads(line), generation)
    except (AttributeError, LookupError, TypeError, ValueError, zlib.error) as error:
        place = str(path.parent)
        load_settings(newest_kept(path.parent, SETTINGS), place=place)
        raise outdated(f"{FORMAT} of another souwen", place=place) from error


def _commit(found: dict[str, Any], generation: int) -> Commit:
    layout = found["layout"]
    return Commit(
        generation,
        Layout(
            tuple(FIELD[name] for name in layout["fields"]),
            tuple(layout["keywords"]),
            frozenset(layout["positions"]),
            layout["texts"],
        ),
        tuple(
            SegmentInfo(
                one["name"],
                one["documents"],
                one["size"],
                one["checksum"],
                None
                if one["deleted"] is None
                else zlib.decompress(base64.b64decode(one["deleted"])),
            )
            for one in found["segments"]
        ),
        {name: KeptFile(*one) for name, one in found["kept"].items()},
        Head(*one) if (one := found.get("head")) else None,
    )


def read_commit(directory: Path, read: Callable[[Commit], T]) -> T | None:
    """What ``read`` makes of the newest commit; None where there is no index.

    Done again where a writer takes the files away meanwhile. Raises StoreCorrupt where they are
    missing or damaged, StoreOutdated where they are of another format.
    """
    while (generation := latest(directory)) >= 0:
        path = directory / f"{CATALOGUE}.{generation}"
        try:
            return read(load(path.read_bytes(), generation, path))
        except FileNotFoundError as error:
            if latest(directory) == generation:
                _refuse_other_format(directory, generation)
                raise damaged(Path(error.filename), "it is missing") from error
    return None


def _refuse_other_format(directory: Path, generation: int) -> None:
    """Raises StoreOutdated for an index of a format that had no catalogues."""
    path = directory / f"{SETTINGS}.{generation}"
    if path.exists() and not (directory / f"{CATALOGUE}.{generation}").exists():
        load_settings(path.read_bytes(), place=str(directory))


def open_segments(directory: Path, commit: Commit) -> list[Segment]:
    """Every segment. Raises StoreCorrupt for one that is not as it was written."""
    return [Segment(directory, info, commit.layout) for info in commit.segments]


class HeldFile:
    """A file that a commit keeps, held open: it can be read when a later commit has swept it away.

    Raises FileNotFoundError where one has done so already.
    """

    def __init__(self, directory: Path, commit: Commit, name: str) -> None:
        self._kept = commit.kept[name]
        self.path = directory / self._kept.name
        try:
            self._content: mmap.mmap | bytes | None = _mapped(self.path)
        except FileNotFoundError:
            if latest(directory) != commit.generation:
                raise
            self._content = None

    def read(self) -> bytes:
        """What it says. Raises StoreCorrupt where it is missing, or not as it was written."""
        if self._content is None:
            raise damaged(self.path, "it is missing")
        content = self._content[:]
        if (len(content), zlib.crc32(content)) != (self._kept.size, self._kept.checksum):
            raise damaged(self.path, "it does not have the checksum that was written")
        return content


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        # What is empty cannot be mapped.
        empty = os.fstat(file.fileno()).st_size == 0
        return b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def read_kept(directory: Path, commit: Commit, name: str) -> bytes | None:
    """A file that the commit keeps; None where there is none. Raises what ``HeldFile`` does."""
    return HeldFile(directory, commit, name).read() if name in commit.kept else None


def newest_kept(directory: Path, name: str) -> bytes | None:
    """The newest file of that name, whichever commit it belongs to."""
    numbers = [path.suffix[1:] for path in directory.glob(f"{name}.*")]
    newest = max((int(number) for number in numbers if number.isdecimal()), default=None)
    return None if newest is None else (directory / f"{name}.{newest}").read_bytes()
