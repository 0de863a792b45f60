"""Which documents can be among the best? Found without scoring all of them.

The lists of the scored leaves are read one after the other, the one that can add most first. A
document counts in the first list that holds it: then its score is at most its weight there and the
bounds of the lists that follow. What cannot reach the score of the last document on the page so
far is passed over, by whole ranges where a range's bounds say so.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.blocks import RANGE
from souwen.index.engines.whoosh.runs import Numbers
from souwen.search.engines.whoosh.ascending import chosen
from souwen.search.engines.whoosh.calendar import Ages
from souwen.search.engines.whoosh.candidates import Candidates, Pool, least
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

        None where fewer of the documents were found to hold a scored leaf.
        """
        if len(self._scored) == 1:
            return self._of_one(self._scored[0], count)
        return self._of_several(count)

    def _of_one(self, one: Scored, count: int) -> Candidates | None:
        """The best of a single list: those of its best ranges say which others must be read."""
        most = self._aged(one.listing.bounds * one.factor)
        sample = np.array(
            sorted(most.argpartition(-min(2 * count, len(most)))[-2 * count :].tolist())
        )
        found = rated(*self._in_ranges(one, sample), self._ages)
        if len(found.numbers) < count:
            return None
        reach = least(found.scores, count)
        ranges = (most >= reach * SLACK).nonzero()[0]
        if len(ranges) <= len(sample):
            return found.reaching(reach)
        return rated(*self._in_ranges(one, ranges, reach), self._ages).best(count)

    def _of_several(self, count: int) -> Candidates | None:
        scored = sorted(self._scored, key=lambda one: -one.factor * one.listing.most)
        pool = Pool(count)
        for one, bounds, rests in zip(scored, *_bounds(scored), strict=True):
            if pool.least < 0:
                numbers = one.listing.numbers
                numbers = chosen(numbers, self._selection.among(numbers))
            else:
                most = self._aged(bounds if rests is None else bounds + rests)
                ranges = (most >= pool.least * SLACK).nonzero()[0]
                if not len(ranges):
                    break
                numbers, _ = self._in_ranges(one, ranges, pool.least, rests)
            pool.add(rated(numbers, self._scorer.of(self._scored, numbers), self._ages))
        return pool.candidates if pool.least >= 0 else None

    def _aged(self, bounds: Bounds) -> Bounds:
        return bounds if self._ages is None else bounds * self._ages.ceilings

    def _in_ranges(
        self, one: Scored, ranges: Numbers, reach: float = -1.0, rests: Bounds | None = None
    ) -> tuple[Numbers, Scores]:
        """The documents of the list in these ranges that may reach the score, and a few more.

        Beside them what the list adds to their scores.
        """
        listing = one.listing
        if len(ranges) * STRETCH < listing.count:
            numbers, scores = listing.within(ranges)
        else:
            numbers, scores = listing.numbers, listing.weights()
        scores *= one.factor
        if reach >= 0:
            most: Scores = scores if rests is None else scores + rests[numbers // RANGE]
            if self._ages is not None:
                most = most * self._ages.at_most(numbers)
            enough = (most >= reach * SLACK).nonzero()[0]
            numbers, scores = numbers[enough], scores[enough]
        if isinstance(self._selection, Held) and self._selection.listing is listing:
            return numbers, scores
        among = self._selection.among(numbers).nonzero()[0]
        return numbers[among], scores[among]


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
