"""Which Latin words, numbers and technical names does a text hold, whole and in parts?

An atomic run is a run of letters and digits, or a single letter with ``++`` or ``#``. A token is
one run, or several with connectors: ``node.js gpt-4 tcp/ip 3.5% .net 2022年``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from souwen.index.analysis.fold import ALNUM

LONGEST = 64
"""Characters of the longest token that is kept whole."""

_ATOM = rf"(?:(?<!{ALNUM})[a-z](?:\+\+|\#)|{ALNUM}+)"
_TOKEN = re.compile(
    rf"(?:(?<!{ALNUM})(?<!\.)\.)?{_ATOM}"
    rf"(?:(?:::|[-_./&@':+]|(?<=\+\+)|(?<=\#)|(?<=\d),(?=\d)){_ATOM})*(?:(?<=\d)%)?"
)
_RUN = re.compile(_ATOM)
_STRONG = re.compile(r"[-/:&@+,]+")
_MIXED = re.compile(r"([^\W\d]{2,})(\d+)|(\d+)([^\W\d]{2,})")


@dataclass(frozen=True, slots=True)
class Technical:
    """A token ``[start, end)`` of a folded text.

    ``term`` is the whole, which 年, 月 or 日 may end beyond ``end``. ``parts`` are its other terms,
    each with its offset in the text; every atomic run is the whole or among them.
    """

    start: int
    end: int
    term: str
    parts: tuple[tuple[int, str], ...]


def technical(folded: str) -> tuple[Technical, ...]:
    """The technical tokens and plain Latin words and numbers, left to right."""
    return tuple(_technical(folded, found) for found in _TOKEN.finditer(folded))


def _technical(folded: str, found: re.Match[str]) -> Technical:
    start, end = found.span()
    token = found.group()
    if token.isdecimal() and folded[end : end + 1] in ("年", "月", "日"):
        return Technical(start, end, token + folded[end], ((start, token),))
    parts = _parts(token)
    if len(token) > LONGEST:
        return Technical(start, end, parts[0][1], tuple((start + at, one) for at, one in parts[1:]))
    return Technical(
        start, end, token, tuple((start + at, one) for at, one in parts if one != token)
    )


@lru_cache(maxsize=1 << 16)
def _parts(token: str) -> tuple[tuple[int, str], ...]:
    """Stretches between strong connectors, then runs, then letters and digits of a run."""
    found = dict.fromkeys(_stretches(token))
    for run in atomic_runs(token):
        found[run] = None
        found.update(dict.fromkeys(_letters_and_digits(*run)))
    return tuple(sorted(found))


def _stretches(token: str) -> Iterator[tuple[int, str]]:
    """``node.js/express`` holds node.js; a token with c++ is cut at its runs alone."""
    if "++" in token:
        return
    start = 0
    for gap in _STRONG.finditer(token):
        if gap.start() > start:
            yield start, token[start : gap.start()].rstrip("%")
        start = gap.end()
    if start:
        yield start, token[start:].rstrip("%")
    elif token.endswith("%"):
        yield start, token[:-1]


def atomic_runs(folded: str) -> Iterator[tuple[int, str]]:
    """Every atomic run with its offset."""
    for run in _RUN.finditer(folded):
        yield run.start(), run.group()


def _letters_and_digits(start: int, run: str) -> Iterator[tuple[int, str]]:
    """``iphone13`` holds iphone and 13; ``k8s`` and ``5g`` are not taken apart."""
    if mixed := _MIXED.fullmatch(run):
        first, second = (group for group in mixed.groups() if group is not None)
        yield start, first
        yield start + len(first), second
