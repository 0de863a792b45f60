"""Which of the best posts hold pairs of words? Their texts tell, which are fetched.

Only of those that hold both words of a pair.
"""

from collections.abc import Sequence

import numpy as np

from souwen.index.analysis.fold import fold_text
from souwen.index.documents import Document
from souwen.index.engines.opensearch.mapping import similarity
from souwen.index.norms import quantise
from souwen.index.schema import FIELD
from souwen.search.engine import Weighted
from souwen.search.engines.opensearch.holdings import Holdings
from souwen.search.engines.opensearch.scoring import Found, best_first
from souwen.search.engines.opensearch.snapshot import Json
from souwen.search.entry import Entry, TermStatistics, pair_score
from souwen.search.hits import TermScore
from souwen.search.pairs import Pair, follows, rarity
from souwen.search.query import Term
from souwen.search.ranking import frequency_weight

WORDS = "body.words"
_LENGTH = f"lengths.{similarity(WORDS)}"


class Reranker:
    """Adds what pairs are worth to the scores of a few posts."""

    def __init__(self, pairs: Sequence[Pair], holdings: Holdings) -> None:
        self._pairs = pairs
        self._snapshot = holdings.snapshot
        self._statistics = holdings.statistics
        self._posts = holdings.posts
        self._seen: set[str] = set()

    def best(self, found: Sequence[Found]) -> list[Found]:
        """The posts in their new order."""
        self._seen.update(one.id for one in found)
        added = self._added([one.id for one in found])
        again = [one if one.id not in added else _with(one, added[one.id]) for one in found]
        return sorted(again, key=best_first)

    def _added(self, ids: list[str]) -> dict[str, list[float]]:
        """What pairs add to the posts in which any of them stands."""
        known = self._known()
        if not known or not ids:
            return {}
        hits = self._holding(ids, known)
        added = {hit["sort"][0]: self._of(hit, known) for hit in hits}
        return {name: scores for name, scores in added.items() if scores}

    def _known(self) -> list[tuple[Pair, TermStatistics, TermStatistics]]:
        """The pairs of which both words stand somewhere."""
        words = tuple(
            Weighted(word, 1.0) for pair in self._pairs for word in (pair.first, pair.second)
        )
        counted = self._statistics.of(words)
        every = zip(self._pairs, counted[::2], counted[1::2], strict=True)
        return [one for one in every if one[1].matching and one[2].matching]

    def _holding(
        self, ids: list[str], known: list[tuple[Pair, TermStatistics, TermStatistics]]
    ) -> list[Json]:
        """Those of the posts that hold both words of a pair, with what is to be known of them."""
        words = dict.fromkeys(word for pair, _, _ in known for word in (pair.first, pair.second))
        both = [
            {"bool": {"filter": [_term(pair.first), _term(pair.second)]}} for pair, _, _ in known
        ]
        body = {
            "size": len(ids),
            "query": {
                "bool": {
                    "filter": [
                        {"terms": {"id": ids}},
                        {"bool": {"should": both, "minimum_should_match": 1}},
                    ],
                    "should": [_term(word, word.term) for word in words],
                }
            },
            "sort": [{"id": "asc"}],
            "_source": ["post.body"],
            "docvalue_fields": [_LENGTH],
        }
        found: list[Json] = self._snapshot.search(body, dfs=True)["hits"]["hits"]
        return found

    def _of(
        self, hit: Json, known: list[tuple[Pair, TermStatistics, TermStatistics]]
    ) -> list[float]:
        """What each pair adds to a post, in their order."""
        body = hit["_source"]["post"]["body"]
        held = set(hit["matched_queries"])
        (length,) = quantise(np.array(hit["fields"][_LENGTH])).astype(np.float64)
        folded, entry = fold_text(body), None
        scores = []
        for pair, first, second in known:
            if not {pair.first.term, pair.second.term} <= held:
                continue
            tf = follows(folded, pair)
            if tf > 1:
                # Not oftener than either is a term of the post.
                entry = entry or self._posts.entry(Document("", "", "", body))
                tf = min(tf, entry.frequency(pair.first), entry.frequency(pair.second))
            if tf:
                weight = frequency_weight(
                    np.array([float(tf)]), np.array([length]), first.average, FIELD[WORDS].b
                )
                rare = rarity(first.documents, first.matching, second.matching)
                scores.append(pair.weight * rare * float(weight[0]))
        return scores

    def explain(self, entry: Entry) -> list[TermScore]:
        """What each pair added to the score of one post."""
        if entry.id not in self._seen:
            return []
        scores = (pair_score(pair, first, second, entry) for pair, first, second in self._known())
        return [score for score in scores if score is not None]


def _term(word: Term, name: str | None = None) -> Json:
    named = {} if name is None else {"_name": name}
    return {"term": {word.field: {"value": word.term, **named}}}


def _with(found: Found, scores: list[float]) -> Found:
    text = found.text
    for score in scores:
        text += score
    return found._replace(text=text, score=text * found.factor)
