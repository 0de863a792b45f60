"""Which pairs of neighbours and single characters does a text hold, whatever its words are?"""

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from souwen.index.analysis.characters import points, scripts
from souwen.index.documents import Terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SECOND = 21
"""Bits of the second character in the code of a bigram."""


class Stretch(NamedTuple):
    """``[start, end)`` of a folded text: a run, or what stands between runs."""

    start: int
    end: int
    is_run: bool


def stretches(folded: str) -> list[Stretch]:
    """All of a folded text, as runs and what stands between them."""
    if not folded:
        return []
    script = scripts()[points(folded)]
    edges = ((script[1:] != script[:-1]).nonzero()[0] + 1).tolist()
    pairs = pairwise((0, *edges, len(folded)))
    return [Stretch(start, end, bool(script[start])) for start, end in pairs]


def bigrams(folded: str) -> Terms:
    """Every two neighbours of each run of a folded text."""
    codes = gram_codes(folded)
    return Terms(tuple(gram_text(codes.bigrams)), tuple(codes.bigram_positions.tolist()))


def chars(folded: str) -> Terms:
    """Every character of each run of a folded text."""
    codes = gram_codes(folded)
    return Terms(tuple(gram_text(codes.chars)), tuple(codes.char_positions.tolist()))


class GramCodes(NamedTuple):
    """The bigrams and characters of a text as numbers, in order, each with its position.

    The code of a character is its code point, that of a bigram ``first << 21 | second``.
    """

    bigrams: "NDArray[np.uint64]"
    bigram_positions: "NDArray[np.int64]"
    chars: "NDArray[np.uint32]"
    char_positions: "NDArray[np.int64]"


def gram_codes(folded: str) -> GramCodes:
    """What ``bigrams`` and ``chars`` give, without work in Python for each character."""
    import numpy as np

    codes = points(folded)
    script = scripts()[codes]
    singles = script.nonzero()[0]
    pairs = ((script[:-1] == script[1:]) & (script[:-1] != 0)).nonzero()[0]
    first, second = codes[pairs].astype(np.uint64), codes[1:][pairs]
    return GramCodes(first << np.uint64(_SECOND) | second, pairs, codes[singles], singles)


def gram_text(codes: "NDArray[np.unsignedinteger[Any]]") -> list[str]:
    """The terms that the codes stand for, which are of bigrams or of characters alone."""
    first, second = codes >> _SECOND, codes & ((1 << _SECOND) - 1)
    width, points = (2, (first, second)) if first.any() else (1, (second,))
    found: list[str] = _stacked(points).view(f"<U{width}").ravel().tolist()
    return found


def _stacked(columns: "tuple[NDArray[Any], ...]") -> "NDArray[np.uint32]":
    import numpy as np

    return np.stack(columns, axis=1).astype("<u4")
