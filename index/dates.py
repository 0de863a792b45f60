"""When was a post written? A date as people write it, as a moment in UTC or a reason for doubt."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

FIRST_YEAR = 1990
"""Hardly any post is older; a date before that is more likely a mistake."""
_LONGEST = 80
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """What a written date means: a moment in UTC, or None, and why it is doubtful, if it is."""

    date: datetime | None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day; ``zone`` is None where none is written, ``sure`` False where it is broken."""

    at: time = time()
    zone: tzinfo | None = None
    sure: bool = True


# As most dates are written; Python reads them as what follows here does, but faster.
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
    r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?",
    re.ASCII,
)
_DAY = re.compile(
    r"""(?P<y>\d{4}) (?: (?P<sep>[-/.]) (?P<m>\d{1,2}) (?P=sep) (?P<d>\d{1,2}) (?!\d|[-/.]\d)
        | [ ]?年[ ]?(?P<m2>\d{1,2})[ ]?月[ ]?(?P<d2>\d{1,2})(?:[ ]?[日号號]|(?!\d)) )""",
    re.VERBOSE,
)
_MONTH = re.compile(r"(?P<y>\d{4})(?:[-/.](?P<m>\d{1,2})|[ ]?年[ ]?(?P<m2>\d{1,2})[ ]?月)")
_AMERICAN = re.compile(r"(?P<m>\d{1,2})([-/])(?P<d>\d{1,2})\2(?P<y>\d{4}|\d{2})(?!\d)")
_WEEKDAY = (
    r"\(?(?:(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6})\)?"
)
_CLOCK = re.compile(
    rf"""(?:[ ]*T[ ]*|[ ,]*)(?:{_WEEKDAY}[ ]*)?(?P<early>[ap]m|上午|下午)?[ ]*
    (?P<h>\d{{1,2}})[ ]?(?:[时時点點][ ]?|:(?=\d))(?:(?P<min>\d{{1,2}})[ ]?分?
    (?:[ ]?:?[ ]?(?P<s>\d{{1,2}})(?:[.,](?P<frac>\d{{1,9}}))?[ ]?秒?)?)?
    [ ]*(?P<late>[ap]m)?[ ]*(?P<zone>z|utc|gmt|cst)?[ ]*
    (?P<offset>(?P<sign>[-+−])(?P<zh>\d{{1,2}}):?(?P<zm>\d{{2}})?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_ONLY_WEEKDAY = re.compile(rf"[ ,]*(?:{_WEEKDAY})?", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(?=Z$|[+-]\d|$)")
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d{1,9})?|(\d{13})")
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} [1-9]\d{3} \d{2}:.+"  # as feeds write it
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2} .*[1-9]\d{3}"  # as `date` prints it
)
_NAMED = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?[ ])?(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -]"
    r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ -]|(?P<mon2>jan|feb|mar"
    r"|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ ](?P<d2>\d{1,2})(?:st|nd|rd|th)?,?[ ])"
    r"(?P<y>\d{4})(?!\d)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_date(value: str | date, *, timezone: ZoneInfo, now: datetime) -> Reading:
    """Read a date as written, or as TOML gives it.

    A time without a zone is in ``timezone``, a day without a time is midnight there. Where only
    the time is broken the day is kept; nonsense gives no date. Both come with a doubt, and so
    does a year before 1990 or after the next one.
    """
    if not isinstance(value, str):
        return _checked(_native(value), str(value), timezone, now)
    if _ISO.fullmatch(value):
        with suppress(ValueError):
            return _checked(datetime.fromisoformat(value), value, timezone, now)
    text = " ".join(unicodedata.normalize("NFKC", value[: _LONGEST + 1]).split())
    if not text or len(text) > _LONGEST:
        return Reading(None, f"the date {_show(value)} is not one")
    try:
        found, doubt = _read(text)
    except (ValueError, OverflowError):
        return Reading(None, f"the date {_show(value)} is not one")
    reading = _checked(found, text, timezone, now)
    return Reading(reading.date, doubt) if doubt and reading.date else reading


def _native(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)


def _checked(found: datetime, written: str, timezone: ZoneInfo, now: datetime) -> Reading:
    """The moment in UTC, doubted where its year is unlikely."""
    aware = found if found.tzinfo else found.replace(tzinfo=timezone)
    try:
        moment = aware.astimezone(UTC)
        moment.astimezone(timezone)  # as it will be shown
    except OverflowError:
        return Reading(None, f"the date {_show(written)} is out of range")
    if FIRST_YEAR <= aware.year < now.year:
        return Reading(moment)
    return Reading(moment, _unlikely(aware.year, now.astimezone(timezone).year))


def _unlikely(year: int, this_year: int) -> str | None:
    if year < FIRST_YEAR:
        return f"the date lies in {year}, before {FIRST_YEAR}"
    if year > this_year + 1:
        return f"the date lies in {year}, in the future"
    return None


def _show(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text[:_SHOWN])
    return f"“{shown}{'…' if len(text) > _SHOWN else ''}”"


def _read(text: str) -> tuple[datetime, str | None]:
    """The moment, naive where no zone is written. Raises ValueError, OverflowError for nonsense."""
    if epoch := _EPOCH.fullmatch(text):
        seconds = float(text) / (1000 if epoch[2] else 1)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), None
    if text[0].isdecimal() and _COMPACT.match(text):
        return datetime.fromisoformat(_with_t(text)), None
    if month := _MONTH.fullmatch(text):
        return _day(month), f"the date “{text}” names no day; its first day was taken"
    if found := _DAY.match(text):
        return _with_time(_day(found), text, text[found.end() :])
    if found := _AMERICAN.match(text):
        return _with_time(_american(found), text, text[found.end() :])
    return _named(text)


def _with_t(text: str) -> str:
    """``20160624103000`` as ``20160624T103000``."""
    return text if len(text) <= 8 or not text[8].isdecimal() else f"{text[:8]}T{text[8:]}"


def _day(found: re.Match[str]) -> datetime:
    parts = found.groupdict()
    month = parts["m"] or parts["m2"]
    day = parts.get("d") or parts.get("d2") or "1"
    return datetime(int(parts["y"]), int(month), int(day))


def _american(found: re.Match[str]) -> datetime:
    year = int(found["y"])
    if len(found["y"]) == 2:
        year += 2000 if year < 69 else 1900  # as POSIX reads two digits
    return datetime(year, int(found["m"]), int(found["d"]))


def _named(text: str) -> tuple[datetime, str | None]:
    """A date whose month has a name."""
    if _RFC_822.fullmatch(text) and (moment := _rfc_822(text)):
        return moment, None
    found = _NAMED.match(text)
    if found is None:
        raise ValueError(text)
    month = _MONTHS.index((found["mon"] or found["mon2"]).lower()) + 1
    day = datetime(int(found["y"]), month, int(found["d"] or found["d2"]))
    return _with_time(day, text, text[found.end() :])


def _rfc_822(text: str) -> datetime | None:
    """None where a part is out of range. CST is China's here, as its machines print it."""
    try:
        return parsedate_to_datetime(text.replace("CST", "+0800").replace("-0000", "+0000"))
    except ValueError:
        return None


def _with_time(day: datetime, text: str, rest: str) -> tuple[datetime, str | None]:
    """The day with the time that follows it. Raises ValueError where it is part of a word."""
    if _ONLY_WEEKDAY.fullmatch(rest):
        return day, None
    touching = text[-len(rest) - 1 : len(text) - len(rest) + 1]
    if touching.isascii() and not re.match(r"[ ,Tt(]", rest):
        raise ValueError(text)
    clock = _clock(rest)
    moment = datetime.combine(day, clock.at, clock.zone)
    return moment, None if clock.sure else f"the time of “{text}” is broken; only its day was taken"


def _clock(text: str) -> _Clock:
    # What a JavaScript Date adds in parentheses only repeats the zone.
    found = _CLOCK.fullmatch(re.sub(r" ?\([^()]*\)$", "", text))
    if not found:
        return _Clock(sure=False)
    try:
        at = time(
            _hour(found),
            int(found["min"] or 0),
            int(found["s"] or 0),
            int((found["frac"] or "0").ljust(6, "0")[:6]),
        )
        return _Clock(at, _zone(found))
    except ValueError:
        return _Clock(sure=False)


def _hour(found: re.Match[str]) -> int:
    hour, half = int(found["h"]), (found["early"] or found["late"] or "").lower()
    if half in ("pm", "下午") and hour < 12:
        return hour + 12
    return 0 if half in ("am", "上午") and hour == 12 else hour


def _zone(found: re.Match[str]) -> tzinfo | None:
    """The zone written, None where there is none."""
    if found["offset"]:
        shift = timedelta(hours=int(found["zh"]), minutes=int(found["zm"] or 0))
        return fixed_zone(shift if found["sign"] == "+" else -shift)
    if found["zone"]:
        return ZoneInfo("Asia/Shanghai") if found["zone"].lower() == "cst" else UTC
    return None


_IN_NAME = re.compile(r"((?:19|20)\d\d)([-_.]?)([01]?\d)\2([0-3]?\d)(?!\d)")
_AFTER_DATE = re.compile(r"[-_.,\s]*")


def date_in_path(path: str, *, timezone: ZoneInfo, now: datetime) -> Reading:
    """The day that a file name begins with, or else the innermost folder named for one.

    ``2015-08-25-x.md``, ``20160624_x.md``, ``2015/08/25/x.md``; no date where there is none.
    """
    for candidate in _candidates(path.split("/")):
        if (day := _named_day(candidate)[0]) is not None:
            return _checked(day, candidate, timezone, now)
    return Reading(None)


def name_without_date(stem: str) -> str:
    """A file name without the day it begins with; all of it where nothing else is left."""
    day, end = _named_day(stem)
    rest = stem[_AFTER_DATE.match(stem, end).end() :] if day else stem  # type: ignore[union-attr]
    return rest or stem


def _candidates(parts: list[str]) -> Iterator[str]:
    yield parts[-1]
    for end in range(len(parts) - 1, 0, -1):
        yield parts[end - 1]
        yield "-".join(parts[max(end - 3, 0) : end])


def _named_day(name: str) -> tuple[datetime | None, int]:
    found = _IN_NAME.match(name)
    # Without anything between its parts a day has eight digits.
    if not found or (not found[2] and found.end() != 8):
        return None, 0
    try:
        return datetime(int(found[1]), int(found[3]), int(found[4])), found.end()
    except ValueError:
        return None, 0
