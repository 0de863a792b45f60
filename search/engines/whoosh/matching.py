"""Which documents of a Whoosh index does a query ask for?"""

import re
from collections.abc import Iterable
from fnmatch import translate
from typing import assert_never

import numpy as np

from souwen.index.analysis.fold import find
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.search.engines.whoosh.adjacency import adjacent
from souwen.search.engines.whoosh.calendar import Calendars
from souwen.search.engines.whoosh.duplicates import Duplicates
from souwen.search.engines.whoosh.listing import Listings
from souwen.search.engines.whoosh.selection import (
    NONE,
    Dated,
    Held,
    Listed,
    Marked,
    Selection,
    difference,
    intersection,
    union,
)
from souwen.search.query import (
    Adjacent,
    And,
    Contiguous,
    Everything,
    Fuzzy,
    Glob,
    Holds,
    Named,
    Not,
    Or,
    Prefix,
    Query,
    Range,
    Reposts,
    Term,
    Whole,
)


class Matcher:
    """Finds the documents of a query."""

    def __init__(self, snapshot: Snapshot, listings: Listings, calendars: Calendars) -> None:
        self._snapshot = snapshot
        self._listings = listings
        self._calendars = calendars
        self._everything = Marked(snapshot.live)
        self._duplicates = Duplicates(snapshot)

    def find(self, query: Query) -> Selection:
        """The documents that the query asks for."""
        return self._find(query, None)

    def _find(self, query: Query, among: Selection | None) -> Selection:  # noqa: PLR0912
        """The same; where documents are given, only of these it has to be right."""
        match query:
            case Term() | Prefix() | Fuzzy():
                return self._leaf(query)
            case And(parts=parts):
                return self._all(parts, among)
            case Or(parts=parts):
                return union([self._find(part, among) for part in parts], self._snapshot.size)
            case Not(part=part):
                return difference(self._everything, self._find(part, among))
            case Contiguous():
                return self._contiguous(query, among)
            case Adjacent():
                return self._adjacent(query)
            case Whole(field=field, folded=folded):
                return self._leaf(Term(field, folded))
            case Holds(field=field, folded=folded):
                values = self._snapshot.lexicon(field)
                held = (value for value in values if any(True for _ in find(value, folded)))
                return self._with_any(field, held)
            case Glob(pattern=pattern):
                return self._glob(pattern)
            case Named(ids=ids):
                return self._with_any("id", ids)
            case Reposts(signature=signature):
                like = self._duplicates.like(signature)
                return self._selection(like[self._everything.among(like)])
            case Range(field=field, since=since, until=until):
                calendar = self._calendars.of(field)
                return Dated(calendar, *calendar.between(since, until))
            case Everything():
                return self._everything
            case _:
                assert_never(query)

    def _leaf(self, leaf: Term | Prefix | Fuzzy) -> Selection:
        listing = self._listings.of(leaf)
        if listing.long:
            return Held(listing, self._snapshot.size)
        return self._selection(listing.numbers)

    def _selection(self, numbers: Numbers) -> Selection:
        return Listed(numbers, self._snapshot.size)

    def _all(self, parts: tuple[Query, ...], among: Selection | None) -> Selection:
        wanted = [part for part in parts if not isinstance(part, Not)]
        if len(wanted) > 1 and any(map(_is_doubtful, wanted)):
            among = intersection([*_given(among), *map(self._outline, wanted)])
        selections = [*_given(among), *(self._find(part, among) for part in wanted)]
        found = intersection(selections) if selections else self._everything
        for part in parts:
            if isinstance(part, Not):
                found = difference(found, self._find(part.part, found))
        return found

    def _outline(self, query: Query) -> Selection:
        """The documents of a query, and others of which only their texts tell."""
        match query:
            case And(parts=parts) if not any(isinstance(part, Not) for part in parts):
                return intersection(list(map(self._outline, parts)))
            case Or(parts=parts):
                return union(list(map(self._outline, parts)), self._snapshot.size)
            case Contiguous(terms=terms):
                return self._all(terms, None)
            case _:
                return self._find(query, None)

    def _with_any(self, field: str, terms: Iterable[str]) -> Selection:
        """The documents that hold any of the terms."""
        held = (self._snapshot.term(field, term) for term in terms)
        return union([self._selection(one.numbers) for one in held if one], self._snapshot.size)

    def _glob(self, pattern: str) -> Selection:
        numbers = self._everything.numbers
        matches = re.compile(translate(pattern)).match
        ids = self._snapshot.ids(numbers.tolist())
        return self._selection(numbers[[at for at, one in enumerate(ids) if matches(one)]])

    def _contiguous(self, query: Contiguous, among: Selection | None) -> Selection:
        candidates = self._all(query.terms, among)
        if query.terms == (query.sure,):
            return candidates
        if query.sure is None:
            return self._verified(query, candidates)
        sure = intersection([*_given(among), self._leaf(query.sure)])
        doubtful = self._verified(query, difference(candidates, sure))
        return union([sure, doubtful], self._snapshot.size)

    def _verified(self, query: Contiguous, candidates: Selection) -> Selection:
        """Those that hold the text as it stands."""
        holds = [number for number in candidates.numbers.tolist() if self._holds(query, number)]
        return self._selection(np.array(holds, np.int64))

    def _holds(self, query: Contiguous, number: int) -> bool:
        text = self._snapshot.folded(query.field, number)
        return any(True for _ in find(text, query.folded, strict=query.strict))

    def _adjacent(self, query: Adjacent) -> Selection:
        held = [self._snapshot.term(one.field, one.term) for one in query.terms]
        common = self._all(query.terms, None).numbers
        if not len(common):
            return self._selection(NONE)
        return self._selection(adjacent([one for one in held if one], query.offsets, common))


def _given(among: Selection | None) -> tuple[Selection, ...]:
    return () if among is None else (among,)


def _is_doubtful(query: Query) -> bool:
    """Whether texts may have to be read to tell which documents are meant."""
    match query:
        case And(parts=parts) | Or(parts=parts):
            return any(map(_is_doubtful, parts))
        case Contiguous(terms=terms, sure=sure):
            return terms != (sure,)
        case _:
            return False
