"""How are many files prepared at once? By processes, each at the other end of a pipe of its own.

The pools of the standard library share one pipe among all processes: where one is ended while it
writes, they wait for the rest for ever.
"""

import signal
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

from souwen.index.errors import StoreError
from souwen.index.prepare import Options, Outcome, Preparer, Task

BATCH = 32
"""Files that a process is given at once."""

PATIENCE = 0.002
"""Seconds between two looks at which process has finished; a look takes 0.05 ms."""

Batch = tuple[Task, ...]


def prepare_all(tasks: Iterable[Task], options: Options, *, jobs: int) -> Generator[Outcome]:
    """The outcome of each task, in their order; at most a few batches are held in memory.

    To be closed where not all of them are taken: that ends the processes. Raises StoreError where
    somebody else has ended one.
    """
    if jobs == 1:
        yield from map(Preparer(options).prepare, tasks)
        return
    with _workers(options, jobs) as pipes:
        yield from _in_order(pipes, tasks)


@contextmanager
def _workers(options: Options, jobs: int) -> Iterator[list[Connection]]:
    """The pipes to as many processes; these end with the block, at once where it fails."""
    # Spawned, not forked: forking a process that has threads is not safe.
    context = get_context("spawn")
    pipes, processes = [], []
    try:
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            pipes.append(ours)
            process = context.Process(target=_work, args=(theirs, options), daemon=True)
            with _undisturbed():
                process.start()
            processes.append(process)
            theirs.close()
        yield pipes
    except BaseException:
        for process in processes:
            process.terminate()
        raise
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join()


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


def _work(pipe: Connection, options: Options) -> None:
    """What a process does, until the other end of its pipe is closed or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    preparer = Preparer(options)
    with suppress(EOFError, OSError):
        while True:
            outcomes = []
            for task in pipe.recv():
                # Nothing is sent before there is an answer: this would be the end.
                if pipe.poll():
                    return
                outcomes.append(preparer.prepare(task))
            pipe.send(outcomes)


def _in_order(pipes: list[Connection], tasks: Iterable[Task]) -> Iterator[Outcome]:
    crew = _Crew(pipes, tasks)
    ready: deque[Outcome] = deque()
    looked = 0.0
    while True:
        # Between outcomes, for the processes not to wait for whoever takes them.
        if not ready or time.monotonic() > looked + PATIENCE:
            crew.hand_out()
            looked = time.monotonic()
        if not ready:
            ready.extend(crew.next_answer())
        if not ready:
            return
        yield ready.popleft()


class _Crew:
    """Which process has which batch; each has one at most, so that no pipe can fill up."""

    def __init__(self, pipes: list[Connection], tasks: Iterable[Task]) -> None:
        self._batches = enumerate(_batches(iter(tasks)))
        self._most = 2 * len(pipes)
        self._idle = pipes
        self._busy: dict[Connection, int] = {}
        self._answers: dict[int, list[Outcome]] = {}
        self._next = 0

    def hand_out(self) -> None:
        """Take what is finished, and give out as much as may be held in memory."""
        self._take(timeout=0)
        while self._idle and len(self._busy) + len(self._answers) < self._most:
            number, batch = next(self._batches, (0, None))
            if batch is None:
                return
            pipe = self._idle.pop()
            with _told():
                pipe.send(batch)
            self._busy[pipe] = number

    def next_answer(self) -> list[Outcome]:
        """The outcomes of the next batch, once they are there; none after the last."""
        while self._next not in self._answers and self._busy:
            self._take(timeout=None)
        answer = self._answers.pop(self._next, [])
        self._next += 1
        return answer

    def _take(self, *, timeout: float | None) -> None:
        finished = wait(self._busy, timeout)
        for pipe in [one for one in self._busy if one in finished]:
            with _told():
                self._answers[self._busy[pipe]] = pipe.recv()
            del self._busy[pipe]
            self._idle.append(pipe)


@contextmanager
def _told() -> Iterator[None]:
    """A pipe without another end tells of a process that is no more."""
    try:
        yield
    except (EOFError, OSError) as error:
        raise StoreError(
            "a process that reads posts was ended from outside, perhaps for want of memory; "
            "the index is as it was before; a run with `--jobs 1` needs the least memory"
        ) from error


def _batches(tasks: Iterator[Task]) -> Iterator[Batch]:
    while batch := tuple(islice(tasks, BATCH)):
        yield batch
