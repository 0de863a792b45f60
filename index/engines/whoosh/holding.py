"""Which documents of a segment hold a text?"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from souwen.index.analysis.grams import bigrams, chars
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.segment import Segment
from souwen.index.engines.whoosh.stored import encode


def documents_holding(segment: Segment, texts: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Which documents have a folded title or body in which one of the folded texts stands.

    Each text holds a Han character at least. Deleted documents may be among them.
    """
    found = np.zeros(segment.info.documents, np.bool_)
    for text in texts:
        kind, grams = _grams(text)
        for at, place in enumerate(("title", "body")):
            numbers = _common([_numbers(segment, f"{place}.{kind}", gram) for gram in grams])
            if grams != {text}:
                numbers = [one for one in numbers if text in segment.folded(one)[at]]
            found[numbers] = True
    return found


def _grams(text: str) -> tuple[str, set[str]]:
    """What stands in every text that holds this one."""
    pairs = set(bigrams(text).terms)
    return ("bigrams", pairs) if pairs else ("chars", set(chars(text).terms))


def _common(lists: list[Numbers]) -> list[int]:
    first, *others = lists
    for other in others:
        first = np.intersect1d(first, other, assume_unique=True)
    return list(map(int, first))


def _numbers(segment: Segment, field: str, term: str) -> Numbers:
    found = segment.dictionary(field).find(encode(term))
    return np.zeros(0, np.int64) if found is None else found[0].numbers(found[1])
