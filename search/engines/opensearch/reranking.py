"""Which of the best posts hold pairs of words, or begin with a sentence's? Their texts tell.

They are fetched: for pairs alone, only of posts that hold both words of one.
"""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from souwen.index.analysis.fold import fold_text
from souwen.index.documents import Document
from souwen.index.engines.opensearch.mapping import similarity
from souwen.index.norms import quantise
from souwen.index.schema import FIELD
from souwen.search.engine import Request, Weighted
from souwen.search.engines.opensearch.holdings import Holdings
from souwen.search.engines.opensearch.scoring import Found, best_first
from souwen.search.engines.opensearch.snapshot import Json
from souwen.search.entry import Entry, TermStatistics, pair_score, sentence_scores
from souwen.search.hits import TermScore
from souwen.search.pairs import Pair, follows, rarity
from souwen.search.query import Term
from souwen.search.ranking import frequency_weight
from souwen.search.sentence import Rarity, all_score, lead_score, lead_share

WORDS = "body.words"
_LENGTH = f"lengths.{similarity(WORDS)}"


Complete = Callable[[Collection[str]], Collection[str]]
"""Tells which of some posts lack nothing of what was asked."""


class Reranker:
    """Adds what pairs and a sentence are worth to the scores of a few posts."""

    def __init__(self, request: Request, holdings: Holdings, complete: Complete) -> None:
        self._pairs = request.pairs
        self._sentence = request.sentence if request.merges else None
        self._complete = complete
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
        """What is added to those of the posts that gain something."""
        known, rarities = self._known(), self._rarities()
        words = self._sentence.words if self._sentence is not None else ()
        if not ids or not (known or words):
            return {}
        hits = self._holding(ids, known, words)
        added = {hit["sort"][0]: self._of(hit, known, rarities) for hit in hits}
        if self._sentence is not None and any(one.matching for one in rarities):
            gain = all_score(self._sentence, rarities).score
            for name in self._complete(ids):
                added.setdefault(name, []).append(gain)
        return {name: scores for name, scores in added.items() if scores}

    def _rarities(self) -> list[Rarity]:
        """How rare each word of the sentence is."""
        words = self._sentence.words if self._sentence is not None else ()
        counted = self._statistics.of(tuple(Weighted(word, 1.0) for word in words))
        return [Rarity(one.documents, one.matching) for one in counted]

    def _known(self) -> list[tuple[Pair, TermStatistics, TermStatistics]]:
        """The pairs of which both words stand somewhere."""
        words = tuple(
            Weighted(word, 1.0) for pair in self._pairs for word in (pair.first, pair.second)
        )
        counted = self._statistics.of(words)
        every = zip(self._pairs, counted[::2], counted[1::2], strict=True)
        return [one for one in every if one[1].matching and one[2].matching]

    def _holding(
        self,
        ids: list[str],
        known: list[tuple[Pair, TermStatistics, TermStatistics]],
        leading: Sequence[Term],
    ) -> list[Json]:
        """Those of the posts that hold both words of a pair or one that may stand in the lead.

        With what is to be known of them.
        """
        paired = [word for pair, _, _ in known for word in (pair.first, pair.second)]
        words = dict.fromkeys((*paired, *leading))
        several = [
            {"bool": {"filter": [_term(pair.first), _term(pair.second)]}} for pair, _, _ in known
        ]
        several += [_term(word) for word in leading]
        body = {
            "size": len(ids),
            "query": {
                "bool": {
                    "filter": [
                        {"terms": {"id": ids}},
                        {"bool": {"should": several, "minimum_should_match": 1}},
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
        self,
        hit: Json,
        known: list[tuple[Pair, TermStatistics, TermStatistics]],
        rarities: Sequence[Rarity],
    ) -> list[float]:
        """What each pair and each word in the lead adds to a post, in their order."""
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
        words = self._sentence.words if self._sentence is not None else ()
        for word, rarity_of_word in zip(words, rarities, strict=True):
            share = lead_share(folded, word) if word.term in held else 0.0
            if share:
                scores.append(lead_score(word, rarity_of_word, share).score)
        return scores

    def explain(self, entry: Entry) -> list[TermScore]:
        """What was added to the score of one post."""
        if entry.id not in self._seen:
            return []
        pairs = (pair_score(pair, first, second, entry) for pair, first, second in self._known())
        scores = [score for score in pairs if score is not None]
        if self._sentence is not None:
            complete = entry.id in self._complete((entry.id,))
            scores += sentence_scores(self._sentence, self._rarities(), entry, complete=complete)
        return scores


def _term(word: Term, name: str | None = None) -> Json:
    named = {} if name is None else {"_name": name}
    return {"term": {word.field: {"value": word.term, **named}}}


def _with(found: Found, scores: list[float]) -> Found:
    text = found.text
    for score in scores:
        text += score
    return found._replace(text=text, score=text * found.factor)
