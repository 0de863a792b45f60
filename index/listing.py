"""What is there below the roots of an index, as far as a run looks at it?"""

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from souwen.index.commands import command
from souwen.index.config import IndexConfig
from souwen.index.documents import Notice
from souwen.index.errors import ConfigError
from souwen.index.roots import Scope, inside, within
from souwen.index.settings import Root
from souwen.index.source import Listing, SourceFile, list_files
from souwen.index.state import State

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Below:
    """The files below all roots, each of them once and with its root's label.

    The others as of ``Listing``.
    """

    files: tuple[tuple[str, SourceFile], ...]
    skipped: tuple[Notice, ...]
    excluded: int
    unread: tuple[str, ...]


def below(
    roots: tuple[Root, ...], *, place: str, config: IndexConfig, scope: Scope, state: State
) -> Below:
    """What there is. Raises ConfigError for roots that are not, or cannot be read.

    ``place`` names the index, and ``state`` is what it said before.
    """
    reached = tuple(root for root in roots if scope.reaches(root.path))
    _must_be_there(reached, place, state)
    listings = [(root.label, _list(root, roots, config, scope)) for root in reached]
    skipped = (notice for _, listing in listings for notice in listing.skipped)
    unread = tuple(path for _, listing in listings for path in listing.unread)
    _must_be_readable(unread, state)
    return Below(
        _once(listings, scope),
        tuple(notice for notice in skipped if scope.reaches(notice.path)),
        sum(listing.excluded for _, listing in listings),
        unread,
    )


def _once(
    listings: Sequence[tuple[str, Listing]], scope: Scope
) -> tuple[tuple[str, SourceFile], ...]:
    """The files that the scope covers, each with the label of the first root that has it."""
    if len(listings) == 1 and scope.is_all:
        ((label, listing),) = listings
        return tuple(zip(repeat(label), listing.files, strict=False))
    files: dict[str, tuple[str, SourceFile]] = {}
    for label, listing in listings:
        for file in listing.files:
            if scope.covers(file.path):
                files.setdefault(file.path, (label, file))
    return tuple(files.values())


def _list(root: Root, roots: Iterable[Root], config: IndexConfig, scope: Scope) -> Listing:
    return list_files(
        Path(root.path),
        exclude=config.exclude,
        max_bytes=config.max_file_mib * MIB,
        without=inside(root, roots),
        scope=scope,
    )


def _must_be_there(roots: Iterable[Root], place: str, state: State) -> None:
    """A root that vanished may be on a disk that is not there now: its posts stay.

    Where one was mounted an empty folder stays. In a folder that holds anything posts were deleted.
    """
    gone = [root.path for root in roots if not os.path.lexists(root.path)]
    empty = [root.path for root in roots if _is_empty(root.path) and _may_have_posts(root, state)]
    if gone or empty:
        found = [f"not there any more: {', '.join(gone)}"] if gone else []
        found += (
            [f"empty now, as if its disk were not mounted: {', '.join(empty)}"] if empty else []
        )
        forgetting = shlex.join(part for path in gone + empty for part in ("--forget", path))
        raise ConfigError(
            f"indexed before, but {'; '.join(found)}; put back what is gone, or remove its posts: "
            f"{command(place, f'index {forgetting}')}; "
            f"{command(place, 'index FOLDER')} updates another folder alone"
        )


def _is_empty(path: str) -> bool:
    """Whether it is a folder in which nothing is, not even a hidden file."""
    try:
        with os.scandir(path) as found:
            return next(found, None) is None
    except OSError:
        return False


def _may_have_posts(root: Root, state: State) -> bool:
    """Whether the index holds posts of a root, as far as that is known."""
    if root not in state.manifest.roots:
        # It is new, or the manifest is lost.
        return root in state.roots
    entries = state.manifest.entries.values()
    return any(entry.root == root.label and entry.indexed for entry in entries)


def _must_be_readable(unread: Iterable[str], state: State) -> None:
    """Of a folder that cannot be read just now the index keeps what it holds.

    It cannot where that is all of a root, or where all is to be built anew.
    """
    anew = state.reason is not None
    entries = state.manifest.entries.values() if anew else ()
    before = [root.path for root in state.roots]
    for path in unread:
        if path in before or any(within(entry.path, path) for entry in entries):
            raise ConfigError(
                f"{path}: this folder was indexed before, and cannot be read now; the index "
                "is as it was"
            )
