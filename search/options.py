"""How can a search be narrowed and ordered?"""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

from souwen.index.analysis.fold import fold_text
from souwen.index.errors import QueryError
from souwen.search import date_range
from souwen.search.hits import FacetField, Sort
from souwen.search.query import Glob, Or, Query, Range, Whole
from souwen.search.ranking import RECENCY, RecencyName
from souwen.search.synonyms import Synonyms, synonyms

Values = str | Sequence[str]
When = str | date | datetime | None


@dataclass(frozen=True, slots=True)
class Options:
    """How to search; ``Index.search`` says what each means."""

    limit: int | None = 10
    offset: int = 0
    sort: Sort = "blend"
    recency: RecencyName | None = None
    tag: Values = ()
    category: Values = ()
    author: Values = ()
    path: Values = ()
    since: When = None
    until: When = None
    all: bool = False
    any: bool = False
    relax: bool | None = None
    exact: bool = False
    title_only: bool = False
    facets: Sequence[FacetField] = ()
    snippet: int = 160
    explain: bool = False
    collapse: bool | None = None
    synonyms: str | os.PathLike[str] | None = None
    regional: bool = False

    def __post_init__(self) -> None:
        _check("sort", self.sort, get_args(Sort))
        if self.recency is not None:
            _check("recency", self.recency, tuple(RECENCY))
        for facet in self.facets:
            _check("facets", facet, get_args(FacetField))
        if self.all and self.any:
            raise QueryError("both all and any are asked for; they exclude each other")
        for name, number in (
            ("limit", self.limit),
            ("offset", self.offset),
            ("snippet", self.snippet),
        ):
            _check_number(name, number)

    @property
    def narrows(self) -> bool:
        """Whether there is something to find without any words."""
        values = (self.tag, self.category, self.author, self.path)
        return any(values) or self.since is not None or self.until is not None

    @property
    def relaxes(self) -> bool:
        """Whether posts that match only some of the query come after those that match all."""
        if self.relax is not None:
            return self.relax
        return not self.all and self.sort in ("blend", "relevance")

    def collapses(self, *, quoted: bool) -> bool:
        """Whether near-duplicates stand under the best of them.

        What is quoted, or asked for by date, is wanted as it is.
        """
        if self.collapse is not None:
            return self.collapse
        return not quoted and not self.exact and self.sort in ("blend", "relevance")

    @property
    def known_synonyms(self) -> Synonyms:
        """What words may be called as well. Raises ConfigError for a file that cannot be read."""
        file = None if self.synonyms is None else Path(self.synonyms)
        return synonyms(file, regional=self.regional)

    @property
    def age(self) -> tuple[float, float]:
        """How much recency weighs and after how many days half of it is gone."""
        weight, half_life = RECENCY[self.recency or "normal"]
        return (0.0 if self.sort == "relevance" else weight), half_life


def _check(name: str, found: str, expected: Sequence[str]) -> None:
    if found not in expected:
        raise QueryError(f"{name} is {found!r}; it must be one of {', '.join(expected)}")


def _check_number(name: str, found: object) -> None:
    if found is None and name == "limit":
        return
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise QueryError(f"{name} is {found!r}; it must be a whole number, 0 or more")


def filters(
    options: Options,
    *,
    timezone: ZoneInfo,
    now: datetime,
    path: Callable[[str], Query] = Glob,
) -> Iterator[Query]:
    """What every hit must satisfy besides the query; raises QueryError for a bad date.

    ``path`` gives the posts that a pattern of paths means.
    """
    named = (("tags", options.tag), ("categories", options.category), ("author", options.author))
    for field, values in named:
        if wanted := _several(values):
            yield Or(tuple(Whole(field, fold_text(value)) for value in wanted))
    if globs := _several(options.path):
        yield Or(tuple(map(path, globs)))
    if options.since is not None or options.until is not None:
        since = _since(options.since, timezone=timezone, now=now)
        until = _until(options.until, timezone=timezone, now=now)
        if since is not None and until is not None and since >= until:
            raise QueryError(
                f"since is {options.since} and until is {options.until}, which is not after it; "
                "no post can lie between them"
            )
        yield Range("date", since, until)


def _several(values: Values) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def _since(when: When, *, timezone: ZoneInfo, now: datetime) -> int | None:
    if isinstance(when, str):
        return date_range.since(when, timezone=timezone, now=now)
    return None if when is None else instant(when, timezone)


def _until(when: When, *, timezone: ZoneInfo, now: datetime) -> int | None:
    if isinstance(when, str):
        return date_range.until(when, timezone=timezone, now=now)
    if isinstance(when, date) and not isinstance(when, datetime):
        return date_range.until(when.isoformat(), timezone=timezone, now=now)
    return None if when is None else instant(when, timezone)


def instant(when: date | datetime, timezone: ZoneInfo) -> int:
    """Milliseconds since 1970 UTC of a moment, or of the beginning of a day; naive is local."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone)
    return math.floor(when.timestamp() * 1000)
