"""What does a query mean in terms of the index? From a tree of text to a tree of terms."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from souwen.index.analysis import Analyzer, Chunk, whole
from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.grams import bigrams, chars
from souwen.index.analysis.technical import atomic_runs
from souwen.index.documents import AnalyzedText
from souwen.index.schema import FIELD
from souwen.search.date_range import date_range
from souwen.search.engine import Weighted
from souwen.search.function_words import SENTENCE, WEIGHT, tells
from souwen.search.pairs import MOST, Pair, pairs_of
from souwen.search.query import (
    Alike,
    And,
    Contiguous,
    DateExpression,
    Fuzzy,
    Glob,
    Holds,
    Leaf,
    Not,
    Or,
    Passage,
    Phrase,
    Prefix,
    Query,
    Range,
    Resembles,
    StartsWith,
    Synonym,
    Term,
    Text,
    TextField,
    Words,
    leaves,
)
from souwen.search.sentence import Sentence, sentence_of
from souwen.search.spelling import reach
from souwen.search.wording import Element, gathered, groups, units

Place = Literal["title", "body"]
PLACES: tuple[Place, ...] = ("title", "body")
KEYWORDS = {"tag": "tags", "category": "categories", "author": "author", "url": "url"}
"""The schema's name of each keyword field."""

SCORED = 1000
"""Characters of a phrase that count in the score; words are never more."""

SYNONYMS = 0.8
"""The share of a word's weight that it has in common with its synonyms."""

MANY = 64
"""Terms after which it is cheaper to look into the few posts that hold them all."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the meaning of a query depends on besides its text.

    ``path`` gives the posts that a pattern of paths means.
    """

    analyzer: Analyzer
    timezone: ZoneInfo
    now: datetime
    path: Callable[[str], Query] = Glob


@dataclass(frozen=True, slots=True)
class Analyzed:
    """A query in terms: what must match, what may match instead, and what adds to the score.

    ``relaxed`` is None where nothing of the query can be given up, ``sentence`` where it is none.
    """

    query: Query
    relaxed: Query | None
    scoring: tuple[Weighted, ...]
    pairs: tuple[Pair, ...] = ()
    sentence: Sentence | None = None


def analyze_query(text: Text, context: Context) -> Analyzed:
    """The meaning of a parsed query."""
    return Analyzed(
        query=_required(text, context),
        relaxed=_relaxed(text, context),
        scoring=_scoring(text, context),
        pairs=tuple(dict.fromkeys(_pairs(text, context)))[:MOST],
        sentence=_sentence(text, context),
    )


def _required(text: Text, context: Context) -> Query:
    """Every word of the query, phrases as they stand."""
    match text:
        case And(parts=parts):
            return And(tuple(_required(part, context) for part in parts))
        case Or(parts=parts):
            return Or(tuple(_required(part, context) for part in parts))
        case Not(part=part):
            return Not(_required(part, context))
        case Words(text=words, field=field, synonyms=synonyms):
            in_text = partial(_words, context=context, synonyms=synonyms)
            return _in_field(words, field, context, in_text)
        case Phrase(text=words, field=field):
            return _in_field(words, field, context, _phrase)
        case StartsWith() | Resembles():
            return _approximate(text, context)
        case DateExpression(field=date_field, expression=expression):
            since, until = date_range(expression, timezone=context.timezone, now=context.now)
            return Range(date_field, since, until)
        case _:
            assert_never(text)


def _in_text(field: TextField | None) -> bool:
    return field is None or field in PLACES


def _places(field: TextField | None) -> tuple[Place, ...]:
    return (field,) if field in PLACES else PLACES


def _in_field(
    words: str,
    field: TextField | None,
    context: Context,
    in_text: Callable[[str, tuple[Place, ...]], Query],
) -> Query:
    """A keyword field is matched by what its values hold; the path by its pattern."""
    if field == "path":
        return context.path(words) if any(sign in words for sign in "*?[") else Glob(f"*{words}*")
    if field in KEYWORDS:
        return Holds(KEYWORDS[field], fold_text(words))
    return in_text(words, _places(field))


def _words(
    words: str, places: tuple[Place, ...], context: Context, synonyms: tuple[Synonym, ...]
) -> Query:
    """Posts that hold every group of glued chunks."""
    folded = fold_text(words)
    chunks = context.analyzer.chunks(folded)
    if not chunks:
        return _phrase(words, places)
    spared = _spared(chunks)
    asked = (
        _worded(folded, several, places, spared, synonyms)
        for several in gathered(groups(chunks), synonyms)
    )
    return _and([group for group in asked if group is not None])


def _spared(chunks: tuple[Chunk, ...]) -> frozenset[str]:
    """Words that posts need not hold: those of a sentence that say little."""
    words = {word for chunk in chunks for word in chunk.words}
    told = set(filter(tells, words))
    return frozenset(words - told) if len(told) >= SENTENCE else frozenset()


def _group(
    folded: str, group: tuple[Chunk, ...], places: tuple[Place, ...], spared: frozenset[str]
) -> Query | None:
    """The parts of a group, or where they are of both kinds the group as it stands.

    None where all its words are spared.
    """
    asked = [_chunk(folded, one, places, spared) for one in group if {*one.words} - spared]
    if not asked:
        return None
    parts = _and(asked)
    if len(group) == 1:
        return parts
    text = folded[group[0].start : group[-1].end]
    return Or((parts, _stands(text, places, strict=False)))


def _worded(
    folded: str,
    several: tuple[tuple[Chunk, ...], ...],
    places: tuple[Place, ...],
    spared: frozenset[str],
    synonyms: tuple[Synonym, ...],
) -> Query | None:
    """Groups as typed, or where there are synonyms each unit as typed or worded otherwise.

    What has a group as it stands has all its units as well, unless chunks are glued in it.
    """
    chunks = [chunk for group in several for chunk in group]
    if not any(chunks[0].start < one.end and one.start < chunks[-1].end for one in synonyms):
        return _group(folded, several[0], places, spared)
    parts: list[Query] = []
    for unit in units(folded, chunks, synonyms):
        asked = [one for one in unit.elements if {*one.words} - spared]
        if asked:
            typed = _and([_element(folded, one, places) for one in asked])
            parts.append(Or((typed, *(_stands(other, places) for other in unit.others))))
    if not parts:
        return None
    glued = [group for group in several if len(group) > 1]
    as_typed = (_group(folded, group, places, spared) for group in several) if glued else ()
    whole = [group for group in as_typed if group is not None]
    return Or((_and(parts), _and(whole))) if whole else _and(parts)


def _element(folded: str, element: Element, places: tuple[Place, ...]) -> Query:
    if element.kind == "technical":
        return _token(element.words[0], places)
    return _stands(folded[element.start : element.end], places)


def _token(term: str, places: tuple[Place, ...]) -> Query:
    return Or(tuple(Term(f"{place}.words", term) for place in places))


def _chunk(folded: str, chunk: Chunk, places: tuple[Place, ...], spared: frozenset[str]) -> Query:
    """A Han run as it stands or by its words; a technical token by its term.

    Words of one character each, as in 快手, are no more than its characters.
    """
    if chunk.kind == "technical":
        return _token(chunk.words[0], places)
    run = folded[chunk.start : chunk.end]
    stands = _stands(run, places)
    if len(chunk.words) == 1 or max(map(len, chunk.words)) == 1:
        return stands
    asked = [word for word in chunk.words if word not in spared]
    return Or((stands, _and([_stands(word, places) for word in asked])))


def _phrase(words: str, places: tuple[Place, ...]) -> Query:
    return _stands(fold_text(words), places)


def _stands(folded: str, places: tuple[Place, ...], *, strict: bool = True) -> Query:
    """Posts in which this text stands contiguously in one of the places."""
    return Or(tuple(_contiguous(folded, place, strict=strict) for place in places))


def _contiguous(folded: str, place: Place, *, strict: bool = True) -> Contiguous:
    return Contiguous(
        field=place,
        folded=folded,
        terms=_candidates(folded, place, strict=strict),
        sure=_sure(folded, place),
        strict=strict,
    )


def _candidates(folded: str, place: Place, *, strict: bool) -> tuple[Term, ...]:
    """Terms that every text must have in which ``folded`` stands; as many as tell enough."""
    pairs, characters = bigrams(folded), chars(folded)
    grams = [Term(f"{place}.bigrams", term) for term in pairs.terms]
    paired = {at for start in pairs.positions for at in (start, start + 1)}
    singles = [
        Term(f"{place}.chars", char)
        for char, at in zip(characters.terms, characters.positions, strict=True)
        if at not in paired
    ]
    runs = [Term(f"{place}.words", run) for run in _runs(folded, strict=strict)]
    return tuple(dict.fromkeys(grams + singles + runs))[:MANY]


def _runs(folded: str, *, strict: bool) -> Iterator[str]:
    """The runs of letters and digits that are terms of every text in which ``folded`` stands.

    At its end c may be the beginning of c++, where edges are loose, and c+ always.
    """
    for start, run in atomic_runs(folded):
        end = start + len(run)
        open_end = len(run) == 1 and (folded[end:] == "+" or (not strict and end == len(folded)))
        if not open_end:
            yield run


def _sure(folded: str, place: Place) -> Term | None:
    """A term that no text has in which ``folded`` does not stand."""
    if len(chars(folded).terms) != len(folded):
        return None
    field = {1: "chars", 2: "bigrams"}.get(len(folded), "words")
    return Term(f"{place}.{field}", folded)


def _approximate(text: StartsWith | Resembles, context: Context) -> Query:
    """What begins so or is spelt so, and whatever the text without its sign finds."""
    exact = _required(Words(text.text, text.field), context)
    return Or((*_approximate_leaves(text), exact))


def _approximate_leaves(text: StartsWith | Resembles) -> list[Prefix | Fuzzy]:
    folded = fold_text(text.text)
    if isinstance(text, StartsWith):
        return [Prefix(field, folded) for field in _fields(text.field)]
    return [Fuzzy(field, folded, reach(folded)) for field in _fields(text.field)]


def _fields(field: TextField | None) -> tuple[str, ...]:
    """Where the terms are that may begin or be spelt so: values of keyword fields are terms."""
    if field in KEYWORDS:
        return (KEYWORDS[field],)
    return tuple(f"{place}.words" for place in _places(field))


def _relaxed(text: Text, context: Context) -> Query | None:
    """Some of the words, where there are words; phrases, filters and dates stay as they are."""
    match text:
        case And(parts=parts):
            return _relaxed_and(parts, context)
        case Or(parts=parts):
            relaxed = [_relaxed(part, context) for part in parts]
            if not any(relaxed):
                return None
            pairs = zip(parts, relaxed, strict=True)
            return Or(tuple(some or _required(part, context) for part, some in pairs))
        case Words(field=None | "title" | "body" as field):
            return _some(text, _places(field), context)
        case StartsWith(field=field) | Resembles(field=field) if _in_text(field):
            return _approximate(text, context)
        case _:
            return None


def _relaxed_and(parts: tuple[Text, ...], context: Context) -> Query | None:
    relaxed = [_relaxed(part, context) for part in parts]
    optional = tuple(some for some in relaxed if some is not None)
    if not optional:
        return None
    firm = [part for part, some in zip(parts, relaxed, strict=True) if some is None]
    required = tuple(_required(part, context) for part in firm)
    if any(isinstance(part, Phrase) for part in firm):
        return And(required)
    return And((*required, Or(optional)))


def _some(typed: Words, places: tuple[Place, ...], context: Context) -> Query:
    """Posts with any of the words or synonyms, or with two of the characters side by side.

    A single Han character says too little, unless it was typed alone or there is nothing else.
    """
    analyzed = context.analyzer.analyze(typed.text)
    single = set(chars(analyzed.folded).terms) - set(_alone(typed.text, context))
    telling = [term for term in dict.fromkeys(analyzed.words.terms) if term not in single]
    pairs = dict.fromkeys(bigrams(analyzed.folded).terms)
    if not telling and not pairs:
        telling = list(dict.fromkeys(analyzed.words.terms))
    others = dict.fromkeys(other for one in typed.synonyms for other in one.others)
    return Or(
        tuple(Term(f"{place}.words", term) for place in places for term in telling)
        + tuple(Term(f"{place}.bigrams", term) for place in places for term in pairs)
        + tuple(_stands(other, places) for other in others)
    )


def _alone(words: str, context: Context) -> Iterator[str]:
    """Characters between blanks or punctuation."""
    folded = fold_text(words)
    for group in groups(context.analyzer.chunks(folded)):
        if group[-1].end - group[0].start == 1:
            yield folded[group[0].start]


def _scoring(text: Text, context: Context) -> tuple[Weighted, ...]:
    """Every term of the query with the weight of its field, as often as it stands there.

    A word with synonyms leaves a share of its weight to all of them together.
    """
    counts = Counter(_counted(text, context))
    weights = {leaf: _weight(leaf) * count for leaf, count in counts.items()}
    for alike in dict.fromkeys(_alike(text, context)):
        typed = alike.leaves[0]
        weight = weights.get(typed, FIELD[alike.field].weight)
        weights[alike] = SYNONYMS * weight
        if typed in weights:
            weights[typed] = (1 - SYNONYMS) * weight
    return tuple(Weighted(leaf, weight) for leaf, weight in weights.items() if weight)


def _weight(leaf: Leaf) -> float:
    weight = FIELD[leaf.field].weight
    return weight if not isinstance(leaf, Term) or tells(leaf.term) else weight * WEIGHT


def _pairs(text: Text, context: Context) -> Iterator[Pair]:
    """Words that follow one another in what is asked of the body."""
    for leaf in leaves(text):
        if isinstance(leaf, Words | Phrase) and leaf.field in (None, "body"):
            yield from pairs_of(leaf.text[:SCORED], context.analyzer)


def _sentence(text: Text, context: Context) -> Sentence | None:
    """The first sentence of the query, beside whatever else must hold."""
    match text:
        case And(parts=parts):
            found = (_sentence(part, context) for part in parts)
            return next((one for one in found if one is not None), None)
        case Words(text=words, field=None):
            return sentence_of(words[:SCORED], context.analyzer)
        case _:
            return None


def _counted(text: Text, context: Context) -> Iterator[Leaf]:
    for leaf in leaves(text):
        match leaf:
            case Words(text=words, field=field) | Phrase(text=words, field=field):
                if _in_text(field):
                    yield from _terms(context.analyzer.analyze(words[:SCORED]), _places(field))
            case StartsWith(text=words, field=field) | Resembles(text=words, field=field):
                if _in_text(field):
                    yield from _approximate_leaves(leaf)
                    yield from _terms(context.analyzer.analyze(words), _places(field))
            case Not() | DateExpression():
                pass
            case _:
                assert_never(leaf)


def _terms(analyzed: AnalyzedText, places: tuple[Place, ...]) -> Iterator[Term]:
    parts = (
        ("words", analyzed.words),
        ("bigrams", bigrams(analyzed.folded)),
        ("chars", chars(analyzed.folded)),
    )
    for place in places:
        for part, terms in parts:
            for term in terms.terms:
                yield Term(f"{place}.{part}", term)


def _alike(text: Text, context: Context) -> Iterator[Alike]:
    """The words with synonyms, in every field of words."""
    for leaf in leaves(text):
        if not isinstance(leaf, Words) or not leaf.synonyms:
            continue
        folded = fold_text(leaf.text)
        for one in leaf.synonyms:
            typed = folded[one.start : one.end]
            for place in _places(leaf.field):
                others = (_synonym(other, place, context) for other in one.others)
                yield Alike((_wording(typed, place, context), *others))


def _wording(folded: str, place: Place, context: Context) -> Term | Passage:
    """A word as the term that it is, several words as they stand."""
    if folded in context.analyzer.analyze(folded).words.terms:
        return Term(f"{place}.words", folded)
    return Passage(_contiguous(folded, place))


def _synonym(folded: str, place: Place, context: Context) -> Term | Passage:
    """The same, but two characters wherever they stand: 网路 is no word of 校园网路."""
    stands = _contiguous(folded, place)
    if stands.sure == Term(f"{place}.bigrams", folded):
        return Passage(stands)
    return _wording(folded, place, context)


def as_typed(text: str) -> Query:
    """Posts in which the whole text stands as it is."""
    return _phrase(text, PLACES)


def title_term(text: str) -> Weighted:
    """What a post gains whose whole title is the query."""
    return Weighted(Term("title.whole", whole(text)), FIELD["title.whole"].weight)


def _and(parts: list[Query]) -> Query:
    return parts[0] if len(parts) == 1 else And(tuple(parts))
