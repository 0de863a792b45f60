"""Which numbers of an ascending array are new, and which does it share with another?

Each time that numpy lets go of the interpreter's lock, it wakes another thread that wants it, which
takes longer than most of what is done here. It keeps the lock for up to QUIET numbers in most
operations; ``take``, ``sort``, ``partition`` and ``searchsorted``, and an index of other integers
than its own, let go of it whatever the size. So small arrays are handled without these.
"""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

QUIET = 500
"""For so many numbers numpy keeps the interpreter's lock in most operations."""

FEW = 32
"""So many numbers are handled in a list in no more time than in an array."""


MANY = 4096
"""So many numbers are chosen faster by their places than by a mask."""


def chosen(numbers: Numbers, mask: npt.NDArray[np.bool_]) -> Numbers:
    """The numbers that a mask says."""
    return numbers[mask] if len(numbers) <= MANY else numbers.take(mask.nonzero()[0])


def new(numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Whether each number is another one than that before it."""
    found = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=found[1:])
    return found


def distinct(numbers: Numbers) -> Numbers:
    """Numbers of any order in ascending order, each once."""
    # np.unique of numpy 2 would import numpy.ma, in as much time as a small search takes.
    if len(numbers) <= FEW:
        return np.array(sorted(set(numbers.tolist())), np.int64)
    numbers = np.sort(numbers)
    return numbers[new(numbers)]


def shared(one: Numbers, other: Numbers) -> Numbers:
    """What two arrays have in common, in each of which no number stands twice."""
    both = np.concatenate((one, other))
    if len(both) <= FEW:
        return np.array(sorted(set(one.tolist()).intersection(other.tolist())), np.int64)
    both.sort()
    found: Numbers = both[1:][both[1:] == both[:-1]]
    return found


def places(numbers: Numbers, wanted: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Where the wanted numbers stand among some, of which there is one at least.

    Beside that whether they do; a place where one does not stand is any.
    """
    at = numbers.searchsorted(wanted)
    if len(at) <= QUIET:
        at[at == len(numbers)] = 0
        return at, numbers[at] == wanted
    return at, numbers.take(at, mode="clip") == wanted
