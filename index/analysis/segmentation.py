"""Which words do many runs hold? jieba's, without guessing, found for all runs at once.

jieba takes the most probable way through a run (its ``calc``), from the end to the beginning. Here
runs are lanes that end side by side, so that one step finds the best word at the same distance
from the end of all of them: on arrays, with the same sums in the same order, so that ties fall
alike.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from souwen.index.analysis.trie import SLOTS, Codes, Edge, Nodes, Trie

Places = npt.NDArray[np.intp]

FIRST, LAST = 0x4E00, 0x9FD5
"""Characters that jieba 0.42.1 makes words of; any other is a word by itself."""

LONGEST = 96
"""Characters of the longest stretch of them that is a lane: a step for a few lanes costs as much
as one for hundreds."""


class Words(NamedTuple):
    """Of each place in a text the length of the word that begins there, 0 where none does, and
    its node, which is that of the character where none does.

    ``long`` are the begins and ends of stretches that are too long, and were not cut.
    """

    lengths: npt.NDArray[np.uint8]
    nodes: Nodes
    long: list[tuple[int, int]]


def segment(trie: Trie, chars: Codes) -> Words:
    """The words of a text: all that is between ``FIRST`` and ``LAST`` is cut."""
    inside = np.zeros(chars.size + 2, np.bool_)
    inside[1:-1] = (chars >= FIRST) & (chars <= LAST)
    bounds = np.flatnonzero(inside[1:] != inside[:-1])
    begins, ends = bounds[::2], bounds[1::2]
    lengths = ends - begins
    fits = lengths <= LONGEST
    long = list(zip(begins[~fits].tolist(), ends[~fits].tolist(), strict=True))
    nodes = chars + SLOTS
    if not fits.any():
        return Words(np.zeros(chars.size, np.uint8), nodes, long)
    # One more, for all words to end before the end.
    cut = np.zeros(chars.size + 1, np.int64)
    np.multiply(chars, inside[1:-1], out=cut[:-1])
    for begin, end in long:
        cut[begin:end] = 0
    lanes = _Lanes(ends[fits], lengths[fits])
    edges = list(trie.edges(cut))
    found = _lengths(trie, lanes, cut, edges)[:-1]
    for length, edge in enumerate(edges, 2):
        taken = found[edge.places] == length
        nodes[edge.places[taken]] = edge.nodes[taken]
    return Words(found, nodes, long)


class _Lanes:
    """Runs as the columns of rows, the longest first.

    Row ``d`` has what stands ``d`` characters before the end of each run that is as long; row 0
    is behind the ends. All rows lie one behind the other, ``rows[d]`` is where each begins.
    """

    def __init__(self, ends: Places, lengths: Places) -> None:
        order = np.argsort(-lengths, kind="stable")
        self.ends, self.lengths = ends[order], lengths[order]
        deepest = int(self.lengths[0])
        widths = np.searchsorted(-self.lengths, -np.arange(deepest + 1), side="right")
        self.widths: list[int] = widths.tolist()
        self.rows = np.concatenate((np.zeros(1, np.intp), widths.cumsum()))
        self.size = int(self.rows[-1])
        depths = np.arange(deepest + 1).repeat(widths)
        self.places: Places = self.ends[np.arange(self.size) - self.rows[depths]] - depths
        """Where in the text each cell of the rows is."""


def _lengths(trie: Trie, lanes: _Lanes, chars: Codes, edges: list[Edge]) -> npt.NDArray[np.uint8]:
    """The length of the word that begins at each place; 0 where none begins."""
    best = _best_lengths(lanes, *_weights(trie, lanes, chars, edges))
    found = np.zeros(chars.size, np.uint8)
    depths, columns = lanes.lengths.copy(), np.arange(lanes.lengths.size)
    while columns.size:
        cells = lanes.rows[depths] + columns
        taken = best[cells]
        found[lanes.places[cells]] = taken
        depths = depths - taken
        left = depths > 0
        depths, columns = depths[left], columns[left]
    return found


def _weights(
    trie: Trie, lanes: _Lanes, chars: Codes, edges: list[Edge]
) -> tuple[npt.NDArray[np.float64], list[npt.NDArray[np.float64] | None]]:
    """Of each cell the score of the character as a word, and of the words of each length from 2.

    None for a length of which there are no words at all.
    """
    cells = np.zeros(chars.size, np.intp)
    cells[lanes.places] = np.arange(lanes.size)
    single = trie.scores[chars[lanes.places] + SLOTS]
    alone = np.isneginf(single)
    longer: list[npt.NDArray[np.float64] | None] = []
    for edge in edges:
        scores = trie.scores[edge.nodes]
        is_word = np.flatnonzero(scores > -np.inf)
        if not is_word.size:
            longer.append(None)
            continue
        begun = cells[edge.places[is_word]]
        alone[begun] = False
        every = np.full(lanes.size, -np.inf)
        every[begun] = scores[is_word]
        longer.append(every)
    # A character that is no word counts as one that was seen once, where nothing else begins.
    single[alone] = trie.rarest
    return single, longer


def _best_lengths(
    lanes: _Lanes,
    single: npt.NDArray[np.float64],
    longer: list[npt.NDArray[np.float64] | None],
) -> npt.NDArray[np.uint8]:
    """The length of the best word from each cell on."""
    rows: list[int] = lanes.rows.tolist()
    best = np.zeros(lanes.size)
    lengths = np.ones(lanes.size, np.uint8)
    known = [(length, scores) for length, scores in enumerate(longer, 2) if scores is not None]
    for depth in range(1, len(lanes.widths)):
        width, begin = lanes.widths[depth], rows[depth]
        end = begin + width
        here, chosen = best[begin:end], lengths[begin:end]
        np.add(single[begin:end], best[rows[depth - 1] : rows[depth - 1] + width], out=here)
        for length, scores in known:
            if length > depth:
                break
            behind = rows[depth - length]
            score = scores[begin:end] + best[behind : behind + width]
            # Of equal ones the longer.
            np.copyto(chosen, np.uint8(length), where=score >= here)
            np.maximum(here, score, out=here)
    return lengths
