"""How much are documents worth? BM25 over the terms of a request, summed in their order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.norms import LENGTHS
from souwen.search.engine import Weighted
from souwen.search.engines.whoosh.listing import Codes, Listing, Listings, Scores
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
        total: Scores | None = None
        bases: dict[int, Codes] = {}
        for one in scored:
            listing = one.listing
            if numbers is listing.numbers:
                weights = listing.weights()
            else:
                table = listing.table
                if id(table) not in bases:
                    bases[id(table)] = table.bases[numbers]
                weights = listing.weights_of(numbers, bases[id(table)])
            weights *= one.factor
            if total is None:
                total = weights
            else:
                total += weights
        return np.zeros(len(numbers)) if total is None else total

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
