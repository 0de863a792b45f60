"""How long is a field, in one byte? Lucene's code (``SmallFloat.intToByte4``)."""

import numpy as np
import numpy.typing as npt

_EXACT = 24


def _decode(code: int) -> int:
    """Lucene's ``SmallFloat.byte4ToInt``."""
    if code < _EXACT:
        return code
    bits, shift = (code - _EXACT) & 7, ((code - _EXACT) >> 3) - 1
    return _EXACT + (bits if shift < 0 else (bits | 8) << shift)


LENGTHS = np.array([_decode(code) for code in range(256)], dtype=np.int64)
"""The length that each code stands for: exact up to 39, then rounded down."""


def encode(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """The code of each length."""
    return (np.searchsorted(LENGTHS, lengths, side="right") - 1).astype(np.uint8)


def quantise(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Each length as it comes back from its code."""
    return LENGTHS[encode(lengths)]
