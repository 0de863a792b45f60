"""In which documents does a leaf of a query stand, how often, and what is that worth?"""

from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, assert_never

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.blocks import RANGE, Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot, TermPostings
from souwen.index.norms import LENGTHS
from souwen.index.schema import FIELD
from souwen.search.engines.whoosh.ascending import new
from souwen.search.query import Fuzzy, Leaf, Prefix, Term
from souwen.search.ranking import frequency_weight

Scores = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint16]

LONG = 32
"""A listing is long that holds at least one document in so many."""

OF_TERMS = 32 * 2**20
"""The bytes that listings of terms may take that are kept."""

OF_SEVERAL = 8 * 2**20
"""The same for listings of several terms as one, which take longer to make."""

ENTRY = 2000
"""Bytes that a listing takes besides its arrays."""

POSTING = 11
"""Bytes of a posting: its number, its frequency, its code."""

MOST = 255
"""The greatest frequency in the table of weights."""


class Table:
    """BM25's frequency weight in one field for each frequency up to MOST and each length.

    A code is the length's byte shifted left, plus the frequency.
    """

    def __init__(self, snapshot: Snapshot, field: str) -> None:
        statistics = snapshot.field(field)
        self.documents = statistics.documents
        self.average = statistics.average
        self.b = FIELD[field].b
        self.norms: Bytes = snapshot.norms(field)
        self.bases: Codes = self.norms.astype(np.uint16) * np.uint16(MOST + 1)
        frequencies = np.arange(MOST + 1, dtype=np.float64)
        lengths = LENGTHS.astype(np.float64)
        self.weights: Scores = self.exact(
            frequencies[np.newaxis, :], lengths[:, np.newaxis]
        ).ravel()

    def exact(self, frequencies: Scores, lengths: Scores) -> Scores:
        """The weights of frequencies in documents of these quantised lengths."""
        return frequency_weight(frequencies, lengths, self.average, self.b)


class Joint(NamedTuple):
    """Postings of several terms as one."""

    numbers: Numbers
    frequencies: npt.NDArray[np.integer[Any]]
    starts: None = None
    bounds: None = None


class Listing:
    """The documents of a leaf, ascending, and its weight in each.

    ``table`` is None where the leaf's field is not scored.
    """

    def __init__(self, held: TermPostings | Joint, size: int, table: Table | None) -> None:
        self.numbers = held.numbers
        self.frequencies = held.frequencies
        self.count = len(self.numbers)
        self.long = self.count * LONG >= size
        self._held = held
        self._size = size
        self._table = table

    @property
    def table(self) -> Table:
        """The weights of its field."""
        assert self._table is not None, "a leaf of a keyword field is worth nothing"
        return self._table

    @cached_property
    def _small(self) -> Bytes:
        """The frequencies, none above MOST."""
        small: npt.NDArray[np.integer[Any]] = self.frequencies
        if small.dtype != np.uint8:
            small = np.minimum(small, MOST)
        return small.astype(np.uint8, copy=False)

    @cached_property
    def _heavy(self) -> tuple[Numbers, Numbers, Scores] | None:
        """Documents with greater frequencies than are in the table, their places, their weights."""
        if self.frequencies.dtype == np.uint8:
            return None
        places = (self.frequencies > MOST).nonzero()[0]
        numbers, table = self.numbers.take(places), self.table
        lengths = LENGTHS.take(table.norms.take(numbers)).astype(np.float64)
        frequencies = self.frequencies.take(places).astype(np.float64)
        return numbers, places, table.exact(frequencies, lengths)

    @cached_property
    def _codes(self) -> Codes:
        return self.table.bases.take(self.numbers) + self._small

    @cached_property
    def dense(self) -> Bytes:
        """The frequency in every document, none above MOST; for long listings."""
        return self._scattered()

    def _scattered(self) -> Bytes:
        frequencies = np.zeros(self._size, np.uint8)
        frequencies[self.numbers] = self._small
        return frequencies

    def weights(self) -> Scores:
        """The frequency weight in each of its documents."""
        weights = self.table.weights.take(self._codes)
        if self._heavy is not None:
            _, places, exact = self._heavy
            weights[places] = exact
        return weights

    def within(self, ranges: Numbers) -> tuple[Numbers, Scores]:
        """The documents in these ranges, and their weights."""
        begins = self.starts.take(ranges).tolist()
        spans = list(map(slice, begins, self.starts.take(ranges + 1).tolist()))
        numbers = np.concatenate([self.numbers[span] for span in spans])
        codes = np.concatenate([self._codes[span] for span in spans])
        return numbers, self._exact(self.table.weights.take(codes), numbers)

    def weights_of(self, numbers: Numbers, bases: Codes) -> Scores:
        """The weight in each of these documents, 0 where the leaf does not stand there.

        ``bases`` are those of the leaf's field for the documents.
        """
        frequencies = self._frequencies_of(numbers)
        return self._exact(self.table.weights.take(bases + frequencies), numbers)

    def _exact(self, weights: Scores, numbers: Numbers) -> Scores:
        """Put in the weights that are not in the table."""
        if self._heavy is not None and len(numbers):
            heavy, _, exact = self._heavy
            at = numbers.searchsorted(heavy)
            same = numbers.take(at, mode="clip") == heavy
            weights[at[same]] = exact[same]
        return weights

    def _frequencies_of(self, numbers: Numbers) -> Bytes:
        if self.long:
            return self.dense.take(numbers)
        if len(numbers) * 16 < self._size // LONG + self.count:
            at = self.numbers.searchsorted(numbers)
            same = self.numbers.take(at, mode="clip") == numbers
            found: Bytes = self._small.take(at, mode="clip") * same
            return found
        return self._scattered().take(numbers)

    @cached_property
    def starts(self) -> Numbers:
        """Where the postings of each range of documents begin, and where the last one's end."""
        if self._held.starts is not None:
            return self._held.starts
        return self.numbers.searchsorted(np.arange(0, self._size + RANGE, RANGE))

    @cached_property
    def bounds(self) -> npt.NDArray[np.float32]:
        """No weight in a range of documents is greater, but for rounding."""
        if self._held.bounds is not None:
            return self._held.bounds
        begins, filled = self.starts[:-1], np.diff(self.starts) > 0
        bounds = np.zeros(len(begins), np.float32)
        bounds[filled] = np.maximum.reduceat(self.weights(), begins[filled])
        return bounds

    @property
    def cost(self) -> int:
        """The bytes that it takes at most."""
        return ENTRY + POSTING * self.count + (self._size if self.long else 0)

    @cached_property
    def most(self) -> float:
        """No weight is greater, but for rounding."""
        return float(self.bounds.max())


class Shelf:
    """Listings that are kept, up to so many bytes. It is read without a lock."""

    def __init__(self, limit: int) -> None:
        self.listings: dict[Leaf, Listing | None] = {}
        self._limit = limit
        self._cost = 0
        self._lock = Lock()

    def add(self, leaf: Leaf, listing: Listing | None) -> None:
        """Keep a listing, and not every other one where there are too many."""
        with self._lock:
            if self._cost > self._limit:
                # Of requests that come again and again, some then find what they need.
                self.listings = dict(islice(self.listings.items(), 0, None, 2))
                self._cost = sum(map(_cost, self.listings.values()))
            if leaf not in self.listings:
                self.listings[leaf] = listing
                self._cost += _cost(listing)

    def clear(self) -> None:
        """Let go of all."""
        with self._lock:
            self.listings = {}
            self._cost = 0


def _cost(listing: Listing | None) -> int:
    return ENTRY if listing is None else listing.cost


class Listings:
    """The listings of a snapshot; some of the latest are kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._tables: dict[str, Table] = {}
        self._terms = Shelf(OF_TERMS)
        self._joint = Shelf(OF_SEVERAL)

    def of(self, leaf: Leaf) -> Listing | None:
        """The documents that hold the leaf; None where there are none."""
        shelf = self._terms if isinstance(leaf, Term) else self._joint
        try:
            return shelf.listings[leaf]
        except KeyError:
            found = self._listing(leaf)
            shelf.add(leaf, found)
            return found

    def _listing(self, leaf: Leaf) -> Listing | None:
        held = self._held(leaf)
        if held is None or not len(held.numbers):
            return None
        table = self.table(leaf.field) if leaf.field in FIELD else None
        return Listing(held, self._snapshot.size, table)

    def clear(self) -> None:
        """Let go of them."""
        self._terms.clear()
        self._joint.clear()

    def table(self, field: str) -> Table:
        """The weights of a term field."""
        if field not in self._tables:
            self._tables[field] = Table(self._snapshot, field)
        return self._tables[field]

    def _held(self, leaf: Leaf) -> TermPostings | Joint | None:
        match leaf:
            case Term(field=field, term=term):
                return self._snapshot.term(field, term)
            case Prefix(field=field, prefix=prefix):
                return self._together(self._snapshot.prefix(field, prefix))
            case Fuzzy(field=field, term=term, distance=distance):
                near = self._snapshot.near(field, term, distance)
                found = (self._snapshot.term(field, one) for one in near)
                return self._together([one for one in found if one is not None])
            case _:
                assert_never(leaf)

    def _together(self, parts: Sequence[TermPostings]) -> TermPostings | Joint | None:
        """Each document of the parts with the sum of its frequencies."""
        parts = [part for part in parts if part.count]
        if len(parts) < 2:
            return parts[0] if parts else None
        numbers = np.concatenate([part.numbers for part in parts])
        frequencies = np.concatenate([part.frequencies for part in parts])
        if len(numbers) * 16 < self._snapshot.size:
            order = numbers.argsort()
            numbers, frequencies = numbers.take(order), frequencies.take(order).astype(np.int64)
            starts = new(numbers).nonzero()[0]
            numbers, sums = numbers.take(starts), np.add.reduceat(frequencies, starts)
        else:
            sums = np.zeros(self._snapshot.size, np.int64)
            np.add.at(sums, numbers, frequencies)
            numbers = (sums != 0).nonzero()[0]
            sums = sums.take(numbers)
        return Joint(numbers, sums.astype(np.uint8) if int(sums.max()) <= MOST else sums)
