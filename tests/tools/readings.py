"""Derives the readings of characters, ``search/readings.txt``, from pypinyin.

Run by hand after an upgrade of it: ``python tests/tools/readings.py``; a test compares.
"""

import unicodedata
from collections import defaultdict
from pathlib import Path

from souwen.index.analysis.fold import fold_text

SEARCH = Path(__file__).resolve().parents[2] / "search"

HEAD = """\
# How folded characters are read: a syllable without its tone, the characters that are usually
# read so, and those that are read so in some words.
# Derived from pypinyin (https://github.com/mozillazg/python-pinyin), MIT.
"""
NASAL = {"n": "en", "ng": "en", "m": "mu", "hm": "heng", "hng": "heng"}
"""The few readings without a vowel, as they are typed."""


def plain(reading: str) -> str:
    """A reading without its tone, ü as v: what is typed."""
    from pypinyin.contrib.tone_convert import to_normal

    syllable = to_normal(reading).replace("ü", "v").replace("ê", "e")
    bare = "".join(c for c in unicodedata.normalize("NFD", syllable) if c.isascii())
    return NASAL.get(bare, bare)


def folds() -> dict[str, str]:
    """What stands for each Han character that pypinyin knows."""
    from pypinyin.pinyin_dict import pinyin_dict

    chars = "".join(chr(code) for code in pinyin_dict if 0x3400 <= code <= 0x9FFF)
    return dict(zip(chars, fold_text(chars), strict=True))


def found() -> tuple[dict[str, str], dict[str, set[str]]]:
    """The usual reading of each folded character, and all of them."""
    from pypinyin.phrases_dict import phrases_dict
    from pypinyin.pinyin_dict import pinyin_dict

    known = folds()
    usual: dict[str, str] = {}
    every: defaultdict[str, set[str]] = defaultdict(set)
    for char, folded in known.items():
        first = plain(pinyin_dict[ord(char)].split(",")[0])
        every[folded].add(first)
        if folded == char or folded not in usual:
            usual[folded] = first
    said = {
        (char, reading[0])
        for phrase, readings in phrases_dict.items()
        if len(phrase) == len(readings)
        for char, reading in zip(phrase, readings, strict=True)
        if char in known
    }
    for char, reading in said:
        every[known[char]].add(plain(reading))
    return usual, every


def readings() -> str:
    """The table of readings."""
    usual, every = found()
    table: defaultdict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for char in sorted(usual):
        for syllable in every[char]:
            table[syllable][syllable != usual[char]].append(char)
    lines = (
        f"{syllable}\t{''.join(usually)}\t{''.join(sometimes)}\n"
        for syllable, (usually, sometimes) in sorted(table.items())
    )
    return HEAD + "".join(lines)


if __name__ == "__main__":
    (SEARCH / "readings.txt").write_text(readings(), encoding="utf-8")
