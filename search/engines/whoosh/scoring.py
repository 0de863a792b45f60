"""How much are documents worth? BM25 over the terms of a request, summed in their order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.norms import LENGTHS
from souwen.search.engine import Weighted
from souwen.search.engines.whoosh.listing import Listing, Listings, Scores
from souwen.search.hits import TermScore
from souwen.search.ranking import idf


@dataclass(frozen=True, slots=True)
class Scored:
    """A leaf that stands somewhere; ``factor`` is its weight in the request times its rarity."""

    listing: Listing
    factor: float


class Scorer:
    """Adds up the scores of documents. The sum of each is the same, however it is reached."""

    def __init__(self, listings: Listings, size: int) -> None:
        self._listings = listings
        self._size = size

    def scored(self, scoring: Sequence[Weighted]) -> list[Scored]:
        """What of a request adds to scores."""
        found = ((self._listings.of(one.leaf), one.weight) for one in scoring)
        return [
            Scored(listing, weight * idf(listing.table.documents, listing.count))
            for listing, weight in found
            if listing.count
        ]

    def of(self, scored: Sequence[Scored], numbers: Numbers) -> Scores:
        """The text score of each of these documents, ascending."""
        if len(scored) == 1 and numbers is scored[0].listing.numbers:
            weights = scored[0].listing.weights()
            weights *= scored[0].factor
            return weights
        if not scored:
            return np.zeros(len(numbers))
        weights = _weights(scored, numbers)
        for row, one in zip(weights, scored, strict=True):
            one.listing.correct(row, numbers)
        weights *= np.array([one.factor for one in scored])[:, np.newaxis]
        total: Scores = weights[0]
        for row in weights[1:]:
            total += row
        return total

    def everywhere(self, scored: Sequence[Scored]) -> Scores:
        """The text score of every document."""
        total = np.zeros(self._size)
        for one in scored:
            weights = one.listing.weights()
            weights *= one.factor
            # No document stands there twice; numpy 2 adds faster so than by an indexed sum.
            np.add.at(total, one.listing.numbers, weights)
        return total

    def explain(self, scoring: Sequence[Weighted], number: int) -> tuple[TermScore, ...]:
        """What each term added to the score of one document."""
        found = (self._explain(weighted, number) for weighted in scoring)
        return tuple(score for score in found if score is not None)

    def _explain(self, weighted: Weighted, number: int) -> TermScore | None:
        listing = self._listings.of(weighted.leaf)
        at = int(listing.numbers.searchsorted(number))
        if at == listing.count or listing.numbers[at] != number:
            return None
        table = listing.table
        rarity, tf = idf(table.documents, listing.count), float(listing.frequencies[at])
        length = float(LENGTHS[table.norms[number]])
        tf_weight = float(table.exact(np.array([tf]), np.array([length]))[0])
        return TermScore(
            field=weighted.leaf.field,
            term=weighted.leaf.label,
            weight=weighted.weight,
            idf=rarity,
            tf_weight=tf_weight,
            score=weighted.weight * rarity * tf_weight,
            tf=tf,
            length=length,
            average=table.average,
            documents=table.documents,
            matching=listing.count,
        )


def _weights(scored: Sequence[Scored], numbers: Numbers) -> Scores:
    """The weight of each leaf in each document, by the table: all of a field at once."""
    fields = dict.fromkeys(one.listing.table for one in scored)
    if len(fields) == 1:
        return _of_field(scored, numbers)
    weights = np.empty((len(scored), len(numbers)))
    for table in fields:
        rows = [at for at, one in enumerate(scored) if one.listing.table is table]
        weights[rows] = _of_field([scored[at] for at in rows], numbers)
    return weights


def _of_field(scored: Sequence[Scored], numbers: Numbers) -> Scores:
    table = scored[0].listing.table
    frequencies = np.empty((len(scored), len(numbers)), np.uint8)
    for row, one in zip(frequencies, scored, strict=True):
        one.listing.copy_frequencies(numbers, row)
    return table.of(frequencies + table.bases[numbers])
