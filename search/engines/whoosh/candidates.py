"""Which documents are the best of those looked at so far?"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.runs import Numbers
from souwen.search.engines.whoosh.ascending import FEW, new
from souwen.search.engines.whoosh.listing import Scores

SMALL = 4096
"""So many scores are quickly sorted in part."""


class Candidates(NamedTuple):
    """Documents, ascending, with their text scores, recency factors (None: all 1) and scores."""

    numbers: Numbers
    text: Scores
    factors: Scores | None
    scores: Scores

    def best(self, count: int) -> "Candidates":
        """At least the ``count`` best, and all that are level with the last of them."""
        if len(self.numbers) <= count:
            return self
        return self.reaching(least(self.scores, count))

    def reaching(self, score: float) -> "Candidates":
        """Those of at least this score."""
        chosen = (self.scores >= score).nonzero()[0]
        return self if len(chosen) == len(self.numbers) else self.at(chosen)

    def at(self, chosen: npt.NDArray[np.intp]) -> "Candidates":
        """Those at these places."""
        scores = self.scores[chosen]
        factors = None if self.factors is None else self.factors[chosen]
        text = scores if factors is None else self.text[chosen]
        return Candidates(self.numbers[chosen], text, factors, scores)

    def joined(self, other: "Candidates") -> "Candidates":
        """These and the others, each document once."""
        numbers = np.concatenate((self.numbers, other.numbers))
        order = numbers.argsort(kind="stable")
        numbers = numbers[order]
        chosen = order[new(numbers)]
        factors = self.factors
        if factors is not None and other.factors is not None:
            factors = np.concatenate((factors, other.factors))
        both = Candidates(
            np.concatenate((self.numbers, other.numbers)),
            np.concatenate((self.text, other.text)),
            factors,
            np.concatenate((self.scores, other.scores)),
        )
        return both.at(chosen)


class Pool:
    """The best documents so far. ``least`` is what another must reach, -1 while any is welcome."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.least = -1.0
        self.candidates: Candidates | None = None

    def add(self, found: Candidates) -> None:
        """Take in what is good enough; documents that are there already do no harm."""
        if self.candidates is not None:
            found = self.candidates.joined(found.reaching(self.least))
        if len(found.numbers) >= self.count:
            self.least = least(found.scores, self.count)
            found = found.reaching(self.least)
        self.candidates = found


def least(scores: Scores, count: int) -> float:
    """A score that at least ``count`` of the scores reach, and few more than these."""
    if len(scores) <= FEW:
        return float(sorted(scores.tolist())[len(scores) - count])
    if len(scores) > SMALL and count <= SMALL // 8:
        # The best of each of many groups: the scores of ``count`` documents, if not the best ones.
        groups = max(SMALL // 4, 4 * count)
        width = len(scores) // groups
        scores = scores[: width * groups].reshape(width, groups).max(axis=0)
    place = len(scores) - count
    # A copy by way of bytes keeps the interpreter's lock.
    scores = np.frombuffer(bytearray(np.ascontiguousarray(scores)), np.float64)
    scores.partition(place)
    return float(scores[place])
