"""How does an index come to lie elsewhere, without its posts?

What is stored of a document is all of it, and gives the same terms by the same analyzer. So each is
analyzed again on its way to the engine of the copy, and the manifest goes along.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from itertools import islice

from souwen.index.analyzed import analyze_documents, together
from souwen.index.builder import open_store, several
from souwen.index.commands import command
from souwen.index.dictionary import analyzer_of
from souwen.index.documents import AnalyzedDocument, Document
from souwen.index.engine import Writer
from souwen.index.errors import ConfigError, StoreError
from souwen.index.indexer import MUCH
from souwen.index.merging import about, as_one, kept
from souwen.index.printable import printable
from souwen.index.settings import Settings
from souwen.index.workers import share_out
from souwen.search.engine import Reader, Request
from souwen.search.query import Named
from souwen.search.searcher import Place, open_reader

JSON_VERSION = 1
BATCH = 256
"""Documents that are asked for at once."""


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What was copied: how many posts, from where, and where to."""

    posts: int
    sources: tuple[str, ...]
    target: str
    took_ms: float


def copy_index(  # noqa: PLR0913
    source: Place | Sequence[Place],
    target: Place,
    *,
    replace: bool = False,
    wait: float = 0,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> CopyReport:
    """Copy an index to another place, on whatever engine either is; or several, as one.

    The next ``build`` of the copy finds every post as the last one did. Several must have been
    built with the same configuration, of different posts. An index at ``target`` is an error,
    unless it is to be replaced. ``wait``, ``jobs`` and ``progress`` are as for ``build``.

    All or nothing. Raises ConfigError, StoreMissing, StoreOutdated where the documents would get
    other terms, StoreLocked, StoreError.
    """
    began = time.perf_counter()
    places = tuple(os.fspath(one) for one in several(source))
    if not places:
        raise ConfigError("no index is named that is to be copied; one or several are expected")
    with ExitStack() as opened:
        sources = [
            _Source(place, opened.enter_context(closing(open_reader(place)))) for place in places
        ]
        settings, manifest = as_one([one.about for one in sources])
        # Here, where it can be told; other processes would only end.
        analyzer_of(settings, place=places[0])
        store = open_store(target)
        with store.writer(wait=wait) as writer:
            if store.exists() and not replace:
                raise ConfigError(
                    f"{target}: there is an index already; --replace puts the copy in its place"
                )
            writer.clear()
            posts = _put(sources, settings, writer, jobs=jobs, progress=progress)
            for name, content in kept(settings, manifest).items():
                writer.keep(name, content)
    took = (time.perf_counter() - began) * 1000
    return CopyReport(posts, places, os.fspath(target), took)


def lines(report: CopyReport) -> Iterator[str]:
    """The report for people."""
    took = report.took_ms / 1000
    yield printable(f"posts {report.posts} copied to {report.target} ({took:.1f} s)")


def as_json(report: CopyReport) -> dict[str, object]:
    """The report for programs."""
    return {
        "version": JSON_VERSION,
        "posts": report.posts,
        "from": list(report.sources),
        "to": report.target,
        "took_ms": round(report.took_ms, 1),
    }


class _Source:
    """A snapshot of an index that is to be copied."""

    def __init__(self, place: str, reader: Reader) -> None:
        self.about = about(place, reader.kept)
        self._reader = reader

    @property
    def indexed(self) -> Iterator[str]:
        """The ids of all documents."""
        return (name for name, entry in self.about.manifest.entries.items() if entry.indexed)

    def documents(self) -> Iterator[Document]:
        """All documents. Raises StoreError where the index lacks one of them."""
        names = self.indexed
        while batch := tuple(islice(names, BATCH)):
            found = self._reader.search(Request(query=Named(batch), limit=None))
            if len(found.matches) < len(batch):
                lost = set(batch).difference(match.id for match in found.matches)
                raise StoreError(
                    f"{self.about.place}: the index lacks {min(lost)}, which its manifest names; "
                    f"{command(self.about.place, 'check')} says what is wrong"
                )
            yield from (match.load() for match in found.matches)


def _put(
    sources: Sequence[_Source],
    settings: Settings,
    writer: Writer,
    *,
    jobs: int,
    progress: Callable[[int, int], None] | None,
) -> int:
    """Put all documents; returns how many."""
    entries = [one.about.manifest.entries[name] for one in sources for name in one.indexed]
    total = len(entries)

    def take(copied: "Iterator[Copied]") -> None:
        for done, one in enumerate(copied, 1):
            if one.document is not None:
                writer.put(one.document)
            if progress is not None:
                progress(done, total)

    share_out(
        partial(Copier, settings, sources[0].about.place),
        (document for one in sources for document in one.documents()),
        jobs=jobs if sum(entry.size for entry in entries) > MUCH else 1,
        writer=writer,
        take=take,
    )
    return total


@dataclass(frozen=True, slots=True)
class Copied:
    """A document analyzed again; None where it is with a part of the transaction already."""

    document: AnalyzedDocument | None
    taken: bool = False


class Copier:
    """Analyzes stored documents as they were; see ``souwen.index.workers.Preparer``.

    Raises StoreOutdated where they would get other terms.
    """

    def __init__(self, settings: Settings, place: str) -> None:
        self._analyzer = analyzer_of(settings, place=place)

    def prepare_all(self, documents: Iterable[Document]) -> Iterator[Copied]:
        """The documents with their terms."""
        for group in together(documents, lambda one: len(one.body)):
            yield from map(Copied, analyze_documents(group, self._analyzer))
