"""Which posts hold a string? An answer by reading them all, independent of the program.

All that it shares with souwen is the table of script variants.
"""

import random
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from souwen.index.analysis.characters import table

IGNORED = {*map(chr, range(0x200B, 0x2010)), *map(chr, range(0x202A, 0x202F)), "\u2060", "\ufeff"}
IGNORED |= {"\xad", *map(chr, range(0xFE00, 0xFE10))}


@cache
def is_han(char: str) -> bool:
    name = unicodedata.name(char, "")
    return name.startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEO")) or char in "々〇"


@cache
def is_latin(char: str) -> bool:
    """A letter or digit that is not written without blanks between words."""
    name = unicodedata.name(char, "")
    east = ("HIRAGANA", "KATAKANA", "HANGUL", "CJK", "KANGXI", "IDEOGRAPHIC")
    return char.isalnum() and not name.startswith(east) and char not in "々〇ー"


def plain(text: str) -> str:
    """The text with width, case, script and blanks between Han and Latin made one."""
    text = "".join(char for char in text if char not in IGNORED)
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    out: list[str] = []
    words = re.split(r"\s+", text.translate(table()).strip())
    for word in words:
        if out and word and not _meaningless(out[-1], word):
            out.append(" ")
        out.append(word)
    return "".join(out)


def _meaningless(left: str, right: str) -> bool:
    """Whether the blank between the two words is one between Han and Latin."""
    latin_left = is_latin(left[-1]) or re.search(r"(\d%|[a-z]\+\+|[a-z]#)$", left)
    latin_right = is_latin(right[0]) or (right[0] == "." and is_latin(right[1:2] or " "))
    return bool((is_han(left[-1]) and latin_right) or (latin_left and is_han(right[0])))


def _edges(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    first, last = text[start], text[end - 1]
    if is_latin(first) and before and is_latin(before):
        return False
    if not is_latin(last):
        return True
    single = end - start == 1 or not is_latin(text[end - 2])
    return not (after and is_latin(after)) and not (
        single and text[end : end + 2].startswith(("++", "#"))
    )


class Shelf:
    """The plain texts of all posts, one after the other, each followed by a NUL."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._ids: list[str] = []
        self._ends: list[int] = []
        parts: list[str] = []
        end = 0
        for name, text in texts:
            parts.append(plain(text) + "\0")
            end += len(parts[-1])
            self._ids.append(name)
            self._ends.append(end)
        self._text = "".join(parts)

    def holding(self, wanted: str) -> set[str]:
        """The ids of the posts in which the string stands as the quoted string would be found."""
        wanted = plain(wanted)
        found: set[str] = set()
        at = self._text.find(wanted)
        while at >= 0:
            after = at + 1
            if _edges(self._text, at, at + len(wanted)):
                post = bisect_right(self._ends, at)
                found.add(self._ids[post])
                after = self._ends[post]
            at = self._text.find(wanted, after)
        return found


def raw_lines(folder: Path, dice: random.Random) -> Iterator[str]:
    """Lines of random files, for ever."""
    files = sorted(path for path in folder.rglob("*.md") if path.is_file())
    while True:
        lines = dice.choice(files).read_text(encoding="utf-8", errors="replace").splitlines()
        if lines:
            yield dice.choice(lines)


def han_strings(folder: Path, count: int) -> list[str]:
    """Random strings of one to eight Han characters from raw lines."""
    dice = random.Random(20241101)
    found: list[str] = []
    for line in raw_lines(folder, dice):
        runs = re.findall("[\u3400-\u9fff]+", line)
        if runs:
            run = dice.choice(runs)
            length = min(dice.randint(1, 8), len(run))
            at = dice.randint(0, len(run) - length)
            found.append(run[at : at + length])
        if len(found) == count:
            return found
    raise AssertionError


def mixed_strings(folder: Path, count: int) -> list[str]:
    """Random strings of Han with whole Latin words or numbers, as they stand in raw lines."""
    dice = random.Random(20241102)
    pattern = re.compile(
        r"(?<![A-Za-z0-9])(?:[\u3400-\u9fff]{1,4} ?[A-Za-z0-9]+(?: ?[\u3400-\u9fff]{1,4})?"
        r"|[A-Za-z0-9]+ ?[\u3400-\u9fff]{1,4})(?![A-Za-z0-9])"
    )
    found: list[str] = []
    for line in raw_lines(folder, dice):
        strings = pattern.findall(line[:2000])
        if strings:
            found.append(dice.choice(strings))
        if len(found) == count:
            return found
    raise AssertionError
