"""Which texts are the same text? Folds width, case, script and blanks, and maps back.

The folded form of a text: Unicode NFKC, lower case, zero-width characters away, one character for
each class of script variants (``variants.txt``), a run of white space as one blank, and none
between a Han character and a Latin word, number or technical token.
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from souwen.index.scripts import HAN, HANGUL, KANA

ALNUM = rf"[^\W_{HAN}{KANA}{HANGUL}]"
"""A pattern of one letter or digit that is neither Han, kana nor hangul."""

_ZERO_WIDTH = (
    *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xE0000, 0xE0080),
    *range(0xE0100, 0xE01F0),
)
# Begins with the blank itself, so that the search can skip from blank to blank.
_MEANINGLESS = re.compile(
    rf"\s(?:(?<=[{HAN}]\s)\s*(?=[.@]?{ALNUM})"
    rf"|(?:(?<={ALNUM}\s)|(?<=\d%\s)|(?<=[a-z]\+\+\s)|(?<=[a-z]\#\s))\s*(?=[{HAN}]))"
)
_BLANKS = re.compile(rf"({_MEANINGLESS.pattern})|\s+")
_MARKS = 30
_MAYBE_MARKS = re.compile(rf"(?:[^\w\s!-\u02ff]|[\uff9e\uff9f]){{{_MARKS + 1},}}")
"""Long runs that may be combining marks, which are no letters but for the two half-width ones."""

_IS_ALNUM = re.compile(ALNUM)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its character ``i`` comes from ``[starts[i], ends[i])`` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


@cache
def table() -> dict[int, int]:
    """The representative of each code point that has one."""
    text = Path(__file__).with_name("variants.txt").read_text(encoding="utf-8")
    found = {ord("ς"): ord("σ")}
    for line in text.splitlines():
        if not line.startswith("#"):
            found.update((ord(char), ord(line[0])) for char in line[1:])
    return found


@cache
def _translate() -> Callable[[str], str]:
    """``str.translate`` by ``table`` that also drops what is zero wide, twenty times as fast."""
    # Here, because the command line reads names of this package before it needs any text folded.
    import numpy as np

    nothing = 0xFFFFFFFF
    codes = np.arange(sys.maxunicode + 1, dtype="<u4")
    codes[list(table())] = list(table().values())
    codes[list(_ZERO_WIDTH)] = nothing

    def translate(text: str) -> str:
        found = codes[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")]
        kept: bytes = found[found != nothing].tobytes()
        return kept.decode("utf-32-le", "surrogatepass")

    return translate


def _characters(text: str) -> str:
    """All of folding but white space."""
    translate = _translate()
    safe = _MAYBE_MARKS.sub(_few_marks, translate(text))
    lower = unicodedata.normalize("NFKC", safe).lower()
    return translate(unicodedata.normalize("NFKC", lower))


def _few_marks(run: re.Match[str]) -> str:
    """At most 30 marks in a row, as in the Stream-Safe Text Format of Unicode's annex 15.

    CPython 3.11 takes quadratic time to put more of them into order.
    """
    kept: list[str] = []
    marks = 0
    for char in run.group():
        parts = unicodedata.normalize("NFKD", char)
        marks = marks + len(parts) if unicodedata.combining(parts[0]) else 0
        if marks <= _MARKS:
            kept.append(char)
    return "".join(kept)


_of_short = lru_cache(1 << 14)(_characters)


def fold_text(text: str) -> str:
    """The folded form alone; equals ``fold(text).text``."""
    return " ".join(_MEANINGLESS.sub("", _characters(text)).split())


def fold(text: str) -> Folded:
    """The folded form with the way back to the original."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece in _pieces(text):
        start, end = piece.span()
        folded = (_of_short if end - start < 4 else _characters)(piece.group())
        parts.append(folded)
        if piece.lastgroup == "plain":
            starts += range(start, end)
            ends += range(start + 1, end + 1)
        else:
            starts += [start] * len(folded)
            ends += [end] * len(folded)
    return _without_blanks("".join(parts), starts, ends)


def _pieces(text: str) -> Iterator[re.Match[str]]:
    """Stretches that fold independently of each other.

    A ``plain`` one folds character by character, any other is a character with what joins it.
    """
    distinct = sorted(set(text))
    odd = "".join(re.escape(char) for char in distinct if not _plain(char))
    joining = "".join(re.escape(char) for char in distinct if _joins(char))
    if not odd:
        return re.finditer("(?s)(?P<plain>.+)", text)
    follow, end = (f"[{joining}]*", f"(?![{joining}])") if joining else ("", "")
    return re.finditer(f"(?s)(?P<plain>[^{odd}]+{end})|.{follow}", text)


@cache
def _plain(char: str) -> bool:
    """Whether the character folds to one character, whatever stands around it."""
    return not _joins(char) and len(_characters(char)) == 1


@cache
def _joins(char: str) -> bool:
    """Whether NFKC may join the character to the one before, or folding drops it."""
    first = unicodedata.normalize("NFKC", char)[0]
    return (
        unicodedata.category(first)[0] == "M"
        or "\u1160" <= first <= "\u11ff"
        or not _characters(char)
    )


def _without_blanks(text: str, starts: list[int], ends: list[int]) -> Folded:
    """Take out white space as ``fold_text`` does, in the text and in the maps."""
    kept: list[slice] = []
    at = 0
    for blanks in _BLANKS.finditer(text):
        outer = blanks.start() == 0 or blanks.end() == len(text)
        gone = blanks.start() + (0 if outer or blanks.lastindex else 1)
        if gone < blanks.end():
            kept.append(slice(at, gone))
            at = blanks.end()
    kept.append(slice(at, len(text)))
    return Folded(
        re.sub(r"\s", " ", "".join(text[part] for part in kept)),
        list(chain.from_iterable(starts[part] for part in kept)),
        list(chain.from_iterable(ends[part] for part in kept)),
    )


@cache
def is_alnum(char: str) -> bool:
    """Whether the character is a letter or digit that is neither Han, kana nor hangul."""
    return _IS_ALNUM.match(char) is not None


def find(text: str, wanted: str, *, strict: bool = True) -> Iterator[int]:
    """Where ``wanted`` stands in ``text``, both folded.

    Where it begins or ends with a letter or digit, that edge must be the edge of such a run in the
    text; with ``strict`` a last single letter must not go on as c++ or c# does.
    """
    if not wanted:
        return
    first, last = is_alnum(wanted[0]), is_alnum(wanted[-1])
    single = strict and last and not (len(wanted) > 1 and is_alnum(wanted[-2]))
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        inside = (
            (first and at > 0 and is_alnum(text[at - 1]))
            or (last and end < len(text) and is_alnum(text[end]))
            or (single and text.startswith(("++", "#"), end))
        )
        if not inside:
            yield at
        at = text.find(wanted, at + 1)
