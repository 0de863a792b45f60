"""Which command mends an index, and which directories does a command find by itself?"""

import shlex
from pathlib import Path

USUAL = ".souwen"
"""The name of the directory that commands look for."""

REPAIR = "check --repair"
"""The command that mends a damaged index."""

_NO_INDEX = ("write.lock", "health.json")


def command(place: str, words: str) -> str:
    """``souwen`` with these words, as it is to be typed for the index at ``place``."""
    named = "" if Path(place).name == USUAL else f"--index {shlex.quote(place)} "
    return f"`souwen {named}{words}`"


def in_use(place: Path) -> bool:
    """Whether it is a directory that holds more than the lock of a run that wrote nothing.

    And more than the health of a watch, all of whose runs did so.
    """
    return place.is_dir() and any(path.name not in _NO_INDEX for path in place.iterdir())
