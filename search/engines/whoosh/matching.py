"""Which documents of a Whoosh index does a query ask for? Ascending arrays of numbers."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache, reduce
from typing import assert_never

import numpy as np

from souwen.index.analysis.fold import find
from souwen.index.engines.whoosh.blocks import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.engines.whoosh.stored import UNDATED
from souwen.search.query import (
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
    Prefix,
    Query,
    Range,
    Term,
    Whole,
)

NONE: Numbers = np.zeros(0, np.int64)
Postings = tuple[Numbers, Numbers]


def read_postings(snapshot: Snapshot, field: str, term: str) -> Postings:
    """Documents that hold the term, ascending, and how often."""
    found = snapshot.term(field, term)
    return (NONE, NONE) if found is None else (found.numbers, found.frequencies.astype(np.int64))


class Matcher:
    """Finds the documents of a query as ascending arrays of numbers."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        # An explanation asks for the same words again with every post.
        self._several = lru_cache(maxsize=64)(self._expanded)

    def find(self, query: Query) -> Numbers:
        """The documents that the query asks for."""
        match query:
            case And(parts=parts):
                return self._all(parts)
            case Or(parts=parts):
                return union([self.find(part) for part in parts])
            case Not(part=part):
                return np.setdiff1d(self._snapshot.numbers(), self.find(part), assume_unique=True)
            case Term() | Prefix() | Fuzzy():
                return self.postings(query)[0]
            case Contiguous():
                return self._contiguous(query)
            case Whole(field=field, folded=folded):
                return read_postings(self._snapshot, field, folded)[0]
            case Holds(field=field, folded=folded):
                values = self._snapshot.lexicon(field)
                held = [value for value in values if any(True for _ in find(value, folded))]
                return union([read_postings(self._snapshot, field, value)[0] for value in held])
            case Glob(pattern=pattern):
                ids = self._snapshot.lexicon("id")
                return self._named(one for one in ids if fnmatchcase(one, pattern))
            case Named(ids=ids):
                return self._named(ids)
            case Range(field=field, since=since, until=until):
                return self._range(field, since, until)
            case Everything():
                return self._snapshot.numbers()
            case _:
                assert_never(query)

    def _all(self, parts: tuple[Query, ...]) -> Numbers:
        wanted = [self.find(part) for part in parts if not isinstance(part, Not)]
        found = self._snapshot.numbers() if not wanted else intersection(wanted)
        for part in parts:
            if isinstance(part, Not):
                found = np.setdiff1d(found, self.find(part.part), assume_unique=True)
        return found

    def postings(self, leaf: Leaf) -> Postings:
        """The documents of a leaf, and its joint frequency in each."""
        match leaf:
            case Term(field=field, term=term):
                return read_postings(self._snapshot, field, term)
            case Prefix() | Fuzzy():
                return self._several(leaf)
            case _:
                assert_never(leaf)

    def _expanded(self, leaf: Prefix | Fuzzy) -> Postings:
        match leaf:
            case Prefix(field=field, prefix=prefix):
                return self._joined(field, self._snapshot.lexicon(field, prefix))
            case Fuzzy(field=field, term=term, distance=distance):
                return self._joined(field, self._snapshot.near(field, term, distance))

    def _joined(self, field: str, terms: Iterable[str]) -> Postings:
        frequencies = np.zeros(self._snapshot.size, np.int64)
        for term in terms:
            numbers, tf = read_postings(self._snapshot, field, term)
            frequencies[numbers] += tf
        numbers = np.flatnonzero(frequencies)
        return numbers, frequencies[numbers]

    def _contiguous(self, query: Contiguous) -> Numbers:
        candidates = (
            intersection([read_postings(self._snapshot, t.field, t.term)[0] for t in query.terms])
            if query.terms
            else self._snapshot.numbers()
        )
        if query.terms == (query.sure,):
            return candidates
        sure = NONE if query.sure is None else self.postings(query.sure)[0]
        doubtful = np.setdiff1d(candidates, sure, assume_unique=True).tolist()
        verified = [number for number in doubtful if self._holds(query, number)]
        return union([sure, np.array(verified, np.int64)])

    def _holds(self, query: Contiguous, number: int) -> bool:
        text = self._snapshot.folded(query.field, number)
        return any(True for _ in find(text, query.folded, strict=query.strict))

    def _named(self, ids: Iterable[str]) -> Numbers:
        return union([read_postings(self._snapshot, "id", one)[0] for one in ids])

    def _range(self, field: str, since: int | None, until: int | None) -> Numbers:
        dates = self._snapshot.dates(field)
        inside = self._snapshot.live & (dates != UNDATED)
        if since is not None:
            inside &= dates >= since
        if until is not None:
            inside &= dates < until
        return np.flatnonzero(inside)


def union(parts: list[Numbers]) -> Numbers:
    """Documents in any part."""
    parts = [part for part in parts if len(part)]
    if len(parts) < 2:
        return parts[0] if parts else NONE
    joined = np.sort(np.concatenate(parts))
    # np.unique of numpy 2 would import numpy.ma, in as much time as a small search takes.
    distinct: Numbers = joined[np.append(True, joined[1:] != joined[:-1])]
    return distinct


def intersection(parts: list[Numbers]) -> Numbers:
    """Documents in every part, the shortest first."""
    return reduce(
        lambda a, b: a if not len(a) else np.intersect1d(a, b, assume_unique=True),
        sorted(parts, key=len),
    )
