"""How is an index on a cluster written to, all or nothing?"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property

from souwen.index.documents import Document
from souwen.index.engine import Flaw, Merge, of_one_commit
from souwen.index.engines.opensearch import indices
from souwen.index.engines.opensearch.address import Address
from souwen.index.engines.opensearch.client import Cluster, connect
from souwen.index.engines.opensearch.filling import filling
from souwen.index.engines.opensearch.lock import Lock, is_held, locked
from souwen.index.engines.opensearch.names import documents_of, ids_holding, ids_of
from souwen.index.engines.opensearch.slices import SliceStore, gather, slice_lock
from souwen.index.engines.opensearch.state import Commit, State
from souwen.index.engines.opensearch.writer import ClusterWriter, complete, sweep
from souwen.index.errors import SouwenError, StoreCorrupt, StoreOutdated
from souwen.index.slices import Slice


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
            self._tidy_up(lock)
            writer = ClusterWriter(self._cluster, self._state, lock, keep_old=self._keep_old)
            try:
                yield writer
                writer.commit()
            except BaseException:
                with suppress(SouwenError):
                    lock.must_be_ours()
                    sweep(self._cluster, self._state)
                raise

    def _tidy_up(self, lock: Lock) -> None:
        """What a writer that was cut off has decided on is done, the rest of it removed."""
        commit = self._commit()
        if commit is not None and commit.pending is not None:
            # Where that cannot be done an index that is built anew needs it not.
            with suppress(StoreCorrupt):
                commit = complete(self._cluster, self._state, commit, lock)
        if self._strays():
            if commit is not None:
                # Should whoever was cut off go on after all, it finds another commit than it knew,
                # and names none of what is removed.
                self._state.write(commit)
            sweep(self._cluster, self._state)

    def _strays(self) -> set[str]:
        """Indices that nobody needs, as long as nobody writes."""
        live = indices.live(self._cluster)
        needed = {live.index} if live else set()
        if filled := filling(self._cluster, self._state):
            needed.add(filled.index)
        return indices.every(self._cluster) - needed - indices.kept(self._cluster)

    def _commit(self) -> Commit | None:
        live = indices.live(self._cluster)
        return self._state.commit(live.index) if live else None

    def slice(self, slice: Slice, /) -> SliceStore:
        """The part of a new index that one slice fills."""
        return SliceStore(self._cluster, self._state, slice)

    def gather(self, count: int, merge: Merge, /, *, wait: float = 0) -> bool:
        """Make what the slices hold the index, once all are there.

        Raises StoreLocked while one of them is written again.
        """
        self._state.make()
        with locked(self._state, wait=wait) as lock:
            self._tidy_up(lock)
            filled = filling(self._cluster, self._state)
            if filled is None or filled.count != count:
                return False
            if None in map(self._state.commit, filled.commits()):
                return False
            every = [Slice(number, count) for number in range(1, count + 1)]
            with ExitStack() as held:
                for one in every:
                    held.enter_context(locked(self._state, slice_lock(one), wait=wait))
                files, ids = merge([self.slice(one) for one in every])
                lock.renew()
                gather(self._cluster, self._state, filled, files, ids, keep_old=self._keep_old)
            sweep(self._cluster, self._state)
        return True

    def exists(self) -> bool:
        """Whether anything was committed."""
        return self._commit() is not None

    def generation(self) -> Commit | None:
        """The last commit."""
        return self._commit()

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

    def verify(self) -> Iterable[Flaw]:
        """All that is wrong: shards that are not there, the mapping, kept files."""
        # Another commit may remove what is looked for.
        return of_one_commit(self, lambda: tuple(self._flaws()))

    def _flaws(self) -> Iterator[Flaw]:
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
        layers = (("vocabulary", file) for file in commit.layers)
        for name, file in (*commit.files.items(), *layers):
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
            return ids_of(self._cluster, live.index)
        return ids_holding(self._cluster, live.index, holding)

    def documents(self) -> Iterable[Document]:
        """All committed documents."""
        live = indices.live(self._cluster)
        return () if live is None else documents_of(self._cluster, live.index)

    def kept(self, name: str, /) -> bytes | None:
        """What the last commit kept under this name."""
        commit = self._commit()
        file = commit.files.get(name) if commit else None
        with suppress(StoreCorrupt):
            return None if file is None else self._state.get_file(file, name)
        return None
