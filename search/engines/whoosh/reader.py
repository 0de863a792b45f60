"""How is a request answered from a Whoosh index? On whole arrays of documents."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from souwen.index.engines.whoosh.blocks import Numbers
from souwen.index.engines.whoosh.commit import latest
from souwen.index.engines.whoosh.segment import facet_field
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.engines.whoosh.stored import UNDATED
from souwen.index.schema import FORMAT, TERM_FIELDS
from souwen.index.settings import NAME as SETTINGS
from souwen.index.settings import load
from souwen.search.engine import Request, StoreInfo
from souwen.search.engines.whoosh.matching import NONE, Matcher, read_postings
from souwen.search.engines.whoosh.scoring import Ranking, Scorer, moment
from souwen.search.hits import Facet, FacetField, Match, Matches


class WhooshReader:
    """A snapshot of a Whoosh index; see ``souwen.search.engine.Reader``."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._matcher = Matcher(snapshot)
        self._scorer = Scorer(snapshot, self._matcher)

    def search(self, request: Request, /) -> Matches:
        """The page that the request asks for."""
        first = self._matcher.find(request.query)
        second = NONE
        if request.relaxed is not None:
            second = np.setdiff1d(self._matcher.find(request.relaxed), first, assume_unique=True)
        ranked = self._ranked(request)
        end = None if request.limit is None else request.offset + request.limit
        page = [(number, False) for number in ranked.top(first, end)]
        rest = None if end is None else max(0, end - len(first))
        page += [(number, True) for number in ranked.top(second, rest)]
        return Matches(
            matches=tuple(
                self._match(number, ranked, relaxed=relaxed)
                for number, relaxed in page[request.offset :]
            ),
            total=len(first),
            total_relaxed=len(first) + len(second),
            facets=tuple(
                (name, self._facet(name, first, request.timezone)) for name in request.facets
            ),
            origin=ranked.origin,
        )

    def _ranked(self, request: Request) -> Ranking:
        dates = self._snapshot.dates("date")
        text = self._scorer.scores(request.scoring)
        return Ranking(request, self._snapshot, text, dates)

    def _match(self, number: int, ranked: Ranking, *, relaxed: bool) -> Match:
        return Match(
            id=self._snapshot.id(number),
            score=float(ranked.score[number]),
            text_score=float(ranked.text[number]),
            recency_factor=float(ranked.factor[number]),
            relaxed=relaxed,
            load=lambda: self._snapshot.document(number),
            explanation=(
                self._scorer.explain(ranked.request.scoring, number)
                if ranked.request.explain
                else ()
            ),
        )

    def _facet(self, name: FacetField, found: Numbers, timezone: str) -> tuple[Facet, ...]:
        if name == "year":
            return self._years(found, ZoneInfo(timezone))
        field = facet_field({"category": "categories", "tag": "tags", "author": "author"}[name])
        chosen = np.zeros(self._snapshot.size, np.bool_)
        chosen[found] = True
        counts = (
            Facet(value, int(chosen[read_postings(self._snapshot, field, value)[0]].sum()))
            for value in self._snapshot.lexicon(field)
        )
        return tuple(
            sorted((one for one in counts if one.count), key=lambda one: (-one.count, one.value))
        )

    def _years(self, found: Numbers, zone: ZoneInfo) -> tuple[Facet, ...]:
        dates = self._snapshot.dates("date")[found]
        dates = dates[dates != UNDATED]
        if not len(dates):
            return ()
        first, last = (
            datetime.fromtimestamp(int(date) / 1000, zone).year
            for date in (dates.min(), dates.max())
        )
        starts = [
            int(datetime(year, 1, 1, tzinfo=zone).timestamp() * 1000)
            for year in range(first, last + 1)
        ]
        counts = np.bincount(np.searchsorted(starts, dates, side="right") - 1)
        return tuple(
            Facet(str(first + offset), int(counts[offset]))
            for offset in reversed(range(len(counts)))
            if counts[offset]
        )

    def terms(self, field: str, prefix: str, /) -> Iterable[tuple[str, int]]:
        """The field's terms with that prefix, most frequent first."""
        counts = (
            (term, len(read_postings(self._snapshot, field, term)[0]))
            for term in self._snapshot.lexicon(field, prefix)
        )
        return sorted((one for one in counts if one[1]), key=lambda one: (-one[1], one[0]))

    def kept(self, name: str, /) -> bytes | None:
        """A side file of this snapshot's commit."""
        # The settings are asked for once it is open: the file may be gone by then.
        return self._snapshot.settings if name == SETTINGS else self._snapshot.kept(name)

    def info(self) -> StoreInfo:
        """Statistics of this snapshot; reads every term once."""
        snapshot = self._snapshot
        settings = load(snapshot.settings, place=str(snapshot.directory))
        numbers = snapshot.numbers()
        dates = snapshot.dates("date")[numbers]
        dated = dates[dates != UNDATED]
        return StoreInfo(
            format=FORMAT,
            fingerprint=settings.fingerprint,
            posts=len(numbers),
            terms=sum(1 for field in TERM_FIELDS for _ in snapshot.lexicon(field.name)),
            tokens=sum(int(snapshot.lengths(field.name).sum()) for field in TERM_FIELDS),
            size=_size(snapshot.directory),
            oldest=moment(int(dated.min())) if len(dated) else None,
            newest=moment(int(dated.max())) if len(dated) else None,
            undated=len(numbers) - len(dated),
            roots=tuple(root.path for root in settings.roots),
            analyzer=(),
        )

    def refresh(self) -> "WhooshReader":
        """The newest commit; this reader where it is the newest."""
        if latest(self._snapshot.directory) == self._snapshot.generation:
            return self
        return open_reader(self._snapshot.directory)

    def close(self) -> None:
        """Let go of files and memory."""
        self._snapshot.close()


def _size(directory: Path) -> int:
    """The bytes of all files; a writer may take some of them away meanwhile."""
    total = 0
    for path in directory.glob("*"):
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def open_reader(directory: Path) -> WhooshReader:
    """The newest commit. Raises StoreMissing, StoreOutdated or StoreCorrupt."""
    snapshot = Snapshot(directory)
    load(snapshot.settings, place=str(directory))
    return WhooshReader(snapshot)
