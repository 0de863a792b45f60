"""Is a date what it was, however it is written?"""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from souwen.index.dates import date_in_path, parse_date

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
seconds = st.datetimes(datetime(1992, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
zones = st.integers(-14 * 4, 14 * 4).map(
    lambda quarters: timezone(timedelta(minutes=15 * quarters))
)


def read(text):
    return parse_date(text, timezone=SHANGHAI, now=NOW)


@given(seconds, zones)
def test_a_moment_with_a_zone_is_that_moment(moment, zone):
    aware = moment.replace(tzinfo=zone)
    for text in (aware.isoformat(), aware.isoformat(" "), format_datetime(aware)):
        assert (read(text).date, read(text).doubt) == (aware, None)
    assert read(str(int(aware.timestamp()))).date == aware


@given(seconds)
def test_a_moment_without_a_zone_is_local(moment):
    aware = moment.replace(tzinfo=SHANGHAI)
    for form in (
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y年%m月%d日 %H时%M分%S秒",
        "%Y%m%d%H%M%S",
    ):
        assert read(moment.strftime(form)).date == aware


@given(seconds)
def test_a_day_is_its_midnight_wherever_it_stands(moment):
    midnight = datetime(moment.year, moment.month, moment.day, tzinfo=SHANGHAI)
    for form in ("%Y-%m-%d", "%Y.%m.%d", "%Y年%m月%d日", "%m/%d/%Y", "%m/%d/%y", "%Y%m%d"):
        assert read(moment.strftime(form)).date == midnight
    for form in ("%Y-%m-%d-x.md", "%Y%m%d x.md", "%Y/%m/%d/x.md"):
        path = moment.strftime(form)
        assert date_in_path(path, timezone=SHANGHAI, now=NOW).date == midnight


@given(st.text())
def test_any_text_is_a_date_or_doubtful(text):
    reading = read(text)
    assert reading.date or reading.doubt


@given(
    st.from_regex(r"[0-9]{1,5}[-/.:T 年月日+Z]([0-9]{1,3}[-/.:T 年月日+Z]){0,6}", fullmatch=True)
)
def test_what_looks_like_a_date_never_raises(text):
    assert read(text).date or read(text).doubt


ISO_DAYS = st.from_regex(r"\A(?:0001|19[89]\d|20[23]\d|9999)-[01]\d-[0-3]\d\Z", fullmatch=True)
ISO_TIMES = st.from_regex(
    r"[T ][0-2]\d:[0-6]\d(?::[0-6]\d)?(?:Z|[+-][0-2]\d:[0-6]\d)?", fullmatch=True
)
TIMES = st.just("") | ISO_TIMES


@given(st.tuples(ISO_DAYS, TIMES).map("".join))
def test_what_python_reads_of_a_date_is_what_a_blank_before_it_leaves_to_us(text):
    expected = read(f" {text}")
    assert read(text).date == expected.date
    assert (read(text).doubt is None) == (expected.doubt is None)
