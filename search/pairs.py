"""Do two words of a query follow one another in a text, as they do in the query?

Words that stand together are found side by side by far more of the posts that are meant than by
others; so the best posts are ranked once more by the pairs of the query that their bodies hold.
"""

from dataclasses import dataclass
from itertools import pairwise

from souwen.index.analysis import Analyzer
from souwen.index.analysis.characters import is_alnum
from souwen.index.analysis.fold import find, fold_text
from souwen.search.function_words import tells
from souwen.search.hits import PAIRS, TermScore
from souwen.search.query import Term
from souwen.search.ranking import idf

RERANKED = 100
"""The best of each tier that are ranked by pairs, however many are asked for."""

GAP = 8
"""Characters of the folded text that may stand between the words: 的, 一个, a comma."""

MOST = 32
"""Pairs of a query that count."""

WEIGHT = 0.5
"""0.3 to 0.7 were as good on the judged sets and on titles of three kinds of posts."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two terms of ``body.words`` that add ``weight`` times their BM25 to a score.

    The frequency is how often the second follows the first in the folded body, but not oftener
    than either is a term of the post. The length is that of ``body.words``, the rarity ``rarity``.
    """

    first: Term
    second: Term
    weight: float

    @property
    def label(self) -> str:
        """How an explanation names it."""
        return f"{self.first.term} {self.second.term}"


def pairs_of(text: str, analyzer: Analyzer) -> tuple[Pair, ...]:
    """Neighbours among the words of a query that tell something, each pair once."""
    chunks = analyzer.chunks(fold_text(text))
    words = [word for chunk in chunks for word in chunk.words if tells(word)]
    distinct = list(dict.fromkeys(pairwise(words)))[:MOST]
    return tuple(
        Pair(Term("body.words", first), Term("body.words", second), WEIGHT)
        for first, second in distinct
    )


def follows(text: str, pair: Pair) -> int:
    """How often the first word stands in a folded text with the second at most GAP behind it."""
    first, second = pair.first.term, pair.second.term
    if not any(is_alnum(sign) for sign in (first[0], first[-1], second[0], second[-1])):
        return _runs_follow(text, first, second)
    reach = GAP + len(second) + 1
    ends = (at + len(first) for at in find(text, first))
    return sum(next(find(text[end : end + reach], second), reach) <= GAP for end in ends)


def _runs_follow(text: str, first: str, second: str) -> int:
    """The same of words that may stand anywhere, which takes a fifth of the time."""
    reach, count = GAP + len(second), 0
    at = text.find(first)
    while at >= 0:
        end = at + len(first)
        count += text.find(second, end, end + reach) >= 0
        at = text.find(first, at + 1)
    return count


def meeting(documents: int, first: int, second: int) -> int:
    """In how many of the documents two words meet by chance, at least in one."""
    return max(1, round(first * second / documents))


def rarity(documents: int, first: int, second: int) -> float:
    """The idf of a pair whose words stand in so many documents, as if these met by chance."""
    return idf(documents, meeting(documents, first, second))


def pair_term_score(  # noqa: PLR0913
    pair: Pair,
    met: tuple[int, int, int],
    *,
    tf: float,
    length: float,
    average: float,
    tf_weight: float,
) -> TermScore:
    """What a pair added to a text score.

    ``met`` are the documents with the field and how many of them hold the first and the second;
    the rest is as in ``TermScore``, whose ``matching`` is how many hold both by chance.
    """
    rare = rarity(*met)
    return TermScore(
        field=PAIRS,
        term=pair.label,
        weight=pair.weight,
        idf=rare,
        tf_weight=tf_weight,
        score=pair.weight * rare * tf_weight,
        tf=tf,
        length=length,
        average=average,
        documents=met[0],
        matching=meeting(*met),
    )
