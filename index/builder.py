"""How is an index built or updated from Python?"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from souwen.index.commands import command
from souwen.index.config import IndexConfig
from souwen.index.dictionary import read_dictionary
from souwen.index.engine import Store
from souwen.index.errors import StoreMissing
from souwen.index.forecast import Forecast
from souwen.index.indexer import IndexReport, Order, run
from souwen.index.places import engine_of, no_engine
from souwen.index.slices import parse_slice

Place = str | os.PathLike[str]
_DEFAULTS = IndexConfig()


def build(  # noqa: PLR0913
    paths: Place | Sequence[Place] = (),
    *,
    index: Place = ".souwen",
    config: IndexConfig = _DEFAULTS,
    full: bool = False,
    dry_run: bool = False,
    drafts: bool | None = None,
    forget: Place | Sequence[Place] = (),
    wait: float = 0,
    keep_old: bool = False,
    jobs: int | None = None,
    slice: str | None = None,
    changed: Sequence[str] = (),
    now: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
    announce: Callable[[Forecast], None] | None = None,
) -> IndexReport:
    """Build or update the index of these folders, or files, of posts.

    Without ``paths`` the folders that were indexed before are looked at again. ``full`` builds
    anew, ``dry_run`` changes nothing and reports what would be done, ``forget`` removes folders
    and their posts, ``wait`` is how many seconds to wait for another writer. ``jobs`` processes
    read and analyze posts; 1 by default, and with more the caller's main module must be safe to
    import. ``slice``, such as ``"3/16"``, has only those files read, added or removed whose ids
    fall into that part of all; where a cluster is built anew, the runs of all slices fill it at
    once. ``changed`` are absolute paths, without links, in folders that were indexed before: where
    no folder is new, nothing else is looked at. ``progress`` is called with the files done and to
    be done, ``announce`` with what a run will need on disk before it reads anything.

    All or nothing: on an error the index is as it was. Raises ConfigError for a path that is not
    there, StoreLocked while another process writes, StoreError where nothing can be written.
    """
    if jobs is not None:
        config = replace(config, jobs=jobs)
    words, doubtful = read_dictionary(config)
    order = Order(
        paths=tuple(map(Path, several(paths))),
        config=config,
        dictionary=words,
        now=now or datetime.now(UTC),
        full=full,
        dry_run=dry_run,
        drafts=config.drafts if drafts is None else drafts,
        forget=tuple(map(Path, several(forget))),
        wait=wait,
        jobs=config.jobs or 1,
        progress=progress,
        announce=announce,
        notices=doubtful,
        changed=tuple(changed),
    )
    store = open_store(index, keep_old=keep_old)
    if slice is None:
        return run(store, order, index=os.fspath(index))
    from souwen.index.gathering import run_slice

    return run_slice(store, order, parse_slice(slice), index=os.fspath(index))


def open_store(index: Place, *, keep_old: bool = False) -> Store:
    """The store behind an address: a directory, a cluster's, or ``memory:``.

    With ``keep_old`` a cluster keeps the index that one built anew takes the place of. Raises
    EngineMissing for an engine that this version does not have.
    """
    address = os.fspath(index)
    match engine_of(address):
        case "memory":
            from souwen.index.engines.memory import memory_store

            return memory_store(address)
        case "whoosh":
            from souwen.index.engines.whoosh.store import WhooshStore

            return WhooshStore(Path(address))
        case "opensearch":
            from souwen.index.engines.opensearch.address import parse
            from souwen.index.engines.opensearch.store import ClusterStore

            return ClusterStore(parse(address), keep_old=keep_old)
        case _:
            raise no_engine(address)


def must_be_there(index: Place) -> Store:
    """The store behind an address. Raises StoreMissing where nothing was built there yet."""
    place, store = os.fspath(index), open_store(index)
    if not store.exists():
        raise StoreMissing(
            f"{place}: there is no index here; {command(place, 'index FOLDER')} builds one"
        )
    return store


def several(places: Place | Sequence[Place]) -> tuple[Place, ...]:
    """The places, be it one or several."""
    return (places,) if isinstance(places, (str, os.PathLike)) else tuple(places)
