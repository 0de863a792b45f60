"""Which posts are indexed? Their words, cut once, so that every engine is fed the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

SEED = 20241101
NOW = datetime(2024, 11, 1, tzinfo=UTC)

Ids = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Post:
    """A post as an engine is fed it: its words in order, and its date in ms since 1970 UTC."""

    number: int
    terms: tuple[str, ...]
    date: int


class Corpus:
    """Posts numbered from 0. ``folder`` holds them as files; None where these were not wanted."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.terms = (place / "terms.txt").read_text(encoding="utf-8").split("\n")
        self._pieces = np.load(place / "pieces.npy", mmap_mode="r")
        self._ends = np.load(place / "ends.npy")
        self._recipe = np.load(place / "recipe.npy", mmap_mode="r")
        self._recipe_ends = np.load(place / "recipe_ends.npy", mmap_mode="r")
        self.dates: npt.NDArray[np.int64] = np.load(place / "dates.npy")
        files = place / "posts"
        self.folder = files if files.is_dir() else None

    def __len__(self) -> int:
        return len(self.dates)

    def recipe(self, number: int) -> npt.NDArray[np.int64]:
        """The pieces of which a post is made."""
        first, last = self._recipe_ends[number : number + 2]
        found: npt.NDArray[np.int64] = self._recipe[first:last]
        return found

    def ids(self, number: int) -> Ids:
        """The words of a post, as places in ``terms``."""
        pieces = self.recipe(number)
        parts = [self._pieces[self._ends[piece] : self._ends[piece + 1]] for piece in pieces]
        return np.concatenate(parts)

    def post(self, number: int) -> Post:
        """One post, its words as strings."""
        terms = tuple(map(self.terms.__getitem__, self.ids(number).tolist()))
        return Post(number, terms, int(self.dates[number]))

    def posts(self) -> Iterator[Post]:
        """All of them in order."""
        return map(self.post, range(len(self)))

    @property
    def newest(self) -> int:
        """The latest date."""
        return int(self.dates.max())
