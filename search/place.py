"""Where is an index, and how are the paths of its posts told from there?"""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """An index: its address, and the folder that holds it."""

    address: str
    base: Path

    def relative(self, path: str) -> str:
        """A file's path as programs get it: from the folder that holds the index."""
        below = Path(path).is_relative_to(self.base)
        return Path(path).relative_to(self.base).as_posix() if below else path

    def shown(self, path: str) -> str:
        """A file's path as it can be used from here."""
        near = any(Path(path).is_relative_to(one) for one in (self.base, Path.cwd()))
        return os.path.relpath(path) if near else path
