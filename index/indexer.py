"""How does an index come to say what its posts say? Plans a run and carries it out."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from souwen.index import history as histories
from souwen.index import manifest as manifests
from souwen.index import settings as all_settings
from souwen.index.analysis import Analyzer
from souwen.index.analysis.words import DictionaryWord
from souwen.index.commands import command
from souwen.index.config import IndexConfig
from souwen.index.dictionary import changed_words
from souwen.index.documents import Notice
from souwen.index.engine import Flaw, Store, Writer
from souwen.index.errors import ConfigError
from souwen.index.forecast import Forecast, forecast
from souwen.index.history import History, Run
from souwen.index.listing import MIB, below
from souwen.index.manifest import Entry, Manifest
from souwen.index.plan import Found, Plan, is_settled, plan, wanted
from souwen.index.roots import Scope, absolute, add, forget, must_exist, within
from souwen.index.schema import fingerprint
from souwen.index.settings import Root, Settings
from souwen.index.slices import Slice
from souwen.index.source import is_still
from souwen.index.state import is_current, read_state
from souwen.index.tally import CONTENT, DICTIONARY, Change, Tally

if TYPE_CHECKING:
    from souwen.index.prepare import Options, Outcome, Task

Progress = Callable[[int, int], None]
MUCH = 2 * MIB
"""Bytes to read from which on it pays to start other processes."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did, or with ``dry_run`` would do.

    ``posts`` counts the posts in the index afterwards: those ``added`` were not there before,
    those ``updated`` were read again and put in the place of what was there, those ``unchanged``
    stayed; those ``removed`` are there no more. ``renamed`` are those that lie elsewhere than
    before, byte by byte the same, and are neither added nor removed, ``drafts`` those left out as
    drafts, ``excluded`` the files left out by rule. ``skipped`` files are not in the index,
    ``warnings`` are about files that are. ``reason`` says why everything was built anew, None
    where it was not. ``reanalyzed`` counts the posts that were read again because they hold a word
    that is new in the user's dictionary, or no more there, or there with another frequency.
    ``waiting`` are the slices, such as ``3/16``, that have still to be run before the new index
    that all of them fill is the one that is searched.
    ``forecast`` is what the run was expected to need, None where it had nothing to read.
    ``changes`` are what would become of each post; only with ``dry_run``.
    """

    posts: int
    added: int
    updated: int
    removed: int
    unchanged: int
    drafts: int
    excluded: int
    skipped: tuple[Notice, ...]
    warnings: tuple[Notice, ...]
    took_ms: float
    index: str
    dry_run: bool = False
    reason: str | None = None
    renamed: int = 0
    reanalyzed: int = 0
    waiting: tuple[str, ...] = ()
    forecast: Forecast | None = field(default=None, compare=False)
    changes: tuple[Change, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do; see ``souwen.index.builder``.

    ``announce`` is told what a run will need before it reads anything. ``notices`` go into the
    report. ``flaws`` are what ``Store.verify`` found: the documents of the parts that it named are
    read again; None where the index is taken to be sound. ``unnamed`` says that just the manifest
    is lost: what the index holds of a file that says just that stays. Posts outside of the
    ``slice`` stay as they are. ``before`` is not None where the store is that slice alone, of an
    index that is built anew: the roots that this had before. ``changed`` are paths as a
    listing has them: where no root is new, a run looks at these instead of ``paths``.
    """

    paths: tuple[Path, ...]
    config: IndexConfig
    dictionary: tuple[DictionaryWord, ...]
    now: datetime
    full: bool = False
    dry_run: bool = False
    drafts: bool = False
    forget: tuple[Path, ...] = ()
    wait: float = 0
    jobs: int = 1
    progress: Progress | None = None
    announce: Callable[[Forecast], None] | None = None
    notices: tuple[Notice, ...] = ()
    flaws: tuple[Flaw, ...] | None = None
    unnamed: bool = False
    slice: Slice | None = None
    before: tuple[Root, ...] | None = None
    changed: tuple[str, ...] = ()


def run(store: Store, order: Order, *, index: str, within: Writer | None = None) -> IndexReport:
    """Bring the store up to date, in one transaction: ``within`` the one that is at work, if any.

    ``index`` names it in the report. Where nothing changed and nobody writes, nothing is written
    and no lock is taken. Raises ConfigError for paths that are not there, StoreError where nothing
    can be written.
    """
    began = time.perf_counter()
    look = _Run(store, order, index)
    if within is not None or order.dry_run or (look.is_idle() and store.check()):
        report = look.carry_out(within)
    else:
        with store.writer(wait=order.wait) as writer:
            if not is_current(look.state, store):
                look = _Run(store, order, index)
            if look.forecast is not None and order.announce is not None:
                order.announce(look.forecast)
            report = look.carry_out(writer)
    return replace(report, took_ms=(time.perf_counter() - began) * 1000)


class _Run:
    """One look at what is there, and what is to be done about it."""

    def __init__(self, store: Store, order: Order, index: str) -> None:
        self._began = time.monotonic()
        self._store = store
        self._order = order
        self._index = index
        self._analyzer = Analyzer(segmenter=order.config.segmenter, dictionary=order.dictionary)
        self._fingerprint = fingerprint(self._analyzer.fingerprint)
        state = read_state(
            store,
            place=index,
            fingerprint=self._fingerprint,
            timezone=order.config.timezone,
            full=order.full,
            damaged=order.flaws is not None,
            unnamed=order.unnamed,
        )
        self.state = replace(state, roots=state.roots or order.before or ())
        self._full = self.state.reason is not None
        self._roots = self._choose_roots()
        self._again = self._hold_changed_words(store)
        # All of an index is of one analysis, whichever part of it is asked for.
        apart = order.before is not None
        everything = self._full or self._again or apart
        if everything and not apart:
            self._must_read_all()
        # No link in these is followed: it may have been put there since, and lead out of the roots.
        changed = order.changed if self._roots == self.state.roots else ()
        self._scope = Scope(() if everything else changed or map(absolute, order.paths))
        there = below(
            self._roots, place=index, config=order.config, scope=self._scope, state=self.state
        )
        self._skipped = [notice for notice in there.skipped if self._is_ours(notice.path)]
        self._excluded = there.excluded
        self._unread = there.unread
        self._files = there.files
        self._steps = self._plan(names=self.state.manifest)
        if order.unnamed and not self._full:
            from souwen.index.recovery import recovered

            manifest = recovered(store, self._steps.read, self._options(), self._entry)
            self.state = replace(self.state, manifest=manifest)
            self._steps = self._plan(names=manifest)

    def is_idle(self) -> bool:
        """Whether the index is as it should be; of files, only those in doubt are read.

        Those that hold what they held stay in doubt, until there is more to be written.
        """
        steps, settings = self._steps, self.state.settings
        return (
            not (self._full or steps.delete or self._order.flaws)
            and settings is not None
            and settings.roots == self._roots
            and settings.dictionary == _triples(self._order.dictionary)
            and all(one.id in self._same or self._is_no_post(one) for one in steps.read)
        )

    @cached_property
    def _same(self) -> frozenset[str]:
        """The files in doubt that are as they were; none where it is no small matter to look."""
        doubtful = self._steps.read
        if _size(doubtful) > MUCH:
            return frozenset()
        return frozenset(one.id for one in doubtful if self._is_same(one))

    def _is_same(self, one: Found) -> bool:
        expected, entry, file = self._digest(one), self.state.manifest.entries.get(one.id), one.file
        if entry is None or (entry.size, entry.mtime) != (file.size, file.mtime_ns):
            return False
        return is_still(file, expected, max_bytes=self._order.config.max_file_mib * MIB)

    def _is_no_post(self, one: Found) -> bool:
        """Whether it can no more be read as a post now than at the last run."""
        if one.id in self.state.manifest.entries or one.file.size > MUCH:
            return False
        from souwen.index.prepare import Preparer, Task

        return Preparer(self._options()).prepare(Task(one)).skipped is not None

    @cached_property
    def forecast(self) -> Forecast | None:
        """What it needs to read the posts that it has to read; None where there are none."""
        read = [one for one in self._steps.read if one.id not in self._same]
        if not read:
            return None
        reason = self.state.reason
        return forecast(self._index, reason=reason, posts=len(read), size=_size(read))

    def _hold_changed_words(self, store: Store) -> frozenset[str]:
        """The posts of which the words differ by what the user's dictionary was and is."""
        settings, order = self.state.settings, self._order
        if self._full or settings is None:
            return frozenset()
        before = tuple(DictionaryWord(*word) for word in settings.dictionary)
        words = changed_words(order.config.segmenter, before, order.dictionary)
        return frozenset(store.ids(words)) if words else frozenset()

    def _choose_roots(self) -> tuple[Root, ...]:
        order = self._order
        roots = forget(self.state.roots, map(absolute, order.forget))
        must_exist(order.paths, roots)
        roots = add(roots, map(absolute, order.paths))
        if not roots and not order.forget:
            example = command(self._index, "index --full FOLDER" if order.full else "index FOLDER")
            raise ConfigError(
                f"no folder to index: name one, as in {example}; later runs remember it"
            )
        return roots

    def _must_read_all(self) -> None:
        if self._order.slice is not None:
            why = self.state.reason or "words of the dictionary changed"
            raise ConfigError(
                f"{why}: all posts have to be read again, and --slice {self._order.slice} has some "
                f"of them; {command(self._index, 'index')} without --slice reads all"
            )

    def carry_out(self, writer: Writer | None) -> IndexReport:
        """Read what changed, write it, and report; how long it took is for the caller to say."""
        if writer is not None and self._order.flaws and not self._full:
            self._discard(writer, self._order.flaws)
        steps, entries = self._steps, self.state.manifest.entries
        if writer is None:
            steps = steps.keeping(self._same)
        tally = Tally(self._kept(steps), wanted=self._order.dry_run, skipped=self._skipped)
        tally.unchanged = sum(entries[name].indexed for name in steps.keep)
        if writer is not None and self._full:
            writer.clear()
        self._delete(steps, writer, tally)
        self._update(steps, writer, tally)
        if writer is not None and self._changed(tally):
            self._keep(writer, tally)
        indexed = [entry for entry in tally.entries.values() if entry.indexed]
        return IndexReport(
            posts=len(indexed),
            added=tally.added,
            updated=tally.updated,
            removed=tally.removed,
            unchanged=tally.unchanged,
            drafts=len(tally.entries) - len(indexed),
            excluded=self._excluded,
            skipped=_sorted(tally.skipped),
            warnings=self._order.notices
            + _sorted(notice for entry in indexed for notice in entry.notices),
            took_ms=0,
            index=self._index,
            dry_run=self._order.dry_run,
            reason=self.state.reason,
            renamed=tally.renamed,
            reanalyzed=sum(one.id in self._again for one in steps.read),
            forecast=self.forecast,
            changes=tuple(tally.changes.values()),
        )

    def _discard(self, writer: Writer, flaws: Iterable[Flaw]) -> None:
        """Give up what is damaged, and forget what was in it: those posts are as good as new."""
        parts = {flaw.part for flaw in flaws if not flaw.whole}
        before, left = self.state.manifest, set(writer.discard(parts))
        entries = before.entries
        for name in left.difference(entries):
            writer.delete(name)
        found = {
            name: entry for name, entry in entries.items() if name in left or not entry.indexed
        }
        self.state = replace(self.state, manifest=replace(self.state.manifest, entries=found))
        self._steps = self._plan(names=before)

    def _is_ours(self, id: str) -> bool:
        return self._order.slice is None or self._order.slice.holds(id)

    def _plan(self, names: Manifest) -> Plan:
        """What is to be done about all files, so that every slice gives them the same ids."""
        return plan(
            self._files,
            self.state.manifest,
            scope=partial(self._is_known, labels={root.label for root in self._roots}),
            drafts=self._order.drafts,
            again=self.state.manifest.entries if self._full else self._again,
            names=names,
            ours=None if self._order.slice is None else self._is_ours,
        )

    def _is_known(self, name: str, *, labels: Collection[str]) -> bool:
        """Whether this run knows that a post is gone, of which it found no file."""
        entry = self.state.manifest.entries[name]
        if entry.root in labels and not (self._scope.covers(entry.path) and self._is_ours(name)):
            return False
        return not any(within(entry.path, one) for one in self._unread)

    def _kept(self, steps: Plan) -> dict[str, Entry]:
        """The entries that this run does not touch, and those that it found unchanged."""
        touched = {one.id for one in steps.read}.union(steps.delete)
        entries = self.state.manifest.entries
        return {name: entry for name, entry in entries.items() if name not in touched}

    def _delete(self, steps: Plan, writer: Writer | None, tally: Tally) -> None:
        for name in steps.delete:
            entry = self.state.manifest.entries[name]
            tally.leave(entry)
            if writer is not None:
                writer.delete(name)

    def _update(self, steps: Plan, writer: Writer | None, tally: Tally) -> None:
        if not steps.read:
            return
        # What reads posts takes 0.1 s to import.
        from souwen.index.prepare import Preparer
        from souwen.index.workers import share_out

        tasks = self._tasks(steps.read)
        share_out(
            partial(Preparer, self._options()),
            tasks,
            jobs=self._order.jobs if _size(steps.read) > MUCH else 1,
            writer=writer,
            take=lambda outcomes: self._take(outcomes, len(tasks), writer, tally),
        )

    def _options(self) -> "Options":
        from souwen.index.prepare import Options

        order = self._order
        return Options(
            segmenter=order.config.segmenter,
            dictionary=order.dictionary,
            timezone=order.config.timezone,
            now=order.now,
            drafts=order.drafts,
            max_bytes=order.config.max_file_mib * MIB,
            began=self._began,
        )

    def _take(
        self, outcomes: "Iterable[Outcome]", total: int, writer: Writer | None, tally: Tally
    ) -> None:
        for done, outcome in enumerate(outcomes, 1):
            self._apply(outcome, writer, tally)
            if self._order.progress is not None:
                self._order.progress(done, total)

    def _tasks(self, found: Sequence[Found]) -> "list[Task]":
        from souwen.index.prepare import Task

        return [Task(one, self._digest(one)) for one in found]

    def _digest(self, one: Found) -> str | None:
        """The digest by which the file may turn out to be unchanged."""
        entry = self.state.manifest.entries.get(one.id)
        if entry is None or self._full or one.id in self._again:
            return None
        return entry.digest if wanted(entry, drafts=self._order.drafts) else None

    def _apply(self, outcome: "Outcome", writer: Writer | None, tally: Tally) -> None:
        name, before = outcome.found.id, self.state.manifest.entries.get(outcome.found.id)
        was_indexed = before is not None and before.indexed
        if outcome.unchanged and before is not None:
            tally.unchanged += before.indexed
            tally.entries[name] = self._seen(outcome, before)
            return
        if outcome.skipped is not None:
            tally.skipped.append(outcome.skipped)
        else:
            tally.entries[name] = self._entry(
                outcome,
                draft=outcome.draft,
                indexed=outcome.indexed,
                notices=outcome.notices,
            )
        tally.count(outcome, before, self._why(name))
        if outcome.ms is not None:
            tally.took[name] = outcome.ms
        if writer is not None and outcome.document is not None:
            writer.put(outcome.document)
        elif writer is not None and (was_indexed or outcome.taken):
            writer.delete(name)

    def _why(self, id: str) -> str:
        """Why a post is read that is in the index, and not as it was."""
        if self.state.reason is not None:
            return self.state.reason
        return DICTIONARY if id in self._again else CONTENT

    def _changed(self, tally: Tally) -> bool:
        settings, before = self.state.settings, self.state.manifest
        return (
            self._full
            or bool(self._order.flaws)
            or settings is None
            or settings.roots != self._roots
            or settings.dictionary != _triples(self._order.dictionary)
            or tally.entries != before.entries
        )

    def _keep(self, writer: Writer, tally: Tally) -> None:
        order = self._order
        settings = Settings(
            fingerprint=self._fingerprint,
            segmenter=order.config.segmenter,
            timezone=order.config.timezone,
            dictionary=_triples(order.dictionary),
            roots=self._roots,
        )
        writer.keep(all_settings.NAME, all_settings.dump(settings))
        before = Manifest() if self._full else self.state.manifest
        for name, content in manifests.kept(tally.entries, self._roots, before).items():
            writer.keep(name, content)
        writer.keep(histories.NAME, histories.dump(self._history(tally)))

    def _history(self, tally: Tally) -> History:
        posts = {name for name, entry in tally.entries.items() if entry.indexed}
        run = Run(
            began=self._order.now.astimezone(UTC).isoformat(timespec="seconds"),
            took_ms=round((time.monotonic() - self._began) * 1000, 1),
            reason=self.state.reason,
            posts=len(posts),
            added=tally.added,
            updated=tally.updated,
            renamed=tally.renamed,
            removed=tally.removed,
            skipped=len(tally.skipped),
        )
        before = histories.load(self._store.kept(histories.NAME))
        return histories.after(before, run, tally.took, posts)

    def _seen(self, outcome: "Outcome", before: Entry) -> Entry:
        """The entry of a file whose bytes are those that it had."""
        return self._entry(
            outcome, draft=before.draft, indexed=before.indexed, notices=before.notices
        )

    def _entry(
        self, outcome: "Outcome", *, draft: bool, indexed: bool, notices: tuple[Notice, ...]
    ) -> Entry:
        file = outcome.found.file
        return Entry(
            path=file.path,
            root=outcome.found.root,
            size=file.size,
            mtime=file.mtime_ns,
            digest=outcome.digest,
            settled=is_settled(file.mtime_ns, began=self._order.now.timestamp(), read=outcome.read),
            draft=draft,
            indexed=indexed,
            notices=notices,
        )


def _size(found: Iterable[Found]) -> int:
    return sum(one.file.size for one in found)


def _triples(words: Iterable[DictionaryWord]) -> tuple[tuple[str, int | None, str | None], ...]:
    return tuple((one.word, one.frequency, one.tag) for one in words)


def _sorted(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Notices by file and line, whichever run they come from."""
    return tuple(sorted(notices, key=lambda notice: (notice.path, notice.line or 0)))
