"""How is a request answered from a Whoosh index? On whole arrays of documents."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import repeat
from pathlib import Path

import numpy as np

from souwen.index.engines.whoosh.commit import latest
from souwen.index.engines.whoosh.segment import Segment
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.engines.whoosh.stored import UNDATED
from souwen.index.schema import FORMAT, TERM_FIELDS
from souwen.search.duplicates import Group, collapse
from souwen.search.engine import Request, SegmentInfo, StoreInfo, Vocabulary, moment
from souwen.search.engines.whoosh.calendar import Calendars
from souwen.search.engines.whoosh.duplicates import Duplicates
from souwen.search.engines.whoosh.facets import Facets
from souwen.search.engines.whoosh.listing import Listings
from souwen.search.engines.whoosh.matching import Matcher
from souwen.search.engines.whoosh.page import EMPTY, Page, Ranking
from souwen.search.engines.whoosh.reranking import Reranker, nothing_counted
from souwen.search.engines.whoosh.scoring import Scorer
from souwen.search.engines.whoosh.selection import Selection, difference, union
from souwen.search.hits import Match, Matches, TermScore

COUNTED = 32
"""Queries of which it is remembered what the texts of the best posts hold: pages are turned."""

Explain = Callable[[int], tuple[TermScore, ...]]
"""What makes up the score of a document."""


class WhooshReader:
    """A snapshot of a Whoosh index; see ``souwen.search.engine.Reader``."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._listings = Listings(snapshot)
        self._calendars = Calendars(snapshot)
        self._matcher = Matcher(snapshot, self._listings, self._calendars)
        self._scorer = Scorer(self._listings, snapshot.size)
        self._facets = Facets(snapshot, self._calendars)
        self._duplicates = Duplicates(snapshot)
        self._counted = lru_cache(COUNTED)(nothing_counted)

    def search(self, request: Request, /) -> Matches:
        """The page that the request asks for."""
        self._snapshot.must_be_open()
        calendar = self._calendars.of("date")
        first = self._matcher.find(request.query)
        counted = self._counted(request.pairs, request.sentence)
        reranker = Reranker(request, self._snapshot, self._listings, first, counted)
        ranking = Ranking(request, self._snapshot, calendar, self._scorer, reranker)
        tiers = [first]
        if request.relaxed is not None:
            relaxed = self._matcher.find(request.relaxed)
            if request.merges:
                tiers = [union((first, relaxed), self._snapshot.size)]
            else:
                tiers.append(difference(relaxed, first))
        total = sum(one.count for one in tiers)
        page, groups = self._groups(request, ranking, tiers)
        explain = partial(self._explain, request, reranker) if request.explain else _nothing
        chosen = self._matches(explain, page, groups[request.offset :], first)
        return Matches(
            tuple(chosen),
            total=first.count,
            total_relaxed=total,
            facets=tuple(
                (name, self._facets.count(name, first, request.timezone)) for name in request.facets
            ),
            origin=(
                moment(min(request.recency.now, calendar.newest))
                if request.recency is not None and calendar.newest is not None
                else None
            ),
            more=total > len(groups) + sum([len(group.under) for group in groups]),
        )

    def _groups(
        self, request: Request, ranking: Ranking, tiers: Sequence[Selection]
    ) -> tuple[Page, list[Group]]:
        """The hits up to the end of the page that is asked for, by their places in a ranking."""
        end = None if request.limit is None else request.offset + request.limit
        if not request.collapse:
            page = ranking.tiers(tiers, end)
            return page, list(map(Group, range(len(page.numbers)), repeat(())))
        page = EMPTY

        def ranked(count: int | None) -> list[int]:
            nonlocal page
            page = ranking.tiers(tiers, count)
            return page.numbers

        groups = collapse(ranked, lambda numbers: self._duplicates.of(numbers, *tiers), end)
        return page, groups

    def _matches(
        self, explain: Explain, page: Page, groups: Sequence[Group], first: Selection
    ) -> list[Match]:
        """The hits; those that are not of the first tier are relaxed."""
        chosen = page.at([place for place, _ in groups])
        complete = first.among(np.array(chosen.numbers, np.int64)).tolist()
        load, ids = self._snapshot.document, self._snapshot.ids(chosen.numbers)
        return [
            Match(
                id,
                score,
                text,
                factor,
                not whole,
                partial(load, number),
                explain(number),
                tuple(sorted(self._snapshot.ids(under))) if under else (),
            )
            for (_, under), id, whole, number, text, factor, score in zip(  # noqa: A001
                groups, ids, complete, *chosen, strict=True
            )
        ]

    def _explain(self, request: Request, reranker: Reranker, number: int) -> tuple[TermScore, ...]:
        """What made up the text score of a document."""
        return self._scorer.explain(request.scoring, number) + reranker.explain(number)

    def terms(self, field: str, prefix: str, /) -> Iterable[tuple[str, int]]:
        """The field's terms with that prefix, most frequent first."""
        counts = (
            (term, 0 if found is None else found.count)
            for term in self._snapshot.lexicon(field, prefix)
            for found in (self._snapshot.term(field, term),)
        )
        return sorted((one for one in counts if one[1]), key=lambda one: (-one[1], one[0]))

    def vocabulary(self, field: str, /) -> Vocabulary:
        """All terms of the field, segment by segment."""
        return Vocabulary(*self._snapshot.vocabulary(field))

    def frequencies(self, field: str, terms: Sequence[str], /) -> list[int]:
        """In how many live documents each of the terms stands."""
        return [self._snapshot.count(field, term) for term in terms]

    def kept(self, name: str, /) -> bytes | None:
        """A side file of this snapshot's commit."""
        return self._snapshot.kept(name)

    def info(self) -> StoreInfo:
        """Statistics of this snapshot; reads every term once."""
        snapshot, settings = self._snapshot, self._snapshot.settings
        numbers = snapshot.numbers()
        dates = snapshot.dates("date")[numbers]
        dated = dates[dates != UNDATED]
        sizes = _sizes(snapshot)
        return StoreInfo(
            format=FORMAT,
            fingerprint=settings.fingerprint,
            posts=len(numbers),
            terms=sum(1 for field in TERM_FIELDS for _ in snapshot.lexicon(field.name)),
            tokens=sum(int(snapshot.lengths(field.name).sum()) for field in TERM_FIELDS),
            size=sum(sizes.values()),
            oldest=moment(int(dated.min())) if len(dated) else None,
            newest=moment(int(dated.max())) if len(dated) else None,
            undated=len(numbers) - len(dated),
            roots=tuple(root.path for root in settings.roots),
            analyzer=(),
            parts=tuple(Counter(sizes).most_common()),
            segments=tuple(map(_segment, snapshot.segments)),
        )

    def refresh(self) -> "WhooshReader":
        """The newest commit; this reader where it is the newest."""
        if latest(self._snapshot.directory) == self._snapshot.generation:
            return self
        return open_reader(self._snapshot.directory)

    def close(self) -> None:
        """Let go of files and memory."""
        self._snapshot.close()
        self._listings.clear()
        self._counted.cache_clear()


def _nothing(number: int) -> tuple[TermScore, ...]:  # noqa: ARG001
    """The explanation of a score that nobody asked to explain."""
    return ()


def _sizes(snapshot: Snapshot) -> dict[str, int]:
    """The bytes of all files by what they are for; a writer may take some away meanwhile."""
    found = sum((segment.sizes() for segment in snapshot.segments), Counter[str]())
    known = {segment.file.path.name for segment in snapshot.segments}
    for path in snapshot.directory.glob("*"):
        part = path.name.partition(".")[0] if ".json" in path.name else "other files"
        if path.name not in known:
            with suppress(FileNotFoundError):
                found[part] += path.stat().st_size
    return found


def _segment(segment: Segment) -> SegmentInfo:
    live = int(segment.info.live().sum())
    return SegmentInfo(segment.info.name, live, segment.info.documents - live, segment.info.size)


def open_reader(directory: Path) -> WhooshReader:
    """The newest commit. Raises StoreMissing, StoreOutdated or StoreCorrupt."""
    return WhooshReader(Snapshot(directory))
