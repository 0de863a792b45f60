"""Which documents come first?"""

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

import numpy as np

from souwen.index.engines.whoosh.blocks import RANGE
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.engines.whoosh.stored import UNDATED
from souwen.search.engine import Request
from souwen.search.engines.whoosh.calendar import Calendar
from souwen.search.engines.whoosh.candidates import Candidates
from souwen.search.engines.whoosh.listing import LONG, Scores
from souwen.search.engines.whoosh.pruning import Pruning, rated
from souwen.search.engines.whoosh.reranking import Reranker
from souwen.search.engines.whoosh.scoring import Scorer
from souwen.search.engines.whoosh.selection import Selection
from souwen.search.pairs import RERANKED

FEW = 4096
"""So many documents are scored without asking which of them could be on the page."""

PAGE = 1000
"""Longer pages are cut from the scores of all documents found."""

SEVERAL = 8
"""With more leaves than these, bounds add up to more than any score."""

HANDFUL = 64
"""So few are sorted without numpy in less time."""

_NEVER = np.iinfo(np.int64).max


class Page(NamedTuple):
    """Documents in their order, with their text scores, recency factors and scores."""

    numbers: list[int]
    text: list[float]
    factors: list[float]
    scores: list[float]

    def at(self, places: Sequence[int]) -> "Page":
        """Those at these places, ascending."""
        if len(places) == len(self.numbers):
            return self
        text, factors, scores = (
            [column[place] for place in places] for column in (self.text, self.factors, self.scores)
        )
        return Page([self.numbers[place] for place in places], text, factors, scores)

    def followed_by(self, other: "Page") -> "Page":
        """The documents of this page, then those of another one."""
        if not self.numbers:
            return other
        return Page(
            self.numbers + other.numbers,
            self.text + other.text,
            self.factors + other.factors,
            self.scores + other.scores,
        )

    def first(self, count: int | None) -> "Page":
        """The first ones."""
        numbers, text, factors, scores = self
        return Page(numbers[:count], text[:count], factors[:count], scores[:count])


EMPTY = Page([], [], [], [])


class Ranking:
    """The order of the documents for one request: by score or date, then newer first, then id."""

    def __init__(
        self,
        request: Request,
        snapshot: Snapshot,
        calendar: Calendar,
        scorer: Scorer,
        reranker: Reranker,
    ) -> None:
        self._snapshot = snapshot
        self._calendar = calendar
        self._scorer = scorer
        self._scored = scorer.scored(request.scoring)
        self._reranker = None if reranker.idle else reranker
        self._ages = calendar.ages(request.recency)
        self._by_date = request.sort in ("date", "date-asc")
        self._oldest_first = request.sort == "date-asc"

    def top(self, selection: Selection, count: int | None) -> Page:
        """The first ``count`` of the documents in order; all of them where it is None."""
        if count == 0 or not selection.count:
            return EMPTY
        if self._reranker is None:
            found = self._candidates(selection, count)
            return self._page(found, self._order(found, count))
        looked_at = None if count is None else max(count, RERANKED)
        found = self._candidates(selection, looked_at)
        order = np.array(self._order(found, looked_at), np.int64)
        best = self._reranker.best(found.at(np.sort(order[:RERANKED])), count)
        page = self._page(best, self._order(best, None))
        return page.followed_by(self._page(found, order[RERANKED:])).first(count)

    @staticmethod
    def _page(found: Candidates, order: Sequence[int] | Numbers) -> Page:
        scores = found.scores[order].tolist()
        numbers = found.numbers[order].tolist()
        if found.factors is None:
            return Page(numbers, scores, [1.0] * len(scores), scores)
        text, factors = found.text[order], found.factors[order]
        return Page(numbers, text.tolist(), factors.tolist(), scores)

    def tiers(self, selections: Sequence[Selection], count: int | None) -> Page:
        """The first ``count`` documents of all selections, one selection after the other."""
        page = EMPTY
        for selection in selections:
            page = page.followed_by(self.top(selection, count))
            count = None if count is None else max(0, count - selection.count)
        return page

    def _candidates(self, selection: Selection, count: int | None) -> Candidates:
        """Documents among which are the first ``count``, and all that are level with the last."""
        if count is None or selection.count <= count:
            return self._weighed(selection.numbers)
        if self._by_date or not self._scored:
            return self._weighed(self._earliest(selection, count))
        if selection.count > FEW and count <= PAGE and len(self._scored) <= SEVERAL:
            found = Pruning(selection, self._scorer, self._scored, self._ages).best(count)
            if found is not None:
                return found
        return self._weighed(selection.numbers).best(count)

    def _weighed(self, numbers: Numbers) -> Candidates:
        postings = sum(one.listing.count for one in self._scored)
        if len(numbers) * len(self._scored) > postings + self._snapshot.size:
            text = self._everywhere[numbers]
        else:
            text = self._scorer.of(self._scored, numbers)
        return rated(numbers, text, self._ages)

    @cached_property
    def _everywhere(self) -> Scores:
        return self._scorer.everywhere(self._scored)

    def _earliest(self, selection: Selection, count: int) -> Numbers:
        """The first ``count`` in the order of dates, and all of the date of the last of them."""
        if selection.count * LONG < selection.size:
            numbers = selection.numbers
            keys = self._date_keys(numbers)
            first: Numbers = numbers[keys <= np.partition(keys, count - 1)[count - 1]]
            return first
        parts: list[Numbers] = []
        end = found = 0
        step = max(RANGE, 2 * count * self._snapshot.posts // selection.count)
        while found < count:
            begin, end = end, self._calendar.end(end + step, oldest_first=self._oldest_first)
            part = self._calendar.stretch(begin, end, oldest_first=self._oldest_first)
            parts.append(part[selection.among(part)])
            found, step = found + len(parts[-1]), 2 * step
        numbers = np.concatenate(parts)
        keys = self._date_keys(numbers)
        return np.sort(numbers[keys <= keys[count - 1]])

    def _date_keys(self, numbers: Numbers) -> Numbers:
        """Ascending in the order of dates, the undated ones last."""
        dates = self._calendar.dates[numbers]
        return np.where(dates == UNDATED, _NEVER, dates) if self._oldest_first else ~dates

    def _order(self, found: Candidates, count: int | None) -> Sequence[int] | Numbers:
        """The places of the first ``count`` candidates in their order."""
        falling, dates = -found.scores, self._date_keys(found.numbers)
        first, second = (dates, falling) if self._by_date else (falling, dates)
        if len(falling) <= HANDFUL:
            return self._order_few(found.numbers, first.tolist(), second.tolist())[:count]
        order = np.lexsort((second, first))
        same = np.ones(len(order) + 1, np.bool_)
        for key in (first, second):
            ranked = key[order]
            same[1:-1] &= ranked[1:] == ranked[:-1]
        same[0] = same[-1] = False
        bounds = (~same).nonzero()[0]
        starts, ends = bounds[:-1], bounds[1:]
        several = ends - starts > 1
        if count is not None:
            several &= starts < count
        for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
            order[start:end] = self._by_id(found.numbers, order[start:end].tolist())
        return order[:count]

    def _order_few(self, numbers: Numbers, first: list[float], second: list[float]) -> list[int]:
        keys = list(zip(first, second, strict=True))
        order = sorted(range(len(keys)), key=keys.__getitem__)
        if len(set(keys)) < len(keys):
            groups = groupby(order, key=keys.__getitem__)
            return [at for _, group in groups for at in self._by_id(numbers, list(group))]
        return order

    def _by_id(self, numbers: Numbers, level: list[int]) -> list[int]:
        """Places of documents that nothing else tells apart, in the order of the ids."""
        if len(level) == 1:
            return level
        ids = self._snapshot.ids(numbers[level].tolist())
        return [at for _, at in sorted(zip(ids, level, strict=True))]
