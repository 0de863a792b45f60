"""How good are the answers to judged queries?

nDCG with the grade as gain (Järvelin and Kekäläinen 2002), reciprocal rank, recall, and the share
of queries that find nothing; each a mean over queries, with the 95 % interval of a bootstrap
(Efron 1979): the means of RESAMPLES drawings of as many queries, with replacement.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from souwen.index.errors import QueryError
from souwen.search.hits import Hit
from souwen.search.judgements import Judgements
from souwen.search.searcher import Index

MEASURES = ("nDCG@10", "MRR@10", "recall@10", "recall@100", "zero results")
DEEP, SHALLOW = 100, 10

RESAMPLES = 1000
SEED = 20240601
CONFIDENCE = 0.95

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over queries; 95 of 100 such sets of queries would give one from low to high."""

    name: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``queries`` were judged and asked; ``unjudged`` have no right answer and were not.

    ``missing`` are posts that were judged right and are not in the index, in their order.
    """

    queries: int
    unjudged: int
    measures: tuple[Measure, ...]
    missing: tuple[str, ...] = ()


def evaluate(
    index: Index,
    queries: Mapping[str, str],
    judgements: Judgements,
    *,
    now: datetime | None = None,
    **options: Any,
) -> Evaluation:
    """Ask every judged query and measure the hits; ``options`` are those of ``Index.search``.

    A near-duplicate counts as found where the hit is under which it stands. Raises QueryError
    where no query has a right answer.
    """
    now = now or datetime.now(UTC)
    right = {name: _right(judgements.get(name, {})) for name in queries}
    judged = {name: grades for name, grades in right.items() if grades}
    if not judged:
        raise QueryError("none of the queries has a right answer; nothing can be measured")
    rows, absent = [], dict[str, None]()
    for name, grades in judged.items():
        hits = index.search(queries[name], limit=DEEP, now=now, **options).hits
        gains = [gain(hit, grades) for hit in hits]
        rows.append(measured(gains, grades.values()))
        found = {one for hit in hits for one in (hit.id, *hit.duplicates)}
        absent |= dict.fromkeys(post for post in grades if post not in found)
    return Evaluation(
        queries=len(judged),
        unjudged=len(queries) - len(judged),
        measures=tuple(_measures(np.array(rows))),
        missing=tuple(post for post in absent if not _is_in(index, post)),
    )


def _right(grades: Mapping[str, int]) -> dict[str, int]:
    return {post: grade for post, grade in grades.items() if grade > 0}


def gain(hit: Hit, grades: Mapping[str, int]) -> tuple[int, int]:
    """The grades of the right posts at a hit, added up, and how many they are."""
    found = [grades[one] for one in (hit.id, *hit.duplicates) if one in grades]
    return sum(found), len(found)


def _is_in(index: Index, post: str) -> bool:
    document = index.document(post)
    return document is not None and document.id == post


def measured(gains: Sequence[tuple[int, int]], grades: Iterable[int]) -> tuple[float, ...]:
    """The MEASURES of one query.

    ``gains`` are for each hit the sum of the grades of right posts there and how many they are,
    ``grades`` those of all right posts.
    """
    best = sorted(grades, reverse=True)
    found = [gain for gain, _ in gains]
    first = next((at for at, gain in enumerate(found[:SHALLOW], 1) if gain), 0)
    return (
        min(1.0, _discounted(found) / _discounted(best)),
        1 / first if first else 0.0,
        sum(count for _, count in gains[:SHALLOW]) / len(best),
        sum(count for _, count in gains[:DEEP]) / len(best),
        float(not gains),
    )


def _discounted(gains: Sequence[int]) -> float:
    discounts = np.log2(np.arange(SHALLOW) + 2.0)
    first = np.array(gains[:SHALLOW], np.float64)
    return float((first / discounts[: len(first)]).sum())


def _measures(rows: Table) -> Iterator[Measure]:
    """The mean of each column with its interval."""
    dice = np.random.default_rng(SEED)
    means = np.array(
        [rows[dice.integers(0, len(rows), len(rows))].mean(axis=0) for _ in range(RESAMPLES)]
    )
    edge = 100 * (1 - CONFIDENCE) / 2
    lows, highs = np.percentile(means, [edge, 100 - edge], axis=0)
    for name, mean, low, high in zip(MEASURES, rows.mean(axis=0), lows, highs, strict=True):
        yield Measure(name, float(mean), float(low), float(high))
