"""How many of the documents found have each value of a field?"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.segment import facet_field
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.engines.whoosh.stored import UNDATED
from souwen.search.engines.whoosh.calendar import Calendars
from souwen.search.engines.whoosh.selection import Selection
from souwen.search.hits import Facet, FacetField

FIELDS = {"category": "categories", "tag": "tags", "author": "author"}


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a field, the documents of one after those of the other, where each begins."""

    values: list[str]
    numbers: Numbers
    starts: Numbers


class Facets:
    """Counts documents by the values of their fields."""

    def __init__(self, snapshot: Snapshot, calendars: Calendars) -> None:
        self._snapshot = snapshot
        self._calendars = calendars
        self._values: dict[str, Values] = {}

    def count(self, name: FacetField, found: Selection, timezone: str) -> tuple[Facet, ...]:
        """Values with their counts, most frequent first, then by value; years newest first."""
        if name == "year":
            return self._years(found.numbers, ZoneInfo(timezone))
        values = self._of(FIELDS[name])
        if not values.values:
            return ()
        counts = np.add.reduceat(found.mask[values.numbers], values.starts, dtype=np.int64)
        held = counts.nonzero()[0].tolist()
        facets = (Facet(values.values[at], int(counts[at])) for at in held)
        return tuple(sorted(facets, key=lambda one: (-one.count, one.value)))

    def _of(self, field: str) -> Values:
        found = self._values.get(field)
        if found is None:
            found = self._values[field] = self._read(facet_field(field))
        return found

    def _read(self, field: str) -> Values:
        named = ((one, self._snapshot.term(field, one)) for one in self._snapshot.lexicon(field))
        held = [(one, found.numbers) for one, found in named if found and found.count]
        counts = np.array([len(numbers) for _, numbers in held], np.int64)
        return Values(
            [one for one, _ in held],
            np.concatenate([np.zeros(0, np.int64), *(numbers for _, numbers in held)]),
            np.cumsum(counts) - counts,
        )

    def _years(self, found: Numbers, zone: ZoneInfo) -> tuple[Facet, ...]:
        dates = self._calendars.of("date").dates[found]
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
