"""How is an engine measured by itself? In a process of its own, at the other end of a pipe."""

import gc
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from race.corpus import Corpus, Post
from race.engine import ENTRIES, Answer
from race.kinds import Question, questions

_BATCH = 1_000


class Worker:
    """What a process can be told to do, with one engine and one corpus.

    Where it only searches, it holds nothing of the corpus but the questions.
    """

    def __init__(self, name: str, place: Path) -> None:
        self._engine = ENTRIES[name].make()
        self._place = place
        self._questions = questions(place)
        self._ready: Any = None
        self._searching: Any = None

    @cached_property
    def _corpus(self) -> Corpus:
        return Corpus(self._place)

    def load(self) -> None:
        """Hold the corpus, for its memory not to be taken for the engine's."""
        assert len(self._corpus)
        gc.collect()

    def ready(self) -> None:
        """Have all posts ready in memory."""
        self._ready = self._engine.ready(self._corpus.posts(), self._corpus.newest)
        gc.collect()
        # What is held ready is not to be looked through again and again.
        gc.freeze()

    def build(self, directory: Path) -> float:
        """Seconds of indexing what is ready."""
        began = time.perf_counter()
        self._engine.build(directory, self._ready)
        return time.perf_counter() - began

    def build_stream(self, directory: Path) -> float:
        """The same with posts made ready a few at a time; that time does not count.

        Right for engines that do all of their work when they are called.
        """
        stream = _Stream(self._corpus.posts())
        began = time.perf_counter()
        self._engine.build(directory, stream)
        return time.perf_counter() - began - stream.seconds

    def update(self, directory: Path, first: int, count: int) -> float:
        """Seconds of adding posts that are copies of others, in one commit."""
        posts = [self._corpus.post(number) for number in range(count)]
        new = [Post(first + post.number, post.terms, post.date) for post in posts]
        began = time.perf_counter()
        self._engine.build(directory, new)
        return time.perf_counter() - began

    def open(self, directory: Path, newest: int) -> float:
        """Seconds until the first answer."""
        question = self._questions["medium"][0]
        gc.collect()
        gc.freeze()
        began = time.perf_counter()
        self._searching = self._engine.open(directory, newest)
        self._searching.ask(question, 10)
        return time.perf_counter() - began

    def answers(self, kind: str, limit: int, most: int | None = None) -> list[Answer]:
        """What is found, for comparison."""
        asked = self._questions[kind][:most]
        return [self._searching.read(self._searching.ask(one, limit)) for one in asked]

    def times(self, kind: str) -> list[float]:
        """Seconds of each question of a kind, once."""
        clock, ask, found = time.perf_counter, self._searching.ask, []
        for question in self._questions[kind]:
            began = clock()
            ask(question, 10)
            found.append(clock() - began)
        return found

    def threads(self, count: int, queries: int) -> tuple[float, int]:
        """Seconds of asking so many questions on so many threads, and how many wrong answers."""
        asked = [one for several in self._questions.values() for one in several]
        ask, read = self._searching.ask, self._searching.read
        return threaded(lambda one: read(ask(one, 10)), asked, count, queries)


def threaded(
    answer: Callable[[Question], Any], asked: Sequence[Question], count: int, queries: int
) -> tuple[float, int]:
    """Seconds of so many questions by turns, answered on so many threads; how many wrongly.

    What is right is what one thread is told beforehand.
    """
    right = [answer(one) for one in asked]
    wrong = [0] * count
    start = threading.Barrier(count + 1)

    def work(number: int) -> None:
        start.wait()
        for at in range(number, queries, count):
            # All kinds by turns, and the same questions however many threads there are.
            one = at * 7 % len(asked)
            wrong[number] += answer(asked[one]) != right[one]

    crew = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in crew:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in crew:
        thread.join()
    return time.perf_counter() - began, sum(wrong)


class _Stream:
    """Posts, a batch at a time; counts the seconds that making them takes."""

    def __init__(self, posts: Iterator[Post]) -> None:
        self._posts = posts
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Post]:
        while True:
            began = time.perf_counter()
            batch = list(islice(self._posts, _BATCH))
            self.seconds += time.perf_counter() - began
            if not batch:
                return
            yield from batch


class Remote:
    """A process with a worker; a context manager. ``pid`` is what memory is measured of."""

    def __init__(self, work: Any, *arguments: Any) -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, work, arguments))
        self._process.start()
        theirs.close()
        assert self._process.pid is not None
        self.pid = self._process.pid
        self._take()

    def call(self, method: str, *arguments: Any) -> Any:
        """What the worker's method returns."""
        self._pipe.send((method, arguments))
        return self._take()

    def _take(self) -> Any:
        done, found = self._pipe.recv()
        if not done:
            raise RuntimeError(found)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pipe.close()
        self._process.join()


def _serve(pipe: Any, work: Any, arguments: tuple[Any, ...]) -> None:
    try:
        worker = work(*arguments)
        pipe.send((True, None))
        while True:
            method, given = pipe.recv()
            pipe.send((True, getattr(worker, method)(*given)))
    except EOFError:
        return
    except Exception as error:
        pipe.send((False, f"{type(error).__name__}: {error}"))
        raise


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in ms."""
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return {"p50": statistics.median(seconds) * 1000, "p95": cuts[-1] * 1000}


def mean(values: list[float]) -> float:
    """The geometric mean."""
    return statistics.geometric_mean(values)
