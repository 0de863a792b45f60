"""Are sets of numbers cut and joined as Python's own sets are?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from souwen.search.engines.whoosh.ascending import distinct, new, places, shared
from souwen.search.engines.whoosh.candidates import least
from souwen.search.engines.whoosh.selection import (
    Listed,
    Marked,
    Selection,
    difference,
    intersection,
    union,
)

SIZE = 3000
numbers = st.sets(st.integers(0, SIZE - 1)) | st.integers(2, 60).map(
    lambda step: set(range(0, SIZE, step))
)


def listed(some: set[int]) -> Selection:
    return Listed(np.array(sorted(some), np.int64), SIZE)


def marked(some: set[int]) -> Selection:
    return Marked(listed(some).mask)


forms = st.sampled_from((listed, marked))


@given(st.lists(st.integers(0, 50)))
def test_each_number_is_kept_once_and_new_where_it_differs(some: list[int]):
    assert distinct(np.array(some, np.int64)).tolist() == sorted(set(some))
    ascending = np.array(sorted(some), np.int64)
    assert ascending[new(ascending)].tolist() == sorted(set(some))


@given(numbers, numbers)
def test_what_is_shared_stands_in_both(one: set[int], other: set[int]):
    arrays = (np.array(sorted(some), np.int64) for some in (one, other))
    assert shared(*arrays).tolist() == sorted(one & other)


@given(numbers.filter(len), numbers)
def test_what_is_wanted_is_found_where_it_stands(some: set[int], wanted: set[int]):
    held, asked = (np.array(sorted(one), np.int64) for one in (some, wanted))
    at, there = places(held, asked)
    assert asked[there].tolist() == sorted(some & wanted)
    assert held[at[there]].tolist() == sorted(some & wanted)


@given(numbers, numbers, numbers, forms, forms)
def test_selections_are_sets(one: set[int], other: set[int], third: set[int], first, second):
    parts = [first(one), second(other), first(third)]
    assert union(parts, SIZE).numbers.tolist() == sorted(one | other | third)
    assert union(parts, SIZE).count == len(one | other | third)
    assert intersection(parts).numbers.tolist() == sorted(one & other & third)
    assert difference(first(one), second(other)).numbers.tolist() == sorted(one - other)
    assert difference(first(one), second(other)).count == len(one - other)
    wanted = listed(other).numbers
    assert first(one).among(wanted).tolist() == [number in one for number in sorted(other)]


@given(st.integers(0, 2**32), st.integers(1, 5000), st.integers(1, 700))
def test_the_least_score_of_a_page_is_reached_by_as_many_as_are_on_it(
    seed: int, scores: int, count: int
):
    drawn = np.random.default_rng(seed).integers(0, 40, scores * 2).astype(np.float64)
    count = min(count, len(drawn))
    found = least(drawn, count)
    assert np.count_nonzero(drawn >= found) >= count
    assert found <= np.sort(drawn)[-count]
