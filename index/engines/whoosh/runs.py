"""What are posting lists while they are made, merged and written? Arrays, term after term."""

from dataclasses import dataclass

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

    def part(self, first: int, last: int) -> "Run":
        """The terms from ``first`` to before ``last``."""
        ends = np.cumsum(self.counts)
        start = int(ends[first - 1]) if first else 0
        end = int(ends[last - 1]) if last else 0
        return self._cut(first, last, start, end)

    def _cut(self, first: int, last: int, start: int, end: int) -> "Run":
        positions, frequencies = self.positions, self.frequencies
        if positions is not None and frequencies is not None:
            before = int(frequencies[:start].sum())
            positions = positions[before : before + int(frequencies[start:end].sum())]
        return Run(
            self.terms[first:last],
            self.counts[first:last],
            self.numbers[start:end],
            None if frequencies is None else frequencies[start:end],
            positions,
        )


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
