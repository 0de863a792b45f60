"""How is a character read, and which characters are read so? In syllables without tones."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Readers(NamedTuple):
    """The folded characters with a reading: usually read so, and read so in some words."""

    usually: str
    sometimes: str


@cache
def readings() -> dict[str, Readers]:
    """The characters of every syllable. Derived from pypinyin."""
    return {syllable: Readers(*rest) for syllable, *rest in _rows("readings.txt")}


@cache
def syllables() -> dict[str, tuple[str, ...]]:
    """The syllables of every character, the usual one first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for part in (0, 1):
        for syllable, readers in readings().items():
            for char in readers[part]:
                found[char].append(syllable)
    return {char: tuple(each) for char, each in found.items()}


@cache
def look_alikes() -> dict[str, str]:
    """The characters that each character may be taken for by the eye."""
    found: defaultdict[str, str] = defaultdict(str)
    for (line,) in _rows("looks.txt"):
        for char in line:
            found[char] += line.replace(char, "")
    return dict(found)


def homophones(char: str) -> Iterator[str]:
    """Other characters with one of its readings, those that usually have it first."""
    for part in (0, 1):
        for syllable in syllables().get(char, ()):
            yield from (one for one in readings()[syllable][part] if one != char)


def _rows(name: str) -> Iterator[list[str]]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
