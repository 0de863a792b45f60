"""Do engines find the same? The share of questions with equal best tens."""

from collections.abc import Sequence
from math import isclose

from race.corpus import Corpus
from race.engine import Answer

CLOSE = 1e-5
"""Scores as near as this are a tie, for some engines compute in 32 bits; dates have to be equal."""

DEEP = 300
"""So many of our best are known, for a tie at the tenth to be seen."""


def dated(answer: Answer, corpus: Corpus) -> Answer:
    """The answer with dates for scores, where posts are in the order of their dates."""
    total, best = answer
    return total, [(number, int(corpus.dates[number])) for number, _ in best]


def equal_tens(ours: Sequence[Answer], theirs: Sequence[Answer]) -> float:
    """The share of their answers whose best ten are ours, up to ties.

    ``ours`` have the best DEEP of each question, and may be more questions.
    """
    same = [_equal(mine, other) for mine, other in zip(ours, theirs, strict=False)]
    return sum(same) / len(same)


def _equal(ours: Answer, theirs: Answer) -> bool:
    worth = dict(ours[1])
    best = [score for _, score in ours[1][:10]]
    found = [worth.get(number) for number, _ in theirs[1][:10]]
    return len(found) == len(best) and all(
        one is not None and isclose(one, score, rel_tol=0 if isinstance(score, int) else CLOSE)
        for one, score in zip(found, best, strict=True)
    )


def equal_totals(ours: Sequence[Answer], theirs: Sequence[Answer]) -> float | None:
    """The share of answers with the same total; None where it is not counted."""
    pairs = [(mine[0], other[0]) for mine, other in zip(ours, theirs, strict=False)]
    if any(other is None for _, other in pairs):
        return None
    return sum(mine == other for mine, other in pairs) / len(pairs)
