"""Segments stay few, and a document is merged no more often than their number asks for."""

import random
from collections.abc import Iterable

import pytest

from souwen.index.engines.whoosh.writer import SMALL, to_merge

BASE = 50_000


class Sizes:
    """What commits make of the sizes of segments; ``written`` counts documents of merges."""

    def __init__(self, *sizes: int) -> None:
        self.segments = [(size, size) for size in sizes]
        self.written = 0

    def commit(self, documents: int) -> None:
        self.segments.append((documents, documents))
        while chosen := to_merge(self.segments):
            live = sum(self.segments[at][0] for at in chosen)
            self.written += live
            rest = [one for at, one in enumerate(self.segments) if at not in chosen]
            self.segments = [*rest, (live, live)]


def commits(sizes: Sizes, documents: Iterable[int]) -> tuple[int, int]:
    """The most segments after any commit, and the documents written by all merges."""
    most, before = 0, sizes.written
    for one in documents:
        sizes.commit(one)
        most = max(most, len(sizes.segments))
    return most, sizes.written - before


def test_a_thousand_small_commits_keep_few_segments_and_cost_no_more_at_the_end():
    sizes = Sizes(BASE)
    most, first = commits(sizes, [10] * 100)
    middle, _ = commits(sizes, [10] * 800)
    later, last = commits(sizes, [10] * 100)
    assert max(most, middle, later) <= 12
    assert last <= 3 * first


@pytest.mark.parametrize("seed", range(5))
def test_commits_of_any_size_keep_as_many_segments_as_the_number_has_digits(seed: int):
    chance = random.Random(seed)
    documents = [chance.choice((1, 5, 40, 300, 2000)) for _ in range(2000)]
    sizes = Sizes()
    most, written = commits(sizes, documents)
    total = sum(documents)
    assert most <= (total // SMALL).bit_length() + 2
    small = SMALL * len(documents)
    assert written <= small + 2 * total * total.bit_length()


def test_one_small_segment_is_left_alone():
    assert to_merge([(1000, 1000), (3, 3)]) == []


def test_a_segment_that_is_mostly_deleted_is_written_anew_alone():
    assert to_merge([(1000, 1000), (400, 900)]) == [1]


def test_a_segment_of_half_the_size_stays_and_a_greater_one_is_merged():
    assert to_merge([(1000, 1000), (500, 500)]) == []
    assert to_merge([(1000, 1000), (501, 501)]) == [0, 1]
