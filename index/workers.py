"""How are many posts prepared at once? By processes, each at the other end of a pipe of its own.

The pools of the standard library share one pipe among all processes: where one is ended while it
writes, they wait for the rest for ever.
"""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from souwen.index.engine import Part, SharedWriter, Writer
from souwen.index.errors import StoreError

BATCH = 32
"""Tasks that a process is given at once."""

FEW = 4
"""Requests for each process that may be answered before an earlier one is, of large answers."""

MANY = 256
"""The same, of small answers and for all processes: as many as one takes to write a segment."""

_FEW_CYCLES = 20_000
"""Objects more than there were, after which a process looks for cycles among the new ones."""

Request = tuple[str, Any]
"""The name of a method of ``_Hand``, and its argument."""

MakePart = Callable[[], Part]


class Preparer(Protocol):
    """Makes outcomes of tasks; either can be sent to another process.

    An outcome is a dataclass with a ``document``, which may be None, and ``taken``, which says that
    it is with a part already.
    """

    def prepare_all(self, tasks: Iterable[Any], /) -> Iterator[Any]:
        """What becomes of each task, in their order; what it raises ends the run."""
        ...


def share_out(
    preparer: Callable[[], Preparer],
    tasks: Iterable[Any],
    *,
    jobs: int,
    writer: Writer | None,
    take: Callable[[Iterator[Any]], None],
) -> None:
    """Have as many processes prepare tasks, and give ``take`` the outcomes in their order.

    Documents that they hold are to be put; the others are with the writer, or will be.
    """
    if jobs == 1:
        take(preparer().prepare_all(tasks))
        return
    with crew(preparer, jobs) as workers:
        shared = writer if isinstance(writer, SharedWriter) else None
        take(workers.prepare(tasks, shared.part if shared is not None else lambda: None))
        if shared is not None:
            shared.adopt(workers.finish(), workers.spread)


class Crew:
    """Processes that do as they are told; made by ``crew``."""

    def __init__(self, pipes: list[Connection]) -> None:
        self._pipes = pipes
        self._joined: list[Connection] = []

    def prepare(self, tasks: Iterable[Any], part: Callable[[], MakePart | None]) -> Iterator[Any]:
        """The outcome of each task, in their order; at most a few batches are held in memory.

        As soon as ``part`` gives what makes parts, each process puts its documents into its own.
        """
        batches = (("prepare", batch) for batch in _batches(iter(tasks)))
        turns = _Turns(self._pipes, batches, lambda pipe: self._join(pipe, part), self._ahead)
        for outcomes in turns:
            yield from outcomes

    def _ahead(self) -> int:
        """Batches whose outcomes may wait for one before them: few while they hold documents."""
        return MANY if len(self._joined) == len(self._pipes) else FEW * len(self._pipes)

    def _join(self, pipe: Connection, part: Callable[[], MakePart | None]) -> None:
        if pipe not in self._joined and (make := part()):
            with _told():
                pipe.send(("join", make))
            self._joined.append(pipe)

    def finish(self) -> Iterator[Any]:
        """What each part has finished; begins at once."""
        for pipe in self._joined:
            with _told():
                pipe.send(("finish", None))
        return map(_answer, self._joined)

    def spread(self, calls: Sequence[Callable[[], Any]]) -> Iterator[Any]:
        """What comes of each call, in order; the first ones begin at once."""
        turns = _Turns(self._pipes, (("call", one) for one in calls))
        turns.hand_out()
        return iter(turns)


@contextmanager
def crew(preparer: Callable[[], Preparer], jobs: int) -> Iterator[Crew]:
    """As many processes, each with a preparer; they end with the block, at once where it fails.

    Whatever is asked of them raises StoreError where somebody else has ended one.
    """
    # Spawned, not forked: forking a process that has threads is not safe.
    context = get_context("spawn")
    pipes, processes = [], []
    try:
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            pipes.append(ours)
            process = context.Process(target=_work, args=(theirs, preparer), daemon=True)
            with _undisturbed():
                process.start()
            processes.append(process)
            theirs.close()
        yield Crew(pipes)
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
    from multiprocessing.resource_tracker import ensure_running

    # Where the tracker is started by the first process, it unblocks the signal before that one is.
    ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Hand:
    """What a process can be asked to do."""

    def __init__(self, preparer: Preparer) -> None:
        self._preparer = preparer
        self._part: Part | None = None

    def prepare(self, tasks: Iterable[Any]) -> list[Any]:
        """What became of each task."""
        return [self._kept(outcome) for outcome in self._preparer.prepare_all(tasks)]

    def _kept(self, outcome: Any) -> Any:
        if self._part is None or outcome.document is None:
            return outcome
        self._part.put(outcome.document)
        return replace(outcome, document=None, taken=True)

    def join(self, make: MakePart) -> None:
        """From now on put documents into a part."""
        self._part = make()

    def finish(self, _: None) -> Any:
        """What the part has finished; nothing can be prepared any more."""
        part, self._part = self._part, None
        del self._preparer
        # What it remembers is in cycles with what is not looked at since it was frozen.
        gc.unfreeze()
        gc.collect()
        return part and part.finish()

    def call(self, function: Callable[[], Any]) -> Any:
        """What it returns."""
        return function()


def _work(pipe: Connection, preparer: Callable[[], Preparer]) -> None:
    """What a process does, until the other end of its pipe is closed or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    hand = _Hand(preparer())
    # Posts leave few cycles behind, and what is loaded by now none: looking for them took 3 %.
    gc.freeze()
    gc.set_threshold(_FEW_CYCLES)
    with suppress(EOFError, OSError):
        while True:
            name, argument = pipe.recv()
            answer: tuple[Exception | None, Any]
            try:
                answer = None, getattr(hand, name)(argument)
            except Exception as error:
                answer = error, None
            if name != "join":
                pipe.send(answer)


def _end_with_parent() -> None:
    """However that ends, and whatever this process is at."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


class _Turns:
    """Has each process do a request at a time, so that no pipe can fill up; answers in order.

    ``ahead`` says how many may be given out, or answered and not yet taken, at the moment.
    """

    def __init__(
        self,
        pipes: list[Connection],
        requests: Iterator[Request],
        before: Callable[[Connection], None] | None = None,
        ahead: Callable[[], int] = lambda: MANY,
    ) -> None:
        self._requests = enumerate(requests)
        self._before = before
        self._ahead = ahead
        self._idle = list(pipes)
        self._busy: dict[Connection, int] = {}
        self._answers: dict[int, Any] = {}
        self._next = 0

    def __iter__(self) -> Iterator[Any]:
        self.hand_out()
        while self._busy or self._answers:
            yield self._next_answer()
            self.hand_out()

    def hand_out(self) -> None:
        """Take what is finished, and give out as much as may be held in memory."""
        self._take(timeout=0)
        while self._idle and len(self._busy) + len(self._answers) < self._ahead():
            number, request = next(self._requests, (0, None))
            if request is None:
                return
            pipe = self._idle.pop()
            if self._before is not None:
                self._before(pipe)
            with _told():
                pipe.send(request)
            self._busy[pipe] = number

    def _next_answer(self) -> Any:
        while self._next not in self._answers:
            self._take(timeout=None)
            # Where one is at something that takes long, the others go on.
            self.hand_out()
        self._next += 1
        return self._answers.pop(self._next - 1)

    def _take(self, *, timeout: float | None) -> None:
        finished = wait(self._busy, timeout)
        for pipe in [one for one in self._busy if one in finished]:
            self._answers[self._busy[pipe]] = _answer(pipe)
            del self._busy[pipe]
            self._idle.append(pipe)


def _answer(pipe: Connection) -> Any:
    with _told():
        error, answer = pipe.recv()
    if error is not None:
        raise error
    return answer


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


def _batches(tasks: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    while batch := tuple(islice(tasks, BATCH)):
        yield batch
