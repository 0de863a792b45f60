"""What has a run done so far?"""

from collections import Counter
from dataclasses import dataclass, field

from souwen.index.documents import Notice
from souwen.index.manifest import Entry


@dataclass(slots=True)
class Tally:
    """Counts, and the entries of the manifest that is to be.

    ``gone`` counts the digests of what was removed, ``took`` has the milliseconds of each post that
    was read.
    """

    entries: dict[str, Entry]
    added: int = 0
    updated: int = 0
    renamed: int = 0
    removed: int = 0
    unchanged: int = 0
    gone: Counter[str] = field(default_factory=Counter)
    took: dict[str, float] = field(default_factory=dict)
    skipped: list[Notice] = field(default_factory=list)

    def remove(self, entry: Entry) -> None:
        """A file is gone."""
        if entry.indexed:
            self.removed += 1
            self.gone[entry.digest] += 1

    def add(self, digest: str) -> None:
        """A post is new; or it lies elsewhere, where one with these bytes is gone."""
        moved = self.gone[digest] > 0
        self.gone[digest] -= moved
        self.removed -= moved
        self.renamed += moved
        self.added += not moved
