"""Which documents of a snapshot are nearly the same as others?"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.signatures import Pairs, Rows, Signatures, rows
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.signature import WORDS
from souwen.search.engines.whoosh.ascending import distinct
from souwen.search.engines.whoosh.selection import NONE, Selection

_NO_PAIRS = Pairs(NONE, NONE)


class Duplicates:
    """The near-duplicates of documents, by their signatures."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def of(self, numbers: Sequence[int], *among: Selection) -> list[list[int]]:
        """The others in any of the selections that are near-duplicates of each, ascending."""
        found: list[list[int]] = [[] for _ in numbers]
        asked = np.array(numbers, np.int64)
        places, others = self._near(self._rows(asked))
        wanted = others != asked[places]
        if wanted.any():
            places, others = places[wanted], others[wanted]
            selected = np.logical_or.reduce([one.among(others) for one in among])
            pairs = set(zip(places[selected].tolist(), others[selected].tolist(), strict=True))
            for place, other in sorted(pairs):
                found[place].append(other)
        return found

    def like(self, signature: bytes) -> Numbers:
        """The documents that are near-duplicates of a post with this signature, ascending."""
        return distinct(self._near(rows(signature)).numbers)

    @cached_property
    def _segments(self) -> list[tuple[int, Signatures]]:
        """The signatures of each segment, and the number of its first document."""
        self._snapshot.must_be_open()
        pairs = zip(self._snapshot.bases, self._snapshot.segments, strict=True)
        return [(base, Signatures(segment)) for base, segment in pairs]

    def _near(self, asked: Rows) -> Pairs:
        found = ((base, segment.near(asked)) for base, segment in self._segments)
        parts = [Pairs(one.places, one.numbers + base) for base, one in found]
        places, numbers = zip(_NO_PAIRS, *parts, strict=True)
        return Pairs(np.concatenate(places), np.concatenate(numbers))

    def _rows(self, asked: Numbers) -> Rows:
        """The signature of each document."""
        found = np.empty((len(asked), WORDS), np.uint64)
        for base, segment in self._segments:
            ours = (asked >= base) & (asked < base + len(segment.rows))
            found[ours] = segment.rows[asked[ours] - base]
        return found
