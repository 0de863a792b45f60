"""How many posts does each of some queries find? Counted by the cluster, exactly.

With the first answer comes the date of the newest post, which nearly every search must know.
"""

from collections.abc import Sequence

from souwen.search.engines.opensearch.snapshot import Json, Snapshot

ASKED = 500
"""Queries that are counted by one request."""

_NEWEST: Json = {"newest": {"max": {"field": "date"}}}


class Counting:
    """Numbers of posts in one snapshot. May be used by many threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._newest: tuple[int | None] | None = None

    def counts(self, queries: Sequence[Json]) -> list[int]:
        """How many documents each of the queries finds."""
        found: list[int] = []
        for begin in range(0, len(queries), ASKED):
            filters = queries[begin : begin + ASKED]
            answer = self._ask({"each": {"filters": {"filters": filters}}})
            found += [one["doc_count"] for one in answer["each"]["buckets"]]
        return found

    @property
    def newest(self) -> int | None:
        """The newest date, in milliseconds since 1970; None where no post has one."""
        if self._newest is None:
            self._ask({})
        assert self._newest is not None
        return self._newest[0]

    def _ask(self, aggregations: Json) -> Json:
        asked = aggregations if self._newest else {**aggregations, **_NEWEST}
        found: Json = self._snapshot.search({"size": 0, "aggs": asked})["aggregations"]
        if "newest" in found:
            value = found["newest"]["value"]
            self._newest = (None if value is None else int(value),)
        return found
