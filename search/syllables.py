"""Into which syllables may typed letters be cut?"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from souwen.search.readings import readings

LONGEST = 6
"""Letters of the longest syllables: zhuang."""

MOST = 40
"""Letters; more are no words typed in pinyin."""

CUTS = 6
"""Ways to cut that are tried, those of the fewest syllables first."""

_V = re.compile("(?<=[jqxy])v")
ALSO = {"lyu": "lv", "nyu": "nv", "lue": "lve", "nue": "nve", "lyue": "lve", "nyue": "nve"}
"""How some syllables are typed as well."""

Syllables = tuple[str, ...]


def letters(text: str) -> str:
    """Letters as the syllables are spelt here: lower case, no tones, ü as v."""
    marked = unicodedata.normalize("NFD", text.casefold()).replace("u\u0308", "v")
    bare = "".join(char for char in marked if not unicodedata.combining(char))
    return _V.sub("u", bare)


@lru_cache(1024)
def cuts(run: str) -> tuple[Syllables, ...]:
    """The ways to cut letters into syllables, the fewest syllables first; an apostrophe cuts."""
    parts = [_cuts(part) for part in run.replace("’", "'").split("'") if part]
    found: list[Syllables] = [()] if parts else []
    for part in parts:
        found = [(*before, *after) for before in found for after in part]
    return tuple(sorted(found, key=len)[:CUTS])


def _cuts(run: str) -> list[Syllables]:
    ways: list[list[Syllables]] = [[()]]
    for end in range(1, len(run[: MOST + 1]) + 1):
        here = [
            (*before, syllable)
            for start in range(max(0, end - LONGEST), end)
            if ways[start] and (syllable := _syllable(run[start:end]))
            for before in ways[start]
        ]
        ways.append(sorted(here, key=len)[:CUTS])
    return ways[len(run)] if len(run) <= MOST else []


def _syllable(typed: str) -> str | None:
    typed = ALSO.get(typed, typed)
    return typed if typed in readings() else None


@lru_cache(1024)
def openings(run: str) -> tuple[Syllables, ...]:
    """The ways to cut letters of which the last may be the beginning of a syllable.

    Each element stands for the syllables that begin so; an element that is a syllable as well
    stands for itself, but for the last.
    """
    whole = letters(run).replace("'", "")
    return tuple(dict.fromkeys((*_begun(whole), *_initials(whole))))


def _begun(run: str) -> Iterator[Syllables]:
    known = readings()
    for start in range(len(run) - 1, max(-1, len(run) - LONGEST - 1), -1):
        tail = run[start:]
        if any(one.startswith(tail) for one in known):
            yield from ((*before, tail) for before in (_cuts(run[:start]) if start else [()]))


def _initials(run: str) -> Iterator[Syllables]:
    """Every letter as the initial of a syllable, zh, ch and sh as one."""
    if 2 <= len(run) <= 8:
        for initials in (tuple(re.findall("[zcs]h|.", run)), tuple(run)):
            if all(any(one.startswith(initial) for one in readings()) for initial in initials):
                yield initials
