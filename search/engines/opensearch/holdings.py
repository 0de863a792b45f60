"""What is known of one snapshot of an index on a cluster? All that requests have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from souwen.index.engines.opensearch.records import load
from souwen.index.engines.opensearch.snapshots import PAGE
from souwen.index.engines.opensearch.vocabulary import FIELDS
from souwen.search.engines.opensearch.counting import Counting
from souwen.search.engines.opensearch.duplicates import Duplicates
from souwen.search.engines.opensearch.lexicon import Lexicon
from souwen.search.engines.opensearch.posts import Posts
from souwen.search.engines.opensearch.snapshot import Json, Snapshot
from souwen.search.engines.opensearch.statistics import Statistics, aggregations
from souwen.search.engines.opensearch.translation import Translation
from souwen.search.query import Adjacent, And, Reposts


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is asked of a cluster.

    Up to ``totals`` posts are counted exactly; of more it is known that they are more. At most
    ``page`` hits are fetched at once.
    """

    totals: int = 100_000
    page: int = PAGE


class Holdings:
    """A snapshot, its terms, its posts and its numbers."""

    def __init__(self, snapshot: Snapshot, bounds: Bounds) -> None:
        self.snapshot = snapshot
        self.bounds = bounds
        counting = Counting(snapshot, aggregations())
        self.lexicon = Lexicon(snapshot, counting)
        self.posts = Posts(snapshot)
        self.duplicates = Duplicates(snapshot)
        self.translation = Translation(self._among, self._verified, self._listed)
        self.statistics = Statistics(counting, self.translation)

    def _among(self, field: str, accept: Callable[[str], bool]) -> Sequence[str]:
        """The terms of a field that are accepted."""
        found = (
            self.lexicon.counted(field, accept) if field in FIELDS else self.lexicon.values(field)
        )
        return [term for term, _ in found if accept(term)]

    def _listed(self, query: Json) -> Sequence[str]:
        """The ids of the posts that a query finds."""
        request = {"query": query, "sort": [{"id": "asc"}], "stored_fields": "_none_"}
        return [hit["sort"][0] for hits in self.snapshot.pages(request) for hit in hits]

    def _verified(self, query: Adjacent | Reposts) -> Sequence[str]:
        """The posts of a query that the cluster cannot answer alone."""
        if isinstance(query, Reposts):
            return self.duplicates.like(query.signature)
        candidates = self.translation.query(And(query.terms))
        found = map(load, self.posts.sources(candidates, "post"))
        return [entry.id for entry in map(self.posts.entry, found) if entry.adjacent(query)]
