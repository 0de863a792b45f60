"""What does a term's posting list in a Whoosh segment say?"""

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3PostingsWriter
from whoosh.matching import ListMatcher
from whoosh.system import pack_uint

Numbers = npt.NDArray[np.int64]
Postings = tuple[Numbers, Numbers]


BLOCK = 128
INLINE = 4
"""Up to so many postings stand in the term's own record: half of all terms have a single one."""

_WORTH_COMPRESSING = 32
_PACKED = [pack_uint(tf) for tf in range(256)]


class Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's own format, written faster; Whoosh's codec reads it."""

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """A segment that says it is Whoosh's own, so that nothing of ours is pickled with it."""
        return W3Codec(blocklimit=BLOCK).new_segment(storage, indexname)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:  # noqa: FBT001, FBT002
        """The writer of one field."""
        return PostingsWriter(dbfile, BLOCK, byteids=byteids)


class PostingsWriter(W3PostingsWriter):  # type: ignore[misc]
    """Takes the postings of a term block by block, where Whoosh 2.7.4 takes them one by one."""

    _ids: Any
    _terminfo: Any

    def fill(
        self, numbers: "array[int]", frequencies: "array[int]", lengths: Sequence[int]
    ) -> None:
        """Add at most BLOCK postings; the block before is written out."""
        if self._ids:
            self._write_block()
        self._compression = 3 if len(numbers) > _WORTH_COMPRESSING else 0
        self._ids = numbers
        self._weights = array("f", frequencies)
        self._values = [_PACKED[tf] if tf < 256 else pack_uint(tf) for tf in frequencies]
        self._minlength, self._maxlength = min(lengths), max(lengths)
        self._maxweight = float(max(frequencies))

    def finish_postings(self) -> Any:
        """Put a short list into the term's record: Whoosh 2.7.4 can, but fails to call it so."""
        if self.written() or len(self) > INLINE:
            return super().finish_postings()
        info, self._terminfo = self._terminfo, None
        info.add_block(self)
        info.set_inlined(self._ids, self._weights, self._values)
        return info


def read_postings(reader: Any, field: str, term: bytes) -> Postings:
    """Document numbers, ascending, and frequencies of a term in one segment, deleted ones too.

    Both empty where the segment lacks the term. Whoosh 2.7.4's matcher steps posting by posting;
    this reads its blocks whole.
    """
    terms = reader._terms
    if field not in terms._fieldmap or (field, term) not in terms:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    matcher = terms.matcher(field, term, reader.schema[field].format)
    if isinstance(matcher, ListMatcher):
        return np.array(matcher._ids, np.int64), np.array(matcher._weights, np.int64)
    numbers: list[Numbers] = []
    frequencies: list[Numbers] = []
    while not matcher._atend:
        matcher._read_data()
        gaps, weights, _ = matcher._data
        numbers.append(np.cumsum(np.array(gaps, np.int64)))
        frequencies.append(
            np.full(len(gaps), 1 if weights is None else int(weights), np.int64)
            if weights is None or isinstance(weights, float)
            else np.array(weights, np.int64)
        )
        matcher._next_block()
    return np.concatenate(numbers), np.concatenate(frequencies)
