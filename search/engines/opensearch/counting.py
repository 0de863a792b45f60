"""How many posts does each of some queries find? Counted by the cluster, exactly.

With the first answer come the numbers of all posts, which nearly every search must know as well.
"""

from collections.abc import Sequence

from souwen.search.engines.opensearch.snapshot import Json, Snapshot

ASKED = 500
"""Queries that are counted by one request."""


class Counting:
    """Numbers of posts in one snapshot, of which ``every`` aggregates all.

    May be used by many threads.
    """

    def __init__(self, snapshot: Snapshot, every: Json) -> None:
        self._snapshot = snapshot
        self._every = every
        self._known: Json | None = None

    def counts(self, queries: Sequence[Json]) -> list[int]:
        """How many documents each of the queries finds."""
        found: list[int] = []
        for begin in range(0, len(queries), ASKED):
            filters = queries[begin : begin + ASKED]
            answer = self._ask({"each": {"filters": {"filters": filters}}})
            found += [one["doc_count"] for one in answer["aggregations"]["each"]["buckets"]]
        return found

    def all(self) -> Json:
        """The answer on all posts, with their total; asked for once."""
        return self._known or self._ask({})

    def _ask(self, aggregations: Json) -> Json:
        if self._known:
            return self._snapshot.search({"size": 0, "aggs": aggregations})
        both = {**aggregations, **self._every}
        body = {"size": 0, "track_total_hits": True, "aggs": both}
        self._known = self._snapshot.search(body)
        return self._known
