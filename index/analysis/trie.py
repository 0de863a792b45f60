"""Which words of a dictionary begin at each place of a text? All of them at once, on arrays.

The dictionary is a trie in one hash table with linear probing: the key of a node is its parent
and a character, its number the slot it lies in. Parents of two characters and more are slots,
single characters lie behind the slots.
"""

from collections.abc import Iterable, Iterator
from math import log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from souwen.index.analysis.characters import points

Codes = npt.NDArray[np.int64]
Nodes = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

SLOTS = 2**21
"""Four times as many as there are words and beginnings of words in jieba's dictionary."""

CHARS = 2**16
"""Characters that words are made of: those of Unicode's first plane."""

NONE = -1
"""The number of no node."""

_CHAR_BITS = 21
_FACTOR = 0x9E3779B97F4A7C15
_SHIFT = 64 - SLOTS.bit_length() + 1
_SPACE, _NEWLINE, _ZERO = map(ord, " \n0")


class Edge(NamedTuple):
    """All beginnings of words of one length: where they stand in the text, and their nodes."""

    places: npt.NDArray[np.intp]
    nodes: Nodes


class Trie:
    """The words of a dictionary and how probable each of them is.

    ``scores`` has of each node the logarithm of its share of ``total``, -inf where it only begins
    a word.
    """

    def __init__(self, lines: str, more: Iterable[tuple[str, int]], total: int) -> None:
        """``lines`` has a word, its frequency and a tag in each line, as jieba's dictionary.

        ``more`` are words besides; of a word that comes twice the last frequency counts.
        """
        self.rarest = log(1) - log(total)
        """The score of what was seen once."""
        text, begins, lengths, frequencies = _words(lines, more)
        self._keys = np.zeros(SLOTS, np.int64)
        self.scores: Scores = np.full(SLOTS + CHARS, -np.inf)
        nodes = np.zeros(0, np.int64)
        left = np.arange(begins.size)
        for depth in range(int(lengths.max(initial=0))):
            going = lengths[left] > depth
            left, nodes = left[going], nodes[going] if depth else nodes
            chars = text[begins[left] + depth].astype(np.int64)
            nodes = self._insert(nodes, chars) if depth else chars + SLOTS
            ending = lengths[left] == depth + 1
            self.scores[nodes[ending]] = _logarithms(frequencies[left[ending]], total)

    def _insert(self, parents: Nodes, chars: Codes) -> Nodes:
        """The nodes of these children, made where there are none."""
        keys, which = np.unique(_keys(parents, chars), return_inverse=True)
        slots = _slots(keys)
        waiting = np.arange(keys.size)
        while waiting.size:
            tried = slots[waiting]
            free = self._keys[tried] == 0
            # Of several for the same slot one gets it; the others see so and go on.
            self._keys[tried[free]] = keys[waiting[free]]
            waiting = waiting[self._keys[tried] != keys[waiting]]
            slots[waiting] = (slots[waiting] + 1) % SLOTS
        return slots[which]

    def children(self, parents: Nodes, chars: Codes) -> Nodes:
        """The node of each child, ``NONE`` where there is none."""
        keys = _keys(parents, chars)
        slots = _slots(keys)
        there = self._keys[slots]
        waiting = np.flatnonzero(there != keys)
        left = waiting[there[waiting] != 0]
        at = slots[left]
        slots[waiting] = NONE
        while left.size:
            at = (at + 1) % SLOTS
            wanted, there = keys[left], self._keys[at]
            same = there == wanted
            slots[left[same]] = at[same]
            going = ~same & (there != 0)
            left, at = left[going], at[going]
        return slots

    def holds(self, word: str, /) -> bool:
        """Whether these two or more characters are a word of the dictionary."""
        node = ord(word[0]) + SLOTS
        for char in word[1:]:
            node = self._child(node, ord(char))
            if node == NONE:
                return False
        return self.scores.item(node) > -np.inf

    def _child(self, parent: int, char: int) -> int:
        """What ``children`` gives, for one."""
        key = parent << _CHAR_BITS | char
        slot = (key * _FACTOR & 2**64 - 1) >> _SHIFT
        while there := self._keys.item(slot):
            if there == key:
                return slot
            slot = (slot + 1) % SLOTS
        return NONE

    def edges(self, chars: Codes) -> Iterator[Edge]:
        """Of each length from two characters on the stretches that begin a word, or are one.

        ``chars`` are of the first plane, the last is 0, which stands in no word.
        """
        places = np.flatnonzero((chars[:-1] != 0) & (chars[1:] != 0))
        nodes = chars[places] + SLOTS
        length = 1
        while places.size:
            nodes = self.children(nodes, chars[places + length])
            found = np.flatnonzero(nodes != NONE)
            places, nodes = places[found], nodes[found]
            length += 1
            yield Edge(places, nodes)


def _words(
    lines: str, more: Iterable[tuple[str, int]]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.intp], npt.NDArray[np.intp], Nodes]:
    """A text with all words in it; where they begin, how long they are, how frequent."""
    added = "".join(f"{word} {frequency} x\n" for word, frequency in more)
    text = points(f"{lines.rstrip()}\n{added}")
    stops = np.flatnonzero(text == _NEWLINE)
    begins = np.concatenate((np.zeros(1, np.intp), stops[:-1] + 1))
    spaces = np.flatnonzero(text == _SPACE).reshape(-1, 2)
    frequencies = np.zeros(begins.size, np.int64)
    for place in range(int(np.diff(spaces).max(initial=1)) - 1):
        at = spaces[:, 0] + 1 + place
        digit = at < spaces[:, 1]
        frequencies[digit] = frequencies[digit] * 10 + text[at[digit]] - _ZERO
    return text, begins, spaces[:, 0] - begins, frequencies


def _logarithms(frequencies: Nodes, total: int) -> Scores:
    """By Python's logarithm, as jieba has it: numpy's may differ in the last digit."""
    distinct, which = np.unique(frequencies, return_inverse=True)
    scale = log(total)
    scores = [log(one) - scale if one else -np.inf for one in distinct.tolist()]
    return np.array(scores, np.float64)[which]


def _keys(parents: Nodes, chars: Codes) -> Codes:
    return parents << np.int64(_CHAR_BITS) | chars


def _slots(keys: Codes) -> Nodes:
    mixed = keys.view(np.uint64) * np.uint64(_FACTOR)
    mixed >>= np.uint64(_SHIFT)
    return mixed.view(np.int64)
