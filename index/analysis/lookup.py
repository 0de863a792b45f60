"""How are a few characters cut without loading a dictionary? By looking words up in jieba's file.

A query, or a post, needs a few of 349,000 words, whose loading takes longer than everything else
that is done with it. But for its head the file is sorted by first characters: the words that begin
with a character are one stretch of it, found by bisection, and in there those that begin with two.
"""

import importlib.util
import mmap
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import log
from pathlib import Path
from typing import Self

SIZE = 5_071_852
"""Bytes of the ``dict.txt`` of jieba 0.42.1."""

TOTAL = 60_204_486
"""The sum of all frequencies of that file and of ``words.txt``, each word counted once."""

LONGEST = 16
"""Characters of the longest word in that file."""

_FIRST_SORTED = "\n一".encode()
_BLOCK = re.compile(r"([\u4E00-\u9FD5a-zA-Z0-9+#&\._%\-]+)")
"""Outside of such stretches jieba 0.42.1 takes each character for a word."""
_ALNUM = re.compile("[a-zA-Z0-9]", re.ASCII)


class LookupSegmenter:
    """jieba's words, each looked up when it may be needed; for short texts.

    ``folded`` are words that the dictionary has besides, as ``words.txt`` holds them. May be used
    by many threads once all words are added.
    """

    def __init__(self, lines: mmap.mmap, folded: Iterable[tuple[str, int]]) -> None:
        self._lines = lines
        self._head = lines.find(_FIRST_SORTED) + 1
        self._frequencies = _parsed(lines[: self._head]) | dict(folded)
        self._stretches: dict[str, bytes] = {}
        self._known: set[str] = set()
        # Of the words that begin with two characters the length of the longest.
        self._longest: dict[str, int] = {}
        for word in self._frequencies:
            self._measure(word)

    @classmethod
    def of_jieba(cls, folded: Iterable[tuple[str, int]]) -> Self | None:
        """With the file of the jieba that is installed; None where it is another, or none."""
        path = dictionary_file()
        if path is None:
            return None
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), folded)

    def cut(self, run: str, /) -> list[str]:
        """The words of the run."""
        words: list[str] = []
        for number, block in enumerate(_BLOCK.split(run)):
            words += self._words(block) if number % 2 else block
        return words

    def frequency(self, word: str, /) -> int:
        """How frequent the word is; 0 for what is none."""
        self._learn(word)
        return self._frequencies.get(word, 0)

    def holds(self, word: str, /) -> bool:
        """Whether the word is in the dictionary."""
        return self.frequency(word) > 0

    def suggest(self, word: str, /) -> int:
        """The least frequency that keeps the word whole."""
        share = 1.0
        for part in self.cut(word):
            share *= (self.frequency(part) or 1) / TOTAL
        return max(int(share * TOTAL) + 1, self.frequency(word))

    def add(self, word: str, frequency: int, /) -> None:
        """Put a word into the dictionary."""
        self._learn(word)
        self._frequencies[word] = frequency
        self._measure(word)

    def _words(self, block: str) -> list[str]:
        """The most probable words; several letters or digits that are none are one word."""
        words: list[str] = []
        ends = self._ends(block)
        start, joins = 0, False
        while start < len(block):
            word = block[start : ends[start]]
            single = len(word) == 1 and _ALNUM.match(word) is not None
            if single and joins:
                words[-1] += word
            else:
                words.append(word)
            start, joins = ends[start], single
        return words

    def _ends(self, block: str) -> list[int]:
        """Where the word ends that begins at each place, on the most probable way to the end.

        The same sums in the same order as in jieba, so that ties fall alike.
        """
        for begin in {block[at : at + 2] for at in range(len(block))} | set(block):
            self._learn(begin)
        scale = log(TOTAL)
        best = [(0.0, len(block))] * (len(block) + 1)
        for start in reversed(range(len(block))):
            longest = self._longest.get(block[start : start + 2], 1)
            last = min(start + longest, len(block))
            found = [
                (log(frequency) - scale + best[end][0], end)
                for end in range(start + 1, last + 1)
                if (frequency := self._frequencies.get(block[start:end]))
            ]
            best[start] = max(found, default=(log(1) - scale + best[start + 1][0], start + 1))
        return [end for _, end in best]

    def _measure(self, word: str) -> None:
        begin = word[:2]
        self._longest[begin] = max(self._longest.get(begin, 1), len(word))

    def _learn(self, word: str) -> None:
        """Read the words that begin with the first two characters; those that were added stay."""
        begin = word[:2] if len(word) > 1 else f"{word} "
        if begin in self._known:
            return
        for found, frequency in _parsed(self._lines_of(begin)).items():
            self._frequencies.setdefault(found, frequency)
            self._measure(found)
        self._known.add(begin)

    def _lines_of(self, begin: str) -> bytes:
        """The lines that begin with these two characters, which are one stretch."""
        first = begin[:1]
        if first not in self._stretches:
            self._stretches[first] = b"\n" + self._stretch(first.encode("utf-8", "replace"))
        lines, beginning = self._stretches[first], f"\n{begin}".encode("utf-8", "replace")
        start = lines.find(beginning)
        if start < 0:
            return b""
        end = lines.rfind(beginning)
        return lines[start : lines.index(b"\n", end + 1)]

    def _stretch(self, first: bytes) -> bytes:
        """The lines that begin with a character."""

        def beginning(at: int) -> bytes:
            start = self._lines.rfind(b"\n", 0, at) + 1
            return self._lines[start : start + len(first)]

        places = range(len(self._lines))
        start = bisect_left(places, first, lo=self._head, key=beginning)
        return self._lines[start : bisect_right(places, first, lo=start, key=beginning)]


def dictionary_file() -> Path | None:
    """The file of the jieba that is installed; None where it is another one, or none."""
    found = importlib.util.find_spec("jieba")
    paths = [
        Path(folder, "dict.txt") for folder in (found and found.submodule_search_locations) or ()
    ]
    return next((one for one in paths if one.is_file() and one.stat().st_size == SIZE), None)


def _parsed(lines: bytes) -> dict[str, int]:
    """The frequencies of the words; of a word that stands twice the last."""
    parts = lines.decode().split()
    return dict(zip(parts[::3], map(int, parts[1::3]), strict=True))


def is_common(word: str) -> bool:
    """Whether all implementations read a word of the user's alike.

    rjieba finds words with rarer characters, jieba does not.
    """
    return _BLOCK.fullmatch(word) is not None
