"""What does each character fold to, and of which kind is it?

Of every code point that was met one number is known, its entry: which code point it folds to, its
kind, and whether it folds alone, to one character, whatever stands around it.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from souwen.index.scripts import HAN, HANGUL, KANA

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Entries: TypeAlias = NDArray[np.uint32]

CODE_POINT = (1 << 21) - 1
"""The bits of an entry that are the code point it folds to."""

IS_HAN, KANA_OR_HANGUL, DIGIT, LETTER, CONNECTS, BEGINS, ENDS, WHITE = (
    1 << bit for bit in range(21, 29)
)
"""Bits that tell of which kind it is, at most one in an entry.

Of the signs in technical tokens some stand in the middle alone, others at the begin or end too.
"""

IN_RUN = IS_HAN | KANA_OR_HANGUL
ALNUM = DIGIT | LETTER
SIGN = CONNECTS | BEGINS | ENDS
COMMA = ord(",")
"""The entry of a comma, which has no kind: between digits alone it is a sign of a token."""

EDGE = 1 << 29 | ord("\n")
"""What stands before, between and behind texts; not the entry of any character."""

EXPANDS = 1 << 30
"""In the entry of a character that folds to more than one, whatever stands around it."""

ATTACHED = 1 << 31
"""In the entry of one that NFKC may join to the character before it, or that folding drops."""

_CODE_POINTS = 0x110000
_STABLE = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
"""Han characters that Unicode's forms leave as they are."""

_OF_SCRIPT = (0, IS_HAN, KANA_OR_HANGUL, KANA_OR_HANGUL)
_OF_SIGN = {
    **dict.fromkeys("-_/&':", CONNECTS),
    **dict.fromkeys(".@", BEGINS),
    **dict.fromkeys("+#%", ENDS),
}
_RANGES = re.compile("(.)-(.)|(.)")
_ZERO_WIDTH = (
    *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xE0000, 0xE0080),
    *range(0xE0100, 0xE01F0),
)
_MARKS = 30
_MAYBE_MARKS = re.compile(rf"(?:[^\w\s!-\u02ff]|[\uff9e\uff9f]){{{_MARKS + 1},}}")
"""Long runs that may be combining marks, which are no letters but for the two half-width ones."""


def entries(text: str) -> "Entries":
    """The entry of each character, as an array that may be changed."""
    known, codes = _known(), points(text)
    found: Entries = known[codes]
    if found.size and not found.min():
        _learn(known, set(codes[found == 0].tolist()))
        found = known[codes]
    return found


def text_of(found: "Entries") -> str:
    """The text that the entries fold to."""
    encoded: bytes = (found & CODE_POINT).astype("<u4", copy=False).tobytes()
    return encoded.decode("utf-32-le", "surrogatepass")


@cache
def _known() -> "Entries":
    """The entries by code point, 0 where not known yet; may be added to by many threads."""
    import numpy as np

    found = np.zeros(_CODE_POINTS, dtype=np.uint32)
    for block in _STABLE:
        found[block.start : block.stop] = np.arange(block.start, block.stop) | IS_HAN
    codes, representatives = _variants()
    found[codes] = found[representatives]
    return found


def _learn(known: "Entries", codes: Iterable[int]) -> None:
    for code in codes:
        known[code] = _entry(chr(code))


def _entry(char: str) -> int:
    folded = characters(char)
    if _joins(char, folded):
        return ord(char) | _kind(char) | ATTACHED
    if len(folded) > 1:
        return ord(char) | _kind(char) | EXPANDS
    return ord(folded) | _kind(folded)


def _kind(char: str) -> int:
    if script := scripts()[ord(char)]:
        return _OF_SCRIPT[script]
    if char.isspace():
        return WHITE
    if char.isalnum():
        return DIGIT if char.isdecimal() else LETTER
    return _OF_SIGN.get(char, 0)


@cache
def is_alnum(char: str) -> bool:
    """Whether the character is a letter or digit that is neither Han, kana nor hangul."""
    return _kind(char) & ALNUM != 0


@cache
def scripts() -> "NDArray[np.uint8]":
    """For each code point the script whose runs it belongs to: 1 Han, 2 kana, 3 hangul, 0 none."""
    import numpy as np

    found = np.zeros(_CODE_POINTS, dtype=np.uint8)
    for number, script in enumerate((HAN, KANA, HANGUL), 1):
        for first, last, single in _RANGES.findall(script):
            found[ord(first or single) : ord(last or single) + 1] = number
    return found


def points(text: str) -> "NDArray[np.uint32]":
    """The code points of a text."""
    # Here, because the command line reads names of this package before it needs any text folded.
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _joins(char: str, folded: str) -> bool:
    """Whether NFKC may join the character to the one before, or folding drops it."""
    first = unicodedata.normalize("NFKC", char)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff" or not folded


def characters(text: str) -> str:
    """All of folding but white space, for a few characters."""
    dropped = _dropped_or_mapped()
    safe = _MAYBE_MARKS.sub(_few_marks, text.translate(dropped))
    lower = unicodedata.normalize("NFKC", safe).lower()
    return unicodedata.normalize("NFKC", lower).translate(dropped)


def unit(text: str) -> str:
    """The same for one character with what is attached to it; remembers short ones."""
    return _of_short(text) if len(text) < 4 else characters(text)


_of_short = lru_cache(1 << 14)(characters)


@cache
def _dropped_or_mapped() -> dict[int, int | None]:
    return {**table(), **dict.fromkeys(_ZERO_WIDTH)}


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


@cache
def table() -> dict[int, int]:
    """The representative of each code point that has one."""
    codes, representatives = _variants()
    found = dict(zip(codes.tolist(), representatives.tolist(), strict=True))
    return {**found, ord("ς"): ord("σ")}


def _variants() -> "tuple[NDArray[np.uint32], NDArray[np.uint32]]":
    """The code points of ``variants.txt`` that are not first in their line, and the first ones."""
    text = Path(__file__).with_name("variants.txt").read_text(encoding="utf-8")
    codes = points("\n" + text[text.rindex("#") :].partition("\n")[2])
    begins = codes[:-1] == ord("\n")
    heads, rest = codes[1:][begins], ~begins & (codes[1:] != ord("\n"))
    return codes[1:][rest], heads[begins.cumsum()[rest] - 1]
