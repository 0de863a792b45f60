"""How does one transaction write to an index on a cluster, all or nothing?

Where all is built anew documents go into a new index, and the alias is swapped at the end.
Otherwise they go into a staging index; once the commit names that, the cluster moves them, and
should that be cut off, the next writer has it done again.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from souwen.index import settings as all_settings
from souwen.index.commands import command
from souwen.index.documents import AnalyzedDocument
from souwen.index.engine import Spread
from souwen.index.engines.opensearch import indices, mapping, vocabulary
from souwen.index.engines.opensearch.address import Address
from souwen.index.engines.opensearch.bulk import Bulk
from souwen.index.engines.opensearch.client import Cluster, connect
from souwen.index.engines.opensearch.filling import filling, give_up
from souwen.index.engines.opensearch.lock import Lock
from souwen.index.engines.opensearch.names import ids_of
from souwen.index.engines.opensearch.records import key, record
from souwen.index.engines.opensearch.state import Commit, File, Pending, Retired, State
from souwen.index.engines.opensearch.wire import decode, encode
from souwen.index.errors import StoreCorrupt, StoreError, StoreMissing
from souwen.index.settings import NAME as SETTINGS

RETIRED = 600.0
"""Seconds for which files of a commit stay after the next one: for whoever has it open."""


class Finished(NamedTuple):
    """What a part has put: the ids of its documents, and their terms as a layer."""

    ids: tuple[str, ...]
    terms: bytes


class ClusterPart:
    """Puts documents into an index from a process of its own."""

    def __init__(self, address: Address, index: str) -> None:
        self._cluster = connect(address)
        self._bulk = Bulk(self._cluster, index)
        self._terms = vocabulary.empty()
        self._ids: list[str] = []

    def put(self, document: AnalyzedDocument, /) -> None:
        """Add a document."""
        content, terms = record(document)
        vocabulary.count(self._terms, terms)
        self._ids.append(document.document.id)
        self._bulk.put(key(document.document.id), document.document.id, content)

    def finish(self) -> Finished:
        """Send what is left."""
        self._bulk.flush()
        self._cluster.close()
        return Finished(tuple(self._ids), vocabulary.dump(self._terms))


class ClusterWriter:
    """One transaction; see ``souwen.index.engine.SharedWriter``."""

    def __init__(self, cluster: Cluster, state: State, lock: Lock, *, keep_old: bool) -> None:
        self._cluster = cluster
        self._state = state
        self._lock = lock
        self._keep_old = keep_old
        self._live = indices.live(cluster)
        self._commit = self._state.commit(self._live.index) if self._live else None
        self._anew = self._commit is None
        self._touched = False
        self._target: str | None = None
        self._bulk: Bulk | None = None
        self._deleted: dict[str, None] = {}
        self._files: dict[str, bytes] = {}
        self._terms = vocabulary.empty()
        self._layers: list[vocabulary.Counts] = [self._terms]

    # What is asked of a transaction.

    def put(self, document: AnalyzedDocument, /) -> None:
        """Add or replace."""
        name = document.document.id
        content, terms = record(document)
        vocabulary.count(self._terms, terms)
        self._deleted.pop(name, None)
        self._open_bulk().put(key(name), name, content)

    def delete(self, id: str, /) -> None:
        """Remove, if there."""
        self._deleted[id] = None
        self._touched = True

    def clear(self) -> None:
        """Build anew: nothing is taken over."""
        self._touched = self._anew = True

    def discard(self, parts: Collection[str], /) -> Collection[str]:
        """Give up documents that ``ClusterStore.verify`` named; the ids of all others."""
        left = set(ids_of(self._cluster, self._live.index)) if self._live else set()
        for name in left.intersection(parts):
            self.delete(name)
        return left.difference(parts)

    def keep(self, name: str, content: bytes, /) -> None:
        """Store a side file."""
        self._files[name] = content
        self._touched = True

    # Others may help.

    def part(self) -> Callable[[], ClusterPart] | None:
        """What sends documents from another process."""
        self._open_bulk()
        assert self._target is not None
        return partial(ClusterPart, self._cluster.address, self._target)

    def adopt(self, finished: Iterable[Finished], spread: Spread, /) -> None:  # noqa: ARG002
        """Take what parts have put for ours."""
        for part in finished:
            for name in part.ids:
                self._deleted.pop(name, None)
            self._layers.append(vocabulary.load(part.terms))

    # How it comes to be.

    def _open_bulk(self) -> Bulk:
        if self._bulk is None:
            if self._anew:
                self._target = indices.make_posts(self._cluster, self._meta())
            else:
                body = mapping.staging(replicas=self._cluster.address.replicas)
                self._target = indices.make(self._cluster, "stage-", body)
            self._bulk = Bulk(self._cluster, self._target, self._lock.must_be_ours)
            self._touched = True
        return self._bulk

    def _meta(self) -> dict[str, Any]:
        return built_with(self._cluster, self._files.get(SETTINGS))

    def commit(self) -> None:
        """Make all of it the newest commit, if there is anything."""
        if not self._touched:
            return
        if self._bulk is not None:
            self._bulk.flush()
        self._lock.renew()
        if self._anew:
            self._commit_anew()
        else:
            self._commit_update()

    def _commit_anew(self) -> None:
        target, staged = self._target, None
        if target is None or self._is_stage(target):
            staged, target = target, indices.make_posts(self._cluster, self._meta())
        if staged is not None:
            indices.move(self._cluster, staged, target)
            indices.drop(self._cluster, staged)
        if self._bulk is not None:
            # Of what is deleted only that is there which this transaction has put.
            delete_all(self._cluster, target, self._deleted)
        set_meta(self._cluster, target, self._meta())
        indices.refresh(self._cluster, target)
        kept = {} if self._commit is None else self._commit.files
        files = {**kept, **self._stored()}
        layers = (self._state.put_file(vocabulary.dump(vocabulary.merged(self._layers))),)
        self._lock.renew()
        self._state.write(Commit(target, 1, files, layers))
        old = self._live.index if self._live else None
        indices.swap(self._cluster, target, old, keep_old=self._keep_old)
        # Whoever fills another one has been overtaken.
        give_up(self._state)
        sweep(self._cluster, self._state)

    def _is_stage(self, index: str) -> bool:
        return index.startswith(f"{self._cluster.address.name}~stage-")

    def _commit_update(self) -> None:
        assert self._commit is not None
        # There is something to complete still where that could not be done before.
        before = complete(self._cluster, self._state, self._commit, self._lock)
        if self._target is not None and self._deleted:
            delete_all(self._cluster, self._target, self._deleted)
        pending = Pending(
            stage=self._target,
            deleted=self._state.put_file(encode(list(self._deleted))) if self._deleted else None,
            files={**before.files, **self._stored()},
            layers=self._new_layers(before.layers),
            meta=self._meta(),
        )
        self._lock.renew()
        decided = self._state.write(replace(before, pending=pending))
        complete(self._cluster, self._state, decided, self._lock)

    def _stored(self) -> dict[str, File]:
        return {name: self._state.put_file(content) for name, content in self._files.items()}

    def _new_layers(self, before: tuple[File, ...]) -> tuple[File, ...]:
        new = vocabulary.merged(self._layers)
        if not any(new.values()):
            return before
        if len(before) < vocabulary.LAYERS:
            return (*before, self._state.put_file(vocabulary.dump(new)))
        older = (vocabulary.load(self._state.get_file(one, "vocabulary")) for one in before)
        return (self._state.put_file(vocabulary.dump(vocabulary.merged((*older, new)))),)


def complete(cluster: Cluster, state: State, commit: Commit, lock: Lock) -> Commit:
    """Do what a commit has decided on; done again it does no harm.

    Raises StoreError where the lock is another's by now: whoever has it does the rest; and
    StoreCorrupt where what it is to be done with is gone.
    """
    pending = commit.pending
    if pending is None:
        return commit
    if pending.stage is not None:
        try:
            indices.move(cluster, pending.stage, commit.index)
        except StoreMissing as missing:
            raise StoreCorrupt(
                f"{cluster.address}: {pending.stage}, which holds posts of the last run, is gone; "
                f"{command(str(cluster.address), 'index --full')} builds the index anew",
                path=pending.stage,
            ) from missing
    lock.renew()
    if pending.deleted is not None:
        deleted = decode(state.get_file(pending.deleted, "list of deletions"))
        delete_all(cluster, commit.index, deleted, lock.must_be_ours)
    if pending.meta:
        set_meta(cluster, commit.index, pending.meta)
    indices.refresh(cluster, commit.index)
    done = replace(
        commit,
        generation=commit.generation + 1,
        files=pending.files,
        layers=pending.layers,
        pending=None,
    )
    done = replace(done, retired=tuple(_retired(commit, done, time.time())))
    written = state.write(done)
    if pending.stage is not None:
        indices.drop(cluster, pending.stage)
    left = set(done.all_files())
    state.drop_files(one for one in commit.all_files() if one not in left)
    return written


def _retired(before: Commit, after: Commit, now: float) -> Iterator[Retired]:
    """Files that stay for those who opened a commit before, as long as a cluster keeps its state
    for them."""
    yield from (one for one in before.retired if now - one.time < RETIRED)
    needed = set(after.needed())
    yield from (Retired(file, now) for file in before.needed() if file not in needed)


def sweep(cluster: Cluster, state: State) -> None:
    """Remove what no commit needs: indices that were being filled, files, commits of what is gone.

    Only for who holds the lock, and has nothing under way.
    """
    found = indices.live(cluster)
    kept = {found.index} if found else set()
    kept |= indices.kept(cluster)
    filled = filling(cluster, state)
    names = (*kept, *(filled.commits() if filled else ()))
    commits = [one for one in map(state.commit, names) if one is not None]
    if filled:
        kept.add(filled.index)
    staged = {one.pending.stage for one in commits if one.pending is not None}
    indices.drop(cluster, *(one for one in indices.every(cluster) if one not in kept | staged))
    state.sweep(commits)


def delete_all(
    cluster: Cluster, index: str, ids: Iterable[str], before: Callable[[], None] = lambda: None
) -> None:
    """Remove posts by their ids; ``before`` is called before each request."""
    bulk = Bulk(cluster, index, before)
    for name in ids:
        bulk.delete(key(name), name)
    bulk.flush()


def built_with(cluster: Cluster, settings: bytes | None) -> dict[str, Any]:
    """What the mapping says an index was built with, for people and other programs."""
    with suppress(StoreError):
        found = all_settings.load(settings, place=str(cluster.address))
        return {
            "fingerprint": found.fingerprint,
            "segmenter": found.segmenter,
            "timezone": found.timezone,
            "words": len(found.dictionary),
        }
    return {}


def set_meta(cluster: Cluster, index: str, meta: dict[str, Any]) -> None:
    """Have the mapping say what an index was built with."""
    cluster.ask("PUT", f"/{index}/_mapping", {"_meta": mapping.meta_of(meta)})
