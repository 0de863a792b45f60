"""Which commit of a Whoosh index is the newest, and is it whole?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from souwen.index.commands import command
from souwen.index.engines.whoosh.mapping import MappedFile, open_segment
from souwen.index.errors import SouwenError, StoreCorrupt

NAME = "MAIN"
T = TypeVar("T")


class _Storage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh 2.7.4 leaves a table of contents open that it cannot read; in memory it may."""

    def open_file(self, name: str, *_: Any, **__: Any) -> MappedFile:
        """A file, read whole."""
        return MappedFile(memoryview((Path(self.folder) / name).read_bytes()), name)


def latest(directory: Path) -> int:
    """The number of the newest commit, -1 where there is none; its files are not looked at."""
    generation = int(TOC._latest_generation(FileStorage(str(directory)), NAME))
    if generation >= 0:
        return generation
    # A table of contents that is lost must not take with it what the commit kept.
    numbers = (path.suffix[1:] for path in directory.glob("*.json.*"))
    return max((int(number) for number in numbers if number.isdecimal()), default=-1)


def read_toc(directory: Path) -> Any:
    """Whoosh's table of contents of the newest commit; None where there is no index."""
    while (generation := latest(directory)) >= 0:
        path = directory / TOC._filename(NAME, generation)
        try:
            with guarded(path):
                return TOC.read(_Storage(str(directory)), NAME, generation)
        except FileNotFoundError as error:
            _must_be_newer(directory, generation, error)
    return None


def read_commit(directory: Path, read: Callable[[Any], T]) -> T | None:
    """What ``read`` makes of the newest commit's table of contents; None where there is no index.

    Done again where a writer takes the files away meanwhile. Raises StoreCorrupt where they are
    missing.
    """
    while (toc := read_toc(directory)) is not None:
        try:
            return read(toc)
        except FileNotFoundError as error:
            _must_be_newer(directory, toc.generation, error)
    return None


def _must_be_newer(directory: Path, generation: int, error: FileNotFoundError) -> None:
    if latest(directory) == generation:
        raise damaged(Path(error.filename), error) from error


def open_segments(directory: Path, toc: Any) -> list[Any]:
    """Whoosh's reader of each segment. Raises StoreCorrupt for one that has lost its end."""
    storage = FileStorage(str(directory))
    readers: list[Any] = []
    try:
        for segment in toc.segments:
            with guarded(segment_path(directory, segment)):
                readers.append(open_segment(storage, toc.schema, segment))
    except Exception:
        for reader in readers:
            reader.close()
        raise
    return readers


def segment_path(directory: Path, segment: Any) -> Path:
    """The file of a segment."""
    return directory / str(segment.make_filename(segment.COMPOUND_EXT))


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turns what Whoosh 2.7.4 lets through from reading a damaged file into StoreCorrupt."""
    try:
        yield
    except (SouwenError, OSError, MemoryError):
        raise
    except Exception as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> StoreCorrupt:
    """The error for a file of the index that does not read as it should."""
    found = "it is missing" if isinstance(error, FileNotFoundError) else repr(error)
    return StoreCorrupt(
        f"{path}: this file of the index is damaged ({found}); "
        f"{command(str(path.parent), 'index --full')} builds the index anew from the posts",
        path=str(path),
    )


def kept_path(directory: Path, name: str, generation: int) -> Path:
    """Where a file that a commit keeps lies; the generation is Whoosh's."""
    return directory / f"{name}.{generation}"
