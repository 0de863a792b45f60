"""How is one state of an index read for a while, whatever is written meanwhile?"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from souwen.index.engines.opensearch.client import Cluster
from souwen.index.errors import EngineUnavailable

KEPT = "10m"
"""How long the cluster keeps a state for us that nobody asks for."""

CLOSING = 0.5
"""Seconds for which it is waited for that a state is let go of."""

PAGE = 10_000
"""Hits of one answer, at most."""

Json = dict[str, Any]


def open_snapshot(cluster: Cluster, index: str) -> str:
    """The id of a point in time. Raises EngineUnavailable where a shard is not there."""
    found = cluster.read(
        "POST",
        f"/{index}/_search/point_in_time",
        of_shards=True,
        keep_alive=KEPT,
        allow_partial_pit_creation="false",
    )
    return str(found["pit_id"])


def close_snapshot(cluster: Cluster, snapshot: str) -> None:
    """Let go of it.

    A node that hangs is not waited for: it does so as soon as it goes on, and must, for what it
    keeps of a shard would prevent it from having that shard again.
    """
    pit = {"pit_id": [snapshot]}
    with suppress(EngineUnavailable):
        cluster.ask("DELETE", "/_search/point_in_time", pit, patience=0, timeout=CLOSING)


@contextmanager
def snapshot_of(cluster: Cluster, index: str) -> Iterator[str]:
    """A point in time for a block."""
    snapshot = open_snapshot(cluster, index)
    try:
        yield snapshot
    finally:
        close_snapshot(cluster, snapshot)


def pages(cluster: Cluster, snapshot: str, request: Json, size: int) -> Iterator[list[Json]]:
    """All hits in the order of the request's ``sort``, in which no two are alike.

    Raises EngineUnavailable where a shard does not answer.
    """
    after: Json = {}
    while True:
        pit = {"id": snapshot, "keep_alive": KEPT}
        body = {"track_total_hits": False, **request, **after, "size": size, "pit": pit}
        found = cluster.ask("POST", "/_search", body, allow_partial_search_results="false")
        hits = found["hits"]["hits"]
        if hits:
            yield hits
        if len(hits) < size:
            return
        after = {"search_after": hits[-1]["sort"]}
