"""When does a query ask for what is new, and what does that change?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tools.shelf import ENGINES, NOW, address, ids, post, shelf

from souwen.search import Index

POSTS = (
    post("old", "手机，手机，手机。", "旧的", date=NOW - timedelta(900)),
    post("new", "手机，又是手机。", "别的", date=NOW - timedelta(2)),
    post("title", "正文", "今年最新手机", date=NOW - timedelta(500)),
)


@pytest.fixture(scope="module", params=ENGINES)
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    with shelf(address(request.param, tmp_path_factory.mktemp("index")), *POSTS) as opened:
        yield opened


YEAR = str(NOW.year)


@pytest.mark.parametrize(
    ("query", "because"),
    [
        ("最新手机", "最新"),
        ("手机 最近", "最近"),
        ("近期 手机", "近期"),
        ("今年的手机", "今年"),
        ("手机 Latest", "Latest"),
        ("ｌａｔｅｓｔ 手机", "ｌａｔｅｓｔ"),
        (f"{YEAR} 手机", YEAR),
        (f"{YEAR}年手机", f"{YEAR}年"),
        ("网关 OR 最新手机", "最新"),
        ("手机", None),
        ("2019 手机", None),
        (f"手机{YEAR}款 {YEAR}01", YEAR),
        ('"最新手机"', None),
        ("“最新”手机", None),
        ("手机 -最新", None),
        ("title:最新 手机", None),
        ("latest-version", None),
        ("今年最新手机", None),
    ],
)
def test_words_of_freshness_make_age_count_more_and_the_result_says_so(
    index: Index, query: str, because: str | None
):
    recency = index.search(query, now=NOW).recency
    assert recency.because == because
    assert (recency.weight, recency.half_life_days) == ((1.0, 90.0) if because else (0.25, 365.0))


@pytest.mark.parametrize(
    ("options", "age"),
    [
        ({"recency": "normal"}, (0.25, 365.0)),
        ({"recency": "off"}, (0.0, 365.0)),
        ({"sort": "relevance"}, (0.0, 365.0)),
        ({"sort": "date"}, (0.25, 365.0)),
        ({"exact": True}, (0.25, 365.0)),
    ],
)
def test_what_was_said_of_age_and_order_stands(
    index: Index, options: dict[str, Any], age: tuple[float, float]
):
    recency = index.search("最新手机", now=NOW, **options).recency
    assert (recency.weight, recency.half_life_days, recency.because) == (*age, None)


def test_the_newer_post_comes_first_where_what_is_new_is_asked_for(index: Index):
    asked = index.search("最近 OR 手机", now=NOW)
    told = index.search("最近 OR 手机", recency="normal", now=NOW)
    assert (ids(asked)[0], ids(told)[0]) == ("new", "old")


def test_the_current_year_is_that_of_the_zone_of_the_index(index: Index):
    eve = datetime(2023, 12, 31, 17, tzinfo=UTC)
    assert index.search("2024 手机", now=eve).recency.because == "2024"
    assert index.search("2023 手机", now=eve).recency.because is None
