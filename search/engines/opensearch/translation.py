"""What is a query, and what its score, in the cluster's own language?"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, assert_never

from souwen.index.analysis.characters import is_alnum
from souwen.index.analysis.fold import find
from souwen.index.engines.opensearch.mapping import STACKED
from souwen.index.engines.opensearch.units import units
from souwen.search.query import (
    Adjacent,
    Alike,
    And,
    Contiguous,
    Everything,
    Fuzzy,
    Glob,
    Holds,
    Leaf,
    Named,
    Not,
    Or,
    Passage,
    Prefix,
    Query,
    Range,
    Reposts,
    Term,
    Whole,
)
from souwen.search.spelling import alike

Json = dict[str, Any]

EVERYTHING: Json = {"match_all": {}}
NOTHING: Json = {"match_none": {}}

NARROWING = 4
"""Terms by which the posts are narrowed down in which a text may stand contiguously."""

MANY = 400
"""Parts of a query from which on nothing is narrowed down; a cluster takes 1,024 in all."""

FEW = 60_000
"""Values of one query; a cluster takes 65,536."""

Among = Callable[[str, Callable[[str], bool]], Sequence[str]]
"""The terms or values of a field that are accepted."""

Verified = Callable[[Adjacent | Reposts], Sequence[str]]
"""The ids of the posts that match, of what the cluster cannot tell by itself."""

Listed = Callable[[Json], Sequence[str]]
"""The ids of the posts that a query finds."""


class Translation:
    """Translates queries, of which some parts are looked up first."""

    narrowing = NARROWING

    def __init__(self, among: Among, verified: Verified, listed: Listed) -> None:
        self._among = among
        self._verified = verified
        self._listed = listed

    def selection(self, query: Query) -> Json:
        """A query that finds the same documents, of no more parts than a cluster takes.

        What has too many parts is looked up, some parts at a time: then it is a list of ids.
        """
        found = self.query(query)
        if clauses(found) > MANY:
            bare = _Bare(self._among, self._verified, self._listed)
            found = bare.query(query)
            if clauses(found) > MANY:
                return bare.reduced(query)
        return found

    def reduced(self, query: Query) -> Json:
        """The ids that a query of many parts finds; the query itself where it has few."""
        found = self.query(query)
        match query:
            case And(parts=parts) if clauses(found) > MANY:
                held = EVERYTHING
                for some in _batches([self.reduced(part) for part in parts]):
                    held = one_of("id", self._listed({"bool": {"filter": [held, *some]}}))
                return held
            case Or(parts=parts) if clauses(found) > MANY:
                batches = _batches([self.reduced(part) for part in parts])
                ids = {name for some in batches for name in self._listed(any_of(some))}
                return one_of("id", sorted(ids))
            case Not(part=part):
                return {"bool": {"must_not": [self.reduced(part)]}}
            case _:
                return found

    def query(self, query: Query) -> Json:  # noqa: PLR0912
        """A query that finds the same documents, without a score."""
        match query:
            case And(parts=parts):
                return self._all(parts)
            case Or(parts=parts):
                return any_of(list(self._either(parts)))
            case Not(part=part):
                return {"bool": {"must_not": [self.query(part)]}}
            case Term(field=field, term=term):
                return {"term": {field: {"value": term}}}
            case Prefix(field=field, prefix=prefix):
                return {"prefix": {field: {"value": prefix, "rewrite": "constant_score"}}}
            case Fuzzy(field=field, term=term, distance=distance):
                return one_of(field, self._among(field, lambda one: alike(one, term, distance)))
            case Contiguous():
                return contiguous(query, narrowing=self.narrowing)
            case Adjacent() | Reposts():
                return one_of("id", self._verified(query))
            case Whole(field=field, folded=folded):
                return {"term": {field: {"value": folded}}}
            case Holds(field=field, folded=folded):
                return one_of(field, self._among(field, lambda one: any(_held(one, folded))))
            case Glob(pattern=pattern):
                return {"regexp": {"id": {"value": regexp(pattern), "flags": "NONE"}}}
            case Named(ids=ids):
                return one_of("id", ids)
            case Range(field=field, since=since, until=until):
                return between(field, since, until)
            case Everything():
                return EVERYTHING
            case _:
                assert_never(query)

    def leaf(self, leaf: Leaf) -> Json:
        """The documents in which a leaf stands that counts in scores."""
        match leaf:
            case Alike(leaves=leaves):
                return any_of([self.leaf(one) for one in leaves])
            case Passage(stands=stands):
                return self.query(stands)
            case _:
                return self.query(leaf)

    def _all(self, parts: tuple[Query, ...]) -> Json:
        wanted = [self.query(part) for part in parts if not isinstance(part, Not)]
        unwanted = [self.query(part.part) for part in parts if isinstance(part, Not)]
        if not (wanted or unwanted):
            return EVERYTHING
        if len(wanted) == 1 and not unwanted:
            return wanted[0]
        return {"bool": {"filter": wanted, "must_not": unwanted}}

    def _either(self, parts: tuple[Query, ...]) -> Iterator[Json]:
        """The parts; terms of one field as one, since a cluster counts the parts of a query."""
        terms = [part for part in parts if isinstance(part, Term)]
        for field, some in groupby(sorted(terms, key=_field), _field):
            yield one_of(field, [one.term for one in some])
        yield from (self.query(part) for part in parts if not isinstance(part, Term))


class _Bare(Translation):
    """Narrows nothing down: phrases alone find the same."""

    narrowing = 0


def clauses(query: Json) -> int:
    """How many parts of a query a cluster counts, at most."""
    ((kind, told),) = query.items()
    if kind == "bool":
        inner = (one for part in ("filter", "should", "must_not") for one in told.get(part, ()))
        return sum(map(clauses, inner))
    return 4 if kind == "intervals" else 1


def _batches(queries: list[Json]) -> Iterator[list[Json]]:
    """The queries in their order, as many at a time as a cluster takes."""
    batch: list[Json] = []
    size = 0
    for query in queries:
        if batch and size + clauses(query) > MANY:
            yield batch
            batch, size = [], 0
        batch.append(query)
        size += clauses(query)
    if batch:
        yield batch


def _field(term: Term) -> str:
    return term.field


def _held(value: str, folded: str) -> Iterator[bool]:
    return (True for _ in find(value, folded))


def any_of(queries: list[Json]) -> Json:
    """Documents that at least one of them finds."""
    if not queries:
        return NOTHING
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def one_of(field: str, values: Sequence[str]) -> Json:
    """Documents with one of these values."""
    distinct = sorted(set(values))
    if len(distinct) == 1:
        return {"term": {field: {"value": distinct[0]}}}
    parts = [distinct[begin : begin + FEW] for begin in range(0, len(distinct), FEW)]
    return any_of([{"terms": {field: part}} for part in parts])


def between(field: str, since: int | None, until: int | None) -> Json:
    """Documents with a date in this range."""
    if since is None and until is None:
        return {"exists": {"field": field}}
    bounds = {"gte": since, "lt": until}
    return {"range": {field: {name: at for name, at in bounds.items() if at is not None}}}


def contiguous(query: Contiguous, *, narrowing: int) -> Json:
    """Documents in which the text stands as it is.

    The phrase of its units alone tells; terms narrow down what it is looked for in.
    """
    if query.terms == (query.sure,):
        return {"term": {query.terms[0].field: {"value": query.terms[0].term}}}
    found = units(query.folded)
    if not found:
        return NOTHING
    # Neighbours among bigrams overlap: some from all over the text say more than the first ones.
    step = max(1, len(query.terms) // max(1, narrowing))
    chosen = query.terms[::step][:narrowing]
    terms = [{"term": {one.field: {"value": one.term}}} for one in chosen]
    return {"bool": {"filter": [*terms, _phrase(query, found)]}}


def _phrase(query: Contiguous, found: list[str]) -> Json:
    field, text = f"{query.field}.units", " ".join(found)
    single = query.strict and len(found[-1]) == 1 and is_alnum(query.folded[-1])
    if not single:
        return {"match_phrase": {field: {"query": text, "analyzer": "whitespace"}}}

    def stands(text: str) -> Json:
        return {"match": {"query": text, "max_gaps": 0, "ordered": True, "analyzer": "whitespace"}}

    # Of several that are to be left out at once Lucene 10 leaves out none.
    first = {**stands(text)["match"], "filter": {"not_contained_by": stands(f"{text} + +")}}
    both = {"intervals": [{"match": first}], "filter": {"not_contained_by": stands(f"{text} #")}}
    return {"intervals": {field: {"any_of": both}}}


def regexp(pattern: str) -> str:
    """A shell pattern as a regular expression of Lucene's."""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if sign == "*":
            if found[-1:] != [".*"]:
                found.append(".*")
        elif sign == "?":
            found.append(".")
        elif sign == "[" and (end := _class_end(pattern, at)) > 0:
            found.append(_class(pattern[at:end]))
            at = end + 1
        else:
            found.append(escaped(sign))
    return "".join(found)


def _class_end(pattern: str, at: int) -> int:
    """Where a class of characters ends that begins there, as ``fnmatch`` reads it."""
    start = at + (pattern[at : at + 1] == "!")
    return pattern.find("]", start + 1)


def _class(text: str) -> str:
    negated, text = text[0] == "!", text[1:] if text[0] == "!" else text
    parts: list[str] = []
    at = 0
    while at < len(text):
        if text[at + 1 : at + 2] == "-" and at + 2 < len(text):
            parts += _range(ord(text[at]), ord(text[at + 2]))
            at += 3
        else:
            parts.append(escaped(text[at]))
            at += 1
    if not parts:
        return "." if negated else "[^\x00-\U0010ffff]"
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def _range(first: int, last: int) -> Iterator[str]:
    """Characters of a class; Lucene knows no ranges that begin or end with an escaped one."""
    while first <= last and escaped(chr(first)) != chr(first):
        yield escaped(chr(first))
        first += 1
    while first <= last and escaped(chr(last)) != chr(last):
        yield escaped(chr(last))
        last -= 1
    if first <= last:
        yield f"{chr(first)}-{chr(last)}"


def escaped(text: str) -> str:
    """Text that stands for itself in a regular expression of Lucene's."""
    return re.sub(r"([^\w\s]|_)", r"\\\1", text)


def held(query: Json, boost: float) -> Json:
    """A query that counts so much for each document that it finds."""
    return {"constant_score": {"filter": query, "boost": boost}}


def scored(term: Term, boost: float) -> Json:
    """A term whose BM25 counts so many times."""
    return {"term": {term.field: {"value": term.term, "boost": boost}}}


def scored_as_one(field: str, terms: Sequence[str], boost: float) -> Json:
    """Terms whose BM25 counts so many times as if they were one: Lucene's SynonymQuery.

    It takes the rarity of the most frequent one, and adds up how often they stand in a document.
    """
    asked = {"query": " ".join(terms), "analyzer": STACKED, "boost": boost}
    return {"match": {field: asked}}
