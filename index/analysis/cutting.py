"""What is a folded text cut into? Pieces by number: words of its runs, and the stretches between.

Little text is cut word by word, much on arrays; both give the same.
"""

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from souwen.index.analysis.characters import text_of
from souwen.index.analysis.gaps import GAP, STRETCH, Line
from souwen.index.analysis.pieces import Numbers, Pieces
from souwen.index.analysis.segmentation import FIRST, LAST, Words, segment
from souwen.index.analysis.trie import CHARS, SLOTS, Nodes, Trie

_UNKNOWN = -1


class Cut(NamedTuple):
    """Where in the line pieces begin, in order, and their numbers."""

    places: npt.NDArray[np.intp]
    numbers: Numbers


class Cutter(Protocol):
    """Cuts runs of Han characters into words."""

    def cut(self, run: str, /) -> list[str]:
        """The words of the run; joined they are the run."""
        ...


def cut(line: Line, cutter: Cutter, pieces: Pieces) -> Cut:
    """The pieces of a line, word by word."""
    words = cutter.cut(line.text) if line.has_runs else list(line.text)
    lengths = np.fromiter(map(len, words), np.intp, len(words))
    places = lengths.cumsum() - lengths
    items = np.fromiter(words, np.object_, len(words))
    signs = line.signs[places]
    items[signs == ord(STRETCH)] = line.stretches
    kept = np.flatnonzero(signs != ord(GAP))
    return Cut(places[kept], pieces.numbers(items[kept].tolist()))


class BulkCutter:
    """Cuts much at once; ``cutter`` is for the rare runs that are too long for that.

    May be used by many threads.
    """

    def __init__(self, trie: Trie, cutter: Cutter, pieces: Pieces) -> None:
        self.pieces = pieces
        self._trie = trie
        self._cutter = cutter
        # Of each node the number of the piece that is its word.
        self._numbers: Numbers = np.full(SLOTS + CHARS, _UNKNOWN, np.int32)

    def cut(self, line: Line) -> Cut:
        """The pieces of a line."""
        signs = line.signs.astype(np.int64)
        words = segment(self._trie, signs)
        numbers = np.full(signs.size, _UNKNOWN, np.int32)
        numbers[signs == ord(STRETCH)] = self.pieces.numbers(line.stretches)
        for begin, end in words.long:
            self._cut_long(text_of(line.signs[begin:end]), numbers[begin:end])
        if signs.max(initial=0) >= CHARS:
            rare = np.flatnonzero(signs >= CHARS)
            numbers[rare] = self.pieces.numbers(list(text_of(line.signs[rare])))
        begins = words.lengths > 0
        begins |= ((signs < FIRST) | (signs > LAST)) & (signs != ord(GAP)) & (numbers == _UNKNOWN)
        places = np.flatnonzero(begins)
        numbers[places] = self._of_words(line, words, places)
        places = np.flatnonzero(numbers != _UNKNOWN)
        return Cut(places, numbers[places])

    def _cut_long(self, run: str, numbers: Numbers) -> None:
        words = self._cutter.cut(run)
        lengths = np.fromiter(map(len, words), np.intp, len(words))
        numbers[lengths.cumsum() - lengths] = self.pieces.numbers(words)

    def _of_words(self, line: Line, words: Words, places: npt.NDArray[np.intp]) -> Numbers:
        """The numbers of the words, and of single characters, that begin at these places."""
        nodes: Nodes = words.nodes[places]
        found = self._numbers[nodes]
        missing = np.flatnonzero(found == _UNKNOWN)
        if missing.size:
            new, firsts = np.unique(nodes[missing], return_index=True)
            begins = places[missing[firsts]]
            ends = begins + np.maximum(words.lengths[begins], 1)
            spans = zip(begins.tolist(), ends.tolist(), strict=True)
            texts = [text_of(line.signs[begin:end]) for begin, end in spans]
            self._numbers[new] = self.pieces.numbers(texts)
            found = self._numbers[nodes]
        return found
