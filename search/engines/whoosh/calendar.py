"""In which order were the documents written, and how much is their age worth?"""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.blocks import RANGE
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.engines.whoosh.stored import UNDATED
from souwen.search.query import DateField
from souwen.search.ranking import Recency, recency_factor

Scores = npt.NDArray[np.float64]

KEPT = 4
"""For so many kinds of recency the factors of all documents are kept."""


class Calendar:
    """The documents of a snapshot in the order of one of their dates.

    ``dates`` holds UNDATED where there is none, ``newest`` is the newest date, None where there
    is no date at all.
    """

    def __init__(self, snapshot: Snapshot, field: str) -> None:
        self.dates: Numbers = np.where(snapshot.live, snapshot.dates(field), UNDATED)
        newest = int(self.dates.max(initial=UNDATED))
        self.newest = None if newest == UNDATED else newest
        self._live = snapshot.live
        self._ages: dict[Recency, LastingAges] = {}

    @cached_property
    def dated(self) -> Numbers:
        """The dated documents, the oldest first."""
        dated = (self.dates != UNDATED).nonzero()[0]
        ascending: Numbers = dated[self.dates[dated].argsort(kind="stable")]
        return ascending

    @cached_property
    def places(self) -> npt.NDArray[np.uint32]:
        """The place of each document among the dated ones; undated ones come after all."""
        places = np.full(len(self.dates), 2**32 - 1, np.uint32)
        places[self.dated] = np.arange(len(self.dated), dtype=np.uint32)
        return places

    @cached_property
    def _ordered(self) -> Numbers:
        ordered: Numbers = self.dates[self.dated]
        return ordered

    @cached_property
    def _undated(self) -> Numbers:
        undated: Numbers = (self._live & (self.dates == UNDATED)).nonzero()[0]
        return undated

    @cached_property
    def _newest_first(self) -> Numbers:
        return np.concatenate((self.dated[::-1], self._undated))

    @cached_property
    def _oldest_first(self) -> Numbers:
        return np.concatenate((self.dated, self._undated))

    def stretch(self, begin: int, end: int, *, oldest_first: bool) -> Numbers:
        """Documents by their place in the order of dates; the undated ones come last."""
        return (self._oldest_first if oldest_first else self._newest_first)[begin:end]

    def end(self, place: int, *, oldest_first: bool) -> int:
        """The place after the last document of the date of the one before this place."""
        dated = len(self.dated)
        if place >= dated:
            return dated + len(self._undated)
        if oldest_first:
            return int(self._ordered.searchsorted(self._ordered[place - 1], side="right"))
        return dated - int(self._ordered.searchsorted(self._ordered[dated - place]))

    def between(self, since: int | None, until: int | None) -> tuple[int, int]:
        """The places of the dates in ``[since, until)``."""
        begin = 0 if since is None else int(self._ordered.searchsorted(since))
        end = len(self._ordered) if until is None else int(self._ordered.searchsorted(until))
        return begin, end

    def ages(self, recency: Recency | None) -> "Ages | None":
        """What the ages of documents are worth, None where they are worth nothing."""
        if recency is None or self.newest is None or not recency.weight:
            return None
        if recency.now < self.newest:
            return Ages(self.dates, recency)
        lasting = Recency(recency.weight, recency.half_life_days, self.newest)
        found = self._ages.get(lasting)
        if found is None:
            found = LastingAges(self.dates, lasting)
            self._ages = {**self._ages, lasting: found} if len(self._ages) < KEPT else {}
        return found


class Calendars:
    """The calendar of each date field of a snapshot, made when it is asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._made: dict[str, Calendar] = {}

    def of(self, field: DateField) -> Calendar:
        """The documents in the order of this date."""
        found = self._made.get(field)
        if found is None:
            found = self._made[field] = Calendar(self._snapshot, field)
        return found


class Ages:
    """The factor that each document's age gives; ``recency.now`` is the origin."""

    def __init__(self, dates: Numbers, recency: Recency) -> None:
        self._dates = dates
        self._recency = recency

    def of(self, numbers: Numbers) -> Scores:
        """The factor of each of these documents."""
        return self._factors(self._dates[numbers])

    def _factors(self, dates: Numbers) -> Scores:
        dated = dates != UNDATED
        known = np.where(dated, dates, 0)
        return recency_factor(known, dated, self._recency, self._recency.now)

    @property
    def ceilings(self) -> Scores | float:
        """No factor in each range of documents is greater."""
        return 1.0 + self._recency.weight

    def at_most(self, numbers: Numbers) -> Scores | float:  # noqa: ARG002
        """No factor of each of these documents is greater."""
        return 1.0 + self._recency.weight


class LastingAges(Ages):
    """Ages counted from the newest date: the same in every request, so they are kept."""

    @cached_property
    def _all(self) -> Scores:
        return self._factors(self._dates)

    def of(self, numbers: Numbers) -> Scores:
        """The factor of each of these documents."""
        return self._all[numbers]

    at_most = of

    @cached_property
    def ceilings(self) -> Scores:
        """The greatest factor in each range of documents."""
        return np.maximum.reduceat(self._all, np.arange(0, len(self._all), RANGE))
