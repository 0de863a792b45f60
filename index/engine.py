"""What must an engine be able to do to be written to? The write half of the seam."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from souwen.index.documents import AnalyzedDocument


class Writer(Protocol):
    """One transaction: all of it at a clean exit of the context, nothing on an exception.

    Readers see nothing of it before. ``put`` replaces a document of the same id; ``delete`` of an
    unknown id does nothing.
    """

    def put(self, document: AnalyzedDocument, /) -> None:
        """Add the document, or replace the one with its id."""
        ...

    def delete(self, id: str, /) -> None:
        """Remove the document with this id."""
        ...


class Store(Protocol):
    """An index that can be written to, one writer at a time."""

    def writer(self) -> AbstractContextManager[Writer]:
        """Begin a transaction. Raises StoreLocked while another runs."""
        ...

    def ids(self) -> Iterable[str]:
        """The ids of all committed documents, in any order."""
        ...
