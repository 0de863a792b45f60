"""Do date expressions mean the days that people mean?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from souwen.index.errors import QueryError
from souwen.search import date_range as module
from souwen.search.date_range import check, date_range

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 3, 30, 17, 30, tzinfo=UTC)
"""Sunday, 31 March, 01:30 in Shanghai."""


def days(since: int | None, until: int | None) -> str:
    """The first and the last day in Shanghai."""
    first, last = (
        "" if moment is None else f"{datetime.fromtimestamp(moment / 1000, SHANGHAI):%Y-%m-%d}"
        for moment in (since, None if until is None else until - 1)
    )
    return f"{first}..{last}"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("2022", "2022-01-01..2022-12-31"),
        ("2022年", "2022-01-01..2022-12-31"),
        ("２０２２", "2022-01-01..2022-12-31"),
        ("2022-02", "2022-02-01..2022-02-28"),
        ("2024-2", "2024-02-01..2024-02-29"),
        ("2022/12", "2022-12-01..2022-12-31"),
        ("2022.5", "2022-05-01..2022-05-31"),
        ("2022年5月", "2022-05-01..2022-05-31"),
        ("2022-02-23", "2022-02-23..2022-02-23"),
        ("2022/2/23", "2022-02-23..2022-02-23"),
        ("2022.2.23", "2022-02-23..2022-02-23"),
        ("2022年2月23日", "2022-02-23..2022-02-23"),
        (" 2022 年 2 月 23 日 ", "2022-02-23..2022-02-23"),
        ("2022..2023", "2022-01-01..2023-12-31"),
        ("2023..2022", "2022-01-01..2023-12-31"),
        ("2022.2..2022.5", "2022-02-01..2022-05-31"),
        ("..2022-03", "..2022-03-31"),
        ("2022-03 ..", "2022-03-01.."),
        ("90d", "2024-01-01..2024-03-31"),
        ("90d..", "2024-01-01.."),
        ("..90d", "..2024-01-01"),
        ("90d..30d", "2024-01-01..2024-03-01"),
        ("90天..", "2024-01-01.."),
        ("12w..", "2024-01-07.."),
        ("2周..", "2024-03-17.."),
        ("1m..", "2024-02-29.."),
        ("3 个月..", "2023-12-31.."),
        ("3個月..", "2023-12-31.."),
        ("1Y..", "2023-03-31.."),
        ("2年..", "2022-03-31.."),
        ("0d", "2024-03-31..2024-03-31"),
        ("今天", "2024-03-31..2024-03-31"),
        ("today", "2024-03-31..2024-03-31"),
        ("昨天", "2024-03-30..2024-03-30"),
        ("Yesterday", "2024-03-30..2024-03-30"),
        ("前天", "2024-03-29..2024-03-29"),
        ("本周", "2024-03-25..2024-03-31"),
        ("上週", "2024-03-18..2024-03-24"),
        ("本月", "2024-03-01..2024-03-31"),
        ("上月", "2024-02-01..2024-02-29"),
        ("上個月", "2024-02-01..2024-02-29"),
        ("今年", "2024-01-01..2024-12-31"),
        ("去年", "2023-01-01..2023-12-31"),
        ("last-year", "2023-01-01..2023-12-31"),
        ("前年", "2022-01-01..2022-12-31"),
        ("去年..今年", "2023-01-01..2024-12-31"),
    ],
)
def test_an_expression_names_days(expression: str, expected: str) -> None:
    check(expression)
    assert days(*date_range(expression, timezone=SHANGHAI, now=NOW)) == expected


def test_days_begin_at_midnight_in_the_zone() -> None:
    since, until = date_range("2022-02-23", timezone=SHANGHAI, now=NOW)
    assert since == datetime(2022, 2, 22, 16, tzinfo=UTC).timestamp() * 1000
    assert until == since + 86_400_000
    berlin = ZoneInfo("Europe/Berlin")
    since, until = date_range("2022-03-27", timezone=berlin, now=NOW)
    assert since is not None
    assert until == since + 23 * 3_600_000


@pytest.mark.parametrize("text", ["2022", "2022-05", "2022-05-23", "90d", "去年"])
def test_until_includes_the_period_that_since_begins(text: str) -> None:
    since = module.since(text, timezone=SHANGHAI, now=NOW)
    until = module.until(text, timezone=SHANGHAI, now=NOW)
    around = f"{text}..{text}"
    assert (since, until) == date_range(around, timezone=SHANGHAI, now=NOW)


def test_the_calendar_ends_where_python_ends() -> None:
    first, last = date_range("0001..9999", timezone=SHANGHAI, now=NOW)
    assert first is not None
    assert last is not None
    assert last - first == 3_652_059 * 86_400_000 + 343_000  # from 8:05:43 of local mean time
    for ages in ("999999999d..", "999999999w..", "999999999m..", "99999y.."):
        assert date_range(ages, timezone=SHANGHAI, now=NOW) == (first, None)


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("", 0),
        ("foo", 0),
        ("..", 0),
        (" .. ", 0),
        ("0000", 0),
        ("22", 0),
        ("20222", 0),
        ("2022-13", 0),
        ("2022-00", 0),
        ("2022-02-30", 0),
        ("2022-2-", 0),
        ("9999999999d", 0),
        ("9" * 100_000 + "d", 0),
        ("90x", 0),
        ("d", 0),
        ("-90d", 0),
        ("2022..foo", 6),
        ("foo..2022", 0),
        ("2022...2023", 6),
        ("今明", 0),
        ("\0", 0),
        ("\ud800", 0),
    ],
)
def test_what_is_no_date_is_an_error_that_says_where_and_what_was_expected(
    expression: str, position: int
) -> None:
    for call in (check, lambda text: date_range(text, timezone=SHANGHAI, now=NOW)):
        with pytest.raises(QueryError, match="expected a date such as 2022") as caught:
            call(expression)
        assert caught.value.position == position
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize("read", [module.since, module.until])
def test_a_range_is_no_single_date(read: object) -> None:
    assert callable(read)
    with pytest.raises(QueryError, match=r"'2022\.\.2023' is no date"):
        read("2022..2023", timezone=SHANGHAI, now=NOW)
