"""Which numbers of an ascending array are new, and which does it share with another?"""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def new(numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Whether each number is another one than that before it."""
    found = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=found[1:])
    return found


def distinct(numbers: Numbers) -> Numbers:
    """Numbers of any order in ascending order, each once."""
    # np.unique of numpy 2 would import numpy.ma, in as much time as a small search takes.
    numbers = np.sort(numbers)
    return numbers[new(numbers)]


def shared(one: Numbers, other: Numbers) -> Numbers:
    """What two arrays have in common, in each of which no number stands twice."""
    both = np.sort(np.concatenate((one, other)))
    found: Numbers = both[1:][both[1:] == both[:-1]]
    return found
