"""What is said of a file of the index that does not read as it was written?"""

from pathlib import Path

from souwen.index.commands import REPAIR, command
from souwen.index.errors import StoreCorrupt


def damaged(path: Path, found: str) -> StoreCorrupt:
    """The error that names the file and the command that mends the index."""
    return StoreCorrupt(
        f"{path}: this file of the index is damaged ({found}); "
        f"{command(str(path.parent), REPAIR)} mends it by reading posts again",
        path=str(path),
    )
