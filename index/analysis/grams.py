"""Which pairs of neighbours and single characters does a text hold, whatever its words are?"""

import re
from collections.abc import Iterator

from souwen.index.analysis.fold import HAN, HANGUL, KANA
from souwen.index.documents import Terms

_RUN = re.compile(f"[{HAN}]+|[{KANA}]+|[{HANGUL}]+")


def runs(folded: str) -> Iterator[tuple[int, int]]:
    """The maximal stretches of Han (with 々 and 〇), of kana and of hangul."""
    for run in _RUN.finditer(folded):
        yield run.span()


def bigrams(folded: str) -> Terms:
    """Every two neighbours of a run."""
    terms: list[str] = []
    positions: list[int] = []
    for start, end in runs(folded):
        terms += map(str.__add__, folded[start : end - 1], folded[start + 1 : end])
        positions += range(start, end - 1)
    return Terms(tuple(terms), tuple(positions))


def chars(folded: str) -> Terms:
    """Every character of a run."""
    terms: list[str] = []
    positions: list[int] = []
    for start, end in runs(folded):
        terms += folded[start:end]
        positions += range(start, end)
    return Terms(tuple(terms), tuple(positions))
