"""Which command mends an index, and which directories does a command find by itself?"""

import shlex
from collections.abc import Callable
from pathlib import Path

USUAL = ".souwen"
"""The name of the directory that commands look for."""

REPAIR = "check --repair"
"""The command that mends a damaged index."""

_NO_INDEX = ("write.lock", "health.json")


def command(place: str, words: str) -> str:
    """``souwen`` with these words, as it is to be typed for the index at ``place``.

    The place is left out where it is the one that is found from here, or made where there is none.
    """
    named = "" if _is_found(place) else f"--index {shlex.quote(place)} "
    return f"`souwen {named}{words}`"


def _is_found(place: str) -> bool:
    if Path(place).name != USUAL:
        return False
    try:
        return Path(place).resolve() == Path(upward(USUAL, in_use) or USUAL).resolve()
    except OSError:
        # The folder that we are in may be gone.
        return False


def upward(name: str, kind: Callable[[Path], bool]) -> str | None:
    """The nearest file of that name, in the current folder or above; relative where it is here."""
    if kind(Path(name)):
        return name
    return next((str(one) for folder in Path.cwd().parents if kind(one := folder / name)), None)


def in_use(place: Path) -> bool:
    """Whether it is a directory that holds more than the lock of a run that wrote nothing.

    And more than the health of a watch, all of whose runs did so.
    """
    return place.is_dir() and any(path.name not in _NO_INDEX for path in place.iterdir())
