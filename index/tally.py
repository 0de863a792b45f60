"""What has a run done so far, and why?"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from souwen.index.documents import Notice
from souwen.index.manifest import Entry

if TYPE_CHECKING:
    from souwen.index.prepare import Outcome

CONTENT = "its content changed"
DICTIONARY = "a word that it holds changed in the dictionary"
DRAFT = "it was left out as a draft"
GONE = "it is not there any more, or left out by rule"


class Change(NamedTuple):
    """What becomes of one post, and the reason in words."""

    what: Literal["add", "update", "rename", "remove"]
    path: str
    why: str


@dataclass(slots=True)
class Tally:
    """Counts, and the entries of the manifest that is to be.

    ``changes`` are told one by one only where that is ``wanted``, by the paths of the files.
    ``gone`` has the paths of what was removed by their digests, ``took`` the milliseconds of each
    post that was read.
    """

    entries: dict[str, Entry]
    wanted: bool = False
    added: int = 0
    updated: int = 0
    renamed: int = 0
    removed: int = 0
    unchanged: int = 0
    changes: dict[str, Change] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    took: dict[str, float] = field(default_factory=dict)
    skipped: list[Notice] = field(default_factory=list)

    def leave(self, entry: Entry) -> None:
        """A file is not there any more; what it held may be found elsewhere."""
        if entry.indexed:
            self.gone[entry.digest].append(entry.path)
            self.remove(entry.path, GONE)

    def count(self, outcome: "Outcome", before: Entry | None, why: str) -> None:
        """A file was read that was as ``before``; ``why``, if it was a post and still is one."""
        path, skipped = outcome.found.file.path, outcome.skipped
        was_indexed = before is not None and before.indexed
        if was_indexed and outcome.indexed:
            self.updated += 1
            self._note(Change("update", path, why))
        elif was_indexed:
            self.remove(path, "it is a draft now" if skipped is None else skipped.reason)
        elif outcome.indexed:
            self.add(path, outcome.digest, "it is new" if before is None else DRAFT)

    def remove(self, path: str, why: str) -> None:
        """A post is to be found no longer."""
        self.removed += 1
        self._note(Change("remove", path, why))

    def add(self, path: str, digest: str, why: str) -> None:
        """A post is new; or it lies elsewhere, where one with these bytes is gone."""
        if not self.gone[digest]:
            self.added += 1
            self._note(Change("add", path, why))
            return
        before = self.gone[digest].pop(0)
        self.changes.pop(before, None)
        self.removed -= 1
        self.renamed += 1
        self._note(Change("rename", path, f"it was {before}"))

    def _note(self, change: Change) -> None:
        if self.wanted:
            self.changes[change.path] = change
