"""How nearly are two words spelt alike?"""

LONG = 6
"""Words from this length on may be two edits away."""


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
