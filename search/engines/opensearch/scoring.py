"""What is a score in the cluster's own language, and where is it not what it should be?"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from souwen.index.documents import Document
from souwen.search.engine import Request, Weighted
from souwen.search.engines.opensearch.duplicates import SIGNATURE, signature_of
from souwen.search.engines.opensearch.holdings import Holdings
from souwen.search.engines.opensearch.lexicon import first
from souwen.search.engines.opensearch.snapshot import Json
from souwen.search.engines.opensearch.translation import (
    clauses,
    held,
    scored,
    scored_as_one,
)
from souwen.search.entry import term_score
from souwen.search.query import Alike, Fuzzy, Leaf, Passage, Prefix, Term
from souwen.search.ranking import DAY_MS, idf, recency_factor
from souwen.search.spelling import alike

TOGETHER = 1000
"""Terms that are counted as one; a cluster takes 1,024, if nobody has told it otherwise."""

FEW = 10
"""Terms among which the most frequent one is, for sure or most likely."""

CLAUSES = 950
"""Parts of a query; a cluster takes 1,024, if nobody has told it otherwise."""


_UNDATED = (-(2**63), 2**63 - 1)


class Found(NamedTuple):
    """A post in its place, by its id; ``date`` is None where it is undated.

    ``signature`` is empty where near-duplicates are not asked for.
    """

    id: str
    text: float
    factor: float
    score: float
    date: int | None
    signature: bytes

    def with_text(self, text: float) -> "Found":
        """The post with another text score."""
        return self._replace(text=text, score=text * self.factor)


class Scoring:
    """What is asked of the cluster so that it scores and orders as we do."""

    def __init__(self, request: Request, holdings: Holdings) -> None:
        self._request = request
        self._factor = holdings.snapshot.cluster.score_factor
        self._lexicon = holdings.lexicon
        self._statistics = holdings.statistics
        self._translation = holdings.translation
        self._posts = holdings.posts
        self._bounds = holdings.bounds
        self._grouped: dict[Leaf, list[tuple[list[str], int]]] = {}

    @cached_property
    def origin(self) -> int | None:
        """What ages are counted from, in milliseconds; None where they do not count."""
        recency = self._request.recency
        if recency is None or not recency.weight or self._statistics.newest is None:
            return None
        return min(recency.now, self._statistics.newest)

    @property
    def columns(self) -> list[str]:
        """What of each post is to be known beside its place."""
        return [SIGNATURE] if self._request.collapse else []

    @property
    def counted(self) -> int | bool:
        """How many posts are counted: all, where nothing else is asked for."""
        return self._request.limit == 0 or self._bounds.totals

    @property
    def page(self) -> int:
        """How many hits are fetched at once, at most."""
        return self._bounds.page

    @property
    def sort(self) -> list[Any]:
        """Score or date, then newer first, then by id."""
        newer = {"date": {"order": "desc", "missing": "_last"}}
        older = {"date": {"order": "asc", "missing": "_last"}}
        best = {"_score": {"order": "desc"}}
        match self._request.sort:
            case "date":
                return [newer, best, {"id": "asc"}]
            case "date-asc":
                return [older, best, {"id": "asc"}]
            case _:
                return [best, newer, {"id": "asc"}]

    def query(self, selecting: Json) -> Json:
        """The posts that are selected, with their scores."""
        query: Json = {"bool": {"filter": [selecting], "should": self._counting(selecting)}}
        recency, origin = self._request.recency, self.origin
        if recency is None or origin is None:
            return query
        age = {
            "origin": origin,
            "scale": f"{round(recency.half_life_days * DAY_MS)}ms",
            "decay": 0.5,
        }
        weight = recency.weight
        functions = [
            {"weight": 1},
            {
                "filter": {"range": {"date": {"lte": origin}}},
                "exp": {"date": age},
                "weight": weight,
            },
            {"filter": {"range": {"date": {"gt": origin}}}, "weight": weight},
        ]
        return {
            "function_score": {
                "query": query,
                "functions": functions,
                "score_mode": "sum",
                "boost_mode": "multiply",
            }
        }

    def _counting(self, selecting: Json) -> list[Json]:
        """The terms that count, as many as the cluster takes, those with the most weight first."""
        return self._terms[: max(0, CLAUSES - clauses(selecting))]

    @cached_property
    def _terms(self) -> list[Json]:
        heaviest = sorted(self._request.scoring, key=lambda one: -one.weight)
        if not all(isinstance(one.leaf, Term) for one in heaviest):
            # What all of them need to know, by one request.
            self._statistics.of(self._request.scoring)
        return [part for one in heaviest if one.weight for part in self._scored(one)]

    def is_cut(self, selecting: Json) -> bool:
        """Whether there are more terms than the cluster takes, so that its scores are too low."""
        return len(self._counting(selecting)) < len(self._terms)

    def _scored(self, weighted: Weighted) -> Iterator[Json]:
        """Terms that count.

        Where there are more than the cluster counts as one, it adds up scores of which each is
        that of some of them, as rare as all are together: no less than the one score should be. Of
        a passage it does not count how often that stands in a post: for it that is without end.
        """
        leaf = weighted.leaf
        if isinstance(leaf, Term):
            yield scored(leaf, weighted.weight / self._factor)
            return
        (joint,) = self._statistics.of((weighted,))
        rarity = weighted.weight * idf(joint.documents, joint.matching)
        for terms, most in self._groups(leaf):
            # None stands in more posts than all of them together.
            rarest = idf(joint.documents, min(most, joint.matching))
            boost = rarity / rarest / self._factor
            yield scored_as_one(leaf.field, terms, boost)
        for passage in _passages(leaf):
            yield held(self._translation.query(passage.stands), rarity)

    def _is_one(self, leaf: Leaf) -> bool:
        """Whether the cluster can count all that the leaf stands for as one term."""
        return not _passages(leaf) and len(self._groups(leaf)) <= 1

    def _groups(self, leaf: Leaf) -> list[tuple[list[str], int]]:
        """The terms that a leaf stands for, as many each time as the cluster counts as one.

        With the posts of the most frequent one, which are exact in the first group, and no less
        than there are in the others.
        """
        if leaf not in self._grouped:
            terms = self._expanded(leaf)
            self._grouped[leaf] = [
                ([term for term, _ in terms[at : at + TOGETHER]], terms[at][1])
                for at in range(0, len(terms), TOGETHER)
            ]
        return self._grouped[leaf]

    def _expanded(self, leaf: Leaf) -> list[tuple[str, int]]:
        """The terms with their posts, most frequent first; these are exact for the first one."""
        if isinstance(leaf, Prefix | Fuzzy):
            accept = _accepting(leaf)
            exact = first(self._lexicon.counted(leaf.field, accept, FEW), 1)
            known = self._lexicon.known(leaf.field, accept)
            return exact + [one for one in known if one[0] != exact[0][0]] if exact else []
        leaves = leaf.leaves if isinstance(leaf, Alike) else (leaf,)
        terms = dict.fromkeys(one for one in leaves if isinstance(one, Term))
        alone = self._statistics.of(tuple(Weighted(term, 1.0) for term in terms))
        found = [(term.term, one.matching) for term, one in zip(terms, alone, strict=True)]
        return sorted(found, key=lambda one: -one[1])

    def is_exact(self, selecting: Json) -> bool:
        """Whether every score that the cluster gives is what it should be."""
        return self._simple and not self.is_cut(selecting)

    @property
    def _simple(self) -> bool:
        """Whether all that is scored are terms, or what the cluster can count as one."""
        leaves = (one.leaf for one in self._request.scoring)
        return all(isinstance(leaf, Term) or self._is_one(leaf) for leaf in leaves)

    def mended(self, found: Sequence[Found]) -> list[Found]:
        """The posts with the scores that they should have, computed anew."""
        texts = {
            document.id: self._text(document)
            for document in self._posts.fetch(one.id for one in found)
        }
        return [one.with_text(texts[one.id]) for one in found]

    def _text(self, document: Document) -> float:
        entry = self._posts.entry(document)
        text = 0.0
        for one in self._statistics.of(self._request.scoring):
            score = term_score(one, entry)
            text += 0.0 if score is None else score.score
        return text

    def place(self, found: Found) -> tuple[Any, ...]:
        """The key of the order."""
        undated, date = found.date is None, found.date or 0
        match self._request.sort:
            case "date":
                return undated, -date, -found.score, found.id
            case "date-asc":
                return undated, date, -found.score, found.id
            case _:
                return best_first(found)

    def found(self, hits: Sequence[Json]) -> list[Found]:
        """The hits with their dates and the parts of their scores."""
        if not hits:
            return []
        by_date = self._request.sort in ("date", "date-asc")
        at, score = (0, 1) if by_date else (1, 0)
        dates = [hit["sort"][at] for hit in hits]
        dated = np.array([date not in _UNDATED for date in dates])
        factors = recency_factor(
            np.array([date if known else 0 for date, known in zip(dates, dated, strict=True)]),
            dated,
            self._request.recency,
            self._statistics.newest if self._request.recency is not None else None,
        ).tolist()
        return [
            Found(
                id=hit["sort"][2],
                text=hit["sort"][score] / factor,
                factor=factor,
                score=hit["sort"][score],
                date=date if known else None,
                signature=signature_of(hit) if self.columns else b"",
            )
            for hit, date, known, factor in zip(hits, dates, dated.tolist(), factors, strict=True)
        ]


def _passages(leaf: Leaf) -> list[Passage]:
    leaves = leaf.leaves if isinstance(leaf, Alike) else (leaf,)
    return [one for one in leaves if isinstance(one, Passage)]


def _accepting(leaf: Prefix | Fuzzy) -> Callable[[str], bool]:
    if isinstance(leaf, Prefix):
        return lambda term: term.startswith(leaf.prefix)
    return lambda term: alike(term, leaf.term, leaf.distance)


def best_first(found: Found) -> tuple[float, bool, int, str]:
    """The key of the order by score."""
    return -found.score, found.date is None, -(found.date or 0), found.id
