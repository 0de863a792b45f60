"""How does one of many processes write its slice of a new index, and how do they become one?"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from souwen.index.documents import Document
from souwen.index.engine import Flaw
from souwen.index.engines.opensearch import indices, vocabulary
from souwen.index.engines.opensearch.bulk import Bulk
from souwen.index.engines.opensearch.client import Cluster
from souwen.index.engines.opensearch.filling import Filling, begin, filling, give_up
from souwen.index.engines.opensearch.lock import Lock, is_held, locked
from souwen.index.engines.opensearch.names import documents_of, ids_holding, ids_of
from souwen.index.engines.opensearch.state import SLICE_LOCK, Commit, State
from souwen.index.engines.opensearch.writer import (
    ClusterWriter,
    built_with,
    delete_all,
    set_meta,
)
from souwen.index.errors import StoreError
from souwen.index.settings import NAME as SETTINGS
from souwen.index.slices import Slice


def slice_lock(slice: Slice) -> str:
    """The id of the lock that whoever writes a slice holds."""
    return f"{SLICE_LOCK}{slice}".replace("/", "-")


class SliceStore:
    """What one slice has put into the index that is being filled, and has kept."""

    def __init__(self, cluster: Cluster, state: State, slice: Slice) -> None:
        self._cluster = cluster
        self._state = state
        self._slice = slice
        self._lock = slice_lock(slice)

    @contextmanager
    def writer(self, *, wait: float = 0) -> Iterator["SliceWriter"]:
        """Put documents; nobody sees them before all slices are there. Raises StoreLocked."""
        self._state.make()
        with locked(self._state, self._lock, wait=wait) as lock:
            filled = begin(self._cluster, self._state, self._slice.count)
            writer = SliceWriter(self._cluster, self._state, lock, filled, self._slice.number)
            yield writer
            writer.commit()

    def _commit(self) -> Commit | None:
        filled = filling(self._cluster, self._state)
        if filled is None or filled.count != self._slice.count:
            return None
        return self._state.commit(filled.commit(self._slice.number))

    def exists(self) -> bool:
        """Whether a run of this slice has ended well."""
        return self._commit() is not None

    def generation(self) -> Commit | None:
        """The last commit."""
        return self._commit()

    def check(self) -> bool:
        """Whether nobody writes this slice."""
        return not is_held(self._state, self._lock)

    def verify(self) -> Iterable[Flaw]:
        """What is wrong shows once all slices are one index."""
        return ()

    def ids(self, holding: Collection[str] | None = None, /) -> Iterable[str]:
        """The ids of all that was put so far, by other slices too."""
        filled = filling(self._cluster, self._state)
        if filled is None:
            return ()
        indices.refresh(self._cluster, filled.index)
        if holding is None:
            return ids_of(self._cluster, filled.index)
        return ids_holding(self._cluster, filled.index, holding)

    def documents(self) -> Iterable[Document]:
        """All that was put so far, by other slices too."""
        filled = filling(self._cluster, self._state)
        if filled is None:
            return ()
        indices.refresh(self._cluster, filled.index)
        return documents_of(self._cluster, filled.index)

    def kept(self, name: str, /) -> bytes | None:
        """What the last run of this slice kept under this name."""
        commit = self._commit()
        file = commit.files.get(name) if commit else None
        return None if file is None else self._state.get_file(file, name)


class SliceWriter(ClusterWriter):
    """Puts the documents of a slice where they are to stay."""

    def __init__(
        self, cluster: Cluster, state: State, lock: Lock, filled: Filling, number: int
    ) -> None:
        super().__init__(cluster, state, lock, keep_old=False)
        name = filled.commit(number)
        self._filled = filled
        self._commit = state.commit(name) or Commit(name, 0)
        self._target = filled.index
        self._bulk = Bulk(cluster, filled.index, lock.must_be_ours)

    def clear(self) -> None:
        """Begin anew; what an older run has put and nobody names is removed in the end."""
        self._touched = True
        assert self._commit is not None
        self._commit = Commit(self._commit.index, self._commit.generation, seen=self._commit.seen)

    def commit(self) -> None:
        """Say that the slice is there."""
        if not self._touched:
            return
        assert self._bulk is not None
        assert self._commit is not None
        self._bulk.flush()
        self._lock.renew()
        if filling(self._cluster, self._state) != self._filled:
            raise StoreError(
                f"{self._cluster.address}: another process has built the index anew meanwhile; "
                "nothing of this run is in it"
            )
        delete_all(self._cluster, self._filled.index, self._deleted)
        before = self._commit
        self._state.write(
            Commit(
                before.index,
                before.generation + 1,
                {**before.files, **self._stored()},
                self._new_layers(before.layers),
                seen=before.seen,
            )
        )


def gather(  # noqa: PLR0913
    cluster: Cluster,
    state: State,
    filled: Filling,
    files: Mapping[str, bytes],
    ids: Collection[str],
    *,
    keep_old: bool,
) -> None:
    """Make the index that was filled the one that is searched, with these files and posts.

    Raises StoreError where it lacks one of the posts.
    """
    indices.refresh(cluster, filled.index)
    found = set(ids_of(cluster, filled.index))
    if lost := set(ids) - found:
        raise StoreError(
            f"{cluster.address}: the new index lacks {len(lost)} posts that were put into it, "
            f"{min(lost)} is one; build it anew with --full and without --slice"
        )
    delete_all(cluster, filled.index, found.difference(ids))
    set_meta(cluster, filled.index, built_with(cluster, files.get(SETTINGS)))
    indices.refresh(cluster, filled.index)
    commits = [one for one in map(state.commit, filled.commits()) if one is not None]
    layers = (
        vocabulary.load(state.get_file(file, "vocabulary"))
        for one in commits
        for file in one.layers
    )
    whole = state.put_file(vocabulary.dump(vocabulary.merged(layers)))
    stored = {name: state.put_file(content) for name, content in files.items()}
    # There is one already where this was cut off before.
    before = state.commit(filled.index)
    state.write(Commit(filled.index, 1, stored, (whole,), seen=before.seen if before else None))
    live = indices.live(cluster)
    indices.swap(cluster, filled.index, live.index if live else None, keep_old=keep_old)
    give_up(state)
