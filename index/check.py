"""Is an index sound? Index, manifest and posts are held against each other, and mended."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from souwen.index import manifest as manifests
from souwen.index import settings as all_settings
from souwen.index.builder import Place, must_be_there
from souwen.index.commands import command
from souwen.index.config import IndexConfig
from souwen.index.dictionary import read_dictionary
from souwen.index.engine import Flaw, Store, of_one_commit
from souwen.index.errors import ConfigError, StoreCorrupt
from souwen.index.history import NAME as HISTORY
from souwen.index.indexer import IndexReport, Order, run
from souwen.index.manifest import CHANGES, NAME, Manifest
from souwen.index.state import kept_files

_DEFAULTS = IndexConfig()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    ``flaws`` are what is wrong in the index; ``behind`` says what the next run would do, None
    where that cannot be said, for the reason in ``unknown``. ``repair`` is the run that mended the
    flaws, None where none did.
    """

    index: str
    flaws: tuple[Flaw, ...]
    behind: IndexReport | None
    unknown: str
    repair: IndexReport | None
    took_ms: float

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong, be it that all was mended."""
        return not self.flaws or self.repair is not None

    @property
    def reread(self) -> int | None:
        """How many posts were indexed again to mend it; None where nothing was mended."""
        return None if self.repair is None else self.repair.added + self.repair.updated


def check(
    index: Place = ".souwen",
    *,
    config: IndexConfig = _DEFAULTS,
    repair: bool = False,
    now: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CheckReport:
    """Read all of an index and compare it with its manifest and its posts.

    ``repair`` builds what is damaged anew: the posts of damaged parts, and where it is lost which
    files were indexed, those of which the index does not hold what they say; all posts where what
    the index covers can no longer be read. ``progress`` as for ``build``.

    Raises StoreMissing where there is no index, and with ``repair`` what ``build`` raises.
    """
    began = time.perf_counter()
    place, store = os.fspath(index), must_be_there(index)
    seen, flaws = store.generation(), tuple(_flaws(store, place))
    words, doubtful = read_dictionary(config)
    order = Order(
        (),
        config,
        words,
        now or datetime.now(UTC),
        jobs=config.jobs or 1,
        progress=progress,
        notices=doubtful,
    )
    mended = behind = None
    unknown = "it is damaged"
    if flaws and repair:
        with store.writer() as writer:
            if store.generation() != seen:
                flaws = tuple(_flaws(store, place))
            if flaws:
                mended = run(store, _to_mend(flaws, order), index=place, within=writer)
    if mended or not flaws:
        try:
            behind = run(store, replace(order, dry_run=True, progress=None), index=place)
        except ConfigError as error:
            unknown = str(error)
    took = (time.perf_counter() - began) * 1000
    return CheckReport(place, flaws, behind, unknown if behind is None else "", mended, took)


def _to_mend(flaws: tuple[Flaw, ...], order: Order) -> Order:
    unnamed = _is_just_the_manifest(flaws)
    full = any(flaw.whole for flaw in flaws) and not unnamed
    return replace(order, flaws=flaws, full=full, unnamed=unnamed)


def _is_just_the_manifest(flaws: Iterable[Flaw]) -> bool:
    """Whether it is lost which files were indexed, and nothing else of use."""
    lost = {flaw.part for flaw in flaws if not flaw.part.startswith(HISTORY)}
    return bool(lost) and all(part.startswith((NAME, CHANGES)) for part in lost)


def _flaws(store: Store, place: str) -> Iterator[Flaw]:
    found = tuple(store.verify())
    yield from found
    kept, ids = of_one_commit(
        store, lambda: (kept_files(store), frozenset(() if found else store.ids()))
    )
    try:
        all_settings.load(kept[all_settings.NAME], place=place)
        manifest = manifests.load(kept.get, place=place)
    except StoreCorrupt as error:
        if not found:
            yield Flaw(Path(error.path).name, str(error), whole=True)
        return
    if not found:
        yield from _against_manifest(manifest, ids)


def _against_manifest(manifest: Manifest, ids: frozenset[str]) -> Iterator[Flaw]:
    expected = {name for name, entry in manifest.entries.items() if entry.indexed}
    for name in sorted(expected - ids):
        yield Flaw(name, "the manifest names this post, the index does not hold it")
    for name in sorted(ids - expected):
        yield Flaw(name, "the index holds this post, the manifest does not name it")


def lines(report: CheckReport) -> Iterator[str]:
    """The report for people."""
    for flaw in report.flaws:
        yield f"{flaw.part}: {flaw.reason}"
    if report.reread is not None:
        yield f"mended {len(report.flaws)} flaws: {report.reread} posts were indexed again"
    elif report.flaws:
        yield (
            f"{len(report.flaws)} flaws; {command(report.index, 'check --repair')} mends them by "
            "reading posts again"
        )
    if report.behind is None:
        yield f"whether posts changed since is not known: {report.unknown}"
    elif changes := _changes(report.behind):
        yield f"since the last run {changes}; {command(report.index, 'index')} brings it up to date"
    if report.sound and report.behind is not None:
        yield f"sound: posts {report.behind.unchanged} ({report.took_ms / 1000:.1f} s)"


def _changes(behind: IndexReport) -> str:
    if behind.reason is not None:
        return f"all is to be built anew: {behind.reason}"
    counted = (
        (behind.added, "new"),
        (behind.updated, "changed"),
        (behind.renamed, "renamed"),
        (behind.removed, "gone"),
        (len(behind.skipped), "unreadable"),
    )
    return ", ".join(f"{count} posts are {what}" for count, what in counted if count)


def as_json(report: CheckReport) -> dict[str, object]:
    """The report for programs."""
    behind = report.behind
    return {
        "version": 1,
        "index": report.index,
        "sound": report.sound,
        "flaws": [{"part": flaw.part, "reason": flaw.reason} for flaw in report.flaws],
        "repaired": report.reread,
        "behind": None
        if behind is None
        else {
            "added": behind.added,
            "updated": behind.updated,
            "renamed": behind.renamed,
            "removed": behind.removed,
            "reason": behind.reason,
        },
        "unknown": report.unknown or None,
        "took_ms": round(report.took_ms, 1),
    }
