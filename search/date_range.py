"""Which days does a date expression mean?

    2022  2022-02  2022-02-23          also 2022/2/23, 2022.2.23, 2022年2月23日
    90d  12w  6m  1y                   a day so long ago; also 90天, 12周, 6个月, 1年
    今天 昨天 本周 上月 去年             today, yesterday, this-week, last-month, last-year …
    A..B  A..  ..B                     from A to B, both included

Days begin at midnight in the given time zone, weeks on Monday. Nothing but ``now`` asks a clock.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from souwen.index.analysis.fold import fold_text
from souwen.index.errors import QueryError

Unit = Literal["day", "week", "month", "year"]
Days = tuple[date, date]
"""A first and a last day."""

EXPECTED = "expected a date such as 2022, 2022-05, 2022-05-23, 90d or 去年"

_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("d", "天"), "day"),
    **dict.fromkeys(("w", "周", "星期"), "week"),
    **dict.fromkeys(("m", "个月"), "month"),
    **dict.fromkeys(("y", "年"), "year"),
}
_WORDS: dict[str, tuple[int, Unit]] = {
    **dict.fromkeys(("今天", "今日", "today"), (0, "day")),
    **dict.fromkeys(("昨天", "昨日", "yesterday"), (1, "day")),
    **dict.fromkeys(("前天", "前日"), (2, "day")),
    **dict.fromkeys(("本周", "这周", "this-week"), (0, "week")),
    **dict.fromkeys(("上周", "last-week"), (1, "week")),
    **dict.fromkeys(("本月", "这个月", "this-month"), (0, "month")),
    **dict.fromkeys(("上月", "上个月", "last-month"), (1, "month")),
    **dict.fromkeys(("今年", "本年", "this-year"), (0, "year")),
    **dict.fromkeys(("去年", "last-year"), (1, "year")),
    "前年": (2, "year"),
}
_CALENDAR = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?|年)?")
_AGO = re.compile(r"([0-9]{1,9})\s*([^0-9\s]+)")
_DAY = timedelta(days=1)


def date_range(
    expression: str, *, timezone: ZoneInfo, now: datetime
) -> tuple[int | None, int | None]:
    """``[since, until)`` in milliseconds since 1970 UTC; None is open.

    ``90d`` alone means the last 90 days. In ``A..B`` either may be the earlier one. Raises
    QueryError with the position of the part that is no date.
    """
    first, last = _days(expression, _today(now, timezone))
    return (
        None if first is None else _begin(first, timezone),
        None if last is None else _end(last, timezone),
    )


def since(text: str, *, timezone: ZoneInfo, now: datetime) -> int:
    """When the named day, month or year begins, in milliseconds since 1970 UTC.

    Raises QueryError for anything else, ranges included.
    """
    return _begin(_period(text, _today(now, timezone))[0], timezone)


def until(text: str, *, timezone: ZoneInfo, now: datetime) -> int:
    """When the named day, month or year is over, in milliseconds since 1970 UTC.

    Raises QueryError for anything else, ranges included.
    """
    return _end(_period(text, _today(now, timezone))[1], timezone)


def check(expression: str) -> None:
    """Raise QueryError unless ``date_range`` understands the expression, at whatever time."""
    _days(expression, date(2000, 1, 1))


def _today(now: datetime, timezone: ZoneInfo) -> date:
    return now.astimezone(timezone).date()


def _begin(day: date, timezone: ZoneInfo) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone)
    return int(midnight.timestamp()) * 1000


def _end(day: date, timezone: ZoneInfo) -> int:
    if day == date.max:
        return _begin(day, timezone) + int(_DAY.total_seconds()) * 1000
    return _begin(day + _DAY, timezone)


def _days(expression: str, today: date) -> tuple[date | None, date | None]:
    left, dots, right = expression.partition("..")
    if not dots:
        ago = _ago(fold_text(expression), today)
        return (ago, today) if ago else _period(expression, today)
    if not (left.strip() or right.strip()):
        raise QueryError(f"{expression!r} names no date; {EXPECTED} on either side of ..", 0)
    begin = _period(left, today) if left.strip() else None
    end = _period(right, today, len(left) + 2) if right.strip() else None
    if begin and end:
        return min(begin[0], end[0]), max(begin[1], end[1])
    return begin and begin[0], end and end[1]


def _period(text: str, today: date, position: int = 0) -> Days:
    """The day, week, month or year that is named; raises QueryError."""
    folded = fold_text(text)
    if (ago := _ago(folded, today)) is not None:
        return ago, ago
    period = _named(folded, today) or _calendar(folded)
    if period is None:
        found = text if len(text) <= 40 else f"{text[:40]}…"
        raise QueryError(f"{found!r} is no date; {EXPECTED}", position)
    return period


def _calendar(folded: str) -> Days | None:
    """A date as calendars have it; None where there is no such day."""
    if (found := _CALENDAR.fullmatch(folded)) is None:
        return None
    year, month, day = found.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return _around(first, "day" if day else "month" if month else "year")


def _ago(folded: str, today: date) -> date | None:
    """``90d``: a day, the first there is where it would lie before the year 1."""
    found = _AGO.fullmatch(folded)
    if found is None or _CALENDAR.fullmatch(folded):
        return None
    unit = _units().get(found[2])
    return _before(today, int(found[1]), unit) if unit else None


def _named(folded: str, today: date) -> Days | None:
    if (found := _words().get(folded)) is None:
        return None
    count, unit = found
    return _around(_before(today, count, unit), unit)


@cache
def _units() -> dict[str, Unit]:
    return {fold_text(name): unit for name, unit in _UNITS.items()}


@cache
def _words() -> dict[str, tuple[int, Unit]]:
    return {fold_text(word): meaning for word, meaning in _WORDS.items()}


def _before(day: date, count: int, unit: Unit) -> date:
    """The day so many units earlier; in a shorter month its last."""
    if unit in ("day", "week"):
        days = count * (7 if unit == "week" else 1)
        return date.fromordinal(max(1, day.toordinal() - days))
    months = day.year * 12 + day.month - 1 - count * (12 if unit == "year" else 1)
    if months < 12:
        return date.min
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _around(day: date, unit: Unit) -> Days:
    """The first and the last day of the unit that holds a day."""
    match unit:
        case "day":
            return day, day
        case "week":
            monday = day - day.weekday() * _DAY
            return monday, monday + 6 * _DAY
        case "month":
            return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
        case "year":
            return date(day.year, 1, 1), date(day.year, 12, 31)
        case _:
            assert_never(unit)
