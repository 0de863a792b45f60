"""Which terms has a Latin word, a number or a technical name, whole and in parts?

An atomic run is a run of letters and digits, or a single letter with ``++`` or ``#``. A token is
one run, or several with connectors, and what may stand before or after them:
``node.js gpt-4 tcp/ip 3.5% .net @types/node libc++``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from souwen.index.analysis.grams import stretches

OffsetTerms: TypeAlias = tuple[tuple[int, str], ...]
"""Terms, each with its offset in the text that they were taken from."""

LONGEST = 64
"""Characters of the longest term."""

DATED = "年月日"
"""What makes another term of the number before it."""

# The texts that are looked through hold no Han, kana or hangul, which would be letters here too.
_ALNUM = r"[^\W_]"
_ATOM = rf"(?:(?<!{_ALNUM})[a-z](?:\+\+|\#)|{_ALNUM}+)"
_CONNECTOR = r"(?:::|[-_./&@':+]|(?<=\+\+)|(?<=\#)|(?<=\d),(?=\d))"
_TOKEN = re.compile(
    rf"(?:(?<!{_ALNUM})(?<![.@])[.@])?{_ATOM}(?:{_CONNECTOR}{_ATOM})*"
    rf"(?:(?<=\d)%|(?<={_ALNUM}{_ALNUM})\+\+)?"
)
_SIMPLE = re.compile("[a-z0-9]+(?:[-_./&@':][a-z0-9]+)*")
"""Most tokens, told from the others quickly."""

_SIGN = re.compile("[-_./&@':]")
_OUTER_SIGN = re.compile("[-/&@:]")
_RUN = re.compile(_ATOM)
_STRETCH = re.compile(r"[^-/:&@+,]+")
_MIXED = re.compile(r"([^\W\d]{2,})(\d+)|(\d+)([^\W\d]{2,})")


def kept(token: str) -> Iterator[tuple[int, str]]:
    """What of a token is kept whole, with offsets: itself, or where it is too long its parts."""
    if len(token) <= LONGEST or token[-1] in DATED:
        yield 0, token
        return
    for start, stretch in _stretches(token):
        if len(stretch) <= LONGEST:
            yield start, stretch
        else:
            yield from ((start + at, run) for at, run in _atomic_runs(stretch))


def token_terms(token: str) -> OffsetTerms:
    """The terms of a token in order of their offsets; every atomic run is among them."""
    if token[-1] in DATED:
        return (0, token[:-1]), (0, token)
    if len(token) <= LONGEST:
        return _terms(token)
    return tuple((start + at, term) for start, part in kept(token) for at, term in _terms(part))


def tokens(text: str) -> Iterator[tuple[int, str]]:
    """The tokens of a text between runs, with their offsets.

    With a 年, 月 or 日 that the text may end in goes the number before it.
    """
    sign = text[-1:] if text[-1:] in DATED else ""
    end = len(text) - len(sign)
    for found in _TOKEN.finditer(text[:end]):
        token = found.group()
        is_dated = found.end() == end and token.isdecimal() and len(token) <= LONGEST
        yield found.start(), token + sign if is_dated else token


def stretch_terms(text: str) -> OffsetTerms:
    """The terms of the tokens of such a text, in order of their offsets."""
    if len(text) <= LONGEST and (text.isalpha() or text.isdecimal()):
        return ((0, text),)
    if len(text) <= LONGEST and _SIMPLE.fullmatch(text):
        return _simple_terms(text)
    return tuple(
        (start + at, term) for start, token in tokens(text) for at, term in token_terms(token)
    )


def _simple_terms(token: str) -> OffsetTerms:
    """What ``token_terms`` gives, in less time."""
    found = {(0, token)}
    for sign in (_SIGN, _OUTER_SIGN):
        at = 0
        for part in sign.split(token):
            found.add((at, part))
            if sign is _SIGN and not (part.isalpha() or part.isdecimal()):
                found.update(_letters_and_digits(at, part))
            at += len(part) + 1
    return tuple(sorted(found))


# More of them save no time, and a process that runs for long would grow until they are there.
@lru_cache(maxsize=1 << 13)
def _terms(token: str) -> OffsetTerms:
    """The token, its stretches, their runs, and letters and digits of a run."""
    found = {(0, token), *_stretches(token)}
    if token[0] in ".@":
        found.add((1, token[1:]))
    for start, run in _atomic_runs(token):
        found.add((start, run))
        found.update(_letters_and_digits(start, run))
    return tuple(sorted(found))


def _stretches(token: str) -> Iterator[tuple[int, str]]:
    """``node.js/express`` holds node.js; a token with c++ is cut at its runs alone."""
    if "++" in token:
        yield from _atomic_runs(token)
    else:
        for found in _STRETCH.finditer(token):
            yield found.start(), found.group().rstrip("%")


def atomic_runs(folded: str) -> Iterator[tuple[int, str]]:
    """Every atomic run of a folded text with its offset; a longer one is cut to ``LONGEST``."""
    for start, end, is_run in stretches(folded):
        if not is_run:
            yield from ((start + at, run) for at, run in _atomic_runs(folded[start:end]))


def _atomic_runs(text: str) -> Iterator[tuple[int, str]]:
    for run in _RUN.finditer(text):
        yield run.start(), run.group()[:LONGEST]


def _letters_and_digits(start: int, run: str) -> Iterator[tuple[int, str]]:
    """``iphone13`` holds iphone and 13; ``k8s`` and ``5g`` are not taken apart."""
    if mixed := _MIXED.fullmatch(run):
        first, second = (group for group in mixed.groups() if group is not None)
        yield start, first
        yield start + len(first), second
