"""Which posts lack nothing of what was asked? A cluster that ranks them with others is asked."""

from collections.abc import Collection, Iterable

from souwen.search.engines.opensearch.snapshot import Json, Snapshot
from souwen.search.engines.opensearch.translation import one_of

AT_ONCE = 1000
"""Posts that are asked about together."""


class Completeness:
    """The posts that a selection holds, as far as they were asked for."""

    def __init__(self, selecting: Json, snapshot: Snapshot) -> None:
        self._selecting = selecting
        self._snapshot = snapshot
        self._told: dict[str, bool] = {}

    def among(self, ids: Iterable[str]) -> Collection[str]:
        """Those of the posts that are selected, in their order."""
        asked = list(ids)
        unknown = [name for name in asked if name not in self._told]
        for begin in range(0, len(unknown), AT_ONCE):
            some = unknown[begin : begin + AT_ONCE]
            self._told |= dict.fromkeys(some, False)
            filters = [one_of("id", some), self._selecting]
            body = {
                "query": {"bool": {"filter": filters}},
                "sort": [{"id": "asc"}],
                "stored_fields": "_none_",
            }
            for hits in self._snapshot.pages(body):
                self._told |= {hit["sort"][0]: True for hit in hits}
        return [name for name in asked if self._told[name]]
