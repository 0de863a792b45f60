"""What do posts on a cluster say? Fetched some at a time, and analyzed where terms are asked for.

A cluster does not tell which terms a post has, but whoever has its text and the analyzer knows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import islice

from souwen.index.analysis import Analyzer
from souwen.index.analysis.words import DictionaryWord
from souwen.index.analyzed import analyze_document
from souwen.index.documents import Document
from souwen.index.engines.opensearch.records import load
from souwen.search.engines.opensearch.snapshot import Json, Snapshot
from souwen.search.entry import Entry

TOGETHER = 50
"""Posts that are fetched at once."""


class Posts:
    """The posts of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def must_be_open(self) -> None:
        """Raises StoreError once the index is closed."""
        self._snapshot.must_be_open()

    def loaders(self, ids: Sequence[str]) -> list[Callable[[], Document]]:
        """What loads each of these posts; its neighbours are fetched along with it."""
        loaders: list[Callable[[], Document]] = []
        for begin in range(0, len(ids), TOGETHER):
            some = _Some(self, ids[begin : begin + TOGETHER])
            loaders += [partial(some.load, name) for name in some.ids]
        return loaders

    def fetch(self, ids: Iterable[str]) -> Iterator[Document]:
        """The posts with these ids, in any order."""
        left = iter(ids)
        while some := list(islice(left, TOGETHER)):
            yield from map(load, self.sources({"terms": {"id": some}}, "post"))

    def sources(self, query: Json, *fields: str) -> Iterator[Json]:
        """Fields of the posts that a query finds, ascending by id."""
        request = {"query": query, "sort": [{"id": "asc"}], "_source": list(fields)}
        # One more than are asked for by their ids: then there is no second page to look for.
        for hits in self._snapshot.pages(request, size=TOGETHER + 1):
            yield from (hit["_source"]["post"] for hit in hits)

    @cached_property
    def _analyzer(self) -> Analyzer:
        settings = self._snapshot.settings
        return Analyzer(
            segmenter=settings.segmenter,
            dictionary=tuple(DictionaryWord(*word) for word in settings.dictionary),
        )

    def entry(self, document: Document) -> Entry:
        """A post with its terms."""
        return Entry(analyze_document(document, self._analyzer))


class _Some:
    """A few posts, all of which are fetched when one is asked for."""

    def __init__(self, posts: Posts, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        self._posts = posts

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {document.id: document for document in self._posts.fetch(self.ids)}

    def load(self, id: str) -> Document:
        """Raises StoreError once the index is closed."""
        self._posts.must_be_open()
        return self._documents[id]
