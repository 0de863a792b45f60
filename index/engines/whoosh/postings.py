"""What does a term's posting list in a Whoosh segment say?"""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Postings = tuple[Numbers, Numbers]


def read_postings(reader: Any, field: str, term: bytes) -> Postings:
    """Document numbers, ascending, and frequencies of a term in one segment, deleted ones too.

    Both empty where the segment lacks the term. Whoosh 2.7.4's matcher steps posting by posting;
    this reads its blocks whole.
    """
    terms = reader._terms
    if field not in terms._fieldmap or (field, term) not in terms:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    matcher = terms.matcher(field, term, reader.schema[field].format)
    numbers: list[Numbers] = []
    frequencies: list[Numbers] = []
    while not matcher._atend:
        matcher._read_data()
        gaps, weights, _ = matcher._data
        numbers.append(np.cumsum(np.array(gaps, np.int64)))
        frequencies.append(
            np.full(len(gaps), 1 if weights is None else int(weights), np.int64)
            if weights is None or isinstance(weights, float)
            else np.array(weights, np.int64)
        )
        matcher._next_block()
    return np.concatenate(numbers), np.concatenate(frequencies)
