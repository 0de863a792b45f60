"""How is an index on a cluster written to, all or nothing?"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.grams import stretches
from souwen.index.engine import Flaw
from souwen.index.engines.opensearch import indices
from souwen.index.engines.opensearch.address import Address
from souwen.index.engines.opensearch.client import Cluster, connect
from souwen.index.engines.opensearch.indices import Live
from souwen.index.engines.opensearch.lock import is_held, locked
from souwen.index.engines.opensearch.snapshots import PAGE, pages, snapshot_of
from souwen.index.engines.opensearch.state import Commit, State
from souwen.index.engines.opensearch.units import units
from souwen.index.engines.opensearch.writer import ClusterWriter, complete, sweep
from souwen.index.errors import SouwenError, StoreCorrupt, StoreOutdated

LOOKED_INTO = 200
"""Posts whose texts are fetched at once."""


class ClusterStore:
    """An index on a cluster, which is asked when something is to be known."""

    def __init__(self, address: Address, *, keep_old: bool = False) -> None:
        self._address = address
        self._keep_old = keep_old

    @cached_property
    def _cluster(self) -> Cluster:
        return connect(self._address)

    @cached_property
    def _state(self) -> State:
        return State(self._cluster)

    @contextmanager
    def writer(self, *, wait: float = 0) -> Iterator[ClusterWriter]:
        """Begin a transaction. Raises StoreLocked, or what the cluster does not permit."""
        self._state.make()
        with locked(self._state, wait=wait) as lock:
            self._tidy_up()
            writer = ClusterWriter(self._cluster, self._state, lock, keep_old=self._keep_old)
            try:
                yield writer
                writer.commit()
            except BaseException:
                with suppress(SouwenError):
                    lock.must_be_ours()
                    sweep(self._cluster, self._state)
                raise

    def _tidy_up(self) -> None:
        """What a writer that was cut off has decided on is done, the rest of it removed."""
        commit = self._commit()
        if commit is not None and commit.pending is not None:
            complete(self._cluster, self._state, commit)
        if self._strays():
            sweep(self._cluster, self._state)

    def _strays(self) -> set[str]:
        """Indices that nobody needs, as long as nobody writes."""
        live = indices.live(self._cluster)
        needed = {live.index} if live else set()
        return indices.every(self._cluster) - needed - indices.kept(self._cluster)

    def _commit(self) -> Commit | None:
        live = indices.live(self._cluster)
        return self._state.commit(live.index) if live else None

    def exists(self) -> bool:
        """Whether anything was committed."""
        return self._commit() is not None

    def check(self) -> bool:
        """Whether nobody writes, and nothing is left of who was cut off.

        Raises StoreCorrupt where the mapping was changed by hand, StoreOutdated for another one.
        """
        live = indices.live(self._cluster)
        if live is not None:
            indices.must_be_as_made(self._cluster, live)
        commit = self._state.commit(live.index) if live else None
        pending = commit is not None and commit.pending is not None
        return not (pending or is_held(self._state) or self._strays())

    def verify(self) -> Iterator[Flaw]:
        """All that is wrong: shards that are not there, the mapping, kept files."""
        live = indices.live(self._cluster)
        if live is None:
            return
        health = self._cluster.ask("GET", f"/_cluster/health/{live.index}")
        if health["status"] == "red":
            yield Flaw(live.index, "some of its shards are on no node that is there", whole=True)
        try:
            indices.must_be_as_made(self._cluster, live)
        except (StoreCorrupt, StoreOutdated) as error:
            yield Flaw(live.index, str(error), whole=True)
        commit = self._state.commit(live.index)
        if commit is None:
            yield Flaw(self._state.index, "it knows no commit of this index", whole=True)
            return
        for name, file in commit.files.items():
            try:
                self._state.get_file(file, name)
            except StoreCorrupt as error:
                yield Flaw(name, str(error), whole=True)

    def ids(self, holding: Collection[str] | None = None, /) -> Iterable[str]:
        """The ids of all committed documents, or of those that hold one of these texts."""
        live = indices.live(self._cluster)
        if live is None:
            return ()
        if holding is None:
            return ids_of(self._cluster, live)
        return self._holding(live, holding)

    def _holding(self, live: Live, texts: Collection[str]) -> Iterator[str]:
        """Runs of Han are looked for by the cluster; what else is in the texts, by us."""
        request = {
            "query": {"bool": {"should": [one for text in texts for one in _may_hold(text)]}},
            "sort": ["id"],
            "_source": ["post.id", "post.title", "post.body"],
        }
        with snapshot_of(self._cluster, live.index) as snapshot:
            for hits in pages(self._cluster, snapshot, request, LOOKED_INTO):
                for hit in hits:
                    post = hit["_source"]["post"]
                    folded = [fold_text(post[place]) for place in ("title", "body")]
                    if any(text in one for text in texts for one in folded):
                        yield post["id"]

    def kept(self, name: str, /) -> bytes | None:
        """What the last commit kept under this name."""
        commit = self._commit()
        file = commit.files.get(name) if commit else None
        with suppress(StoreCorrupt):
            return None if file is None else self._state.get_file(file, name)
        return None


def ids_of(cluster: Cluster, live: Live) -> Iterator[str]:
    """The ids of all documents of an index, ascending."""
    request = {"query": {"match_all": {}}, "sort": ["id"], "_source": False}
    with snapshot_of(cluster, live.index) as snapshot:
        for hits in pages(cluster, snapshot, request, PAGE):
            yield from (hit["sort"][0] for hit in hits)


def _may_hold(text: str) -> Iterator[dict[str, Any]]:
    """Queries for posts that hold the longest run of Han, kana or hangul of a text."""
    runs = [text[start:end] for start, end, is_run in stretches(text) if is_run]
    longest = max(runs, key=len, default="")
    for place in ("title", "body"):
        yield {"match_phrase": {f"{place}.units": " ".join(units(longest))}}
