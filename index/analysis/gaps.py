"""What is there for a segmenter to cut, and what stands in the gaps between?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from souwen.index.analysis.characters import (
    ALNUM,
    BEGINS,
    CODE_POINT,
    COMMA,
    CONNECTS,
    DIGIT,
    ENDS,
    IN_RUN,
    SIGN,
    text_of,
)
from souwen.index.analysis.technical import DATED

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from souwen.index.analysis.characters import Entries

GAP, STRETCH = " ", "\n"
TRIMMED = 2
"""Signs that are taken away from either end of a stretch, so that more are plain or known."""


@dataclass(frozen=True, slots=True)
class Line:
    """The runs of a folded text with one sign in each gap: ``STRETCH`` for each stretch there that
    has letters or digits, ``GAP`` where there is none.

    ``places`` are where the characters of the line stand in the folded text. A stretch that ends
    in a digit goes on to the 年, 月 or 日 that follows.
    """

    signs: "NDArray[np.uint32]"
    has_runs: bool
    places: "NDArray[np.intp]"
    stretches: list[str]

    @property
    def text(self) -> str:
        """The line as text."""
        return text_of(self.signs)


def line(folded: str, entries: "Entries") -> Line:
    """The line of a folded text, whose entries are given; an edge must be the last of them."""
    import numpy as np

    runs = entries & IN_RUN != 0
    begins, stops = _stretches(entries)
    dated = _dated(entries, stops)
    signs = ~runs
    signs[1:] &= runs[:-1]
    signs[begins] = True
    places = np.flatnonzero(runs | signs)
    shown = np.where(runs, entries & CODE_POINT, np.uint32(ord(GAP)))
    shown[begins] = ord(STRETCH)
    bounds = zip(begins.tolist(), (stops + dated).tolist(), strict=True)
    stretches = [folded[begin:end] for begin, end in bounds]
    return Line(shown[places], bool(runs.any()), places, stretches)


def _stretches(entries: "Entries") -> "tuple[NDArray[np.intp], NDArray[np.intp]]":
    """Where the stretches begin and end that may hold technical tokens."""
    import numpy as np

    kinds = entries & (ALNUM | SIGN)
    commas = np.flatnonzero(entries == COMMA)
    kinds[commas[kinds[commas - 1] & kinds[commas + 1] & DIGIT != 0]] = CONNECTS
    inside = kinds != 0
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    begins, stops = edges[::2], edges[1::2]
    for _ in range(TRIMMED):
        begins += (kinds[begins] & (CONNECTS | ENDS) != 0) & (stops - begins > 1)
        stops -= (kinds[stops - 1] & (CONNECTS | BEGINS) != 0) & (stops - begins > 1)
    if edges.size:
        told = np.bitwise_or.reduceat(kinds, edges)[::2] & ALNUM != 0
        begins, stops = begins[told], stops[told]
    return begins, stops


def _dated(entries: "Entries", stops: "NDArray[np.intp]") -> "NDArray[np.bool_]":
    """Whether a stretch that ends there ends in a digit with 年, 月 or 日 after it."""
    import numpy as np

    after = entries[stops] & CODE_POINT
    is_sign = np.logical_or.reduce([after == ord(sign) for sign in DATED])
    dated: NDArray[np.bool_] = is_sign & (entries[stops - 1] & DIGIT != 0)
    return dated
