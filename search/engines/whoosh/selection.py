"""Which documents are meant, and how are such sets cut, joined and taken from one another?

A set knows its documents as ascending numbers and as a mask over all documents; each form is made
when it is asked for. Neither is to be written to.
"""

from collections.abc import Sequence
from functools import cached_property, reduce

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.runs import Numbers
from souwen.search.engines.whoosh.ascending import chosen, distinct, places
from souwen.search.engines.whoosh.calendar import Calendar
from souwen.search.engines.whoosh.listing import LONG, Listing

Mask = npt.NDArray[np.bool_]

NONE: Numbers = np.zeros(0, np.int64)


class Selection:
    """A set of documents. A subclass makes ``numbers`` or ``mask``, or both."""

    def __init__(self, count: int, size: int) -> None:
        self.count = count
        self.size = size

    @cached_property
    def numbers(self) -> Numbers:
        """The documents, ascending and distinct."""
        return self.mask.nonzero()[0]

    @cached_property
    def mask(self) -> Mask:
        """Whether each document is one of them."""
        mask = np.zeros(self.size, np.bool_)
        mask[self.numbers] = True
        return mask

    @property
    def signs(self) -> npt.NDArray[np.uint8]:
        """A byte for each document, 0 where it is none of them."""
        return self.mask.view(np.uint8)

    def among(self, numbers: Numbers) -> Mask:
        """Whether each of these documents is one of them."""
        return self.mask[numbers]


class Listed(Selection):
    """Documents given by their numbers."""

    def __init__(self, numbers: Numbers, size: int) -> None:
        super().__init__(len(numbers), size)
        self.numbers = numbers

    def among(self, numbers: Numbers) -> Mask:
        """Whether each of these documents is one of them."""
        if self.count and len(numbers) * 16 < self.size // LONG + self.count:
            return places(self.numbers, numbers)[1]
        return super().among(numbers)


class Held(Selection):
    """The documents of a leaf; ``listing`` is long."""

    def __init__(self, listing: Listing, size: int) -> None:
        super().__init__(listing.count, size)
        self.listing = listing

    @cached_property
    def numbers(self) -> Numbers:
        """The documents, ascending and distinct."""
        return self.listing.numbers

    @cached_property
    def mask(self) -> Mask:
        """Whether each document is one of them."""
        found: Mask = self.listing.dense != 0
        return found

    @property
    def signs(self) -> npt.NDArray[np.uint8]:
        """A byte for each document, 0 where it is none of them."""
        return self.listing.dense

    def among(self, numbers: Numbers) -> Mask:
        """Whether each of these documents is one of them."""
        found: Mask = self.listing.dense[numbers] != 0
        return found


class Marked(Selection):
    """Documents given by a mask."""

    def __init__(self, mask: Mask) -> None:
        super().__init__(int(np.count_nonzero(mask)), len(mask))
        self.mask = mask


class Dated(Selection):
    """The documents from the place ``begin`` in the order of dates to before ``end``."""

    def __init__(self, calendar: Calendar, begin: int, end: int) -> None:
        super().__init__(max(0, end - begin), len(calendar.dates))
        self._calendar = calendar
        self._begin = begin

    @cached_property
    def numbers(self) -> Numbers:
        """The documents, ascending."""
        return np.sort(self._calendar.dated[self._begin : self._begin + self.count])

    @cached_property
    def mask(self) -> Mask:
        """Whether each document is one of them."""
        found: Mask = self._calendar.places - np.uint32(self._begin) < np.uint32(self.count)
        return found

    def among(self, numbers: Numbers) -> Mask:
        """Whether each of these documents is one of them."""
        places = self._calendar.places[numbers]
        found: Mask = places - np.uint32(self._begin) < np.uint32(self.count)
        return found


def union(parts: Sequence[Selection], size: int) -> Selection:
    """Documents in any part."""
    parts = [part for part in parts if part.count]
    if len(parts) < 2:
        return parts[0] if parts else Listed(NONE, size)
    if sum(part.count for part in parts) * 16 < size:
        return Listed(distinct(np.concatenate([part.numbers for part in parts])), size)
    several = [part.signs for part in parts if part.count * LONG >= size]
    mask = reduce(np.bitwise_or, several) != 0 if several else np.zeros(size, np.bool_)
    for part in parts:
        if part.count * LONG < size:
            mask[part.numbers] = True
    return Marked(mask)


def intersection(parts: Sequence[Selection]) -> Selection:
    """Documents in every one of the parts, of which there is one at least."""
    first, *others = sorted(parts, key=lambda part: part.count)
    if not others:
        return first
    numbers = first.numbers
    for other in others:
        if not len(numbers):
            break
        numbers = chosen(numbers, other.among(numbers))
    return Listed(numbers, first.size)


def difference(one: Selection, other: Selection) -> Selection:
    """Documents of the one that are not in the other."""
    if not one.count or not other.count:
        return one
    if one.count * LONG < one.size:
        return Listed(one.numbers[~other.among(one.numbers)], one.size)
    if other.count * LONG >= one.size:
        return Marked(one.mask & ~other.mask)
    mask = one.mask.copy()
    mask[other.numbers] = False
    return Marked(mask)
