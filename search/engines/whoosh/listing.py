"""In which documents does a leaf of a query stand, how often, and what is that worth?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from random import randrange
from threading import Lock
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt

from souwen.index.analysis.fold import find
from souwen.index.engines.whoosh.blocks import RANGE
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.engines.whoosh.term_postings import TermPostings
from souwen.index.norms import LENGTHS
from souwen.index.schema import FIELD
from souwen.search.engines.whoosh.ascending import QUIET, new, places, shared
from souwen.search.query import Alike, Contiguous, Fuzzy, Leaf, Passage, Prefix, Term
from souwen.search.ranking import frequency_weight

Scores = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint16]

LONG = 32
"""A listing is long that holds at least one document in so many."""

KEPT_SHORT, KEPT_LONG, KEPT_JOINT = 16 * 2**20, 48 * 2**20, 16 * 2**20
"""Bytes of listings kept: of a term in few documents, of one in many, of several as one.

Each has a share of its own, since the time that it takes to make them again is much the same.
What they take is estimated high: few have all their arrays, and the snapshot keeps some as well.
"""

ENTRY = 2000
"""Bytes that a listing takes besides its arrays."""

POSTING = 11
"""Bytes of a posting: its number, its frequency, its code."""

EIGHTH = 8
"""The share of the listings that goes at once."""

MOST = 255
"""The greatest frequency in the table of weights."""

_BELOW = 32
"""Frequencies take less than so many bits."""


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

    def of(self, codes: Codes) -> Scores:
        """The weights by their codes."""
        # An index of another type makes numpy let go of the interpreter's lock.
        found: Scores
        if codes.size <= QUIET:
            found = self.weights[codes.astype(np.intp)]
        else:
            found = self.weights.take(codes)
        return found

    def exact(self, frequencies: Scores, lengths: Scores) -> Scores:
        """The weights of frequencies in documents of these quantised lengths."""
        return frequency_weight(frequencies, lengths, self.average, self.b)


@dataclass(frozen=True, slots=True)
class Joint:
    """Postings of several terms as one."""

    numbers: Numbers
    frequencies: npt.NDArray[np.integer[Any]]
    starts: None = None
    bounds: None = None

    @property
    def count(self) -> int:
        """How many."""
        return len(self.numbers)


NOTHING = Joint(np.zeros(0, np.int64), np.zeros(0, np.uint8))


class Listing:
    """The documents of a leaf, ascending, and its weight in each.

    ``table`` is None where there are none, or the leaf's field is not scored.
    """

    def __init__(self, held: TermPostings | Joint, size: int, table: Table | None) -> None:
        self.count = held.count
        self.long = 0 < size <= self.count * LONG
        self._held = held
        self._size = size
        self._table = table

    @cached_property
    def numbers(self) -> Numbers:
        """The documents."""
        return self._held.numbers

    @property
    def frequencies(self) -> npt.NDArray[np.integer[Any]]:
        """How often the leaf stands in each."""
        return self._held.frequencies

    @property
    def table(self) -> Table:
        """The weights of its field."""
        assert self._table is not None, "what stands nowhere, or in a keyword field, is not scored"
        return self._table

    @cached_property
    def _small(self) -> Bytes:
        """The frequencies, none above MOST."""
        small = self.frequencies
        if small.dtype != np.uint8:
            small = np.minimum(small, MOST)
        return small.astype(np.uint8, copy=False)

    @cached_property
    def _heavy(self) -> tuple[Numbers, Numbers, Scores] | None:
        """Documents with greater frequencies than are in the table, their places, their weights."""
        if self.frequencies.dtype == np.uint8:
            return None
        heavy = (self.frequencies > MOST).nonzero()[0]
        if not len(heavy):
            return None
        numbers, table = self.numbers[heavy], self.table
        lengths = LENGTHS[table.norms[numbers]].astype(np.float64)
        frequencies = self.frequencies[heavy].astype(np.float64)
        return numbers, heavy, table.exact(frequencies, lengths)

    @cached_property
    def _codes(self) -> Codes:
        return self.table.bases[self.numbers] + self._small

    @cached_property
    def dense(self) -> Bytes:
        """The frequency in every document, none above MOST; for long listings."""
        return self._scattered()

    def _scattered(self) -> Bytes:
        # Zeros from numpy would give up the interpreter's lock.
        frequencies = np.frombuffer(bytearray(self._size), np.uint8)
        frequencies[self.numbers] = self._small
        return frequencies

    def weights(self) -> Scores:
        """The frequency weight in each of its documents."""
        weights = self.table.of(self._codes)
        if self._heavy is not None:
            _, places, exact = self._heavy
            weights[places] = exact
        return weights

    def within(self, ranges: Numbers) -> tuple[Numbers, Scores]:
        """The documents in these ranges, and their weights."""
        begins = self.starts[ranges].tolist()
        spans = list(map(slice, begins, self.starts[ranges + 1].tolist()))
        numbers = np.concatenate([self.numbers[span] for span in spans])
        codes = np.concatenate([self._codes[span] for span in spans])
        weights = self.table.of(codes)
        self.correct(weights, numbers)
        return numbers, weights

    def correct(self, weights: Scores, numbers: Numbers) -> None:
        """Put in the weights in these documents, ascending, that are not in the table."""
        if self._heavy is not None and len(numbers):
            heavy, _, exact = self._heavy
            at, same = places(numbers, heavy)
            weights[at[same]] = exact[same]

    def copy_frequencies(self, numbers: Numbers, out: Bytes) -> None:
        """Put in the frequency in each of these documents, none above MOST."""
        if self.long and len(numbers) > QUIET:
            self.dense.take(numbers, out=out, mode="clip")
        else:
            out[:] = self._frequencies_of(numbers)

    def _frequencies_of(self, numbers: Numbers) -> Bytes:
        if self.long:
            return self.dense[numbers]
        if len(numbers) * 16 < self._size // LONG + self.count:
            at, same = places(self.numbers, numbers)
            if len(numbers) <= QUIET:
                return self._small[at] * same
            found: Bytes = self._small.take(at, mode="clip") * same
            return found
        return self._scattered()[numbers]

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
        self.listings: dict[Leaf, Listing] = {}
        self._limit = limit
        self._cost = 0
        self._lock = Lock()

    def add(self, added: Leaf, listing: Listing) -> None:
        """Keep a listing; where there are too many, an eighth of them goes, old or new."""
        with self._lock:
            if self._cost > self._limit:
                # If the oldest went, requests that come in turn would never find what they need.
                numbered = enumerate(self.listings.items(), randrange(EIGHTH))
                self.listings = {leaf: one for at, (leaf, one) in numbered if at % EIGHTH}
                self._cost = sum(one.cost for one in self.listings.values())
            if added not in self.listings:
                self.listings[added] = listing
                self._cost += listing.cost

    def clear(self) -> None:
        """Let go of all."""
        with self._lock:
            self.listings = {}
            self._cost = 0


class Listings:
    """The listings of a snapshot; some of the latest are kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._tables: dict[str, Table] = {}
        self._short, self._long = Shelf(KEPT_SHORT), Shelf(KEPT_LONG)
        self._joint = Shelf(KEPT_JOINT)

    def of(self, leaf: Leaf) -> Listing:
        """The documents that hold the leaf."""
        shelves = (self._short, self._long) if isinstance(leaf, Term) else (self._joint,)
        for shelf in shelves:
            found = shelf.listings.get(leaf)
            if found is not None:
                return found
        found = self._listing(leaf)
        shelves[-1 if found.long else 0].add(leaf, found)
        return found

    def _listing(self, leaf: Leaf) -> Listing:
        held = self._held(leaf)
        table = self.table(leaf.field) if held.count and leaf.field in FIELD else None
        return Listing(held, self._snapshot.size, table)

    def clear(self) -> None:
        """Let go of them."""
        for shelf in (self._short, self._long, self._joint):
            shelf.clear()

    def table(self, field: str) -> Table:
        """The weights of a term field."""
        if field not in self._tables:
            self._tables[field] = Table(self._snapshot, field)
        return self._tables[field]

    def _held(self, leaf: Leaf) -> TermPostings | Joint:
        match leaf:
            case Term(field=field, term=term):
                return self._snapshot.term(field, term) or NOTHING
            case Prefix(field=field, prefix=prefix):
                return self._together(self._snapshot.prefix(field, prefix))
            case Fuzzy(field=field, term=term, distance=distance):
                near = self._snapshot.near(field, term, distance)
                found = (self._snapshot.term(field, one) for one in near)
                return self._together([one for one in found if one is not None])
            case Passage(stands=stands):
                return self._passage(stands)
            case Alike(leaves=leaves):
                return self._together([self._held(one) for one in leaves])
            case _:
                assert_never(leaf)

    def _passage(self, query: Contiguous) -> TermPostings | Joint:
        """The documents that hold a text as it stands: those with its terms are read."""
        if query.sure is not None and query.terms == (query.sure,):
            return self._held(query.sure)
        each = [self.of(term).numbers for term in query.terms] or [self._snapshot.numbers()]
        numbers = reduce(shared, sorted(each, key=len))
        counts = np.array([self._count(query, number) for number in numbers.tolist()], np.int64)
        return Joint(numbers[counts > 0], counts[counts > 0])

    def _count(self, query: Contiguous, number: int) -> int:
        text = self._snapshot.folded(query.field, number)
        return sum(1 for _ in find(text, query.folded, strict=query.strict))

    def _together(self, parts: Sequence[TermPostings | Joint]) -> TermPostings | Joint:
        """Each document of the parts with the sum of its frequencies."""
        parts = [part for part in parts if part.count]
        if len(parts) < 2:
            return parts[0] if parts else NOTHING
        # Numbers above, frequencies below: one sort of whole numbers does for both.
        both = np.concatenate([part.numbers << _BELOW for part in parts])
        both += np.concatenate([part.frequencies for part in parts])
        both.sort()
        numbers = both >> _BELOW
        starts = new(numbers).nonzero()[0]
        both &= (1 << _BELOW) - 1
        sums = np.add.reduceat(both, starts)
        small = int(sums.max()) <= MOST
        return Joint(numbers[starts], sums.astype(np.uint8) if small else sums)
