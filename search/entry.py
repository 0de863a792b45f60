"""What does one analyzed document hold, and what is it worth? Formulas as they are written.

For engines that look at a document at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from souwen.index.analysis.fold import find
from souwen.index.documents import AnalyzedDocument, Keyword
from souwen.index.engine import field_dates, field_keywords, field_terms
from souwen.index.norms import quantise
from souwen.index.schema import FIELD
from souwen.search.engine import Weighted
from souwen.search.hits import TermScore
from souwen.search.pairs import Pair, follows, pair_term_score
from souwen.search.query import Adjacent, Alike, Contiguous, Fuzzy, Leaf, Passage, Prefix, Term
from souwen.search.ranking import frequency_weight, idf
from souwen.search.sentence import Rarity, Sentence, all_score, lead_score, lead_share
from souwen.search.spelling import alike


class Entry:
    """One document with its terms counted."""

    def __init__(self, analyzed: AnalyzedDocument) -> None:
        self.analyzed = analyzed
        self.terms: dict[str, Counter[str]] = {
            name: Counter(terms) for name, terms in field_terms(analyzed)
        }
        self.keywords: dict[str, tuple[Keyword, ...]] = dict(field_keywords(analyzed))
        self.dates: dict[str, int | None] = dict(field_dates(analyzed.document.metadata))
        self._lengths = {name: counts.total() for name, counts in self.terms.items()}

    @property
    def id(self) -> str:
        """The document's id."""
        return self.analyzed.document.id

    def distinct(self, field: str) -> Set[str]:
        """The terms of the field, or the folded values where it is a keyword field."""
        if field in self.terms:
            return self.terms[field].keys()
        return {keyword.folded for keyword in self.keywords.get(field, ())}

    def frequency(self, leaf: Leaf) -> int:
        """How often the leaf stands in its field; values of a keyword field are terms."""
        if isinstance(leaf, Alike):
            return sum(map(self.frequency, leaf.leaves))
        if isinstance(leaf, Passage):
            return sum(1 for _ in self.places(leaf.stands))
        counts = self.terms.get(leaf.field)
        if counts is None:
            counts = Counter(keyword.folded for keyword in self.keywords.get(leaf.field, ()))
        if isinstance(leaf, Term):
            return counts.get(leaf.term, 0)
        accept = acceptor(leaf)
        return sum(count for term, count in counts.items() if accept(term))

    def places(self, query: Contiguous) -> Iterator[int]:
        """Where the text stands in the folded title or body."""
        text = self.analyzed.title if query.field == "title" else self.analyzed.body
        return find(text.folded, query.folded, strict=query.strict)

    def positions(self, term: Term) -> set[int]:
        """Where the word stands in the folded title or body."""
        text = self.analyzed.title if term.field == "title.words" else self.analyzed.body
        pairs = zip(text.words.terms, text.words.positions, strict=True)
        return {at for word, at in pairs if word == term.term}

    def adjacent(self, query: Adjacent) -> bool:
        """Whether the terms stand at these distances from one another."""
        begins = (
            {at - offset for at in self.positions(term)}
            for term, offset in zip(query.terms, query.offsets, strict=True)
        )
        return bool(set.intersection(*begins))

    def length(self, field: str) -> int:
        """The number of terms in the field."""
        return self._lengths[field]


def acceptor(leaf: Prefix | Fuzzy) -> Callable[[str], bool]:
    """The test that a term must pass to count for the leaf."""
    match leaf:
        case Prefix(prefix=prefix):
            return lambda term: term.startswith(prefix)
        case Fuzzy(term=wanted, distance=distance):
            return lambda term: alike(term, wanted, distance)
        case _:
            assert_never(leaf)


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """One scored term: N documents with the field, df with the term, the field's mean length."""

    weighted: Weighted
    documents: int
    matching: int
    average: float


def term_score(one: TermStatistics, entry: Entry) -> TermScore | None:
    """What the term adds to the document's score; None where it does not stand there."""
    leaf, field = one.weighted.leaf, FIELD[one.weighted.leaf.field]
    tf = float(entry.frequency(leaf))
    if not tf:
        return None
    length = float(quantise(np.array([entry.length(field.name)]))[0])
    rarity = idf(one.documents, one.matching)
    tf_weight = float(frequency_weight(np.array([tf]), np.array([length]), one.average, field.b)[0])
    return TermScore(
        field=field.name,
        term=leaf.label,
        weight=one.weighted.weight,
        idf=rarity,
        tf_weight=tf_weight,
        score=one.weighted.weight * rarity * tf_weight,
        tf=tf,
        length=length,
        average=one.average,
        documents=one.documents,
        matching=one.matching,
    )


def pair_score(
    pair: Pair, first: TermStatistics, second: TermStatistics, entry: Entry
) -> TermScore | None:
    """What the pair adds to the document's score; None where it does not stand there."""
    most = min(entry.frequency(pair.first), entry.frequency(pair.second))
    tf = float(min(most, follows(entry.analyzed.body.folded, pair) if most else 0))
    if not tf:
        return None
    field = FIELD[pair.first.field]
    length = float(quantise(np.array([entry.length(field.name)]))[0])
    met = (first.documents, first.matching, second.matching)
    tf_weight = frequency_weight(np.array([tf]), np.array([length]), first.average, field.b)
    return pair_term_score(
        pair, met, tf=tf, length=length, average=first.average, tf_weight=float(tf_weight[0])
    )


def sentence_scores(
    sentence: Sentence, rarities: Sequence[Rarity], entry: Entry, *, complete: bool
) -> Iterator[TermScore]:
    """What a sentence adds to a document's score; ``complete`` where the document lacks nothing."""
    for word, rarity in zip(sentence.words, rarities, strict=True):
        share = lead_share(entry.analyzed.body.folded, word) if entry.frequency(word) else 0.0
        if share:
            yield lead_score(word, rarity, share)
    if complete and any(rarity.matching for rarity in rarities):
        yield all_score(sentence, rarities)
