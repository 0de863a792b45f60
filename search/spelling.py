"""How nearly are two words spelt alike?"""

from collections.abc import Iterator
from string import ascii_lowercase, digits

LONG = 6
"""Words from this length on may be two edits away."""

_SIGNS = ascii_lowercase + digits


def reach(word: str) -> int:
    """How many edits away a word may be that is spelt nearly like this one."""
    return 1 if len(word) < LONG else 2


def alike(a: str, b: str, distance: int) -> bool:
    """Whether the words are within so many of Levenshtein's edits: insert, delete, substitute."""
    if abs(len(a) - len(b)) > distance:
        return False
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            diagonal, row[j] = row[j], min(diagonal + (left != right), row[j] + 1, row[j - 1] + 1)
        if min(row) > distance:  # and so are all rows that follow
            return False
    return row[-1] <= distance


def slips(word: str) -> Iterator[str]:
    """What a word of Latin letters may be that was typed with one slip.

    One letter or digit too few, too many or wrong, or two neighbours the wrong way round.
    """
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for sign in _SIGNS:
            yield before + sign + after
            if after:
                yield before + sign + after[1:]
