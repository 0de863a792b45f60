"""Which pairs of neighbours and single characters does a text hold, whatever its words are?"""

import re
from functools import cache
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

from souwen.index.documents import Terms
from souwen.index.scripts import HAN, HANGUL, KANA

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RUN = f"[{HAN}]+|[{KANA}]+|[{HANGUL}]+"
"""A pattern of the maximal stretches of Han (with 々 and 〇), of kana and of hangul."""

_RUNS = re.compile(RUN)
_RANGES = re.compile("(.)-(.)|(.)")
_CODE_POINTS = 0x110000
_SECOND = 21
"""Bits of the second character in the code of a bigram."""


def bigrams(folded: str) -> Terms:
    """Every two neighbours of each run of a folded text."""
    terms: list[str] = []
    positions: list[int] = []
    for found in _RUNS.finditer(folded):
        start, run = found.start(), found.group()
        terms += map(add, run, run[1:])
        positions += range(start, start + len(run) - 1)
    return Terms(tuple(terms), tuple(positions))


def chars(folded: str) -> Terms:
    """Every character of each run of a folded text."""
    terms: list[str] = []
    positions: list[int] = []
    for found in _RUNS.finditer(folded):
        start, run = found.start(), found.group()
        terms += run
        positions += range(start, start + len(run))
    return Terms(tuple(terms), tuple(positions))


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
    # Here, because the command line reads names of this package before it needs any text cut.
    import numpy as np

    points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    scripts = _scripts()[points]
    singles = np.flatnonzero(scripts)
    pairs = np.flatnonzero((scripts[:-1] == scripts[1:]) & (scripts[:-1] != 0))
    first, second = points[pairs].astype(np.uint64), points[1:][pairs]
    return GramCodes(first << np.uint64(_SECOND) | second, pairs, points[singles], singles)


def gram_text(codes: "NDArray[np.unsignedinteger[Any]]") -> list[str]:
    """The terms that the codes stand for, which are of bigrams or of characters alone."""
    first, second = codes >> _SECOND, codes & ((1 << _SECOND) - 1)
    width, points = (2, (first, second)) if first.any() else (1, (second,))
    found: list[str] = _stacked(points).view(f"<U{width}").ravel().tolist()
    return found


def _stacked(columns: "tuple[NDArray[Any], ...]") -> "NDArray[np.uint32]":
    import numpy as np

    return np.stack(columns, axis=1).astype("<u4")


@cache
def _scripts() -> "NDArray[np.uint8]":
    """For each code point the script whose runs it belongs to, as a number; 0 for none."""
    import numpy as np

    found = np.zeros(_CODE_POINTS, dtype=np.uint8)
    for number, script in enumerate((HAN, KANA, HANGUL), 1):
        for first, last, single in _RANGES.findall(script):
            found[ord(first or single) : ord(last or single) + 1] = number
    return found
