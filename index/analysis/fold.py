"""Which texts are the same text? Folds width, case, script and blanks, and maps back.

The folded form of a text: Unicode NFKC, lower case, zero-width characters away, one character for
each class of script variants (``variants.txt``), a run of white space as one blank, and none
between a Han character and a Latin word, number or technical token.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HAN = (
    "々〇〡-〩〸-〻\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00016ff0-\U00016ff1\U00020000-\U0003ffff"
)
KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\U0001b000-\U0001b16f"
HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb"
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
_SPACE = re.compile(r"\s+")
_MEANINGLESS = re.compile(
    rf"(?<=[{HAN}])\s+(?=\.?{ALNUM})"
    rf"|(?:(?<={ALNUM})|(?<=\d%)|(?<=[a-z]\+\+)|(?<=[a-z]\#))\s+(?=[{HAN}])"
)
_IS_ALNUM = re.compile(ALNUM)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its character ``i`` comes from ``[starts[i], ends[i])`` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


@cache
def table() -> dict[int, int | str | None]:
    """The translation that follows NFKC and lower case."""
    text = Path(__file__).with_name("variants.txt").read_text(encoding="utf-8")
    found: dict[int, int | str | None] = {ord("ς"): "σ"}
    for line in text.splitlines():
        if not line.startswith("#"):
            found.update((ord(char), line[0]) for char in line[1:])
    return found


_NOTHING = dict.fromkeys(_ZERO_WIDTH)


def _characters(text: str) -> str:
    """All of folding but white space; ``text`` has no zero-width characters."""
    lower = unicodedata.normalize("NFKC", text).lower()
    return unicodedata.normalize("NFKC", lower).translate(table())


def fold_text(text: str) -> str:
    """The folded form alone; equals ``fold(text).text``."""
    folded = _characters(text.translate(_NOTHING))
    return _SPACE.sub(" ", _MEANINGLESS.sub("", folded)).strip()


def fold(text: str) -> Folded:
    """The folded form with the way back to the original."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _pieces(text):
        for char in _piece(text[start:end]):
            chars.append(char)
            starts.append(start)
            ends.append(end)
    return _without_blanks("".join(chars), starts, ends)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that fold independently of each other: a character and what joins onto it."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _joins(text[at]):
            yield start, at
            start = at


@cache
def _joins(char: str) -> bool:
    """Whether NFKC may join the character to the one before, or folding drops it."""
    return (
        unicodedata.category(char)[0] == "M"
        or ord(char) in _NOTHING
        or "\u1160" <= char <= "\u11ff"
        or "\uff9e" <= char <= "\uffdc"
    )


@cache
def _short(piece: str) -> str:
    return _characters(piece.translate(_NOTHING))


def _piece(piece: str) -> str:
    return _short(piece) if len(piece) == 1 else _characters(piece.translate(_NOTHING))


def _without_blanks(text: str, starts: list[int], ends: list[int]) -> Folded:
    """Take out white space as ``fold_text`` does, in the text and in the maps."""
    keep = bytearray(b"\1" * len(text))
    for gone in _MEANINGLESS.finditer(text):
        keep[gone.start() : gone.end()] = bytes(gone.end() - gone.start())
    for run in _SPACE.finditer(text):
        outer = run.start() == 0 or run.end() == len(text)
        first = run.start() + (0 if outer else 1)
        keep[first : run.end()] = bytes(run.end() - first)
    kept = [at for at in range(len(text)) if keep[at]]
    return Folded(
        "".join(" " if text[at].isspace() else text[at] for at in kept),
        [starts[at] for at in kept],
        [ends[at] for at in kept],
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
