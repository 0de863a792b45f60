"""How is an index kept up to date for years? Runs follow changes, time, and each other's failures.

A watch only decides when to look, and where: each look is an ordinary run, all or nothing. Where
the system tells of changes these are looked at; now and then everything is, for what it did not
tell. Where it does not tell (network folders), everything is looked at as often as is cheap.
"""

import gc
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from souwen.index import health as healths
from souwen.index import settings as all_settings
from souwen.index.builder import Place, build, open_store, several
from souwen.index.config import IndexConfig
from souwen.index.engine import Store
from souwen.index.errors import ConfigError, EngineUnavailable, SouwenError
from souwen.index.filesystems import is_remote
from souwen.index.health import Health, LastRun
from souwen.index.indexer import IndexReport
from souwen.index.places import engine_of
from souwen.index.processes import identity
from souwen.index.roots import absolute, must_exist
from souwen.index.settings import Root, load_roots

if TYPE_CHECKING:
    from souwen.index.changes import Changes

LOOK = 600.0
"""Seconds after which everything is looked at, whatever the system told."""

POLL = 30.0
"""Seconds between two looks at everything where the system tells nothing."""

SPARE = 20
"""Looks at everything take one part in so many of the time at most."""

REST = 60.0
"""Under load a run waits as long as the last one took, at most so many seconds."""

BACK_OFF = (1.0, 300.0)
"""Seconds until a failed run is done again: at first, doubled each time, and at most."""

Why = Literal["start", "changes", "interval", "look", "retry"]
Mode = Literal["events", "polling", "interval", "once"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of a watch: when and why it began, and its report, or what it failed with.

    A failed one is done again after ``retry`` seconds.
    """

    began: datetime
    why: Why
    took_ms: float
    report: IndexReport | None = None
    error: Exception | None = None
    retry: float | None = None

    @property
    def is_news(self) -> bool:
        """Whether it was asked for, or found anything to do."""
        report = self.report
        return self.why != "look" or report is None or changed(report)


def changed(report: IndexReport) -> bool:
    """Whether the run changed which posts are in the index, or what they say."""
    counts = (report.added, report.updated, report.renamed, report.removed)
    return any(counts) or report.reason is not None


def watch(  # noqa: PLR0913
    paths: Place | Sequence[Place] = (),
    *,
    index: Place = ".souwen",
    config: IndexConfig | Callable[[], IndexConfig] = IndexConfig(),  # noqa: B008
    drafts: bool | None = None,
    jobs: int | None = None,
    wait: float = 10,
    once: bool = False,
    interval: float | None = None,
    poll: bool = False,
    health: Place | None = None,
    tell: Callable[[Turn], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Keep the index of these folders, or files, of posts up to date until ``stop`` is set.

    Without ``paths`` the folders that were indexed before are followed. ``once`` does one run and
    returns; ``interval`` does one each so many seconds, and nothing else; ``poll`` does not rely on
    the system to tell of changes. ``tell`` is called after each run; a ``Turn`` that is no news
    may be passed over. ``health`` is a file to say how the watch is, by default ``health.json`` in
    the directory of the index; ``once`` leaves it to a watch that runs. ``config`` is asked before
    each run where it is a function. The others are those of ``build``.

    A run that fails is told of and done again, later each time; it never ends the watch. Raises
    ConfigError for a path that is not there at first, and what is wrong at first with the index but
    that its cluster does not answer; with ``once`` whatever ``build`` raises.
    """
    address = os.fspath(index)
    usual = Path(address) / healths.NAME if engine_of(address) == "whoosh" else None
    file = usual if health is None else Path(health)
    if once and file is not None and healths.is_kept(file):
        file = None
    plan = _Plan(
        paths=tuple(Path(place).absolute() for place in several(paths)),
        index=address,
        config=config if callable(config) else lambda: config,
        drafts=drafts,
        jobs=jobs,
        wait=wait,
        once=once,
        interval=interval,
        poll=poll,
        health=file,
        tell=tell or _pass_over,
        stop=stop or threading.Event(),
    )
    _Watch(plan).run()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a watch is asked to do; see ``watch``."""

    paths: tuple[Path, ...]
    index: str
    config: Callable[[], IndexConfig]
    drafts: bool | None
    jobs: int | None
    wait: float
    once: bool
    interval: float | None
    poll: bool
    health: Path | None
    tell: Callable[[Turn], None]
    stop: threading.Event


class _Watch:
    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self._store: Store = open_store(plan.index)
        self._known: tuple[Root, ...] = ()
        self._changes: Changes | None = None
        self._followed: tuple[str, ...] = ()
        self._behind = False
        self._following = ExitStack()
        self._took = 0.0
        self._health = Health(
            pid=os.getpid(),
            host=socket.gethostname(),
            state="running",
            mode="once" if plan.once else "interval" if plan.interval else "polling",
            since=_iso(datetime.now(UTC)),
            process=identity(os.getpid()),
        )

    def run(self) -> None:
        """Until it is to stop, or a signal raises KeyboardInterrupt."""
        # What does not pass by itself people must know at once.
        with suppress(EngineUnavailable):
            self._known = self._indexed()
        must_exist(self._plan.paths, self._known)
        self._plan.config()
        try:
            with self._following:
                self._follow()
                for why, paths in self._occasions():
                    self._turn(why, paths)
                    # What changed between the run and this is not told.
                    self._behind = self._follow()
        finally:
            self._say(state="stopped")

    def _indexed(self) -> tuple[Root, ...]:
        return load_roots(self._store.kept(all_settings.NAME)) if self._store.exists() else ()

    def _roots(self) -> tuple[Root, ...]:
        """Those of the index; those that it had where it cannot be asked just now."""
        with suppress(SouwenError, OSError):
            self._known = self._indexed()
        return self._known

    def _occasions(self) -> Iterator[tuple[Why, tuple[str, ...]]]:
        """When to run, why, and which paths changed; no path means that all may have."""
        plan = self._plan
        yield "start", ()
        while not (plan.once or plan.stop.is_set()):
            began, why = time.monotonic(), self._why()
            paths: tuple[str, ...] = ()
            if why != "changes":
                self._sleep(self._pause(why))
            elif self._changes is not None:
                self._sleep(min(self._took, REST))
                until = began + max(LOOK, SPARE * self._took)
                batch = self._changes.wait(until=until, stop=plan.stop)
                if batch is None:
                    why = "look"
                elif not batch.lost:
                    paths = batch.paths
            if not plan.stop.is_set():
                yield why, paths

    def _why(self) -> Why:
        """What the next run is to wait for."""
        if self._health.failures:
            return "retry"
        if self._plan.interval is not None:
            return "interval"
        return "look" if self._behind or self._changes is None else "changes"

    def _pause(self, why: Why) -> float:
        """Seconds until the next run where it does not wait for changes."""
        if why == "retry":
            return back_off(self._health.failures)
        if self._plan.interval is not None:
            return max(0, self._plan.interval - self._took)
        return 0 if self._behind else max(POLL, SPARE * self._took)

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        # Windows heeds Ctrl-C only between two waits.
        while not self._plan.stop.wait(min(1, max(0, left := until - time.monotonic()))):
            if left <= 0:
                return

    def _turn(self, why: Why, paths: tuple[str, ...]) -> None:
        began, clock = datetime.now(UTC), time.monotonic()
        report, failure = None, None
        try:
            with self._interruptible(began):
                report = self._build(paths)
        except Exception as error:
            if self._ends(error, why):
                self._ran(Turn(began, why, _since(clock), error=error))
                raise
            failure = error
        took = _since(clock)
        retry = back_off(self._health.failures + 1) if failure else None
        turn = Turn(began, why, took, report, failure, retry)
        if not paths:
            self._took = took / 1000
        self._ran(turn)
        self._plan.tell(turn)
        # What runs for months cannot leave this to thresholds that suit a short run.
        gc.collect()

    def _build(self, paths: tuple[str, ...]) -> IndexReport:
        plan = self._plan
        return build(
            plan.paths,
            changed=paths,
            index=plan.index,
            config=plan.config(),
            drafts=plan.drafts,
            jobs=plan.jobs,
            wait=plan.wait,
        )

    def _ends(self, error: Exception, why: Why) -> bool:
        """Whether it is no use to try again."""
        first = why == "start" and isinstance(error, ConfigError)
        return self._plan.once or (first and not self._roots())

    @contextmanager
    def _interruptible(self, began: datetime) -> Iterator[None]:
        clock = time.monotonic()
        try:
            yield
        except KeyboardInterrupt:
            run = LastRun(_iso(began), _since(clock), "interrupted")
            self._health = replace(self._health, run=run)
            raise

    def _follow(self) -> bool:
        """Have changes told below the roots as they are now.

        Whether that is new, or no longer so: then some may have been missed.
        """
        plan = self._plan
        if plan.once or plan.interval is not None or plan.poll:
            return False
        roots = tuple(map(absolute, plan.paths)) or tuple(root.path for root in self._roots())
        if roots == self._followed and self._changes is not None and self._changes.is_sound:
            return False
        told = self._changes is not None
        self._following.close()
        self._changes, self._followed = None, roots
        if roots and not any(map(is_remote, roots)):
            self._changes = self._followed_changes(roots)
        mode: Mode = "polling" if self._changes is None else "events"
        self._health = replace(self._health, mode=mode)
        return told or self._changes is not None

    def _followed_changes(self, roots: tuple[str, ...]) -> "Changes | None":
        from souwen.index.changes import Changes

        try:
            return self._following.enter_context(
                Changes(roots, without=[absolute(Path(self._plan.index))])
            )
        except OSError:
            # There may be more folders than the system follows, or a root may be gone just now.
            return None

    def _ran(self, turn: Turn) -> None:
        run, ended = _last_run(turn), _iso(datetime.now(UTC))
        if turn.report is None:
            failures = self._health.failures + 1
            self._say(run=run, failures=failures)
        else:
            self._say(run=run, failures=0, posts=turn.report.posts, succeeded=ended)

    def _say(self, **news: object) -> None:
        self._health = replace(self._health, **news)  # type: ignore[arg-type]
        if self._plan.health is None:
            return
        try:
            healths.write(self._health, self._plan.health)
        except OSError:
            # The disk may be full, which the run itself says; what is wrong ends no watch.
            return


def _pass_over(turn: Turn) -> None:
    """What becomes of a run of which nobody is to be told."""


def back_off(failures: int) -> float:
    """How many seconds after so many failures to try again."""
    first, most = BACK_OFF
    return float(min(first * 2 ** min(failures - 1, 30), most))


def told(error: Exception) -> str:
    """An error in words."""
    if isinstance(error, (SouwenError, OSError)):
        return str(error)
    return f"this is a bug of souwen: {type(error).__name__}: {error}"


def _last_run(turn: Turn) -> LastRun:
    began, report = _iso(turn.began), turn.report
    if report is None:
        error = None if turn.error is None else told(turn.error)
        return LastRun(began, turn.took_ms, "failed", error)
    return LastRun(
        began,
        turn.took_ms,
        "done",
        None,
        report.added,
        report.updated,
        report.renamed,
        report.removed,
        len(report.skipped),
    )


def _since(clock: float) -> float:
    return round((time.monotonic() - clock) * 1000, 1)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
