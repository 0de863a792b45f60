"""Which pairs of neighbours and single characters does a text hold, whatever its words are?"""

from collections.abc import Iterable
from operator import add

from souwen.index.documents import Terms
from souwen.index.scripts import HAN, HANGUL, KANA

RUN = f"[{HAN}]+|[{KANA}]+|[{HANGUL}]+"
"""A pattern of the maximal stretches of Han (with 々 and 〇), of kana and of hangul."""


def bigrams(runs: Iterable[tuple[int, str]]) -> Terms:
    """Every two neighbours of each run, which is given with its position."""
    terms: list[str] = []
    positions: list[int] = []
    for start, run in runs:
        terms += map(add, run, run[1:])
        positions += range(start, start + len(run) - 1)
    return Terms(tuple(terms), tuple(positions))


def chars(runs: Iterable[tuple[int, str]]) -> Terms:
    """Every character of each run, which is given with its position."""
    terms: list[str] = []
    positions: list[int] = []
    for start, run in runs:
        terms += run
        positions += range(start, start + len(run))
    return Terms(tuple(terms), tuple(positions))
