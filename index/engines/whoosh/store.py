"""How is a Whoosh index in a directory written to, all or nothing?

Beside Whoosh's own files lie the files that a commit keeps, named by its generation.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

from souwen.index.documents import Document
from souwen.index.engine import Flaw
from souwen.index.engines.whoosh.commit import (
    Commit,
    latest,
    leftovers,
    newest_kept,
    open_segments,
    read_commit,
    read_kept,
)
from souwen.index.engines.whoosh.holding import documents_holding
from souwen.index.engines.whoosh.layout import FULL, Layout
from souwen.index.engines.whoosh.lock import HOLDER, LOCK, locked
from souwen.index.engines.whoosh.segment import Segment
from souwen.index.errors import StoreCorrupt, StoreError, StoreOutdated
from souwen.index.remedies import told

if TYPE_CHECKING:
    from souwen.index.engines.whoosh.writer import WhooshWriter

_OURS = (
    *(LOCK, HOLDER, "MAIN", "_MAIN", "."),
    *(
        "catalogue.json",
        "settings.json",
        "manifest.json",
        "changes.json",
        "history.json",
        "health.json",
    ),
)


class WhooshStore:
    """A Whoosh index in ``directory``, which is made at the first write."""

    def __init__(self, directory: Path, layout: Layout = FULL) -> None:
        self.directory = directory
        self._layout = layout

    @contextmanager
    def writer(self, *, wait: float = 0) -> Iterator["WhooshWriter"]:
        """Begin a transaction. Raises StoreLocked, or StoreError where nothing can be written."""
        # A run that finds nothing changed needs none of it.
        from souwen.index.engines.whoosh.writer import WhooshWriter

        with translated(self.directory):
            _prepare(self.directory)
            with locked(self.directory, wait=wait):
                writer = WhooshWriter(self.directory, self._layout)
                try:
                    yield writer
                    writer.commit()
                finally:
                    writer.sweep()

    def exists(self) -> bool:
        """Whether anything was committed."""
        return latest(self.directory) >= 0

    def generation(self) -> int:
        """The number of the last commit."""
        return latest(self.directory)

    def check(self) -> bool:
        """Whether there are no other files of ours than those of the last commit.

        Raises StoreCorrupt where one of these is missing or not of its size.
        """
        self._segments()
        commit = read_commit(self.directory, lambda found: found)
        if commit is None:
            return True
        left = leftovers(self.directory, commit.files())
        return not left and not (self.directory / HOLDER).exists()

    def verify(self) -> Iterator[Flaw]:
        """All that is wrong in the last commit."""
        from souwen.index.engines.whoosh.verification import verify

        return verify(self.directory)

    def ids(self, holding: Collection[str] | None = None, /) -> Iterable[str]:
        """The ids of all committed documents, or of those that hold one of these texts."""
        for segment in self._segments():
            wanted = segment.info.live()
            if holding is not None:
                wanted &= documents_holding(segment, holding)
            yield from compress(segment.ids(), wanted.tolist())

    def documents(self) -> Iterator[Document]:
        """All committed documents."""
        for segment in self._segments():
            yield from map(segment.document, segment.info.live().nonzero()[0].tolist())

    def _segments(self) -> list[Segment]:
        """Every segment of the last commit."""
        return read_commit(self.directory, partial(open_segments, self.directory)) or []

    def kept(self, name: str, /) -> bytes | None:
        """What the last commit kept under this name, be its catalogue damaged."""

        def read(commit: Commit) -> bytes | None:
            with suppress(StoreCorrupt):
                return read_kept(self.directory, commit, name)
            return None

        try:
            return read_commit(self.directory, read)
        except (StoreCorrupt, StoreOutdated):
            return newest_kept(self.directory, name)


def _prepare(directory: Path) -> None:
    """Make the directory; one that holds something else is not to be written into."""
    directory.mkdir(parents=True, exist_ok=True)
    strange = next((p.name for p in directory.iterdir() if not p.name.startswith(_OURS)), None)
    if strange is not None:
        raise StoreError(
            f"{directory}: this is no index, it holds {strange!r}; "
            "name an empty or new directory with `--index`"
        )


@contextmanager
def translated(directory: Path) -> Iterator[None]:
    """Turns what the file system says into errors of ours."""
    try:
        yield
    except OSError as error:
        name = error.filename or directory
        raise StoreError(
            f"{name}: {told(error)}; the index in {directory} is as it was before"
        ) from error
