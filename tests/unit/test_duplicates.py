"""Which posts stand under an earlier one, page by page?"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.search.duplicates import Group, collapse

Pairs = set[tuple[int, int]]


def groups(order: Sequence[int], alike: Pairs, count: int | None = None) -> list[Group]:
    def near(some: Sequence[int]) -> list[list[int]]:
        return [[other for other in order if {(one, other), (other, one)} & alike] for one in some]

    return collapse(lambda wanted: order[:wanted], near, count)


@pytest.mark.parametrize(
    ("alike", "expected"),
    [
        (set(), [(0, ()), (1, ()), (2, ()), (3, ())]),
        ({(7, 5)}, [(0, (5,)), (1, ()), (3, ())]),
        ({(7, 9), (7, 5)}, [(0, (9, 5)), (3, ())]),
        # 5 is like both 7 and 9, which are not like each other: it stands under the better one.
        ({(7, 5), (9, 5)}, [(0, (5,)), (1, ()), (3, ())]),
        # 3 is like 5 alone, which is not shown: so 3 is.
        ({(7, 5), (5, 3)}, [(0, (5,)), (1, ()), (3, ())]),
    ],
)
def test_a_post_stands_under_the_best_one_that_is_shown_and_like_it(
    alike: Pairs, expected: list[tuple[int, tuple[int, ...]]]
) -> None:
    assert groups([7, 9, 5, 3], alike) == expected


def test_nothing_is_looked_up_for_an_empty_page() -> None:
    assert groups([1, 2], {(1, 2)}, 0) == []


posts = st.integers(0, 29)


@given(st.sets(st.tuples(posts, posts).filter(lambda pair: pair[0] != pair[1])), st.integers(0, 40))
def test_a_page_is_the_beginning_of_all_groups_and_every_post_is_in_one(
    alike: Pairs, count: int
) -> None:
    order = [(7 * number + 3) % 30 for number in range(30)]
    every = groups(order, alike)
    assert groups(order, alike, count) == every[:count]
    members = [one for group in every for one in (order[group.place], *group.under)]
    assert sorted(members) == sorted(order)
    shown = [order[group.place] for group in every]
    assert not any((one, other) in alike for one in shown for other in shown)
    assert [group.place for group in every] == sorted(group.place for group in every)
