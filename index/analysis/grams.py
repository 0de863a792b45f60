"""Which pairs of neighbours and single characters does a text hold, whatever its words are?"""

import re
from operator import add

from souwen.index.documents import Terms
from souwen.index.scripts import HAN, HANGUL, KANA

RUN = f"[{HAN}]+|[{KANA}]+|[{HANGUL}]+"
"""A pattern of the maximal stretches of Han (with 々 and 〇), of kana and of hangul."""

_RUNS = re.compile(RUN)


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
