"""How do posting lists of several segments become one? On arrays, a window of terms at a time.

A term of which a segment has more than its share of a window becomes a run of its own: its
positions are not read before they are written, and then piece by piece.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator

import numpy as np

from souwen.index.engines.whoosh.dictionary import Dictionary
from souwen.index.engines.whoosh.inversion import starts
from souwen.index.engines.whoosh.runs import Joined, Numbers, Parts, Run, Sifted, stretches

WINDOW = 2**19
"""Postings that are read ahead, of all segments together; occurrences that are sorted at once."""


def merged(
    dictionaries: list[Dictionary], maps: list[Numbers], window: int = WINDOW
) -> Iterator[Run]:
    """The terms of all dictionaries with their postings, ascending.

    ``maps`` gives the new number of each document of each segment, -1 for those to be dropped;
    new numbers ascend from segment to segment.
    """
    share = window // max(1, len(maps))
    sources = [
        _Source(dictionary, numbers, share)
        for dictionary, numbers in zip(dictionaries, maps, strict=True)
    ]
    while active := [source for source in sources if source.fill()]:
        bound = min(source.last for source in active)
        taken = [run for source in active for run in source.take(bound)]
        yield from _in_order(taken, window, share)


class _Source:
    """What is left of one segment's terms."""

    def __init__(self, dictionary: Dictionary, numbers: Numbers, ahead: int) -> None:
        self._ahead = ahead
        self._runs = dictionary.runs()
        self._map = numbers
        self._window: deque[Parts] = deque()
        self._taken = 0

    def fill(self) -> bool:
        """Read ahead where nothing is left of the window; False at the end."""
        while not self._window:
            size = 0
            for part in self._runs:
                run = _renumbered(part, self._map)
                if run.terms:
                    self._window.append(Parts(run))
                size += len(part.numbers)
                if size >= self._ahead:
                    break
            if not size:
                return False
        return True

    @property
    def last(self) -> bytes:
        """The last term of the window."""
        return self._window[-1].run.terms[-1]

    def take(self, bound: bytes) -> list[Run]:
        """The terms up to ``bound``."""
        taken = []
        while self._window:
            first = self._window[0]
            terms, start = first.run.terms, self._taken
            self._taken = bisect_right(terms, bound, start)
            if self._taken > start:
                taken.append(first.part(start, self._taken))
            if self._taken < len(terms):
                break
            self._window.popleft()
            self._taken = 0
        return taken


def _renumbered(run: Run, numbers: Numbers) -> Run:
    """With the new numbers, without the postings of dropped documents and the terms left empty."""
    moved = numbers[run.numbers]
    alive = moved >= 0
    if alive.all():
        return Run(run.terms, run.counts, moved, run.frequencies, run.steps)
    counts = np.add.reduceat(alive.astype(np.int64), np.cumsum(run.counts) - run.counts)
    steps, frequencies = run.whole_steps(), run.frequencies
    return Run(
        [term for term, count in zip(run.terms, counts.tolist(), strict=True) if count],
        counts[counts > 0],
        moved[alive],
        None if frequencies is None else frequencies[alive],
        None if steps is None or frequencies is None else Sifted(steps, frequencies, alive),
    )


def _in_order(runs: list[Run], window: int, share: int) -> Iterator[Run]:
    """The terms of these runs, ascending, in runs that can be held."""
    weights = [_weights(run) for run in runs]
    alone = {
        run.terms[at]
        for run, weight in zip(runs, weights, strict=True)
        for at in np.flatnonzero(weight > share).tolist()
    }
    marks = 4 * len(runs)
    step = max(1, window // marks)
    marked = sorted(
        run.terms[at]
        for run, weight in zip(runs, map(np.cumsum, weights), strict=True)
        for at in np.searchsorted(weight, np.arange(step, weight[-1], step)).tolist()
    )
    cuts = sorted({*marked[marks::marks], *alone, *(term + b"\0" for term in alone)})
    groups: list[list[Run]] = [[] for _ in range(len(cuts) + 1)]
    for run in runs:
        first, last = bisect_right(cuts, run.terms[0]), bisect_right(cuts, run.terms[-1])
        parts = run.cut([bisect_left(run.terms, cut) for cut in cuts[first:last]])
        for place, part in enumerate(parts, first):
            if part.terms:
                groups[place].append(part)
    for begin, group in zip([b"", *cuts], groups, strict=True):
        if group:
            yield _one_term(group) if begin in alone else _sorted(group)


def _weights(run: Run) -> Numbers:
    """The occurrences of each term; its postings where their positions are not known."""
    if run.steps is None or run.frequencies is None:
        return run.counts
    return np.add.reduceat(run.frequencies, np.cumsum(run.counts) - run.counts)


def _concatenated(runs: list[Run]) -> Run:
    if len(runs) == 1:
        return runs[0]
    frequencies = [run.frequencies for run in runs if run.frequencies is not None]
    steps = [run.steps for run in runs if run.steps is not None]
    return Run(
        [term for run in runs for term in run.terms],
        np.concatenate([run.counts for run in runs]),
        np.concatenate([run.numbers for run in runs]),
        np.concatenate(frequencies) if frequencies else None,
        Joined(steps) if steps else None,
    )


def _one_term(runs: list[Run]) -> Run:
    """Runs of the same term as one."""
    run = _concatenated(runs)
    count = np.array([len(run.numbers)])
    return Run(run.terms[:1], count, run.numbers, run.frequencies, run.steps)


def _sorted(runs: list[Run]) -> Run:
    """Runs of any terms as one."""
    run = _concatenated(runs)
    if len(runs) == 1:
        return run
    # Sorting is stable: equal terms stay in the order of their segments.
    order = sorted(range(len(run.terms)), key=run.terms.__getitem__)
    chosen = np.array(order)
    postings = stretches((np.cumsum(run.counts) - run.counts)[chosen], run.counts[chosen])
    steps, frequencies = run.whole_steps(), run.frequencies
    if steps is not None and frequencies is not None:
        at = (np.cumsum(frequencies) - frequencies)[postings]
        steps = steps[stretches(at, frequencies[postings])]
    terms = [run.terms[at] for at in order]
    heads = starts(np.array(terms, object))
    return Run(
        [terms[at] for at in heads.tolist()],
        np.add.reduceat(run.counts[chosen], heads),
        run.numbers[postings],
        None if frequencies is None else frequencies[postings],
        None if steps is None else [steps],
    )
