"""What becomes of one file? Read, loaded and analyzed, in this process or in many."""

import hashlib
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from multiprocessing import get_context
from zoneinfo import ZoneInfo

from souwen.index.analysis import Analyzer
from souwen.index.analysis.words import DictionaryWord, Name
from souwen.index.analyzed import analyze_document
from souwen.index.documents import AnalyzedDocument, Notice
from souwen.index.errors import PostError, StoreError
from souwen.index.loading import load_document
from souwen.index.plan import Found
from souwen.index.source import read_file

BATCH = 32
"""Files that a process is given at once."""


@dataclass(frozen=True, slots=True)
class Options:
    """All that decides what becomes of a file; can be sent to another process."""

    segmenter: Name
    dictionary: tuple[DictionaryWord, ...]
    timezone: str
    now: datetime
    drafts: bool
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read; ``digest`` is what it was at the last run, None where it must be loaded."""

    found: Found
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: analyzed, or a draft, or unchanged after all, or skipped for a reason."""

    found: Found
    digest: str = ""
    document: AnalyzedDocument | None = None
    draft: bool = False
    unchanged: bool = False
    notices: tuple[Notice, ...] = ()
    skipped: Notice | None = None


class Preparer:
    """Prepares files one after the other with one analyzer."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._analyzer = Analyzer(segmenter=options.segmenter, dictionary=options.dictionary)
        self._timezone = ZoneInfo(options.timezone)

    def prepare(self, task: Task) -> Outcome:
        """Never raises over a file: one broken post must not stop a run."""
        path = task.found.file.path
        try:
            return self._prepare(task)
        except PostError as error:
            return Outcome(task.found, skipped=Notice(error.path, error.reason, error.line))
        except Exception as error:
            reason = f"souwen failed on this file ({type(error).__name__}: {error}); please report"
            return Outcome(task.found, skipped=Notice(path, reason))

    def _prepare(self, task: Task) -> Outcome:
        found, options = task.found, self._options
        data = read_file(found.file, max_bytes=options.max_bytes)
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        if digest == task.digest:
            return Outcome(found, digest, unchanged=True)
        loaded = load_document(
            data, id=found.id, path=found.file.path, timezone=self._timezone, now=options.now
        )
        draft = loaded.draft or found.file.draft_folder
        if draft and not options.drafts:
            return Outcome(found, digest, draft=True, notices=loaded.notices)
        analyzed = analyze_document(loaded.document, self._analyzer)
        return Outcome(found, digest, analyzed, draft=draft, notices=loaded.notices)


def prepare_all(tasks: Iterable[Task], options: Options, *, jobs: int) -> Generator[Outcome]:
    """The outcome of each task, in their order; at most a few batches are held in memory.

    To be closed where not all of them are taken: that ends the processes. Raises StoreError where
    somebody else has ended one.
    """
    if jobs == 1:
        yield from map(Preparer(options).prepare, tasks)
        return
    # Spawned, not forked: forking a process that has threads is not safe.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (options,))
    try:
        yield from _in_order(pool, tasks, ahead=2 * jobs)
    except BrokenProcessPool as error:
        raise StoreError(
            "a process that reads posts was ended from outside, perhaps for want of memory; "
            "the index is as it was before; `souwen index --jobs 1` needs the least memory"
        ) from error
    except BaseException:
        _terminate(pool)
        raise
    pool.shutdown()


def _terminate(pool: ProcessPoolExecutor) -> None:
    """End the processes at once, as ``terminate_workers`` does from Python 3.14 on."""
    processes = tuple((pool._processes or {}).values())
    pool.shutdown(wait=False)
    for process in processes:
        process.terminate()


def _in_order(pool: ProcessPoolExecutor, tasks: Iterable[Task], *, ahead: int) -> Iterator[Outcome]:
    batches = _batches(iter(tasks))
    waiting: deque[Future[list[Outcome]]] = deque()
    while True:
        with _undisturbed():
            room = ahead - len(waiting)
            waiting.extend(pool.submit(_run, batch) for batch in islice(batches, room))
        if not waiting:
            return
        yield from waiting.popleft().result()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that are started in here never see Ctrl-C, which is for this one to heed."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _batches(tasks: Iterator[Task]) -> Iterator[tuple[Task, ...]]:
    while batch := tuple(islice(tasks, BATCH)):
        yield batch


_preparer: Preparer


def _begin(options: Options) -> None:
    global _preparer  # noqa: PLW0603
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _preparer = Preparer(options)


def _run(batch: tuple[Task, ...]) -> list[Outcome]:
    return [_preparer.prepare(task) for task in batch]
