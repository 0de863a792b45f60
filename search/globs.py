"""Which posts does a shell pattern of paths mean, read in linear time whatever is in it?"""

import glob
import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from souwen.search.query import Glob, Named, Or, Query


def by_path(pattern: str, paths: Mapping[str, str]) -> Query:
    """Posts whose id matches the pattern, or whose file's path does, as seen from here.

    ``paths`` are those of all files by their ids.
    """
    pattern = settled(pattern)
    whole = os.path.normpath(Path(glob.escape(str(Path.cwd()))) / pattern)
    names = (name for name, path in paths.items() if fnmatchcase(path, whole))
    return Or((Glob(pattern), Named(tuple(names))))


def settled(pattern: str) -> str:
    """The pattern, in which every ``[`` that begins no class is written as one, ``[[]``.

    For each that does not, fnmatch (of Python 3.11 to 3.13) looks through all that follows.
    """
    at = pattern.find("[")
    while at >= 0:
        begin = at + 1 + pattern.startswith("!", at + 1)
        # A bracket at the beginning of a class stands in it.
        end = pattern.find("]", begin + 1)
        if end < 0:
            return pattern[:at] + pattern[at:].replace("[", "[[]")
        at = pattern.find("[", end)
    return pattern
