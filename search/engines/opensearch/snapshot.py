"""Which state of an index on a cluster is searched, and how is it asked?

A commit, and a point in time of its index. The cluster lets go of one that nobody asks for a while,
and loses it with the node that keeps it: then another one is as good, as long as nothing was
committed meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

from souwen.index.engines.opensearch import indices
from souwen.index.engines.opensearch.address import Address
from souwen.index.engines.opensearch.client import PROMPT, Busy, Cluster, Refused, connect
from souwen.index.engines.opensearch.snapshots import (
    KEPT,
    PAGE,
    close_snapshot,
    open_snapshot,
)
from souwen.index.engines.opensearch.state import Commit, File, State
from souwen.index.errors import (
    EngineUnavailable,
    SouwenError,
    StoreCorrupt,
    StoreError,
    StoreMissing,
)
from souwen.index.settings import NAME as SETTINGS
from souwen.index.settings import Settings, load

Json = dict[str, Any]

TRIES = 3


class Superseded(StoreError):
    """What an older commit needs is gone."""


class Snapshot:
    """One commit of an index. May be used by many threads.

    Raises Superseded where there is another one by now.
    """

    def __init__(self, cluster: Cluster, commit: Commit) -> None:
        self.cluster = cluster
        self.commit = commit
        self._state = State(cluster)
        self._lock = threading.Lock()
        self._closed = False
        # Every part needs it: if that is gone by now, the commit is of no use.
        self.kept(SETTINGS)
        self._time = open_snapshot(cluster, commit.index)

    @property
    def place(self) -> str:
        """The address, for messages."""
        return str(self.cluster.address)

    def must_be_open(self) -> None:
        """Raises StoreError once it is closed."""
        if self._closed:
            raise StoreError("this index has been closed")

    def search(self, body: Json, *, dfs: bool = False) -> Json:
        """The cluster's answer, for all shards or none.

        With ``dfs`` scores are computed with the statistics of all shards together.
        """
        kind = "dfs_query_then_fetch" if dfs else "query_then_fetch"
        patience: float | None = 0
        for attempt in range(TRIES):
            self.must_be_open()
            time = self._time
            try:
                found: Json = self.cluster.read(
                    "POST",
                    "/_search",
                    {**body, "pit": {"id": time, "keep_alive": KEPT}},
                    within=PROMPT[min(attempt, len(PROMPT) - 1) :][:1],
                    patience=patience if attempt < TRIES - 1 else None,
                    search_type=kind,
                    allow_partial_search_results="false",
                )
                return found
            except Busy:
                # The state is still there, to be asked again.
                if attempt == TRIES - 1 or patience is None:
                    raise
                patience = None
            except (Refused, EngineUnavailable, StoreMissing) as error:
                if isinstance(error, Refused) and error.status != 404:
                    raise
                if attempt == TRIES - 1:
                    raise
                self._renew(time)
        raise AssertionError("the last attempt returns or raises")

    def _renew(self, lost: str) -> None:
        """Another point in time of the commit. Raises Superseded where there is a newer one."""
        with self._lock:
            if self._time != lost:
                return
            if not self.is_newest():
                raise self._superseded()
            with suppress(SouwenError):
                close_snapshot(self.cluster, lost)
            self._time = open_snapshot(self.cluster, self.commit.index)

    def pages(self, body: Json, *, size: int = PAGE) -> Iterator[list[Json]]:
        """All hits, in the order of a ``sort`` in which no two are alike."""
        after: Json = {}
        while True:
            request = {"track_total_hits": False, **body, **after, "size": size}
            hits = self.search(request)["hits"]["hits"]
            if hits:
                yield hits
            if len(hits) < size:
                return
            after = {"search_after": hits[-1]["sort"]}

    def buckets(self, query: Json, sources: list[Json]) -> Iterator[tuple[Any, int]]:
        """Every value of a field with the number of documents of the query that have it.

        ``sources`` is the one source of a composite aggregation, named ``value``.
        """
        after: Json = {}
        while True:
            told = {"size": PAGE, "sources": sources, **after}
            found = self.search(
                {"size": 0, "query": query, "aggs": {"values": {"composite": told}}}
            )["aggregations"]["values"]
            yield from ((one["key"]["value"], one["doc_count"]) for one in found["buckets"])
            if len(found["buckets"]) < PAGE:
                return
            after = {"after": found["after_key"]}

    def kept(self, name: str) -> bytes | None:
        """A side file of this commit."""
        self.must_be_open()
        return self._settings_file if name == SETTINGS else self._kept(name)

    @cached_property
    def _settings_file(self) -> bytes | None:
        """What is read by every part."""
        return self._kept(SETTINGS)

    def _kept(self, name: str) -> bytes | None:
        file = self.commit.files.get(name)
        return None if file is None else self._file(file, name)

    def layer(self, number: int) -> bytes:
        """A layer of terms of this commit."""
        return self._file(self.commit.layers[number], "vocabulary")

    def _file(self, file: File, name: str) -> bytes:
        """Raises Superseded for one that went with this commit, StoreCorrupt for a damaged one."""
        try:
            return self._state.get_file(file, name)
        except StoreCorrupt:
            if self.is_newest():
                raise
            raise self._superseded() from None

    def _superseded(self) -> "Superseded":
        return Superseded(
            f"{self.place}: the cluster has let go of the state that was searched, and the index "
            "was written to since; open it again, or take what `refresh` gives"
        )

    @cached_property
    def settings(self) -> Settings:
        """What the index was built with."""
        return load(self.kept(SETTINGS), place=self.place)

    def size(self) -> int:
        """The bytes that one copy of the documents takes; now, whatever the snapshot is."""
        told = self.cluster.read("GET", f"/{self.commit.index}/_stats/store")
        return int(told["_all"]["primaries"]["store"]["size_in_bytes"])

    def is_newest(self) -> bool:
        """Whether nothing was committed since."""
        newest = newest_commit(self.cluster)
        mine = self.commit
        return (newest.index, newest.generation) == (mine.index, mine.generation)

    def close(self) -> None:
        """Let go of it."""
        if not self._closed:
            self._closed = True
            with suppress(SouwenError):
                close_snapshot(self.cluster, self._time)
            self.cluster.close()


def newest_commit(cluster: Cluster) -> Commit:
    """The commit of the index behind the alias.

    Raises StoreMissing, StoreOutdated or StoreCorrupt.
    """
    found = indices.live(cluster, local=True)
    commit = None if found is None else State(cluster).commit(found.index)
    if found is None or commit is None:
        raise StoreMissing(
            f"{cluster.address}: there is no index of this name on the cluster; "
            f"`souwen --index {cluster.address} index FOLDER` builds one"
        )
    indices.must_be_as_made(cluster, found)
    return commit


def open_newest(address: Address) -> Snapshot:
    """The newest commit. Where that is replaced just then, the one that takes its place."""
    cluster = connect(address)
    try:
        for _ in range(TRIES):
            with suppress(StoreMissing, Superseded):
                return Snapshot(cluster, newest_commit(cluster))
        return Snapshot(cluster, newest_commit(cluster))
    except BaseException:
        cluster.close()
        raise
