"""How much is a match worth? BM25 and recency, as formulas.

BM25 is Lucene's (``BM25Similarity``, Lucene 8 and later, without the constant factor k1 + 1),
with document lengths in Lucene's one-byte code (``souwen.index.norms``).
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from souwen.index.schema import K1

DAY_MS = 86_400_000

Floats = npt.NDArray[np.float64]
RecencyName = Literal["off", "low", "normal", "high"]


@dataclass(frozen=True, slots=True)
class Recency:
    """``1 + weight · 2^(-age / half_life_days)``, age counted back from ``origin``.

    ``now`` is in milliseconds since 1970 UTC; the origin is now, or the newest post in the index
    where that is older.
    """

    weight: float
    half_life_days: float
    now: int


RECENCY: dict[RecencyName, tuple[float, float]] = {
    "off": (0.0, 365.0),
    "low": (0.10, 365.0),
    "normal": (0.25, 365.0),
    "high": (1.0, 90.0),
}


def idf(documents: int, matching: int) -> float:
    """``ln(1 + (N - df + 0.5) / (df + 0.5))``: N documents with the field, df with the term."""
    return math.log(1.0 + (documents - matching + 0.5) / (matching + 0.5))


def frequency_weight(tf: Floats, lengths: Floats, average: float, b: float) -> Floats:
    """``tf / (tf + k1 · (1 - b + b · length / average))``, element by element."""
    return tf / (tf + K1 * (1.0 - b + b * lengths / average))


def recency_factor(
    dates: npt.NDArray[np.int64],
    dated: npt.NDArray[np.bool_],
    recency: Recency | None,
    newest: int | None,
) -> Floats:
    """The factor of each date (milliseconds); 1 where ``dated`` is false or recency is None."""
    if recency is None or newest is None or not recency.weight:
        return np.ones(len(dates))
    origin = min(recency.now, newest)
    age = np.maximum(0, origin - dates) / DAY_MS
    factor = 1.0 + recency.weight * np.exp2(-age / recency.half_life_days)
    return np.where(dated, factor, 1.0)
