"""What is the right answer? Every document tried against the query, formulas as they are written.

The reference that every other engine must equal.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import assert_never
from zoneinfo import ZoneInfo

import numpy as np

from souwen.index.analysis.fold import find
from souwen.index.documents import Document
from souwen.index.engines.memory import MemoryStore, State, memory_store
from souwen.index.errors import StoreError, StoreMissing
from souwen.index.schema import FORMAT
from souwen.index.settings import NAME, load
from souwen.index.signature import near
from souwen.search.duplicates import Group, collapse
from souwen.search.engine import Request, StoreInfo, Vocabulary, Weighted, moment
from souwen.search.entry import Entry, TermStatistics, pair_score, sentence_scores, term_score
from souwen.search.hits import Facet, FacetField, Match, Matches, TermScore
from souwen.search.pairs import RERANKED
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
from souwen.search.ranking import recency_factor
from souwen.search.sentence import Rarity


def matches(query: Query, entry: Entry) -> bool:  # noqa: PLR0912
    """Whether the document is one that the query asks for."""
    match query:
        case And(parts=parts):
            return all(matches(part, entry) for part in parts)
        case Or(parts=parts):
            return any(matches(part, entry) for part in parts)
        case Not(part=part):
            return not matches(part, entry)
        case Term() | Prefix() | Fuzzy():
            return entry.frequency(query) > 0
        case Contiguous():
            return any(True for _ in entry.places(query))
        case Adjacent():
            return entry.adjacent(query)
        case Whole() | Holds():
            values = (keyword.folded for keyword in entry.keywords[query.field])
            return any(is_meant(query, value) for value in values)
        case Glob(pattern=pattern):
            return fnmatchcase(entry.id, pattern)
        case Named(ids=ids):
            return entry.id in ids
        case Reposts(signature=signature):
            return near(signature, entry.analyzed.signature)
        case Range(field=date_field, since=since, until=until):
            date = entry.dates[date_field]
            return date is not None and (
                (since is None or date >= since) and (until is None or date < until)
            )
        case Everything():
            return True
        case _:
            assert_never(query)


def is_meant(query: Whole | Holds, value: str) -> bool:
    """Whether the query asks for this value of a keyword field."""
    if isinstance(query, Whole):
        return value == query.folded
    return any(True for _ in find(value, query.folded))


class Question:
    """A request with the statistics of its terms over all documents."""

    def __init__(self, request: Request, entries: list[Entry]) -> None:
        self.request = request
        self.terms = [statistics(weighted, entries) for weighted in request.scoring]
        dates = [date for entry in entries if (date := entry.dates["date"]) is not None]
        self.newest = max(dates, default=None)
        self.pairs = [
            (pair, statistics(Weighted(pair.first, 1.0), entries), second)
            for pair in request.pairs
            for second in (statistics(Weighted(pair.second, 1.0), entries),)
        ]
        self.rarities = [
            Rarity(counted.documents, counted.matching)
            for word in (request.sentence.words if request.sentence else ())
            for counted in (statistics(Weighted(word, 1.0), entries),)
        ]

    def added(self, entry: Entry, *, complete: bool) -> list[TermScore]:
        """What pairs and the sentence add to the score of a document."""
        pairs = (pair_score(pair, first, second, entry) for pair, first, second in self.pairs)
        scores = [score for score in pairs if score is not None]
        if self.request.sentence is not None:
            scores += sentence_scores(
                self.request.sentence, self.rarities, entry, complete=complete
            )
        return scores


def statistics(weighted: Weighted, entries: list[Entry]) -> TermStatistics:
    """Count what BM25 needs to know of a term."""
    lengths = [length for entry in entries if (length := entry.length(weighted.leaf.field))]
    return TermStatistics(
        weighted=weighted,
        documents=len(lengths),
        matching=sum(1 for entry in entries if entry.frequency(weighted.leaf)),
        average=sum(lengths) / len(lengths) if lengths else 1.0,
    )


def with_added(match: Match, scores: list[TermScore]) -> Match:
    """The match with what these add to the text score."""
    text_score = match.text_score
    for one in scores:
        text_score += one.score
    return match._replace(
        text_score=text_score,
        score=text_score * match.recency_factor,
        explanation=(*match.explanation, *scores),
    )


class MemoryReader:
    """One state of a memory store."""

    def __init__(self, store: MemoryStore, state: State) -> None:
        self._store = store
        self._state = state
        self._entries: list[Entry] | None = [Entry(one) for one in state.documents.values()]

    @property
    def entries(self) -> list[Entry]:
        """Every document. Raises StoreError once closed."""
        self._must_be_open()
        assert self._entries is not None
        return self._entries

    def kept(self, name: str, /) -> bytes | None:
        """A side file of this snapshot."""
        self._must_be_open()
        return self._state.kept.get(name)

    def search(self, request: Request, /) -> Matches:
        """The page that the request asks for."""
        entries = self.entries
        first = [entry for entry in entries if matches(request.query, entry)]
        chosen = {entry.id for entry in first}
        relaxed = request.relaxed
        second = [
            entry
            for entry in entries
            if relaxed is not None and entry.id not in chosen and matches(relaxed, entry)
        ]
        question = Question(request, entries)
        tiers = [[*first, *second]] if request.merges else [first, second]
        found = [one for tier in tiers for one in self._ranked(tier, question, chosen)]
        groups = self._groups(request, [entry for entry, _ in found])
        return Matches(
            matches=tuple(
                found[group.place][1]._replace(
                    duplicates=tuple(sorted(found[at][0].id for at in group.under))
                )
                for group in groups[request.offset :]
            ),
            total=len(first),
            total_relaxed=len(first) + len(second),
            facets=tuple((name, facet(name, first, request.timezone)) for name in request.facets),
            origin=origin(request, question.newest),
            more=len(found) > sum(1 + len(group.under) for group in groups),
        )

    def _groups(self, request: Request, found: list[Entry]) -> list[Group]:
        """The hits up to the end of the page, by their places among all that were found."""
        end = None if request.limit is None else request.offset + request.limit
        places = range(len(found))
        if not request.collapse:
            return [Group(place, ()) for place in places[:end]]
        signatures = [entry.analyzed.signature for entry in found]

        def others(one: int) -> list[int]:
            return [at for at in places if at != one and near(signatures[one], signatures[at])]

        return collapse(lambda count: places[:count], lambda some: list(map(others, some)), end)

    def _ranked(
        self, entries: list[Entry], question: Question, complete: set[str]
    ) -> list[tuple[Entry, Match]]:
        """One tier in order, the best of it ordered once more by what else they hold."""
        request = question.request
        found = [
            (entry, self._match(entry, question, relaxed=entry.id not in complete))
            for entry in entries
        ]
        found.sort(key=lambda one: order(one[0], one[1], request))
        if request.reranks:
            best = [
                (entry, with_added(match, question.added(entry, complete=not match.relaxed)))
                for entry, match in found[:RERANKED]
            ]
            found[:RERANKED] = sorted(best, key=lambda one: order(one[0], one[1], request))
        return found if request.explain else [(e, m._replace(explanation=())) for e, m in found]

    def _match(self, entry: Entry, question: Question, *, relaxed: bool) -> Match:
        scores = [score for one in question.terms if (score := term_score(one, entry))]
        text_score = 0.0
        for score in scores:
            text_score += score.score
        date, request = entry.dates["date"], question.request
        factor = float(
            recency_factor(
                np.array([date or 0]),
                np.array([date is not None]),
                request.recency,
                question.newest,
            )[0]
        )
        return Match(
            id=entry.id,
            score=text_score * factor,
            text_score=text_score,
            recency_factor=factor,
            relaxed=relaxed,
            load=lambda: self._document(entry.id),
            explanation=tuple(scores),
        )

    def _document(self, id: str) -> Document:
        self._must_be_open()
        return self._state.documents[id].document

    def _must_be_open(self) -> None:
        if self._entries is None:
            raise StoreError("this index has been closed")

    def terms(self, field: str, prefix: str, /) -> Iterable[tuple[str, int]]:
        """The field's terms with that prefix, most frequent first."""
        counts = Counter(
            term
            for entry in self.entries
            for term in entry.distinct(field)
            if term.startswith(prefix)
        )
        return sorted(counts.items(), key=lambda one: (-one[1], one[0]))

    def vocabulary(self, field: str, /) -> Vocabulary:
        """All terms of the field."""
        found = list(self.terms(field, ""))
        return Vocabulary(
            "".join(term for term, _ in found),
            np.array([len(term) for term, _ in found], np.int64),
            np.array([count for _, count in found], np.int64),
        )

    def frequencies(self, field: str, terms: Sequence[str], /) -> list[int]:
        """In how many documents each of the terms stands."""
        asked = set(terms)
        counts = Counter(term for entry in self.entries for term in asked & entry.distinct(field))
        return [counts[term] for term in terms]

    def info(self) -> StoreInfo:
        """Statistics of this snapshot."""
        settings = load(self.kept(NAME), place="memory:")
        dates = [date for e in self.entries if (date := e.analyzed.document.metadata.date)]
        distinct = {
            (name, term) for e in self.entries for name in e.terms for term in e.terms[name]
        }
        return StoreInfo(
            format=FORMAT,
            fingerprint=settings.fingerprint,
            posts=len(self.entries),
            terms=len(distinct),
            tokens=sum(e.length(name) for e in self.entries for name in e.terms),
            size=0,
            oldest=min(dates, default=None),
            newest=max(dates, default=None),
            undated=len(self.entries) - len(dates),
            roots=tuple(root.path for root in settings.roots),
            analyzer=(),
        )

    def refresh(self) -> "MemoryReader":
        """The newest state; this reader where it is the newest."""
        state = self._store.state
        return self if state is self._state else MemoryReader(self._store, state)

    def close(self) -> None:
        """Let go of the documents."""
        self._entries = None


def open_reader(address: str) -> MemoryReader:
    """The newest commit. Raises StoreMissing where there is none."""
    store = memory_store(address)
    state = store.state
    if NAME not in state.kept:
        raise StoreMissing(
            f"{address}: this process has indexed nothing here, and no other can; "
            "`souwen index` makes an index in a directory, `build` one of this process"
        )
    return MemoryReader(store, state)


def order(entry: Entry, match: Match, request: Request) -> tuple[object, ...]:
    """The key by which hits of one tier are sorted; undated posts count as the oldest."""
    date = entry.dates["date"]
    newer = (date is None, -(date or 0))
    if request.sort == "date":
        return (*newer, -match.score, match.id)
    if request.sort == "date-asc":
        return (date is None, date or 0, -match.score, match.id)
    return (-match.score, *newer, match.id)


def origin(request: Request, newest: int | None) -> datetime | None:
    """What ages are counted from, where they count."""
    if request.recency is None or newest is None:
        return None
    return moment(min(request.recency.now, newest))


def facet(name: FacetField, entries: list[Entry], timezone: str) -> tuple[Facet, ...]:
    """Each value of the facet with the number of posts that have it."""
    counts = Counter(value for entry in entries for value in facet_values(name, entry, timezone))
    if name == "year":
        return tuple(Facet(value, counts[value]) for value in sorted(counts, reverse=True))
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Facet(value, count) for value, count in ranked)


def facet_values(name: FacetField, entry: Entry, timezone: str) -> set[str]:
    """The values that one post counts for."""
    if name == "year":
        date = entry.analyzed.document.metadata.date
        return {str(date.astimezone(ZoneInfo(timezone)).year)} if date else set()
    fields = {"category": "categories", "tag": "tags", "author": "author"}
    return {keyword.text for keyword in entry.keywords[fields[name]]}
