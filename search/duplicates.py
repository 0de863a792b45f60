"""Which posts of a ranking stand under an earlier one that is nearly the same?"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

AT_ONCE = 512
"""Posts for which near-duplicates are looked up together, where all are wanted."""

AHEAD = 6
"""Posts that are ranked beyond those wanted: some may turn out to stand under another one."""

Ranked = Callable[[int | None], Sequence[int]]
"""Gives the first posts of a ranking, so many of them, or all."""

Near = Callable[[Sequence[int]], Sequence[Collection[int]]]
"""Gives the near-duplicates of each post among all that are ranked, without itself.

Each is one of those of its own near-duplicates.
"""


class Group(NamedTuple):
    """A post that is shown, by its place in the ranking, and those that stand under it."""

    place: int
    under: tuple[int, ...]


def collapse(ranked: Ranked, near: Near, count: int | None) -> list[Group]:
    """The first ``count`` posts that stand under no earlier one, all of them where it is None.

    From the first on, each post is taken that stands under none of those taken, and under it come
    all its near-duplicates, of whatever rank, that do so neither. So what is on a page depends on
    no limit and no offset, and every ranked post stands in one group.
    """
    groups: list[Group] = []
    collapsed: set[int] = set()
    place = 0
    asked = None if count is None else count + AHEAD
    while count is None or len(groups) < count:
        order = ranked(asked)
        while place < len(order) and (count is None or len(groups) < count):
            size = AT_ONCE if count is None else min(AT_ONCE, count - len(groups))
            end = min(place + size, len(order))
            groups += _grouped(order, range(place, end), near, collapsed)
            place = end
        if asked is None or len(order) < asked:
            break
        asked *= 2
    return groups


def _grouped(
    order: Sequence[int], places: range, near: Near, collapsed: set[int]
) -> Iterator[Group]:
    """The groups of the posts at these places; ``collapsed`` learns what stands under others."""
    left = [place for place in places if order[place] not in collapsed]
    found = near([order[place] for place in left]) if left else ()
    for place, alike in zip(left, found, strict=True):
        if order[place] not in collapsed:
            under = tuple(one for one in alike if one not in collapsed)
            collapsed.update(under)
            yield Group(place, under)
