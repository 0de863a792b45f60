"""Does the order of the hits keep its promises, whatever is asked?"""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tools.shelf import ANALYZER, ENGINES, NOW, address, ids, post, shelf

from souwen.index.norms import quantise
from souwen.search import Index
from souwen.search.analyze import Context, analyze_query
from souwen.search.parser import parse
from souwen.search.ranking import (
    DAY_MS,
    Recency,
    RecencyName,
    frequency_weight,
    idf,
    recency_factor,
)

WORDS = (
    *("快手", "电商", "服务", "网格", "网关", "的", "C", "C++", "docker", "k8s", "年度报告"),
    "猫",
)
SIGNS = ("-", "OR ", '"', "(", ")", "*", "~", "title:", "，", " ")
LENGTHS = st.integers(0, 10**6)
HELD = st.integers(1, 10**6)
"""Lengths of fields that hold a term."""
AGES = st.integers(-1000, 20_000)
STRENGTHS = st.sampled_from((0.0, 0.10, 0.25, 1.0))

queries = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join) | st.lists(
    st.sampled_from(WORDS + SIGNS), min_size=1, max_size=8
).map("".join)
slow = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module", params=ENGINES)
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    """Forty posts of random words, a quarter of them undated."""
    dice = random.Random(7)
    posts = [
        post(
            f"{number:02}",
            "".join(dice.choice(WORDS) + dice.choice(("", " ", "。")) for _ in range(20)),
            dice.choice(WORDS),
            date=NOW - timedelta(dice.randint(-30, 2000)) if number % 4 else None,
        )
        for number in range(40)
    ]
    with shelf(address(request.param, tmp_path_factory.mktemp("posts")), *posts) as opened:
        yield opened


@given(queries, st.integers(0, 45), st.integers(0, 45))
@slow
def test_the_order_depends_on_neither_limit_nor_offset(
    index: Index, query: str, offset: int, limit: int
):
    whole = index.search(query, limit=None, now=NOW)
    page = index.search(query, limit=limit, offset=offset, now=NOW)
    assert ids(page) == ids(whole)[offset : offset + limit]
    assert (page.total, page.total_relaxed) == (whole.total, whole.total_relaxed)
    assert [hit.score for hit in page] == [h.score for h in whole.hits[offset : offset + limit]]


@given(queries)
@slow
def test_tiers_come_one_after_the_other_each_by_score_then_newer_then_id(index: Index, query: str):
    results = index.search(query, limit=None, now=NOW)
    relaxed = [hit.relaxed for hit in results]
    in_one = asks_a_sentence(query) and not index.search(query, exact=True, limit=0, now=NOW).total
    assert in_one or relaxed == sorted(relaxed)
    assert relaxed.count(False) == results.total
    assert len(relaxed) == results.total_relaxed
    for one, other in pairwise(results):
        if in_one or one.relaxed == other.relaxed:
            assert one.score >= other.score
            if one.score == other.score:
                assert age(one.date) < age(other.date) or (
                    age(one.date) == age(other.date) and one.id < other.id
                )


def asks_a_sentence(query: str) -> bool:
    """Whether both tiers are ranked as one."""
    text = parse(query).query
    context = Context(ANALYZER, ZoneInfo("UTC"), NOW)
    return text is not None and analyze_query(text, context).sentence is not None


@given(st.lists(st.sampled_from(("网关", "电商", "docker", "k8s", "猫")), max_size=8).map(" ".join))
def test_keywords_are_no_sentence(query: str):
    assert not asks_a_sentence(query)


def age(date: object) -> float:
    return float("inf") if date is None else (NOW - date).total_seconds()  # type: ignore[operator]


@given(queries)
@slow
def test_without_relaxing_the_first_tier_is_all_there_is(index: Index, query: str):
    both = index.search(query, limit=None, now=NOW)
    firm = index.search(query, limit=None, all=True, now=NOW)
    assert ids(firm) == [hit.id for hit in both if not hit.relaxed]
    assert firm.total == firm.total_relaxed == both.total
    by_date = index.search(query, limit=None, sort="date", now=NOW)
    assert set(ids(by_date)) == set(ids(firm))
    assert [age(hit.date) for hit in by_date] == sorted(age(hit.date) for hit in by_date)


@given(queries)
@slow
def test_either_tier_of_any_is_one_tier(index: Index, query: str):
    some = index.search(query, limit=None, any=True, now=NOW)
    assert set(ids(index.search(query, limit=None, all=True, now=NOW))) <= set(ids(some))
    assert not some.relaxed


@given(queries)
@slow
def test_a_newer_post_overtakes_only_what_is_within_the_weight_of_recency(index: Index, query: str):
    for recency, weight in (("low", 0.10), ("normal", 0.25), ("high", 1.0)):
        hits = index.search(query, limit=None, all=True, recency=recency, now=NOW).hits
        for at, one in enumerate(hits):
            for other in hits[at + 1 :]:
                if other.text_score > one.text_score:
                    assert age(one.date) < age(other.date)
                    assert other.text_score <= one.text_score * (1 + weight) * (1 + 1e-9)


@given(queries)
@slow
def test_without_recency_the_score_is_that_of_the_text(index: Index, query: str):
    off = index.search(query, limit=None, recency="off", now=NOW)
    by_relevance = index.search(query, limit=None, sort="relevance", now=NOW)
    assert ids(off) == ids(by_relevance)
    assert all(hit.score == hit.text_score for hit in off)


@given(AGES, AGES, STRENGTHS, st.sampled_from((90.0, 365.0)))
@example(0, 365, 0.25, 365.0)
def test_the_newer_of_two_dates_is_never_worth_less(
    one: int, other: int, weight: float, half_life: float
):
    recency = Recency(weight, half_life, now=20_000 * DAY_MS)
    dates = (20_000 - np.array([one, other])) * DAY_MS
    newest = 25_000 * DAY_MS
    first, second = recency_factor(dates, np.array([True, True]), recency, newest)
    assert 1 <= first <= 1 + weight
    assert (first >= second) if one <= other else (first <= second)
    if one <= 0:
        assert first == 1 + weight


@given(AGES, STRENGTHS, st.floats(1, 5000))
def test_half_of_what_age_can_add_is_gone_after_the_half_life_and_undated_posts_gain_nothing(
    newest: int, weight: float, half_life: float
):
    recency = Recency(weight, half_life, now=30_000 * DAY_MS)
    dates = np.array([newest, newest - half_life, newest]) * DAY_MS
    dated = np.array([True, True, False])
    factors = recency_factor(dates.astype(np.int64), dated, recency, newest * DAY_MS)
    assert factors == pytest.approx([1 + weight, 1 + weight / 2, 1.0])


@given(queries, st.sampled_from(("low", "normal", "high")))
@slow
def test_only_the_factor_of_its_date_stands_between_the_text_and_the_score(
    index: Index, query: str, recency: RecencyName
):
    aged = {hit.id: hit for hit in index.search(query, limit=None, recency=recency, now=NOW)}
    for hit in index.search(query, limit=None, recency="off", now=NOW):
        # The scores of a cluster are 32-bit numbers.
        assert aged[hit.id].text_score == pytest.approx(hit.score, rel=1e-5)
        score = aged[hit.id].text_score * aged[hit.id].recency_factor
        assert aged[hit.id].score == pytest.approx(score, rel=1e-5)
    dated = sorted((hit.date, hit.recency_factor) for hit in aged.values() if hit.date)
    assert [factor for _, factor in dated] == sorted(factor for _, factor in dated)
    assert all(hit.recency_factor == 1 for hit in aged.values() if hit.date is None)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_rarer_terms_are_worth_more_and_none_is_worth_nothing(
    documents: int, matching: int, other: int
):
    few, many = sorted((min(matching, documents), min(other, documents)))
    assert idf(documents, few) >= idf(documents, many) > 0


@given(st.integers(1, 10**5), HELD, HELD, st.floats(0, 1))
def test_more_occurrences_and_shorter_posts_are_worth_more(
    tf: int, length: int, other: int, b: float
):
    shorter, longer = sorted((float(length), float(other)))
    once, more, long = frequency_weight(
        np.array([tf, tf + 1, tf], float), np.array([shorter, shorter, longer]), 100.0, b
    )
    assert 0 < long <= once < more < 1


@given(LENGTHS)
def test_a_quantised_length_is_its_own(length: int):
    kept = quantise(np.array([length]))
    assert quantise(kept).tolist() == kept.tolist()
