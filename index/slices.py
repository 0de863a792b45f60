"""Which posts are those of one run, where many share the work?"""

import hashlib
import re
from dataclasses import dataclass

from souwen.index.errors import ConfigError

_WRITTEN = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Slice:
    """The ``number``-th of ``count`` parts of all posts, counted from 1.

    Every id is in exactly one of them, on any machine, whatever other posts there are.
    """

    number: int
    count: int

    def holds(self, id: str) -> bool:
        """Whether a post with this id belongs to it."""
        digest = hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def parse_slice(text: str) -> Slice:
    """Read ``3/16``. Raises ConfigError."""
    found = _WRITTEN.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise ConfigError(f"--slice {text}: expected a slice of so many, such as 3/16 or 16/16")
    return Slice(int(found[1]), int(found[2]))
