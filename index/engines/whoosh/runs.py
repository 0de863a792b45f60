"""What are posting lists while they are made, merged and written? Arrays, term after term."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Steps = npt.NDArray[np.unsignedinteger[Any]]

_PIECE = 2**16
"""Postings whose steps are sifted at once."""


@dataclass(frozen=True, slots=True)
class Run:
    """Terms in ascending order with their postings, one term after the other.

    ``counts`` has the postings of each term, ``numbers`` their documents, ascending in a term,
    ``frequencies`` how often the term stands there, None where a field does not count;
    ``steps``, posting after posting, where: how far it is from the document's beginning to the
    first position and from each to the next, None where a field does not say. They come in
    pieces, as often as they are asked for: those of one term may be too many to be held.
    """

    terms: list[bytes]
    counts: Numbers
    numbers: Numbers
    frequencies: Numbers | None
    steps: Iterable[Steps] | None

    def whole_steps(self) -> Steps | None:
        """The steps in one piece."""
        if self.steps is None:
            return None
        pieces = list(self.steps)
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def cut(self, places: list[int]) -> "Iterator[Run]":
        """What is before the first of these terms, from there to before the next, and so on."""
        parts = Parts(self)
        for first, last in pairwise([0, *places, len(self.terms)]):
            yield parts.part(first, last)


class Parts:
    """Cuts a run, as often as it is asked to."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @cached_property
    def _ends(self) -> Numbers:
        return before_each(self.run.counts)

    @cached_property
    def _steps(self) -> Steps | None:
        return self.run.whole_steps()

    @cached_property
    def _step_ends(self) -> Numbers | None:
        return None if self.run.frequencies is None else before_each(self.run.frequencies)

    def part(self, first: int, last: int) -> Run:
        """The terms from one place to before another."""
        run = self.run
        if last - first == len(run.terms):
            return run
        start, end = self._ends[[first, last]].tolist()
        steps = None
        if self._steps is not None and self._step_ends is not None:
            steps = [self._steps[self._step_ends[start] : self._step_ends[end]]]
        return Run(
            run.terms[first:last],
            run.counts[first:last],
            run.numbers[start:end],
            None if run.frequencies is None else run.frequencies[start:end],
            steps,
        )


@dataclass(frozen=True, slots=True)
class Sifted:
    """The steps of those postings that are alive, piece by piece."""

    steps: Steps
    frequencies: Numbers
    alive: npt.NDArray[np.bool_]

    def __iter__(self) -> Iterator[Steps]:
        ends = before_each(self.frequencies)
        for first in range(0, len(self.alive), _PIECE):
            last = min(first + _PIECE, len(self.alive))
            kept = self.alive[first:last].repeat(self.frequencies[first:last])
            yield self.steps[ends[first] : ends[last]][kept]


@dataclass(frozen=True, slots=True)
class Joined:
    """The steps of several runs, one after the other."""

    runs: list[Iterable[Steps]]

    def __iter__(self) -> Iterator[Steps]:
        return chain.from_iterable(self.runs)


def before_each(counts: Numbers) -> Numbers:
    """The sum of what stands before each, and of all."""
    sums = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=sums[1:])
    return sums


def gaps_within(values: Numbers, counts: Numbers) -> Numbers:
    """How far it is from each to the next, from 0 to the first of each stretch of so many."""
    found = np.diff(values, prepend=0)
    starts = np.cumsum(counts) - counts
    found[starts] = values[starts]
    return found


def narrow(steps: Numbers) -> Steps:
    """Steps in two bytes each, or in four where that is not enough."""
    return steps.astype("<u2" if steps.max(initial=0) < 2**16 else "<u4")


def stretches(begins: Numbers, counts: Numbers) -> Numbers:
    """The indices of stretches of an array, one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(begins - (ends - counts), counts) + np.arange(total)


def restart(gaps: Numbers, starts: Numbers, counts: Numbers) -> Numbers:
    """The sums of the gaps, begun anew at every start; each stretch has so many of them."""
    if not len(gaps):
        return gaps
    sums = np.cumsum(gaps)
    return sums - np.repeat(sums[starts] - gaps[starts], counts)
