"""When is a score of an engine that of the reference engine?"""

from typing import Any

import pytest

from souwen.search.hits import Match

EXACT = 1e-5
"""How far off a score of 32 bits may be, relatively."""


def alike(value: Any, place: str) -> Any:
    """What equals an answer of the engine at ``place``, where ``value`` is the reference's.

    A cluster scores with 32 bits; the others give the same numbers to the last bit.
    """
    if not place.startswith("opensearch:"):
        return value
    match value:
        case float():
            return pytest.approx(value, rel=EXACT)
        case Match():
            return Match(*(alike(one, place) for one in value))
        case list() | tuple():
            return type(value)(alike(one, place) for one in value)
        case _:
            return value
