"""Which texts are the same text? Folds width, case, script and blanks, and maps back.

The folded form of a text: Unicode NFKC, lower case, zero-width characters away, one character for
each class of script variants (``variants.txt``), a run of white space as one blank, and none
between a Han character and a Latin word, number or technical token.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from souwen.index.analysis.characters import (
    ALNUM,
    ATTACHED,
    BEGINS,
    CODE_POINT,
    DIGIT,
    EDGE,
    ENDS,
    EXPANDS,
    IS_HAN,
    WHITE,
    entries,
    is_alnum,
    text_of,
    unit,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from souwen.index.analysis.characters import Entries

_HASH, _PERCENT, _PLUS = map(ord, "#%+")
_A, _Z = map(ord, "az")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its character ``i`` comes from ``[starts[i], ends[i])`` of the original."""

    text: str
    starts: "NDArray[np.intp]"
    ends: "NDArray[np.intp]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that ``[start, end)`` of the folded text comes from."""
        return int(self.starts[start]), int(self.ends[end - 1])


def fold_text(text: str) -> str:
    """The folded form alone; equals ``fold(text).text``."""
    return text_of(fold_entries((text,)))[1:-1]


def fold_entries(texts: Sequence[str]) -> "Entries":
    """The entries of the folded texts: which characters they have, and of which kind.

    ``EDGE`` stands before the first text and behind each.
    """
    found, joined, edges = _joined(texts)
    if found.max() >= EXPANDS:
        found = _Units(joined, found, edges).entries()
    kept = _kept(found)
    return found if kept is None else _one_blank(found[kept])


def fold(text: str) -> Folded:
    """The folded form with the way back to the original."""
    import numpy as np

    found, joined, edges = _joined((text,))
    starts = np.arange(-1, found.size - 1)
    ends = starts + 1
    if found.max() >= EXPANDS:
        units = _Units(joined, found, edges)
        found, starts, ends = units.entries(), units.starts() - 1, units.ends() - 1
    kept = _kept(found)
    if kept is not None:
        found, starts, ends = _one_blank(found[kept]), starts[kept], ends[kept]
    return Folded(text_of(found)[1:-1], starts[1:-1], ends[1:-1])


def _joined(texts: Sequence[str]) -> "tuple[Entries, str, list[int]]":
    """The entries of the texts between edges, the text that they are of, where the edges are."""
    joined = "\n".join(("", *texts, ""))
    edges = list(accumulate((len(text) + 1 for text in texts), initial=0))
    found = entries(joined)
    found[edges] = EDGE
    return found, joined, edges


class _Units:
    """Texts as stretches that fold independently: each character with what is attached to it."""

    def __init__(self, text: str, found: "Entries", edges: list[int]) -> None:
        import numpy as np

        apart = found < ATTACHED
        apart[1:][edges[:-1]] = True
        self._begins = np.flatnonzero(apart)
        self._stops = np.append(self._begins[1:], found.size)
        self._entries = found[self._begins]
        odd = (self._entries >= EXPANDS) | (self._stops - self._begins > 1)
        bounds = zip(self._begins[odd].tolist(), self._stops[odd].tolist(), strict=True)
        folded = [unit(text[begin:stop]) for begin, stop in bounds]
        self._odd = odd
        self._folded = "".join(folded)
        self._lengths = np.ones(self._begins.size, dtype=np.intp)
        self._lengths[odd] = list(map(len, folded))

    def entries(self) -> "Entries":
        """The entries of what the units fold to."""
        found = self._entries.repeat(self._lengths)
        found[self._odd.repeat(self._lengths)] = entries(self._folded)
        return found

    def starts(self) -> "NDArray[np.intp]":
        """Where the unit of each folded character begins in the text."""
        return self._begins.repeat(self._lengths)

    def ends(self) -> "NDArray[np.intp]":
        """Where the unit of each folded character ends in the text."""
        return self._stops.repeat(self._lengths)


def _kept(found: "Entries") -> "NDArray[np.intp] | None":
    """Where the characters are that stay: all but white space at edges and where it means nothing,
    and of each other run of it the first; None where all do."""
    import numpy as np

    white = (found & WHITE).nonzero()[0]
    if not white.size:
        return None
    begins = np.ones(white.size + 1, dtype=np.bool_)
    begins[1:-1] = white[1:] != white[:-1] + 1
    first, last = white[begins[:-1]], white[begins[1:]]
    before, after = found[first - 1], found[last + 1]
    gone = (before == EDGE) | (after == EDGE)
    left, right = (before & IS_HAN).nonzero()[0], (after & IS_HAN).nonzero()[0]
    gone[left] |= _begins_latin(found, last[left] + 1)
    gone[right] |= _ends_latin(found, first[right] - 1)
    kept = np.ones(found.size, dtype=np.bool_)
    kept[white] = False
    kept[first[~gone]] = True
    return kept.nonzero()[0]


def _is(found: "Entries", kind: int) -> "NDArray[np.bool_]":
    of_kind: NDArray[np.bool_] = found & kind != 0
    return of_kind


def _begins_latin(found: "Entries", at: "NDArray[np.intp]") -> "NDArray[np.bool_]":
    """Whether a letter or digit stands there, or a dot or @ before one."""
    first = found[at]
    begins, dotted = _is(first, ALNUM), _is(first, BEGINS).nonzero()[0]
    begins[dotted] = _is(found[at[dotted] + 1], ALNUM)
    return begins


def _ends_latin(found: "Entries", at: "NDArray[np.intp]") -> "NDArray[np.bool_]":
    """Whether a letter or digit stands there, or what may end a technical token."""
    last = found[at]
    ends, signs = _is(last, ALNUM), _is(last, ENDS).nonzero()[0]
    if signs.size:
        sign, second, third = (found[at[signs] - back] for back in (0, 1, 2))
        sign &= CODE_POINT
        percent = (sign == _PERCENT) & _is(second, DIGIT)
        sharp = (sign == _HASH) & _is_latin(second)
        plus = (sign == _PLUS) & (second & CODE_POINT == _PLUS) & _is_latin(third)
        ends[signs] = percent | sharp | plus
    return ends


def _is_latin(found: "Entries") -> "NDArray[np.bool_]":
    code = found & CODE_POINT
    latin: NDArray[np.bool_] = (code >= _A) & (code <= _Z)
    return latin


def _one_blank(found: "Entries") -> "Entries":
    """With a blank for any white space."""
    found[_is(found, WHITE)] = ord(" ") | WHITE
    return found


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
