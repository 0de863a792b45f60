"""Which posts of a cluster come first? It says so itself, but for pairs of words."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from functools import cached_property

from souwen.search.engines.opensearch.posts import TOGETHER
from souwen.search.engines.opensearch.scoring import Found, Scoring
from souwen.search.engines.opensearch.snapshot import Json, Snapshot
from souwen.search.pairs import RERANKED

SLACK = 1 + 1e-6
"""By how much a score of 32 bits may be too small."""

Rerank = Callable[[Sequence[Found]], list[Found]]
"""Orders the best posts once more."""


class Tier:
    """The posts that a query selects, in their order; as many are fetched as are asked for."""

    def __init__(
        self,
        selecting: Json,
        scoring: Scoring,
        snapshot: Snapshot,
        rerank: Rerank | None,
    ) -> None:
        self.selecting = selecting
        self._scoring = scoring
        self._snapshot = snapshot
        self._rerank = rerank
        self._found: list[Found] = []
        self._waiting: list[Found] = []
        self._after: Json = {}
        self._complete = False

    @cached_property
    def _counted(self) -> Json:
        counted = self._scoring.counted
        body = {"size": 0, "query": self.selecting, "track_total_hits": counted}
        total: Json = self._snapshot.search(body)["hits"]["total"]
        return total

    @property
    def total(self) -> int:
        """How many posts there are; at least so many, where it is not exact."""
        return len(self._found) if self._complete else int(self._counted["value"])

    @property
    def exact(self) -> bool:
        """Whether the total is exact."""
        return self._complete or self._counted["relation"] == "eq"

    def among(self, ids: Collection[str]) -> Collection[str]:
        """Those of the posts, fetched in some tier, that are of this one."""
        return {one.id for one in self._found}.intersection(ids)

    def first(self, count: int | None) -> list[Found]:
        """The first ones, all of them where ``count`` is None."""
        most = count
        if count and self._rerank is not None:
            most = max(count, RERANKED)
        while not self._complete and (most is None or len(self._found) < most):
            page = self._scoring.page
            self._fetch(page if most is None else min(page, self._few(most - len(self._found))))
        if self._rerank is not None and self._found:
            self._found[:RERANKED] = self._rerank(self._found[:RERANKED])
            self._rerank = None
        return self._found if count is None else self._found[:count]

    def _few(self, missing: int) -> int:
        """How many to fetch where so many are missing.

        Of posts whose scores were too high only some stay where they are, so more are taken.
        """
        return missing if self._scoring.is_exact(self.selecting) else max(missing, TOGETHER)

    def _fetch(self, size: int) -> None:
        begins = not self._after
        body = {
            "size": size,
            "query": self._scoring.query(self.selecting),
            "sort": self._scoring.sort,
            "stored_fields": "_none_",
            "docvalue_fields": self._scoring.columns,
            "track_total_hits": self._scoring.counted if begins else False,
            **self._after,
        }
        answer = self._snapshot.search(body, dfs=True)["hits"]
        if begins:
            self._counted = answer["total"]
        hits = answer["hits"]
        self._complete = len(hits) < size
        if hits:
            self._after = {"search_after": hits[-1]["sort"]}
        self._take(hits)

    def _take(self, hits: Sequence[Json]) -> None:
        """Posts whose scores were too high come later: only of those that come before all that may
        follow the places are known.

        Where the cluster took not all terms, posts are ordered among those that are fetched with
        them.
        """
        found = self._scoring.found(hits)
        if self._scoring.is_exact(self.selecting):
            self._found += found
            return
        known = self._waiting + self._scoring.mended(found)
        known.sort(key=self._scoring.place)
        sure = len(known)
        if found and not (self._complete or self._scoring.is_cut(self.selecting)):
            last = found[-1]._replace(score=found[-1].score * SLACK)
            sure = bisect_right(known, self._scoring.place(last), key=self._scoring.place)
        self._found += known[:sure]
        self._waiting = known[sure:]
