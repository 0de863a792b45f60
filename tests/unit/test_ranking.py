"""Are the formulas those that are published?"""

import math

import numpy as np
import pytest

from souwen.index.norms import quantise
from souwen.search.ranking import (
    DAY_MS,
    RECENCY,
    Recency,
    frequency_weight,
    idf,
    recency_factor,
)

NEWEST = 20_000 * DAY_MS
NORMAL = Recency(0.25, 365.0, NEWEST)


def factor(
    date: int | None, recency: Recency | None = NORMAL, newest: int | None = NEWEST
) -> float:
    dates, dated = np.array([date or 0]), np.array([date is not None])
    return float(recency_factor(dates, dated, recency, newest)[0])


def lucene_encode(number: int) -> int:
    """``SmallFloat.intToByte4``, line by line."""
    if number < 24:
        return number
    rest = number - 24
    bits = rest.bit_length()
    if bits < 4:
        return 24 + rest
    shift = bits - 4
    return 24 + ((rest >> shift) & 7 | (shift + 1) << 3)


def lucene_decode(code: int) -> int:
    """``SmallFloat.byte4ToInt``, line by line."""
    if code < 24:
        return code
    bits, shift = (code - 24) & 7, ((code - 24) >> 3) - 1
    return 24 + (bits if shift == -1 else (bits | 8) << shift)


def test_lengths_are_those_of_lucenes_table():
    lengths = np.arange(200_000)
    assert quantise(lengths).tolist() == [lucene_decode(lucene_encode(n)) for n in range(200_000)]


@pytest.mark.parametrize(
    ("length", "kept"),
    [
        *((number, number) for number in range(41)),
        *((41, 40), (42, 42), (55, 54), (56, 56), (59, 56), (60, 60), (87, 84), (88, 88)),
        *((95, 88), (96, 96), (103, 96), (104, 104), (151, 144), (152, 152), (168, 168)),
        *((1000, 984), (1048, 1048), (2**31 - 1, 2_013_265_944)),
    ],
)
def test_lengths_are_exact_up_to_forty_and_rounded_down_after(length: int, kept: int):
    assert quantise(np.array([length])).tolist() == [kept]


def test_quantised_lengths_keep_their_order_and_lose_less_than_an_eighth():
    lengths = np.arange(1, 100_000)
    kept = quantise(lengths)
    assert (np.diff(kept) >= 0).all()
    assert (kept <= lengths).all()
    assert (kept > lengths * 7 / 8).all()


@pytest.mark.parametrize(
    ("documents", "matching", "expected"),
    [
        (10, 1, math.log(22 / 3)),
        (10, 5, math.log(2)),
        (10, 10, math.log(22 / 21)),
        (1, 1, math.log(4 / 3)),
        (1, 0, math.log(4)),
    ],
)
def test_rarity_is_what_is_worked_out_by_hand(documents: int, matching: int, expected: float):
    assert idf(documents, matching) == pytest.approx(expected, rel=1e-12)


def test_a_term_of_every_post_is_still_worth_something():
    assert 0 < idf(1000, 1000) < idf(1000, 999)


@pytest.mark.parametrize(
    ("tf", "length", "average", "b", "expected"),
    [
        (1, 10, 10, 0.75, 1 / 2.2),
        (3, 10, 10, 0.75, 3 / 4.2),
        (2, 20, 10, 0.75, 2 / (2 + 1.2 * 1.75)),
        (2, 5, 10, 0.75, 2 / (2 + 1.2 * 0.625)),
        (2, 20, 10, 0.3, 2 / (2 + 1.2 * 1.3)),
        (1, 99, 3, 0.0, 1 / 2.2),
    ],
)
def test_frequencies_saturate_as_worked_out_by_hand(
    tf: float, length: float, average: float, b: float, expected: float
):
    found = frequency_weight(np.array([float(tf)]), np.array([float(length)]), average, b)
    assert found.tolist() == pytest.approx([expected], rel=1e-12)


def test_the_newest_post_gets_the_whole_bonus_and_one_half_a_life_older_half_of_it():
    assert factor(NEWEST) == 1.25
    assert factor(NEWEST - 365 * DAY_MS) == 1.125
    assert factor(NEWEST - 730 * DAY_MS) == 1.0625


def test_undated_posts_get_nothing():
    assert factor(None) == 1.0


def test_dates_in_the_future_are_of_age_zero():
    now = Recency(0.25, 365.0, NEWEST - 100 * DAY_MS)
    assert factor(NEWEST, now) == 1.25
    assert factor(NEWEST - 100 * DAY_MS, now) == 1.25
    assert factor(NEWEST - 465 * DAY_MS, now) == 1.125


def test_ages_are_counted_from_the_newest_post_where_all_are_old():
    later = Recency(0.25, 365.0, NEWEST + 5000 * DAY_MS)
    assert factor(NEWEST, later) == 1.25


@pytest.mark.parametrize(
    ("recency", "newest"), [(None, NEWEST), (NORMAL, None), (Recency(0.0, 365.0, NEWEST), NEWEST)]
)
def test_without_recency_or_any_date_every_factor_is_one(
    recency: Recency | None, newest: int | None
):
    assert factor(NEWEST, recency, newest) == 1.0


def test_posts_of_the_deep_past_are_worth_their_text_and_no_less():
    assert factor(-62_135_596_800_000) == pytest.approx(1.0, abs=1e-9)
    assert factor(-62_135_596_800_000, Recency(1.0, 90.0, NEWEST)) == 1.0


def test_the_named_strengths_are_those_of_the_manual():
    assert RECENCY == {
        "off": (0.0, 365.0),
        "low": (0.10, 365.0),
        "normal": (0.25, 365.0),
        "high": (1.0, 90.0),
    }
