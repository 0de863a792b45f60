"""Which folders does an index cover, and which of their files does a run look at?"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from souwen.index.errors import ConfigError
from souwen.index.settings import Root


def absolute(path: Path) -> str:
    """The path without links and dots, with ``/`` between its parts; never raises over a loop."""
    return Path(os.path.realpath(path)).as_posix()


def within(path: str, root: str) -> bool:
    """Whether ``path`` is ``root`` or lies below it; both absolute."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def must_exist(paths: Iterable[Path], roots: Sequence[Root]) -> None:
    """Raises ConfigError for a path that is not there, and lies in none of the roots."""
    for path in paths:
        if not path.exists() and not any(within(absolute(path), root.path) for root in roots):
            raise ConfigError(f"{path}: there is no such file or folder to index")


def add(roots: Sequence[Root], paths: Iterable[str]) -> tuple[Root, ...]:
    """The roots with those of ``paths`` that lie in none of them, labelled for good."""
    result = list(roots)
    for path in paths:
        if not any(within(path, root.path) for root in result):
            result.append(Root(path, _label(path, {root.label for root in result})))
    return tuple(result)


def _label(path: str, taken: set[str]) -> str:
    name = Path(path).name or "root"
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return next(label for label in (name, *numbered) if label not in taken)


def inside(root: Root, roots: Iterable[Root]) -> tuple[str, ...]:
    """The paths of other roots that lie below this one; their files belong to them."""
    return tuple(one.path for one in roots if one != root and within(one.path, root.path))


def forget(roots: Sequence[Root], paths: Iterable[str]) -> tuple[Root, ...]:
    """The roots without those named. Raises ConfigError for one that is not there."""
    kept = list(roots)
    for path in paths:
        gone = [root for root in kept if root.path == path]
        if not gone:
            known = ", ".join(root.path for root in roots) or "none"
            raise ConfigError(f"{path}: this folder is not indexed; indexed are: {known}")
        kept.remove(gone[0])
    return tuple(kept)


def ids_of_path(path: str, roots: Iterable[Root]) -> Iterator[str]:
    """The ids that a file at this absolute path may have."""
    for root in roots:
        if within(path, root.path):
            below = path.removeprefix(root.path).lstrip("/") or path.rpartition("/")[2]
            yield from (below, f"{root.label}/{below}")


class Scope:
    """What a run looks at: these paths below the roots, or all roots where there are none."""

    def __init__(self, paths: Iterable[str] = ()) -> None:
        self._paths = frozenset(path.rstrip("/") for path in paths)
        self._above = frozenset(one for path in self._paths for one in _upward(path))

    @property
    def is_all(self) -> bool:
        """Whether the run looks at all there is."""
        return not self._paths

    def covers(self, path: str) -> bool:
        """Whether the run looks at this file, and at all that is below this folder."""
        return not self._paths or not self._paths.isdisjoint(_upward(path))

    def reaches(self, path: str) -> bool:
        """Whether the run looks at anything below this folder, or at this file."""
        return self.covers(path) or path.rstrip("/") in self._above


def _upward(path: str) -> Iterator[str]:
    """The path and every folder it lies in, without a ``/`` at its end."""
    yield (path := path.rstrip("/"))
    while path:
        yield (path := path.rpartition("/")[0])
