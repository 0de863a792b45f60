"""Which posts are on the subject of a given one? Those that hold the words that weigh most in it.

What Lucene calls MoreLikeThis, by BM25 in place of tf·idf: a word that stands in the post ten times
weighs little more than one that stands there five times, and the rare one more than the common one.
"""

from collections import Counter, defaultdict

from souwen.index.documents import AnalyzedDocument
from souwen.index.schema import FIELD
from souwen.search.engine import Request, Weighted
from souwen.search.hits import Match, Matches
from souwen.search.query import And, Named, Not, Or, Query, Reposts, Term, Text, Words

TERMS = 25
"""Words by which similar posts are found, as many as Lucene takes."""

TRIED = 100
"""The most frequent words of a post: the strongest are looked for among them."""

FIELDS = ("body.words", "title.words")


def own_words(post: AnalyzedDocument) -> Request:
    """Asks how much each word weighs in the post itself, and how many near-duplicates it has."""
    words = (*post.title.words.terms, *post.body.words.terms)
    counts = Counter(word for word in words if len(word) > 1)
    scoring = tuple(
        Weighted(Term(field, word), FIELD[field].weight)
        for word, _ in counts.most_common(TRIED)
        for field in FIELDS
    )
    itself = Named((post.document.id,))
    return Request(itself, scoring, Reposts(post.signature), limit=1, explain=True)


def strongest(found: Matches) -> tuple[str, ...]:
    """The words that weigh most in the post of ``own_words``, the heaviest first.

    Without those that are too rare to stand in more than the post and its near-duplicates.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    for one in (one for match in found.matches for one in match.explanation):
        weights[one.term] += one.score if one.matching > found.total_relaxed else 0.0
    ranked = sorted((-weight, word) for word, weight in weights.items() if weight)
    return tuple(word for _, word in ranked[:TERMS])


def like(post: AnalyzedDocument, words: tuple[str, ...]) -> Request:
    """Asks for the near-duplicates of the post, and behind them for those with its words."""
    leaves = tuple(Term(field, word) for word in words for field in FIELDS)
    others: Query = Not(Named((post.document.id,)))
    reposts: Query = Reposts(post.signature)
    words_of_it: Query = Or(leaves)
    return Request(
        query=And((reposts, others)),
        relaxed=And((words_of_it, others)),
        scoring=tuple(Weighted(leaf, FIELD[leaf.field].weight) for leaf in leaves),
        sort="relevance",
    )


def as_text(words: tuple[str, ...]) -> Text:
    """The query that finds these words, to be highlighted."""
    return Or(tuple(Words(word) for word in words))


def marked(match: Match) -> Match:
    """A hit of ``like``, of whose tiers the first one holds near-duplicates."""
    return match._replace(relaxed=False, duplicate=not match.relaxed)
