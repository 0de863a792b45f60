"""Which documents can be among the best? Found without scoring all of them.

The lists of the scored leaves are read one after the other, the one that can add most first. A
document counts in the first list that holds it: then its score is at most its weight there and the
bounds of the lists that follow. What cannot reach the score of the last document on the page so
far is passed over, by whole ranges where a range's bounds say so.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.blocks import RANGE, Numbers
from souwen.search.engines.whoosh.calendar import Ages
from souwen.search.engines.whoosh.candidates import Candidates, Pool
from souwen.search.engines.whoosh.listing import Scores
from souwen.search.engines.whoosh.scoring import Scored, Scorer
from souwen.search.engines.whoosh.selection import Held, Selection

SLACK = 1 - 1e-5
"""Bounds are added up in another order than scores, and in 32 bits."""

STRETCH = 64
"""To cut one range out of a list takes as long as to read so many of its postings."""

Bounds = npt.NDArray[np.floating]


class Pruning:
    """Finds the best documents of a selection by the scores of a request."""

    def __init__(
        self, selection: Selection, scorer: Scorer, scored: Sequence[Scored], ages: Ages | None
    ) -> None:
        self._selection = selection
        self._scorer = scorer
        self._scored = scored
        self._ages = ages

    def best(self, count: int) -> Candidates | None:
        """The ``count`` best and all that are level with the last of them.

        None where fewer of the documents hold any scored leaf.
        """
        scored = sorted(self._scored, key=lambda one: -one.factor * one.listing.most)
        pool = Pool(count)
        for one, bounds, rests in zip(scored, *_bounds(scored), strict=True):
            most = bounds if rests is None else bounds + rests
            if self._ages is not None:
                most = most * self._ages.ceilings
            if pool.least < 0:
                sample = np.sort(most.argpartition(-min(count, len(most)))[-count:])
                pool.add(self._found(one, sample, rests, pool.least))
                ranges = (most >= pool.least * SLACK).nonzero()[0]
                if len(ranges) <= len(sample):
                    # These are the best of the ranges, and have been looked at.
                    continue
            else:
                ranges = (most >= pool.least * SLACK).nonzero()[0]
                if not len(ranges):
                    break
            pool.add(self._found(one, ranges, rests, pool.least))
        return pool.candidates if pool.least >= 0 else None

    def _found(
        self, one: Scored, ranges: Numbers, rests: Bounds | None, reach: float
    ) -> Candidates:
        """The documents of the list in these ranges that may reach the score, and a few more."""
        listing = one.listing
        if len(ranges) * STRETCH < listing.count:
            numbers, weights = listing.within(ranges)
        else:
            numbers, weights = listing.numbers, listing.weights()
        weights *= one.factor
        if reach >= 0:
            most: Scores = weights if rests is None else weights + rests.take(numbers // RANGE)
            if self._ages is not None:
                most = most * self._ages.at_most(numbers)
            enough = (most >= reach * SLACK).nonzero()[0]
            numbers, weights = numbers.take(enough), weights.take(enough)
        if not (isinstance(self._selection, Held) and self._selection.listing is listing):
            among = self._selection.among(numbers).nonzero()[0]
            numbers, weights = numbers.take(among), weights.take(among)
        if len(self._scored) > 1:
            weights = self._scorer.of(self._scored, numbers)
        return rated(numbers, weights, self._ages)


def _bounds(scored: Sequence[Scored]) -> tuple[list[Bounds], list[Bounds | None]]:
    """For each list the bounds of its ranges, and the sums of those of all lists after it."""
    bounds: list[Bounds] = [one.listing.bounds * one.factor for one in scored]
    rests: list[Bounds | None] = [None]
    for after in reversed(bounds[1:]):
        rests.append(after if rests[-1] is None else after + rests[-1])
    return bounds, rests[::-1]


def rated(numbers: Numbers, text: Scores, ages: Ages | None) -> Candidates:
    """Documents with what their ages make of their text scores."""
    if ages is None:
        return Candidates(numbers, text, None, text)
    factors = ages.of(numbers)
    return Candidates(numbers, text, factors, text * factors)
