"""How do posting lists of several segments become one? On arrays, a window of terms at a time."""

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from souwen.index.engines.whoosh.dictionary import Dictionary
from souwen.index.engines.whoosh.inversion import starts
from souwen.index.engines.whoosh.runs import Numbers, Run, stretches

WINDOW = 2**19
"""Postings that are read ahead, of all segments together."""


def merged(dictionaries: list[Dictionary], maps: list[Numbers]) -> Iterator[Run]:
    """The terms of all dictionaries with their postings, ascending.

    ``maps`` gives the new number of each document of each segment, -1 for those to be dropped;
    new numbers ascend from segment to segment.
    """
    ahead = WINDOW // max(1, len(maps))
    sources = [
        _Source(dictionary, numbers, ahead)
        for dictionary, numbers in zip(dictionaries, maps, strict=True)
    ]
    while active := [source for source in sources if source.fill()]:
        bound = min(source.last for source in active)
        run = _joined([source.take(bound) for source in active])
        if len(run.terms):
            yield run


class _Source:
    """What is left of one segment's terms."""

    def __init__(self, dictionary: Dictionary, numbers: Numbers, ahead: int) -> None:
        self._ahead = ahead
        self._runs = dictionary.runs()
        self._map = numbers
        self._window: Run | None = None

    def fill(self) -> bool:
        """Read ahead where nothing is left of the window; False at the end."""
        while self._window is None:
            parts: list[Run] = []
            size = 0
            for part in self._runs:
                parts.append(part)
                size += len(part.numbers)
                if size >= self._ahead:
                    break
            if not parts:
                return False
            window = _renumbered(_concatenated(parts), self._map)
            self._window = window if window.terms else None
        return True

    @property
    def last(self) -> bytes:
        """The last term of the window."""
        assert self._window is not None
        return self._window.terms[-1]

    def take(self, bound: bytes) -> Run:
        """The terms up to ``bound``."""
        assert self._window is not None
        terms = self._window.terms
        taken, rest = self._window.parts([0, bisect_right(terms, bound), len(terms)])
        self._window = rest if rest.terms else None
        return taken


def _concatenated(runs: list[Run]) -> Run:
    if len(runs) == 1:
        return runs[0]
    return Run(
        [term for run in runs for term in run.terms],
        np.concatenate([run.counts for run in runs]),
        np.concatenate([run.numbers for run in runs]),
        _all([run.frequencies for run in runs]),
        _all([run.positions for run in runs]),
    )


def _all(parts: list[Numbers | None]) -> Numbers | None:
    present = [part for part in parts if part is not None]
    return np.concatenate(present) if present else None


def _renumbered(run: Run, numbers: Numbers) -> Run:
    """With the new numbers, without the postings of dropped documents and the terms left empty."""
    moved = numbers[run.numbers]
    alive = moved >= 0
    if alive.all():
        return Run(run.terms, run.counts, moved, run.frequencies, run.positions)
    counts = np.add.reduceat(alive.astype(np.int64), np.cumsum(run.counts) - run.counts)
    positions, frequencies = run.positions, run.frequencies
    if positions is not None and frequencies is not None:
        positions = positions[np.repeat(alive, frequencies)]
    return Run(
        [term for term, count in zip(run.terms, counts.tolist(), strict=True) if count],
        counts[counts > 0],
        moved[alive],
        None if frequencies is None else frequencies[alive],
        positions,
    )


def _joined(runs: list[Run]) -> Run:
    """Runs of the same stretch of terms as one."""
    runs = [run for run in runs if run.terms]
    if len(runs) < 2:
        return _concatenated(runs) if runs else Run([], *(np.zeros(0, np.int64),) * 2, None, None)
    run = _concatenated(runs)
    # Sorting is stable: equal terms stay in the order of their segments.
    order = sorted(range(len(run.terms)), key=run.terms.__getitem__)
    chosen = np.array(order)
    postings = stretches((np.cumsum(run.counts) - run.counts)[chosen], run.counts[chosen])
    positions, frequencies = run.positions, run.frequencies
    if positions is not None and frequencies is not None:
        at = (np.cumsum(frequencies) - frequencies)[postings]
        positions = positions[stretches(at, frequencies[postings])]
    terms = [run.terms[at] for at in order]
    heads = starts(np.array(terms, object))
    return Run(
        [terms[at] for at in heads.tolist()],
        np.add.reduceat(run.counts[chosen], heads),
        run.numbers[postings],
        None if frequencies is None else frequencies[postings],
        positions,
    )
