"""Is a query a sentence, and what tells which of the best posts it is about?

Of a sentence the post that is meant often lacks a word that others hold by chance: whole titles
find their posts at nDCG@10 0.90 where posts that lack a word are ranked with the others, at 0.86
where they come after all of them (2,331 posts, titles left out of the index). So posts that hold
all its words gain something, and those that begin with them do.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from souwen.index.analysis import Analyzer, Chunk
from souwen.index.analysis.fold import find, fold_text
from souwen.search.function_words import SENTENCE, tells
from souwen.search.hits import ALL_WORDS, LEAD, TermScore
from souwen.search.query import Term
from souwen.search.ranking import idf
from souwen.search.wording import groups

LEAST = 6
"""Characters of the words of a sentence: 快手电商 is none, though cut into 快, 手电 and 商."""

MOST = 64
"""Words of a sentence that count."""

LEAD_WEIGHT = 0.7
"""Of a word's idf, at the very beginning of a body; 0.5 to 0.8 were as good on judged sets."""

HALF = 150
"""Characters of the folded body after which a word weighs half as much; 200 was as good."""

LEAD_LENGTH = 1000
"""Characters of the folded body that are looked at: behind them a word weighs a hundredth."""

ALL_WEIGHT = 0.2
"""Of the idf of all words, where none is lacking; 0 was as good, 0.3 is worse."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence that tell something, as terms of ``body.words``, each once."""

    words: tuple[Term, ...]


class Rarity(NamedTuple):
    """What idf needs to know of a word: posts that have a body, and how many hold the word."""

    documents: int
    matching: int

    @property
    def idf(self) -> float:
        """BM25's idf of the word; 0 where it stands nowhere."""
        return idf(self.documents, self.matching) if self.matching else 0.0


def sentence_of(text: str, analyzer: Analyzer) -> Sentence | None:
    """All words of a text with a sentence in it; None where there are keywords alone.

    A sentence is three words or more that tell something, of LEAST characters together, with no
    sign between them, and no blank but those beside Latin letters, which mean nothing. Somewhere
    in it two words of Han stand side by side: what stands alone is a keyword.
    """
    chunks = analyzer.chunks(fold_text(text))
    if not any(map(_is_sentence, groups(chunks))):
        return None
    told = dict.fromkeys(word for chunk in chunks for word in chunk.words if tells(word))
    return Sentence(tuple(Term("body.words", word) for word in list(told)[:MOST]))


def _is_sentence(group: tuple[Chunk, ...]) -> bool:
    told = {word for chunk in group for word in chunk.words if tells(word)}
    side_by_side = any(len(chunk.words) > 1 for chunk in group)
    return side_by_side and len(told) >= SENTENCE and sum(map(len, told)) >= LEAST


def lead_share(folded: str, word: Term) -> float:
    """``2^(-end / HALF)``, where the word first stands in a folded body; 0 behind the lead."""
    at = next(find(folded[:LEAD_LENGTH], word.term), -1)
    return 0.0 if at < 0 else math.exp2(-(at + len(word.term)) / HALF)


def lead_score(word: Term, rarity: Rarity, share: float) -> TermScore:
    """What a word adds to the score of a post with such a share."""
    return TermScore(
        field=LEAD,
        term=word.term,
        weight=LEAD_WEIGHT,
        idf=rarity.idf,
        tf_weight=share,
        score=LEAD_WEIGHT * rarity.idf * share,
        tf=1.0,
        length=1.0,
        average=1.0,
        documents=rarity.documents,
        matching=rarity.matching,
    )


def all_score(sentence: Sentence, rarities: Sequence[Rarity]) -> TermScore:
    """What a post gains that holds all of the sentence, of whose words some stand somewhere."""
    total = sum(one.idf for one in rarities)
    return TermScore(
        field=ALL_WORDS,
        term=" ".join(word.term for word in sentence.words),
        weight=ALL_WEIGHT,
        idf=total,
        tf_weight=1.0,
        score=ALL_WEIGHT * total,
        tf=1.0,
        length=1.0,
        average=1.0,
        documents=max(one.documents for one in rarities),
        matching=min(one.matching for one in rarities if one.matching),
    )
