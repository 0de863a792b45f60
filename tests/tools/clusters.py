"""A cluster for tests: where it is, what tests left there, and what happens where there is none."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.missing import missing

from souwen.index.engines.opensearch.address import parse
from souwen.index.engines.opensearch.client import Cluster, connect

_MADE: set[str] = set()
"""Indices that the tests of a module made."""

VARIABLE = "SOUWEN_CLUSTER"
"""Holds the addresses of the nodes, with blanks between them; ``tests/cluster/run.py`` sets it."""


def cluster_nodes() -> tuple[str, ...]:
    """The addresses of the nodes. Where there are none the test is skipped, or fails."""
    nodes = os.environ.get(VARIABLE, "").split()
    if not nodes:
        missing("cluster: `python tests/cluster/run.py pytest` runs the tests with one")
    return tuple(nodes)


def cluster_address(folder: Path, *, shards: int = 3, replicas: int = 0) -> str:
    """An index of its own for a test's folder, over several shards."""
    digest = hashlib.blake2b(str(folder).encode(), digest_size=6).hexdigest()
    hosts = ",".join(node.rpartition("/")[2] for node in cluster_nodes())
    place = f"opensearch://{hosts}/test-{digest}?shards={shards}&replicas={replicas}"
    _MADE.add(place)
    return place


def expunge(place: str) -> None:
    """Have a cluster drop what is deleted, so that it counts in no statistics.

    It keeps that for copies that may have to catch up, and asks them every half minute.
    """
    if not place.startswith("opensearch:"):
        return
    with asking(place) as cluster:
        name = cluster.address.name
        while _deleted(cluster):
            cluster.ask("POST", f"/{name}/_flush", force="true", wait_if_ongoing="true")
            cluster.ask("POST", f"/{name}/_forcemerge", max_num_segments=1)
        cluster.ask("POST", f"/{name}/_refresh")


def _deleted(cluster: Cluster) -> int:
    told: Any = cluster.ask("GET", f"/{cluster.address.name}/_stats/docs")
    return int(told["_all"]["total"]["docs"]["deleted"])


@contextlib.contextmanager
def asking(place: str) -> Iterator[Cluster]:
    """The cluster behind an address, to be asked directly."""
    cluster = connect(parse(place))
    try:
        yield cluster
    finally:
        cluster.close()


def remove_made() -> None:
    """Remove all indices that were made since the last time."""
    for place in _MADE:
        with asking(place) as cluster:
            cluster.ask("DELETE", f"/{cluster.address.name}~*", expand_wildcards="all")
    _MADE.clear()
