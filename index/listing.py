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
from souwen.index.roots import Scope, inside
from souwen.index.settings import Root
from souwen.index.source import Listing, SourceFile, list_files

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


def below(roots: tuple[Root, ...], *, place: str, config: IndexConfig, scope: Scope) -> Below:
    """What there is. Raises ConfigError for roots that are not; ``place`` names the index."""
    reached = tuple(root for root in roots if scope.reaches(root.path))
    _must_be_there(reached, place)
    listings = [(root.label, _list(root, roots, config, scope)) for root in reached]
    skipped = (notice for _, listing in listings for notice in listing.skipped)
    return Below(
        _once(listings, scope),
        tuple(notice for notice in skipped if scope.reaches(notice.path)),
        sum(listing.excluded for _, listing in listings),
        tuple(path for _, listing in listings for path in listing.unread),
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


def _must_be_there(roots: Iterable[Root], place: str) -> None:
    """A root that vanished may be on a disk that is not there now: its posts stay."""
    gone = [root.path for root in roots if not os.path.lexists(root.path)]
    if gone:
        forgetting = shlex.join(part for path in gone for part in ("--forget", path))
        raise ConfigError(
            f"indexed before, but not there any more: {', '.join(gone)}; put back what is "
            f"gone, or remove its posts: {command(place, f'index {forgetting}')}; "
            f"{command(place, 'index FOLDER')} updates another folder alone"
        )
