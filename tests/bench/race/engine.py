"""What must an engine be able to do to take part?"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

from race.corpus import Post
from race.kinds import Question

DAY_MS = 86_400_000
WEIGHT, HALF_LIFE = 0.25, 365.0
"""Recency: a post's score is multiplied by ``1 + WEIGHT · 2^(-age in days / HALF_LIFE)``."""

K1, B = 1.2, 0.75

EXACT = frozenset({"rare", "medium", "common", "2-AND", "3-OR", "term, dates", "recency"})
"""Kinds whose best ten are the same wherever scores are computed by Lucene's BM25."""

Answer = tuple[int | None, list[tuple[int, float]]]
"""How many posts are found, None where that was not counted, and the best with their scores."""


def recency(date: int, newest: int) -> float:
    """The factor of a post of that date."""
    age = max(0, newest - date) / DAY_MS
    return float(1.0 + WEIGHT * 2.0 ** (-age / HALF_LIFE))


class Searching(Protocol):
    """An open index."""

    def ask(self, question: Question, limit: int, /) -> Any:
        """What the engine finds, as it gives it: this is what is timed."""
        ...

    def read(self, found: Any, /) -> Answer:
        """The same as numbers of posts."""
        ...


class Opener(Protocol):
    """A way to search an index."""

    def open(self, directory: Path, newest: int, /) -> Searching:
        """Open the index."""
        ...


class Engine(Opener, Protocol):
    """A way to index posts. ``ready`` is not timed: it puts them in the form that is taken."""

    def ready(self, posts: Iterable[Post], newest: int, /) -> Any:
        """Posts in the form in which they are taken."""
        ...

    def build(self, directory: Path, ready: Any, /) -> None:
        """Write an index of them, all of it on disk at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """An engine by its name: where it is, what it cannot do, and where its ten best are ours.

    ``index`` is the engine whose index it searches, where that is another one's. ``part`` says
    whether it is raced, or its answers are checked alone, or it builds alone.
    """

    name: str
    module: str
    factory: str
    cannot: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    index: str | None = None
    part: Literal["race", "check", "build"] = "race"

    def make(self) -> Any:
        """The engine, an Opener alone where it searches another one's index."""
        return getattr(import_module(f"race.engines.{self.module}"), self.factory)()


_DATES = frozenset({"by date"})

ENTRIES = {
    entry.name: entry
    for entry in (
        Entry("souwen", "souwen", "Souwen", exact=EXACT | _DATES),
        Entry("tantivy", "tantivy", "Tantivy", exact=EXACT | _DATES),
        Entry(
            "tantivy-totals",
            "tantivy",
            "TantivyWithTotals",
            exact=EXACT | _DATES,
            index="tantivy",
        ),
        Entry("tantivy-threads", "tantivy", "TantivyTwoThreads", part="build"),
        Entry("fts5", "fts5", "Fts5", exact=_DATES),
        Entry(
            "bm25s",
            "bm25s",
            "Bm25s",
            cannot=frozenset({"2-AND", "phrase", "prefix"}),
            exact=_DATES,
        ),
        Entry("whoosh", "whoosh", "Whoosh", exact=_DATES),
        Entry(
            "whoosh-on-souwen",
            "whoosh",
            "WhooshOnSouwen",
            cannot=frozenset({"term, dates", "by date", "recency"}),
            exact=EXACT,
            index="souwen",
            part="check",
        ),
    )
}
