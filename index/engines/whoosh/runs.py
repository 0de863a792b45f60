"""What are posting lists while they are made, merged and written? Arrays, term after term."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """Terms in ascending order with their postings, one term after the other.

    ``counts`` has the postings of each term, ``numbers`` their documents, ascending in a term,
    ``frequencies`` how often the term stands there, None where a field does not count;
    ``positions``, posting after posting, where, None where a field does not say.
    """

    terms: list[bytes]
    counts: Numbers
    numbers: Numbers
    frequencies: Numbers | None
    positions: Numbers | None

    def parts(self, bounds: list[int]) -> "Iterator[Run]":
        """The terms from each of these bounds to before the next one."""
        ends = _sums(self.counts)[bounds]
        if self.positions is None or self.frequencies is None:
            places = ends
        else:
            places = _sums(self.frequencies)[ends]
        cuts = zip(bounds, ends.tolist(), places.tolist(), strict=True)
        for (first, start, before), (last, end, behind) in pairwise(cuts):
            yield Run(
                self.terms[first:last],
                self.counts[first:last],
                self.numbers[start:end],
                None if self.frequencies is None else self.frequencies[start:end],
                None if self.positions is None else self.positions[before:behind],
            )


def _sums(counts: Numbers) -> Numbers:
    """The sum of what stands before each, and of all."""
    sums = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=sums[1:])
    return sums


def stretches(begins: Numbers, counts: Numbers) -> Numbers:
    """The indices of stretches of an array, one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(begins - (ends - counts), counts) + np.arange(total)


def restart(gaps: Numbers, starts: Numbers, counts: Numbers) -> Numbers:
    """The sums of the gaps, begun anew at every start; each stretch has so many of them."""
    if not len(gaps):
        return gaps
    sums = np.cumsum(gaps)
    return sums - np.repeat(sums[starts] - gaps[starts], counts)
