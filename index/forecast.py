"""What will a run have to read, and is there enough room for what it will write?"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from souwen.index.places import engine_of
from souwen.index.sizes import words

NEED = 2.0
"""Bytes of disk that a run needs for each byte of posts: 1.9 measured on 8,431 articles, most of it
for what processes wrote by themselves and one of them then merges."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """``reason`` says why all is built anew, None where it is not; ``posts`` are to be read.

    ``needs`` is about how many bytes that takes on disk, beside what is there and goes only at the
    end; ``free`` how many there are, None where nobody can say.
    """

    reason: str | None
    posts: int
    needs: int
    free: int | None

    @property
    def fits(self) -> bool:
        """Whether there seems to be enough room."""
        return self.free is None or self.needs <= self.free


def forecast(place: str, *, reason: str | None, posts: int, size: int) -> Forecast:
    """What a run needs that reads so many posts with so many bytes for the index at ``place``."""
    return Forecast(reason, posts, round(size * NEED), free(place))


def free(place: str) -> int | None:
    """The bytes that this user may still write where the index is, or will be."""
    if engine_of(place) != "whoosh":
        return None
    path = Path(place).absolute()
    there = next((one for one in (path, *path.parents) if one.exists()), None)
    return None if there is None else shutil.disk_usage(there).free


def line(found: Forecast) -> str:
    """The forecast for people."""
    why = "" if found.reason is None else f"everything is built anew ({found.reason}): "
    room = "" if found.free is None else f", {words(found.free)} are free"
    doubt = "" if found.fits else "; that may be too little, and then all stays as it was"
    need = f"about {words(found.needs)} of disk needed"
    return f"{why}{found.posts:,} posts to read, {need}{room}{doubt}"
