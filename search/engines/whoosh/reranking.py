"""What do the pairs of a query add to the best documents? Only these have their texts read."""

from collections.abc import Sequence

import numpy as np

from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.norms import LENGTHS
from souwen.search.engines.whoosh.listing import Listing, Listings, Scores
from souwen.search.engines.whoosh.selection import Mask
from souwen.search.hits import TermScore
from souwen.search.pairs import Pair, follows, pair_term_score, rarity


class Reranker:
    """Adds what pairs are worth to text scores, and remembers to which documents."""

    def __init__(self, pairs: Sequence[Pair], snapshot: Snapshot, listings: Listings) -> None:
        self._snapshot = snapshot
        held = ((pair, listings.of(pair.first), listings.of(pair.second)) for pair in pairs)
        self._pairs = [one for one in held if one[1].count and one[2].count]
        self._reranked: set[int] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing is ever added, since no document holds both words of a pair."""
        return not self._pairs

    def added(self, numbers: Numbers, text: Scores) -> Scores:
        """The text scores of the documents with what the pairs add to each."""
        self._reranked.update(numbers.tolist())
        frequencies = self._frequencies(numbers)
        total = text.copy()
        for (pair, first, second), found in zip(self._pairs, frequencies, strict=True):
            if found.any():
                table = first.table
                weights = table.exact(found, LENGTHS[table.norms[numbers]].astype(np.float64))
                total += weights * (
                    pair.weight * rarity(table.documents, first.count, second.count)
                )
        return total

    def _frequencies(self, numbers: Numbers) -> Scores:
        """How often each pair stands in each document."""
        both: Mask = np.array(
            [_holds(first, numbers) & _holds(second, numbers) for _, first, second in self._pairs]
        )
        found = np.zeros(both.shape)
        for at in np.flatnonzero(both.any(axis=0)).tolist():
            body = self._snapshot.folded("body", int(numbers[at]))
            for one in np.flatnonzero(both[:, at]).tolist():
                found[one, at] = follows(body, self._pairs[one][0])
        return found

    def explain(self, number: int) -> tuple[TermScore, ...]:
        """What each pair added to the score of one document."""
        if number not in self._reranked:
            return ()
        numbers = np.array([number])
        frequencies = self._frequencies(numbers)[:, 0].tolist()
        return tuple(
            _explained(one, tf, number)
            for one, tf in zip(self._pairs, frequencies, strict=True)
            if tf
        )


def _holds(listing: Listing, numbers: Numbers) -> Mask:
    """Whether each of the documents holds the leaf."""
    at = listing.numbers.searchsorted(numbers)
    same: Mask = listing.numbers.take(at, mode="clip") == numbers
    return same


def _explained(one: tuple[Pair, Listing, Listing], tf: float, number: int) -> TermScore:
    pair, first, second = one
    table = first.table
    length = float(LENGTHS[table.norms[number]])
    return pair_term_score(
        pair,
        (table.documents, first.count, second.count),
        tf=tf,
        length=length,
        average=table.average,
        tf_weight=float(table.exact(np.array([tf]), np.array([length]))[0]),
    )
