"""How do options narrow a search, and which cannot be?"""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from souwen.index.errors import QueryError
from souwen.search.options import Options, filters, instant
from souwen.search.query import Glob, Or, Query, Range, Whole

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def narrowing(**options: Any) -> list[Query]:
    return list(filters(Options(**options), timezone=SHANGHAI, now=NOW))


def dated(since: datetime | None, until: datetime | None) -> list[Query]:
    ends = (None if end is None else int(end.timestamp() * 1000) for end in (since, until))
    return [Range("date", *ends)]


def at(year: int, month: int, day: int, *time: int) -> datetime:
    return datetime(year, month, day, *time, tzinfo=SHANGHAI)


def test_without_options_nothing_is_narrowed():
    assert narrowing() == []


def test_values_of_one_option_are_alternatives_and_options_are_not():
    assert narrowing(tag=["Go", "ＷＥＢ"], category="編程/Go", author="甲", path=["a/*", "b"]) == [
        Or((Whole("tags", "go"), Whole("tags", "web"))),
        Or((Whole("categories", "编程/go"),)),
        Or((Whole("author", "甲"),)),
        Or((Glob("a/*"), Glob("b"))),
    ]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2022", None, dated(at(2022, 1, 1), None)),
        (None, "2022-05", dated(None, at(2022, 6, 1))),
        ("去年", "去年", dated(at(2023, 1, 1), at(2024, 1, 1))),
        ("90d", None, dated(at(2024, 3, 3), None)),
        (date(2022, 2, 23), date(2022, 2, 23), dated(at(2022, 2, 23), at(2022, 2, 24))),
        (None, date.max, dated(None, datetime(9999, 12, 31, 16, tzinfo=UTC))),
        (datetime(2022, 2, 23, 8), None, dated(at(2022, 2, 23, 8), None)),
        (None, datetime(2022, 2, 23, 8, tzinfo=UTC), dated(None, at(2022, 2, 23, 16))),
    ],
)
def test_dates_are_days_of_the_time_zone(since: Any, until: Any, expected: list[Query]):
    assert narrowing(since=since, until=until) == expected


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        ("2023", "2022", "since is 2023 and until is 2022, which is not after it"),
        (NOW, NOW, f"since is {NOW} and until is {NOW}, which is not after it"),
    ],
)
def test_no_post_can_be_from_an_end_to_a_begin(since: Any, until: Any, message: str):
    with pytest.raises(QueryError, match=re.escape(message)):
        narrowing(since=since, until=until)


def test_moments_before_1970_are_rounded_down():
    assert instant(datetime(1969, 12, 31, 23, 59, 59, 999_500, tzinfo=UTC), SHANGHAI) == -1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sort": "newest"}, "sort is 'newest'; it must be one of blend, relevance"),
        ({"recency": "much"}, "recency is 'much'; it must be one of off, low, normal, high"),
        ({"facets": ["tag", "month"]}, "facets is 'month'; it must be one of category, tag"),
        ({"all": True, "any": True}, "all and any are asked for"),
        ({"limit": -1}, "limit is -1; it must be a whole number, 0 or more"),
        ({"limit": "3"}, "limit is '3'; it must be a whole number, 0 or more"),
        ({"limit": True}, "limit is True; it must be a whole number, 0 or more"),
        ({"offset": -1}, "offset is -1; it must be a whole number, 0 or more"),
        ({"offset": None}, "offset is None; it must be a whole number, 0 or more"),
        ({"snippet": 1.5}, "snippet is 1.5; it must be a whole number, 0 or more"),
    ],
)
def test_an_option_that_cannot_be_is_an_error_that_says_what_can(
    options: dict[str, Any], message: str
):
    with pytest.raises(QueryError, match=message):
        Options(**options)


@pytest.mark.parametrize("when", ["soon", "2022-13", "2021..2022", ""])
def test_a_date_that_is_none_is_an_error(when: str):
    for option in ("since", "until"):
        with pytest.raises(QueryError, match="no date"):
            narrowing(**{option: when})


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2023", "2022"),
        ("2022-05-02", "2022-05-01"),
        (date(2022, 5, 2), "2022-05-01"),
        (datetime(2022, 5, 1, 9), datetime(2022, 5, 1, 8)),
        ("今天", "90d"),
    ],
)
def test_a_time_that_ends_before_it_begins_is_an_error_that_names_both_ends(since: Any, until: Any):
    with pytest.raises(QueryError, match=f"since is {since} and until is {until}"):
        narrowing(since=since, until=until)


@pytest.mark.parametrize(
    ("options", "relaxes"),
    [
        ({}, True),
        ({"sort": "relevance"}, True),
        ({"sort": "date"}, False),
        ({"sort": "date-asc"}, False),
        ({"all": True}, False),
        ({"relax": False}, False),
        ({"relax": True, "all": True}, True),
        ({"relax": True, "sort": "date"}, True),
    ],
)
def test_dates_and_all_do_not_relax_unless_told_to(options: dict[str, Any], relaxes: bool):
    assert Options(**options).relaxes is relaxes


@pytest.mark.parametrize(
    ("options", "age"),
    [
        ({}, (0.25, 365.0)),
        ({"recency": "high"}, (1.0, 90.0)),
        ({"recency": "high", "sort": "relevance"}, (0.0, 90.0)),
        ({"recency": "off"}, (0.0, 365.0)),
    ],
)
def test_relevance_is_recency_of_no_weight(options: dict[str, Any], age: tuple[float, float]):
    assert Options(**options).age == age
