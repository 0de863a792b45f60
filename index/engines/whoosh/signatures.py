"""Which documents of a segment have a key of a signature?

The signatures stand in the order of the documents. Beside them stand the documents in the order of
their keys, and where those begin whose keys have the same first bits: so many bits that there are
a few documents to each.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.runs import Numbers, stretches
from souwen.index.engines.whoosh.segment import ORDER, SIGNATURES, STARTS, Segment
from souwen.index.engines.whoosh.segment_file import SegmentFileWriter
from souwen.index.signature import DIFFERENT, KEYS, WORDS

Rows = npt.NDArray[np.uint64]
"""A signature in each row."""

_FIRST = KEYS // 4
_BITS = 16
_FEW = 4


class Pairs(NamedTuple):
    """Places among the rows that were asked for, and for each a document like it."""

    places: Numbers
    numbers: Numbers


def rows(signatures: bytes) -> Rows:
    """Signatures, one behind the other, as rows."""
    return np.frombuffer(signatures, "<u8").astype(np.uint64, copy=False).reshape(-1, WORDS)


def write(file: SegmentFileWriter, found: Rows) -> None:
    """Write the signatures of all documents of a segment."""
    keys = _keys(found).ravel()
    wide = min(_BITS, (len(keys) // _FEW).bit_length())
    order = np.argsort(keys, kind="stable")
    buckets = keys[order] >> (_BITS - wide)
    starts = buckets.searchsorted(np.arange(2**wide + 1, dtype=np.uint32))
    file.section(SIGNATURES, found.ravel())
    file.section(STARTS, starts.astype(np.uint32))
    file.section(ORDER, (order // KEYS).astype(np.min_scalar_type(len(found))))


class Signatures:
    """The signatures of one segment, mapped: ``rows`` has one for each document."""

    def __init__(self, segment: Segment) -> None:
        self.rows: Rows = segment.file.section(SIGNATURES).reshape(-1, WORDS)
        self._starts: npt.NDArray[np.uint32] = segment.file.section(STARTS)
        self._order: npt.NDArray[np.unsignedinteger[Any]] = segment.file.section(ORDER)
        self._shift = _BITS - ((len(self._starts) - 1).bit_length() - 1)

    def near(self, asked: Rows) -> Pairs:
        """The near-duplicates of each row among the documents, deleted ones and itself too.

        A pair may be there several times. See ``souwen.index.signature.near``.
        """
        buckets = (_keys(asked).ravel() >> self._shift).astype(np.int64)
        begins = self._starts[buckets].astype(np.int64)
        counts = self._starts[buckets + 1] - begins
        numbers = self._order[stretches(begins, counts)].astype(np.int64)
        places = np.arange(len(buckets)).repeat(counts) // KEYS
        found, given = self.rows[numbers], asked[places]
        alike = np.bitwise_count(found[:, _FIRST:] ^ given[:, _FIRST:]).sum(1) <= DIFFERENT
        places, numbers, found, given = places[alike], numbers[alike], found[alike], given[alike]
        shared = (_keys(found)[:, :, None] == _keys(given)[:, None, :]).any((1, 2))
        return Pairs(places[shared], numbers[shared])


def _keys(found: Rows) -> npt.NDArray[np.uint16]:
    """The keys in each row; the same ones on any machine, if not in the same order."""
    return np.ascontiguousarray(found[:, :_FIRST]).view(np.uint16)
