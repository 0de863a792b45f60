"""How do many runs, each with a slice of the posts, fill one new index at once?

Where there is an index a slice is updated in it, one run after the other. Where all is built anew,
and the engine can, each run fills a part of the new index, at the same time as the others; the last
one to finish makes it the index.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from souwen.index.analysis import Analyzer
from souwen.index.engine import Gathering, Store
from souwen.index.indexer import IndexReport, Order, run
from souwen.index.manifest import Manifest
from souwen.index.merging import about_store, as_one, kept
from souwen.index.schema import fingerprint
from souwen.index.slices import Slice
from souwen.index.state import State, read_state


def run_slice(store: Store, order: Order, slice: Slice, *, index: str) -> IndexReport:
    """Index a slice of the posts; ``index`` names the store.

    The report counts the posts of the slice until the last one is there, which counts them all.
    Raises ConfigError where all posts have to be read again, and the engine cannot have many do it.
    """
    order = replace(order, slice=slice)
    state = _state(store, order, index)
    anew = state.settings is None or state.reason is not None
    if not anew or not isinstance(store, Gathering):
        return run(store, order, index=index)
    mine = replace(order, full=False, before=state.roots)
    report = run(store.slice(slice), mine, index=index)
    if order.dry_run:
        return report
    every = (Slice(number, slice.count) for number in range(1, slice.count + 1))
    # Told before others can have made them the index, when no slice is left.
    waiting = tuple(str(one) for one in every if not store.slice(one).exists())
    if store.gather(slice.count, _merged, wait=order.wait) or not waiting:
        return replace(report, posts=len(_indexed(about_store(index, store).manifest)))
    return replace(report, waiting=waiting)


def _state(store: Store, order: Order, index: str) -> State:
    analyzer = Analyzer(segmenter=order.config.segmenter, dictionary=order.dictionary)
    return read_state(
        store,
        place=index,
        fingerprint=fingerprint(analyzer.fingerprint),
        timezone=order.config.timezone,
        full=order.full,
    )


def _merged(slices: Sequence[Store]) -> tuple[Mapping[str, bytes], Collection[str]]:
    """What the index of all slices keeps, and the ids of its documents."""
    count = len(slices)
    found = [about_store(f"slice {at}/{count}", one) for at, one in enumerate(slices, 1)]
    settings, manifest = as_one(found)
    return kept(settings, manifest), _indexed(manifest)


def _indexed(manifest: Manifest) -> list[str]:
    return [name for name, entry in manifest.entries.items() if entry.indexed]
