"""What must an engine be able to do to be written to? The write half of the seam."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from souwen.index.analysis.grams import bigrams, chars
from souwen.index.documents import AnalyzedDocument, Document, Keyword, Metadata
from souwen.index.errors import StoreError
from souwen.index.slices import Slice

TRIES = 10
"""How often an index is looked at before it is given up to see one commit of it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is wrong in a part of an index, told in words.

    ``whole`` is True where nothing of the index is of use without that part.
    """

    part: str
    reason: str
    whole: bool = False


class Writer(Protocol):
    """One transaction: all of it at a clean exit of the context, nothing on an exception.

    Readers see nothing of it before. A transaction in which nothing was called writes nothing.
    """

    def put(self, document: AnalyzedDocument, /) -> None:
        """Add the document, or replace the one with its id."""
        ...

    def delete(self, id: str, /) -> None:
        """Remove the document with this id; does nothing where there is none."""
        ...

    def clear(self) -> None:
        """Remove all documents that were there before this transaction."""
        ...

    def discard(self, parts: Collection[str], /) -> Collection[str]:
        """Give up parts that ``Store.verify`` named, with all documents in them.

        Returns the ids of the documents that are left.
        """
        ...

    def keep(self, name: str, content: bytes, /) -> None:
        """Store a small file beside the documents, committed together with them."""
        ...


class Part(Protocol):
    """Takes new documents in another process than that of the transaction."""

    def put(self, document: AnalyzedDocument, /) -> None:
        """Add a document whose id neither this transaction nor another part has put."""
        ...

    def finish(self) -> Any:
        """Write what is left; returns what the transaction adopts, which can be sent to it."""
        ...


Spread = Callable[[Sequence[Callable[[], Any]]], Iterator[Any]]
"""Has processes do what can be sent to them, from now on; gives what came of it, in order."""


@runtime_checkable
class SharedWriter(Writer, Protocol):
    """A transaction that others may help to write; where engines can do no such thing, all
    documents are put here."""

    def part(self) -> Callable[[], Part] | None:
        """What makes parts and can be sent to other processes; None as long as documents have to
        be put here."""
        ...

    def adopt(self, finished: Iterable[Any], spread: Spread, /) -> None:
        """Make what parts have written part of this; documents that it replaces are deleted."""
        ...


class Store(Protocol):
    """An index that can be written to, one writer at a time."""

    def writer(self, *, wait: float = 0) -> AbstractContextManager[Writer]:
        """Begin a transaction, after at most ``wait`` seconds for another one to end.

        Raises StoreLocked where that still runs, StoreError where nothing can be written.
        """
        ...

    def exists(self) -> bool:
        """Whether anything was committed, be it damaged by now."""
        ...

    def generation(self) -> object:
        """Which commit is the last: equal to what it was as long as nothing is committed."""
        ...

    def check(self) -> bool:
        """Whether no transaction is at work, or was cut off and left things for the next to remove.

        Raises StoreCorrupt where the last commit is damaged, as far as that shows quickly.
        """
        ...

    def verify(self) -> Iterable[Flaw]:
        """All that is wrong in the last commit, of which it reads all.

        Another that comes meanwhile makes nothing of it wrong.
        """
        ...

    def ids(self, holding: Collection[str] | None = None, /) -> Iterable[str]:
        """The ids of all committed documents, in any order.

        Or only of those in whose folded title or body one of these texts stands; each of them
        holds a Han character at least.
        """
        ...

    def documents(self) -> Iterable[Document]:
        """All committed documents, in any order, one in memory at a time."""
        ...

    def kept(self, name: str, /) -> bytes | None:
        """What the last commit kept under this name; None where there is nothing of the kind.

        As much as can be had of a damaged commit.
        """
        ...


def of_one_commit(store: Store, look: Callable[[], T]) -> T:
    """What ``look`` finds in the store, all of it in one commit: anew where another came meanwhile.

    Raises StoreError where another one comes every time.
    """
    for _ in range(TRIES):
        before = store.generation()
        found = look()
        if store.generation() == before:
            return found
    raise StoreError(
        "another process writes to this index again and again; run the command again when it rests"
    )


Merge = Callable[[Sequence[Store]], tuple[Mapping[str, bytes], Collection[str]]]
"""What an index of several slices keeps, and the ids of all its documents."""


@runtime_checkable
class Gathering(Store, Protocol):
    """A store of which several processes can fill a new index at once, each with a slice."""

    def slice(self, slice: Slice, /) -> Store:
        """The part of the new index that the slice fills: a store of its own until it is gathered,
        with what was kept and put there; ``ids`` may name those of other slices too."""
        ...

    def gather(self, count: int, merge: Merge, /, *, wait: float = 0) -> bool:
        """Make what ``count`` slices hold the index, in one commit; they are no more afterwards.

        Does nothing and returns False where one of them was not committed; the last to finish
        finds that all were. Documents that ``merge`` does not name were left by a run that was cut
        off, and are removed. Raises StoreLocked where another process writes, and what ``merge``
        raises.
        """
        ...


def field_terms(document: AnalyzedDocument) -> Iterator[tuple[str, Sequence[str]]]:
    """Every term field of the schema with the document's terms in it, in order of position."""
    for name, text in (("title", document.title), ("body", document.body)):
        yield f"{name}.words", text.words.terms
        yield f"{name}.bigrams", bigrams(text.folded).terms
        yield f"{name}.chars", chars(text.folded).terms
    yield "title.whole", (document.whole,) if document.whole else ()


def field_keywords(document: AnalyzedDocument) -> Iterator[tuple[str, tuple[Keyword, ...]]]:
    """Every keyword field of the schema with the document's values in it."""
    yield "tags", document.tags
    yield "categories", document.categories
    yield "author", document.author
    yield "url", document.url


def field_dates(metadata: Metadata) -> Iterator[tuple[str, int | None]]:
    """Every date field with its milliseconds since 1970 UTC, rounded down; None is undated."""
    for name, date in (("date", metadata.date), ("updated", metadata.updated)):
        yield name, None if date is None else math.floor(date.timestamp() * 1000)
