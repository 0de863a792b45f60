"""What does the simplest store look like? Analyzed documents in a dictionary."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from souwen.index.documents import AnalyzedDocument, Document
from souwen.index.engine import Flaw, Merge
from souwen.index.errors import StoreLocked
from souwen.index.slices import Slice


@dataclass(frozen=True, slots=True)
class State:
    """One commit: never changed, only replaced."""

    documents: Mapping[str, AnalyzedDocument] = field(default_factory=dict)
    kept: Mapping[str, bytes] = field(default_factory=dict)


class MemoryWriter:
    """Collects a transaction on copies."""

    def __init__(self, state: State) -> None:
        self._old = dict(state.documents)
        self._new: dict[str, AnalyzedDocument] = {}
        self.files = dict(state.kept)

    @property
    def documents(self) -> dict[str, AnalyzedDocument]:
        """All that would be committed now."""
        return self._old | self._new

    def put(self, document: AnalyzedDocument, /) -> None:
        """Add or replace."""
        self._new[document.document.id] = document

    def delete(self, id: str, /) -> None:
        """Remove, if there."""
        self._old.pop(id, None)
        self._new.pop(id, None)

    def clear(self) -> None:
        """Remove all that was there before."""
        self._old.clear()

    def discard(self, parts: Collection[str], /) -> Collection[str]:  # noqa: ARG002
        """Nothing of it can be damaged, so it has no part to give up; the ids of all documents."""
        return tuple(self.documents)

    def keep(self, name: str, content: bytes, /) -> None:
        """Store a side file."""
        self.files[name] = content


class MemoryStore:
    """A store that lives as long as the process."""

    def __init__(self) -> None:
        self.state = State()
        self._slices: dict[Slice, MemoryStore] = {}
        self._lock = threading.Lock()

    @contextmanager
    def writer(self, *, wait: float = 0) -> Iterator[MemoryWriter]:
        """Begin a transaction; raises StoreLocked while another runs."""
        with self._locked(wait):
            writer = MemoryWriter(self.state)
            yield writer
            self.state = State(MappingProxyType(writer.documents), MappingProxyType(writer.files))

    @contextmanager
    def _locked(self, wait: float) -> Iterator[None]:
        if not self._lock.acquire(timeout=wait):
            raise StoreLocked("memory: another writer of this process has not finished")
        try:
            yield
        finally:
            self._lock.release()

    def slice(self, slice: Slice, /) -> "MemoryStore":
        """A part of a new index."""
        return self._slices.setdefault(slice, MemoryStore())

    def gather(self, count: int, merge: Merge, /, *, wait: float = 0) -> bool:
        """Make the slices the index, once all are there."""
        slices = [self.slice(Slice(number, count)) for number in range(1, count + 1)]
        with self._locked(wait):
            if not all(one.exists() for one in slices):
                return False
            files, _ = merge(slices)
            documents = dict(pair for one in slices for pair in one.state.documents.items())
            self.state = State(MappingProxyType(documents), MappingProxyType(dict(files)))
            self._slices.clear()
        return True

    def exists(self) -> bool:
        """Whether anything was committed."""
        return self.state != State()

    def generation(self) -> State:
        """The last commit."""
        return self.state

    def check(self) -> bool:
        """Nothing can be damaged or left here."""
        return not self._lock.locked()

    def verify(self) -> Iterable[Flaw]:
        """Nothing can be wrong here."""
        return ()

    def ids(self, holding: Collection[str] | None = None, /) -> Iterable[str]:
        """The ids of all committed documents, or of those that hold one of these texts."""
        return tuple(
            name
            for name, found in self.state.documents.items()
            if holding is None
            or any(text in one.folded for one in (found.title, found.body) for text in holding)
        )

    def documents(self) -> Iterable[Document]:
        """All committed documents."""
        return tuple(found.document for found in self.state.documents.values())

    def kept(self, name: str, /) -> bytes | None:
        """What the last commit kept under this name."""
        return self.state.kept.get(name)


_STORES: dict[str, MemoryStore] = {}


def memory_store(address: str) -> MemoryStore:
    """The store of this process behind ``memory:`` or ``memory:NAME``."""
    return _STORES.setdefault(address, MemoryStore())
