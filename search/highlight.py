"""Where does a text hold what was searched?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal

from souwen.index.analysis import Analyzer
from souwen.index.analysis.characters import is_alnum
from souwen.index.analysis.fold import Folded, find, fold, fold_text
from souwen.index.analysis.grams import bigrams
from souwen.search.hits import Span
from souwen.search.query import (
    DateExpression,
    Not,
    Phrase,
    Resembles,
    StartsWith,
    Synonym,
    Text,
    Words,
    leaves,
)
from souwen.search.snippet import merge
from souwen.search.spelling import alike, reach
from souwen.search.wording import units

MOST = 500
"""Places of one pattern that are looked for in one text."""

FEW = 8
"""Words of a query of which near spellings are looked for."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Folded strings to look for; ``prefixes`` reach to the end of the word they begin, ``near``
    stand for words spelt nearly so, ``grams`` serve where nothing else is found."""

    strings: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    grams: tuple[str, ...] = ()


@lru_cache(4)
def folded_once(text: str) -> Folded:
    """``fold``, for those who look at the title and the body of one hit after another."""
    return fold(text)


def patterns(query: Text | None, place: Literal["title", "body"], analyzer: Analyzer) -> Patterns:
    """What a query makes worth showing in the title or in the body."""
    strings: dict[str, None] = {}
    prefixes: dict[str, None] = {}
    near: dict[str, None] = {}
    grams: dict[str, None] = {}
    for leaf in leaves(query):
        if isinstance(leaf, Not | DateExpression) or leaf.field not in (None, place):
            continue
        match leaf:
            case Phrase(text=text):
                strings[fold_text(text)] = None
            case Words(text=text, synonyms=synonyms):
                folded = fold_text(text)
                strings.update(dict.fromkeys(_strings(folded, synonyms, analyzer)))
                grams.update(dict.fromkeys(bigrams(folded).terms))
            case StartsWith(text=text):
                prefixes[fold_text(text)] = None
            case Resembles(text=text):
                strings[fold_text(text)] = near[fold_text(text)] = None
    return Patterns(*(tuple(filter(None, found)) for found in (strings, prefixes, near, grams)))


def _strings(folded: str, synonyms: Sequence[Synonym], analyzer: Analyzer) -> Iterator[str]:
    """Each chunk whole, its words, and what may stand in place of them.

    A single Han character only where it stands alone.
    """
    chunks = analyzer.chunks(folded)
    for chunk in chunks:
        yield folded[chunk.start : chunk.end]
        yield from (word for word in chunk.words if len(word) > 1)
    for one in synonyms:
        yield from one.others
    if synonyms:
        yield from (other for unit in units(folded, chunks, synonyms) for other in unit.others)


def spans(text: str, wanted: Patterns, analyzer: Analyzer) -> tuple[Span, ...]:
    """The stretches of the original text that match, sorted and apart."""
    folded = folded_once(text)
    found = [span for string in wanted.strings for span in islice(_of_string(folded, string), MOST)]
    found += [
        span for prefix in wanted.prefixes for span in islice(_of_prefix(folded, prefix), MOST)
    ]
    if wanted.near:
        found += islice(_of_near(folded, wanted.near[:FEW], analyzer), MOST)
    if not found:
        found = [span for gram in wanted.grams for span in islice(_of_string(folded, gram), MOST)]
    return merge(sorted(found))


def _of_string(folded: Folded, string: str) -> Iterator[Span]:
    for start in find(folded.text, string, strict=False):
        yield folded.span(start, start + len(string))


def _of_prefix(folded: Folded, prefix: str) -> Iterator[Span]:
    text = folded.text
    start = text.find(prefix)
    while start >= 0:
        end = start + len(prefix)
        while end < len(text) and is_alnum(text[end]):
            end += 1
        if not (start and is_alnum(prefix[0]) and is_alnum(text[start - 1])):
            yield folded.span(start, end)
        start = text.find(prefix, end)


def _of_near(folded: Folded, near: tuple[str, ...], analyzer: Analyzer) -> Iterator[Span]:
    words = analyzer.analyze(folded.text).words
    chosen = {
        term for term in set(words.terms) if any(alike(term, one, reach(one)) for one in near)
    }
    for term, start in zip(words.terms, words.positions, strict=True):
        if term in chosen:
            yield folded.span(start, start + len(term))
