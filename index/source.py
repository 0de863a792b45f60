"""Which files below a folder may hold posts, and which bytes do they hold?"""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from souwen.index.documents import Notice
from souwen.index.encodings import decode
from souwen.index.errors import ConfigError, PostError
from souwen.index.roots import Scope

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".html", ".htm")
_NEVER = frozenset({"node_modules", "_includes", "_layouts", "_sass", "_data", "_site"})
_HEXO = frozenset({"scaffolds", "themes", "public"})
HEXO_CONFIGS = ("_config.yml", "_config.yaml")
"""Files beside which Hexo keeps folders that hold no posts."""

DRAFTS = "_drafts"
"""The folder of posts that are drafts, whatever they say of themselves."""

_ALL = Scope()
_MIB = 2**20
# Never wait for a pipe's other end, never follow a link put in the file's place.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY")
)
_FOLDER = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_DIRECTORY", "O_NOFOLLOW"))
_STEPWISE = os.open in os.supports_dir_fd


# A tuple, for a run makes as many as there are posts.
class SourceFile(NamedTuple):
    """A file that may hold a post.

    ``id`` is its path below the root, ``path`` where it lies, absolute; both with ``/`` between
    their parts. ``size`` is in bytes, ``mtime_ns`` in nanoseconds since 1970. ``draft_folder``
    says that it lies in a ``_drafts`` folder.
    """

    id: str
    path: str
    size: int
    mtime_ns: int
    draft_folder: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The files below a root in name order; those that cannot be posts, and why.

    ``excluded`` counts files with a post's suffix that a rule leaves out. What lies in the folders
    of ``unread`` is not known.
    """

    files: tuple[SourceFile, ...]
    skipped: tuple[Notice, ...]
    excluded: int
    unread: tuple[str, ...] = ()


def list_files(
    root: Path,
    *,
    exclude: Sequence[str],
    max_bytes: int,
    without: Collection[str] = (),
    scope: Scope = _ALL,
) -> Listing:
    """The files of a folder and of all folders in it, or a single file that is given as root.

    Links are not followed: what they lead to within the folder is there anyway, and what lies
    outside is not asked for. ``exclude`` are shell patterns of paths below the root, in which
    ``*`` crosses ``/``; one without a ``/`` is one of names. ``without`` are absolute paths not to
    be looked at, ``scope`` says which are. Never raises over what it finds.
    """
    walk = _Walk(_excludes(exclude), max_bytes, without, scope)
    path = root.absolute().as_posix()
    if root.is_dir():
        walk.folder(path)
    else:
        walk.single(path)
    return Listing(tuple(walk.files), tuple(walk.skipped), walk.excluded, tuple(walk.unread))


def _excludes(patterns: Sequence[str]) -> Callable[[str], object] | None:
    """Whether a path below the root is one to leave out; None where none is."""
    paths = [pattern.strip("/").removeprefix("**/") for pattern in patterns]
    alternatives = [
        ("(?:.*/)?" if "/" not in path or pattern.startswith("**/") else "") + translate(path)
        for path, pattern in zip(paths, patterns, strict=True)
        if path
    ]
    return re.compile("|".join(alternatives), re.DOTALL).match if alternatives else None


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder yet to be looked at; ``id`` is its path below the root with a ``/`` at its end."""

    id: str
    path: str
    excluded: bool = False
    draft: bool = False


class _Walk:
    """Collects what it finds; keeps a list of its own, so that depth is no limit."""

    def __init__(
        self,
        excludes: Callable[[str], object] | None,
        max_bytes: int,
        without: Collection[str],
        scope: Scope,
    ) -> None:
        self._excludes = excludes
        self._max_bytes = max_bytes
        self._without = frozenset(without)
        self._scope = scope
        self._limits = bool(without) or not scope.is_all
        self.files: list[SourceFile] = []
        self.skipped: list[Notice] = []
        self.excluded = 0
        self.unread: list[str] = []

    def single(self, path: str) -> None:
        """A file that was named, whatever it is called."""
        name = path.rpartition("/")[2]
        if not name.lower().endswith(SUFFIXES):
            self.skipped.append(Notice(path, f"its name ends in none of {' '.join(SUFFIXES)}"))
            return
        try:
            self._add(name, path, Path(path).stat(), draft=False)
        except OSError as error:
            self._skip(path, error)

    def folder(self, path: str) -> None:
        """Everything below a folder, in name order."""
        pending = [self._look(_Folder("", path.rstrip("/")))]
        while pending:
            below = next(pending[-1], None)
            if below is None:
                pending.pop()
            else:
                pending.append(self._look(below))

    def _look(self, folder: _Folder) -> Iterator[_Folder]:
        """Take the files of a folder; gives the folders in it, each when it is its turn."""
        entries = self._entries(folder)
        hexo = any(entry.name in HEXO_CONFIGS for entry in entries)
        for entry in entries:
            name = entry.name
            if self._limits and not self._concerns(f"{folder.path}/{name}"):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield self._below(folder, name, hexo=hexo)
            elif name.lower().endswith(SUFFIXES):
                self._file(folder, entry)

    def _entries(self, folder: _Folder) -> list[os.DirEntry[str]]:
        """What is in a folder, in name order; nothing where that cannot be read."""
        try:
            with os.scandir(folder.path or "/") as found:
                return sorted(found, key=attrgetter("name"))
        except OSError as error:
            reason = f"the folder cannot be read: {error.strerror or error}"
            self.skipped.append(Notice(folder.path, f"{reason}; what the index holds of it stays"))
            self.unread.append(folder.path)
            return []

    def _concerns(self, path: str) -> bool:
        return path not in self._without and self._scope.reaches(path)

    def _below(self, folder: _Folder, name: str, *, hexo: bool) -> _Folder:
        below = folder.id + name
        excluded = (
            folder.excluded
            or is_left_out(name)
            or (hexo and name in _HEXO)
            or self._is_excluded(below)
        )
        draft = folder.draft or name == DRAFTS
        return _Folder(f"{below}/", f"{folder.path}/{name}", excluded, draft)

    def _is_excluded(self, below: str) -> bool:
        return self._excludes is not None and bool(self._excludes(below))

    def _file(self, folder: _Folder, entry: os.DirEntry[str]) -> None:
        name = entry.name
        below, path = folder.id + name, f"{folder.path}/{name}"
        if folder.excluded or name[0] == "." or entry.is_symlink() or self._is_excluded(below):
            self.excluded += 1
            return
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self._skip(path, error)
        else:
            self._add(below, path, status, draft=folder.draft)

    def _add(self, id: str, path: str, status: os.stat_result, *, draft: bool) -> None:
        size = status.st_size
        if stat.S_ISREG(status.st_mode) and 0 < size <= self._max_bytes:
            self.files.append(SourceFile(id, path, size, status.st_mtime_ns, draft))
        else:
            self.skipped.append(Notice(path, _unfit(status, self._max_bytes)))

    def _skip(self, path: str, error: OSError) -> None:
        self.skipped.append(Notice(path, _unreadable(error)))


def is_left_out(name: str) -> bool:
    """Whether a folder of this name holds no posts, wherever it is."""
    return _is_hidden(name) or name in _NEVER


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.endswith("~")


def _unfit(status: os.stat_result, max_bytes: int) -> str:
    """Why a file cannot be a post, which it is not."""
    if not stat.S_ISREG(status.st_mode):
        return "it is no regular file"
    return too_large(status.st_size, max_bytes) if status.st_size else "the file is empty"


def too_large(size: int, max_bytes: int) -> str:
    """Why a file of so many bytes is skipped."""
    return f"it has {size / _MIB:.1f} MiB, and max_file_mib allows {max_bytes / _MIB:g}"


def _unreadable(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or error}"


def named(path: str, root: str) -> SourceFile:
    """A file by its path in a root, or by that of the root itself, to be read as it is now."""
    folder = root.rpartition("/")[0] if path == root else root.rstrip("/")
    return SourceFile(path.removeprefix(f"{folder}/"), path, 0, 0)


def read_file(file: SourceFile, *, max_bytes: int) -> bytes:
    """The bytes of a file, at most ``max_bytes``.

    No link is followed below the root, be it put there since the file was listed. A file that
    changes or vanishes meanwhile is read once more. Raises PostError for one that cannot be read,
    is too large, no regular file, or does so again.
    """
    for _ in range(2):
        try:
            data = _read_unchanged(file, max_bytes)
        except FileNotFoundError:
            continue
        except OSError as error:
            linked = error.errno in (errno.ELOOP, errno.ENOTDIR)
            reason = "a link is in its place" if linked else _unreadable(error)
            raise PostError(file.path, reason) from error
        if data is not None:
            return data
    raise PostError(file.path, "it changed or vanished while it was being read")


def _read_unchanged(file: SourceFile, max_bytes: int) -> bytes | None:
    """None where the file changed while it was being read. Raises OSError and PostError."""
    descriptor = _open(file) if _STEPWISE else os.open(file.path, _FLAGS)
    with open(descriptor, "rb") as stream:  # noqa: PTH123
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise PostError(file.path, "it is no regular file")
        data = stream.read(min(before.st_size, max_bytes) + 1)
        after = os.fstat(descriptor)
    if len(data) > max_bytes:
        raise PostError(file.path, too_large(max(len(data), after.st_size), max_bytes))
    same = len(data) == after.st_size and before.st_mtime_ns == after.st_mtime_ns
    return data if same else None


def is_still(file: SourceFile, expected: str | None, *, max_bytes: int) -> bool:
    """Whether the digest of a file is the expected one; not where it cannot be read."""
    try:
        return digest(read_file(file, max_bytes=max_bytes)) == expected
    except PostError:
        return False


def digest(data: bytes) -> str:
    """What tells one content of a file from another."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _open(file: SourceFile) -> int:
    """A descriptor of the file, from its root down, folder by folder."""
    *folders, name = file.id.split("/")
    root = file.path.removesuffix(file.id)
    # The root itself may be reached by a link: it was asked for.
    folder = os.open(root, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    try:
        for below in folders:
            above, folder = folder, os.open(below, _FOLDER, dir_fd=folder)
            os.close(above)
        return os.open(name, _FLAGS, dir_fd=folder)
    finally:
        os.close(folder)


def read_text(path: Path) -> str:
    """The text of a file that the configuration names. Raises ConfigError."""
    try:
        decoded = decode(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: {_unreadable(error)}") from error
    if decoded.problem:
        raise ConfigError(f"{path}:{decoded.line}: {decoded.problem}")
    return decoded.text
