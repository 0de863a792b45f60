"""Is every way of writing a date understood, and nonsense not?"""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from souwen.index.dates import date_in_path, name_without_date, parse_date

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def read(value, timezone=SHANGHAI):
    return parse_date(value, timezone=timezone, now=NOW)


def shown(moment):
    return moment and moment.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Wed, 23 Feb 2022 04:07:00 GMT", "2022-02-23T04:07:00Z"),
        ("23 Feb 2022 04:07:00 +0800", "2022-02-22T20:07:00Z"),
        ("Wed, 23 Feb 2022 04:07:00 -0000", "2022-02-23T04:07:00Z"),
        ("Wed, 23 Feb 2022 04:07:00 EST", "2022-02-23T09:07:00Z"),
        ("Wed, 23 Feb 2022 04:07:00", "2022-02-22T20:07:00Z"),
        ("Wed Feb 23 12:07:00 CST 2022", "2022-02-23T04:07:00Z"),
        ("Wed Feb 23 2022 12:07:00 GMT+0800 (中国标准时间)", "2022-02-23T04:07:00Z"),
        ("February 23, 2022", "2022-02-22T16:00:00Z"),
        ("23 Feb 2022", "2022-02-22T16:00:00Z"),
        ("2022-02-23T04:07:00Z", "2022-02-23T04:07:00Z"),
        ("2022-02-23T12:07:00+08:00", "2022-02-23T04:07:00Z"),
        ("2022-02-23T12:07:00.250+0800", "2022-02-23T04:07:00.250000Z"),
        ("2022-02-23t12:07:00", "2022-02-23T04:07:00Z"),
        ("2022-02-23 12:07:00 +0800", "2022-02-23T04:07:00Z"),
        ("2022-02-23 12:07:00 -5", "2022-02-23T17:07:00Z"),
        ("2022-02-23 12:07:09", "2022-02-23T04:07:09Z"),
        ("2022-2-3 4:5", "2022-02-02T20:05:00Z"),
        ("2022-2-3", "2022-02-02T16:00:00Z"),
        ("2022/02/23 12:07", "2022-02-23T04:07:00Z"),
        ("2022/2/3", "2022-02-02T16:00:00Z"),
        ("2022.2.3 4:05:06", "2022-02-02T20:05:06Z"),
        ("2022年2月3日", "2022-02-02T16:00:00Z"),
        ("2022年2月3日 4时5分", "2022-02-02T20:05:00Z"),
        ("2022年2月3日4时5分6秒", "2022-02-02T20:05:06Z"),
        ("2022年2月3日4时", "2022-02-02T20:00:00Z"),
        ("2022 年 2 月 3 日 下午 4:05", "2022-02-03T08:05:00Z"),
        ("2022-02-03 12:05 AM", "2022-02-02T16:05:00Z"),
        ("2022-02-03 星期四 4:05", "2022-02-02T20:05:00Z"),
        ("2022-02-03 (Thu)", "2022-02-02T16:00:00Z"),
        ("02/23/2022", "2022-02-22T16:00:00Z"),
        ("2/3/22", "2022-02-02T16:00:00Z"),
        ("11/1/99 10:00", "1999-11-01T02:00:00Z"),
        ("1645589220", "2022-02-23T04:07:00Z"),
        ("1645589220.5", "2022-02-23T04:07:00.500000Z"),
        ("1645589220123", "2022-02-23T04:07:00.123000Z"),
        ("20220223", "2022-02-22T16:00:00Z"),
        ("20220223T040700Z", "2022-02-23T04:07:00Z"),
        ("20220223120700", "2022-02-23T04:07:00Z"),
        ("２０２２－０２－２３　１２：０７", "2022-02-23T04:07:00Z"),
        ("  2022-02-23   12:07 ", "2022-02-23T04:07:00Z"),
    ],
)
def test_dates_are_read_as_written(written, expected):
    reading = read(written)
    assert (shown(reading.date), reading.doubt) == (expected, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2022, 2, 23), "2022-02-22T16:00:00Z"),
        (datetime(2022, 2, 23, 12, 7), "2022-02-23T04:07:00Z"),
        (
            datetime(2022, 2, 23, 12, 7, tzinfo=timezone(timedelta(hours=9))),
            "2022-02-23T03:07:00Z",
        ),
    ],
)
def test_native_dates_are_taken_as_they_are(value, expected):
    assert shown(read(value).date) == expected


@pytest.mark.parametrize(
    "written",
    [
        "2020-09-06 22:010:17",
        "2020-09-06 12:42:33:16",
        "2020-09-06 24:00:00",
        "2020-09-06 25:00",
        "2020-09-06 12:61",
        "2020-09-06 10:",
        "2020-09-06T10:00:00+99:99",
        "2020-09-06 about noon",
        "Sun, 06 Sep 2020 25:07:00 GMT",
        "2020年9月6日凌晨",
        "9/6/2020 99:00",
    ],
)
def test_of_a_broken_time_only_the_day_is_kept(written):
    reading = read(written)
    assert shown(reading.date) == "2020-09-05T16:00:00Z"
    assert "only its day" in reading.doubt


def test_a_month_without_a_day_is_its_first_and_doubtful():
    assert shown(read("2022-05").date) == "2022-04-30T16:00:00Z"
    assert shown(read("2022年5月").date) == "2022-04-30T16:00:00Z"
    assert "names no day" in read("2022-05").doubt


@pytest.mark.parametrize(
    "written",
    [
        "Invalid Date",
        "{{ date }}",
        "",
        "   ",
        "昨天",
        "404",
        "2022",
        "12:30",
        "-5",
        "2022-13-01",
        "2021-02-30",
        "23/02/2022",
        "20161301",
        "Feb 30, 2022",
        "Mon, 01 Jan 0000 00:00:00 GMT",
        "2022-02-23-1",
        "2022.1.2.3",
        "2022-02-23x",
        "2022-02/23",
        "²⁰²²⁻⁰⁰",
        "1" * 10_000,
    ],
)
def test_nonsense_is_no_date_and_doubtful(written):
    reading = read(written)
    assert reading.date is None
    assert reading.doubt


def test_a_doubt_shows_no_more_than_a_line_without_control_characters():
    doubt = read("昨\x1b天\n" * 1000).doubt
    assert len(doubt) < 100
    assert "\x1b" not in doubt
    assert "\n" not in doubt


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        ("1989-12-31", "before 1990"),
        ("1990-01-01", None),
        ("2027-12-31", None),
        ("2028-01-01", "in the future"),
        ("0001-01-01T00:00:00Z", "before 1990"),
    ],
)
def test_unlikely_years_are_kept_and_doubtful(written, doubt):
    reading = read(written)
    assert reading.date is not None
    assert doubt in reading.doubt if doubt else reading.doubt is None


def test_the_coming_year_is_the_one_after_the_local_year():
    new_year = datetime(2026, 12, 31, 17, tzinfo=UTC)  # already 2027 in Shanghai
    assert parse_date("2028-06-01", timezone=SHANGHAI, now=new_year).doubt is None


def test_a_date_beyond_the_calendar_is_none():
    assert read("0001-01-01").date is None
    assert "out of range" in read("0001-01-01").doubt


@pytest.mark.parametrize("written", ["9999-12-31T23:00:00Z", "9999-12-31T23:59:59-08:00"])
def test_a_moment_that_is_none_on_the_local_calendar_is_no_date(written):
    reading = read(written)
    assert reading.date is None
    assert "out of range" in reading.doubt


def test_the_last_day_that_there_is_can_be_a_date():
    assert shown(read("9999-12-31 23:59:59").date) == "9999-12-31T15:59:59Z"


def test_a_day_is_midnight_in_the_given_zone():
    assert shown(read("2022-02-23", ZoneInfo("America/New_York")).date) == "2022-02-23T05:00:00Z"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2015-08-25-x.md", "2015-08-24T16:00:00Z"),
        ("2015-8-5-x.md", "2015-08-04T16:00:00Z"),
        ("20160624_x.md", "2016-06-23T16:00:00Z"),
        ("20220506 x.md", "2022-05-05T16:00:00Z"),
        ("2015/08/25/x.md", "2015-08-24T16:00:00Z"),
        ("posts/2015/8/5/deeper/x.md", "2015-08-04T16:00:00Z"),
        ("posts/2015-08-25-x/index.md", "2015-08-24T16:00:00Z"),
        ("2015/08/25/2016-01-01-x.md", "2015-12-31T16:00:00Z"),
        ("201508/x.md", None),
        ("2015/08/x.md", None),
        ("12345678.md", None),
        ("20161301-x.md", None),
        ("201606241.md", None),
        ("2016624-x.md", None),
        ("x-2015-08-25.md", None),
        ("x.md", None),
    ],
)
def test_the_path_gives_a_date(path, expected):
    reading = date_in_path(path, timezone=SHANGHAI, now=NOW)
    assert shown(reading.date) == expected


def test_an_unlikely_year_of_a_path_is_doubtful():
    assert "1901" in date_in_path("1901-01-01-x.md", timezone=SHANGHAI, now=NOW).doubt


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("2015-08-25-你好", "你好"),
        ("20160624_你好", "你好"),
        ("20220506 你 好", "你 好"),
        ("2015-08-25", "2015-08-25"),
        ("2015-08-25-", "2015-08-25-"),
        ("1080p", "1080p"),
        ("你好", "你好"),
    ],
)
def test_the_name_without_its_date(stem, expected):
    assert name_without_date(stem) == expected
