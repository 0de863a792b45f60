"""What do the pairs of a query add to the best documents? Few of these have their texts read."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.norms import LENGTHS
from souwen.search.engines.whoosh.candidates import Candidates, least
from souwen.search.engines.whoosh.listing import Listing, Listings, Scores
from souwen.search.hits import TermScore
from souwen.search.pairs import Pair, follows, pair_term_score, rarity

BATCH = 16
"""So many texts are read before it is asked whether the next one can matter."""

SLACK = 1 + 1e-9
"""Bounds are added up as scores are, but of greater numbers, which round otherwise."""


class Reranker:
    """Adds what pairs are worth to text scores, and remembers to which documents."""

    def __init__(self, pairs: Sequence[Pair], snapshot: Snapshot, listings: Listings) -> None:
        self._snapshot = snapshot
        held = ((pair, listings.of(pair.first), listings.of(pair.second)) for pair in pairs)
        self._pairs = [one for one in held if one[1].count and one[2].count]
        self._reranked: set[int] = set()
        self._found: dict[int, Scores] = {}

    @property
    def idle(self) -> bool:
        """Whether nothing is ever added, since no document holds both words of a pair."""
        return not self._pairs

    def best(self, found: Candidates, count: int | None) -> Candidates:
        """At least the ``count`` best with their pairs, all of them where it is None.

        Documents are read in the order of the scores that they would have if their words always
        stood in pairs, and no more of them than can matter.
        """
        most = self._most(found.numbers)
        bounds = self._with(found, most).scores * SLACK
        order, size = (-bounds).argsort(kind="stable"), len(bounds)
        frequencies = np.zeros(most.shape)
        read = found
        for begin in range(0, size, BATCH):
            end = min(begin + BATCH, size)
            self._read(found.numbers, most, frequencies, order[begin:end])
            chosen = np.sort(order[:end])
            if end == size or (count is not None and end >= count):
                read = self._with(found.at(chosen), frequencies[:, chosen])
                if end == size or (count and least(read.scores, count) > bounds[order[end]]):
                    break
        self._reranked.update(read.numbers.tolist())
        return read

    def _most(self, numbers: Numbers) -> Scores:
        """How often each pair can stand in each document."""
        return np.array(
            [
                np.minimum(_frequencies(first, numbers), _frequencies(second, numbers))
                for _, first, second in self._pairs
            ]
        )

    def _read(
        self, numbers: Numbers, most: Scores, frequencies: Scores, places: npt.NDArray[np.intp]
    ) -> None:
        """Put in how often each pair stands in the documents at these places."""
        for at in places.tolist():
            if most[:, at].any():
                number = int(numbers[at])
                found = self._found.get(number)
                if found is None:
                    found = self._found[number] = self._count(number, most[:, at])
                frequencies[:, at] = found

    def _count(self, number: int, most: Scores) -> Scores:
        """How often each pair stands in a document, nowhere oftener than ``most``."""
        body = self._snapshot.folded("body", number)
        found = np.zeros(len(most))
        for one in np.flatnonzero(most).tolist():
            found[one] = follows(body, self._pairs[one][0])
        return np.minimum(found, most)

    def _with(self, found: Candidates, frequencies: Scores) -> Candidates:
        """The documents with what the pairs add that stand there so often."""
        text = found.text.copy()
        for (pair, first, second), often in zip(self._pairs, frequencies, strict=True):
            if often.any():
                table = first.table
                lengths = LENGTHS[table.norms[found.numbers]].astype(np.float64)
                rare = rarity(table.documents, first.count, second.count)
                text += table.exact(often, lengths) * (pair.weight * rare)
        scores = text if found.factors is None else text * found.factors
        return Candidates(found.numbers, text, found.factors, scores)

    def explain(self, number: int) -> tuple[TermScore, ...]:
        """What each pair added to the score of one document."""
        if number not in self._reranked:
            return ()
        numbers = np.array([number])
        most = self._most(numbers)
        frequencies = np.zeros(most.shape)
        self._read(numbers, most, frequencies, np.zeros(1, np.intp))
        pairs = zip(self._pairs, frequencies[:, 0].tolist(), strict=True)
        return tuple(_explained(one, tf, number) for one, tf in pairs if tf)


def _frequencies(listing: Listing, numbers: Numbers) -> Scores:
    """How often the leaf stands in each of the documents."""
    at = listing.numbers.searchsorted(numbers)
    found: Scores = listing.frequencies.take(at, mode="clip").astype(np.float64)
    found[listing.numbers.take(at, mode="clip") != numbers] = 0
    return found


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
