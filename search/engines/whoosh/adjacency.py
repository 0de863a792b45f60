"""In which documents do terms stand at given distances? By their positions, as arrays."""

from collections.abc import Sequence

import numpy as np

from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.term_postings import TermPostings
from souwen.index.errors import StoreError
from souwen.search.engines.whoosh.ascending import new, shared

_SHIFT = 32
"""Positions take less than so many bits."""


def adjacent(terms: Sequence[TermPostings], offsets: Sequence[int], common: Numbers) -> Numbers:
    """Those of the documents, all of which hold all terms, where positions less offsets agree.

    Raises StoreError where the index has no positions of the terms' field.
    """
    begins: Numbers | None = None
    shifted = np.arange(len(common)) << _SHIFT
    for term, offset in zip(terms, offsets, strict=True):
        # Where a phrase would begin before its text the sum belongs to the document before, but no
        # phrase can begin there so far behind.
        found = term.positions(_rows(term.numbers, common), shifted - offset)
        if found is None:
            raise StoreError("this index holds no positions of words; it was built without them")
        begins = found if begins is None else shared(begins, found)
    assert begins is not None, "a phrase has at least one term"
    places = begins >> _SHIFT
    chosen: Numbers = common[places[new(places)]]
    return chosen


def _rows(numbers: Numbers, common: Numbers) -> Numbers:
    """Where some of the numbers stand among them."""
    if len(common) * 8 < len(numbers):
        return numbers.searchsorted(common)
    chosen = np.zeros(int(numbers[-1]) + 1, np.bool_)
    chosen[common] = True
    return chosen[numbers].nonzero()[0]
