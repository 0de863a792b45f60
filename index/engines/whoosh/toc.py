"""Which commit of a Whoosh index is the newest?"""

from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, EmptyIndexError

from souwen.index.errors import StoreCorrupt

NAME = "MAIN"
ATTEMPTS = 5


def read_toc(directory: Path) -> Any:
    """Whoosh's table of contents of the newest commit; None where there is no index."""
    for attempt in range(ATTEMPTS):
        try:
            return TOC.read(FileStorage(str(directory)), NAME) if directory.is_dir() else None
        except EmptyIndexError:
            return None
        except FileNotFoundError:
            # A writer has just replaced it; look again.
            if attempt == ATTEMPTS - 1:
                raise
        except Exception as error:
            # Whoosh 2.7.4 lets through whatever unpickling a damaged file raises.
            raise damaged(directory, error) from error
    return None


def damaged(directory: Path, error: Exception, name: str = "table of contents") -> StoreCorrupt:
    """The error for a file of the index that does not read as it should."""
    return StoreCorrupt(
        f"{directory}: the index's {name} is damaged ({type(error).__name__}: {error}); "
        "`souwen index --full` builds it anew from the posts",
        path=str(directory),
    )


def kept_path(directory: Path, name: str, generation: int) -> Path:
    """Where a file that a commit keeps lies; the generation is Whoosh's."""
    return directory / f"{name}.{generation}"
