"""What was in a manifest that was lost? The files that say just what the index holds of them."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from souwen.index.documents import Notice
from souwen.index.engine import Store
from souwen.index.manifest import Entry, Manifest
from souwen.index.plan import Found
from souwen.index.prepare import Options, Outcome, Preparer, Task


class Note(Protocol):
    """What the manifest notes of a file that was read."""

    def __call__(
        self, outcome: Outcome, /, *, draft: bool, indexed: bool, notices: tuple[Notice, ...]
    ) -> Entry:
        """Its entry."""
        ...


def recovered(store: Store, found: Iterable[Found], options: Options, note: Note) -> Manifest:
    """A manifest of those files that are as they were when they were indexed.

    They are read, not analyzed; all others, and what the index holds of them, are to be indexed
    again.
    """
    return Manifest(
        {
            one.found.id: note(one, draft=one.draft, indexed=True, notices=one.notices)
            for one in _recognised(store, found, Preparer(options))
        }
    )


def _recognised(store: Store, found: Iterable[Found], preparer: Preparer) -> Iterator[Outcome]:
    # By their paths: whether a root's label is in front of an id depends on what was indexed first.
    files = {one.file.path: one for one in found}
    for document in store.documents():
        file = files.get(document.path)
        if file is None:
            continue
        outcome = preparer.recognise(Task(file._replace(id=document.id)), document)
        if outcome is not None:
            yield outcome
