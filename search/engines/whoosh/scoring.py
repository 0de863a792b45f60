"""How much are they worth, and in which order do they come?"""

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.blocks import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.engines.whoosh.stored import UNDATED
from souwen.index.schema import FIELD
from souwen.search.engine import Request, Weighted
from souwen.search.engines.whoosh.matching import Matcher
from souwen.search.hits import TermScore
from souwen.search.ranking import frequency_weight, idf, quantise, recency_factor

Scores = npt.NDArray[np.float64]


class Scorer:
    """Adds up BM25 over the terms of a request, for all documents at once."""

    def __init__(self, snapshot: Snapshot, matcher: Matcher) -> None:
        self._snapshot = snapshot
        self._matcher = matcher
        self._fields: dict[str, tuple[Scores, int, float]] = {}

    def field(self, name: str) -> tuple[Scores, int, float]:
        """Quantised lengths, the number of documents with the field, their mean length."""
        if name not in self._fields:
            lengths = self._snapshot.lengths(name)
            found = self._snapshot.field(name)
            quantised = quantise(lengths).astype(np.float64)
            self._fields[name] = (quantised, found.documents, found.average)
        return self._fields[name]

    def scores(self, scoring: tuple[Weighted, ...]) -> Scores:
        """The text score of every document."""
        total = np.zeros(self._snapshot.size)
        for weighted in scoring:
            numbers, tf = self._matcher.postings(weighted.leaf)
            if len(numbers):
                lengths, documents, average = self.field(weighted.leaf.field)
                factor = weighted.weight * idf(documents, len(numbers))
                b = FIELD[weighted.leaf.field].b
                total[numbers] += factor * frequency_weight(
                    tf.astype(np.float64), lengths[numbers], average, b
                )
        return total

    def explain(self, scoring: tuple[Weighted, ...], number: int) -> tuple[TermScore, ...]:
        """What each term added to the score of one document."""
        found = (self._explain(weighted, number) for weighted in scoring)
        return tuple(score for score in found if score is not None)

    def _explain(self, weighted: Weighted, number: int) -> TermScore | None:
        numbers, tfs = self._matcher.postings(weighted.leaf)
        at = int(np.searchsorted(numbers, number))
        if at == len(numbers) or numbers[at] != number:
            return None
        lengths, documents, average = self.field(weighted.leaf.field)
        rarity, tf = idf(documents, len(numbers)), float(tfs[at])
        b = FIELD[weighted.leaf.field].b
        tf_weight = float(frequency_weight(np.array([tf]), lengths[[number]], average, b)[0])
        return TermScore(
            field=weighted.leaf.field,
            term=weighted.leaf.label,
            weight=weighted.weight,
            idf=rarity,
            tf_weight=tf_weight,
            score=weighted.weight * rarity * tf_weight,
            tf=tf,
            length=float(lengths[number]),
            average=average,
            documents=documents,
            matching=len(numbers),
        )


class Ranking:
    """The order of the documents for one request."""

    def __init__(self, request: Request, snapshot: Snapshot, text: Scores, dates: Numbers) -> None:
        self.request = request
        self.text = text
        self._snapshot = snapshot
        self._dated = (dates != UNDATED) & snapshot.live
        self._dates = np.where(self._dated, dates, 0)
        newest = int(self._dates[self._dated].max()) if self._dated.any() else None
        self.factor = recency_factor(self._dates, self._dated, request.recency, newest)
        self.score = text * self.factor
        self.origin = (
            moment(min(request.recency.now, newest))
            if request.recency is not None and newest is not None
            else None
        )

    def top(self, numbers: Numbers, count: int | None) -> list[int]:
        """The first ``count`` of these documents in order; all where it is None."""
        if count == 0 or not len(numbers):
            return []
        keys = self._keys(numbers)
        ranked = np.lexsort(keys)
        end = len(ranked) if count is None else min(count, len(ranked))
        same = np.ones(len(ranked), np.bool_)
        for key in keys:
            column = key[ranked]
            same[1:] &= column[1:] == column[:-1]
        same[0] = False
        starts = np.flatnonzero(~same[:end]).tolist()
        after = np.flatnonzero(~same[end:])
        stop = end + int(after[0]) if len(after) else len(ranked)
        found: list[int] = []
        for start, until in zip(starts, [*starts[1:], stop], strict=True):
            group = numbers[ranked[start:until]].tolist()
            found += sorted(group, key=self._snapshot.id) if len(group) > 1 else group
        return found[:end]

    def _keys(self, numbers: Numbers) -> tuple[npt.NDArray[np.float64] | Numbers, ...]:
        """Sort keys, the most important last, as numpy wants them."""
        undated = ~self._dated[numbers]
        dates, scores = self._dates[numbers], -self.score[numbers]
        if self.request.sort == "date":
            return scores, -dates, undated
        if self.request.sort == "date-asc":
            return scores, dates, undated
        return -dates, undated, scores


def moment(date: int) -> datetime:
    """Milliseconds since 1970 as an aware date."""
    return datetime.fromtimestamp(date / 1000, UTC)
