"""Which runs changed an index last, and which of its files took longest?

Kept with each commit: a run that changes nothing writes nothing, and so is not in it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass
from typing import NamedTuple

NAME = "history.json"

RUNS = 20
"""So many runs are kept."""

SLOWEST = 10
"""So many files are kept."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that changed the index; ``reason`` says why it built everything anew.

    ``began`` is ISO 8601 in UTC, ``took_ms`` the time until it was to be committed.
    """

    began: str
    took_ms: float
    reason: str | None
    posts: int
    added: int
    updated: int
    renamed: int
    removed: int
    skipped: int


class Slow(NamedTuple):
    """A post, and how many milliseconds of a processor it took to read and analyze it."""

    id: str
    ms: float


@dataclass(frozen=True, slots=True)
class History:
    """The last runs, newest first, and the files that took longest, longest first."""

    runs: tuple[Run, ...] = ()
    slowest: tuple[Slow, ...] = ()


def after(before: History, run: Run, took: Mapping[str, float], posts: Collection[str]) -> History:
    """The history with one more run, which took so many milliseconds for each post it read.

    ``posts`` are those in the index from now on; of others nothing is kept.
    """
    known = {**dict(before.slowest), **took}
    times = sorted(((ms, name) for name, ms in known.items() if name in posts), reverse=True)
    return History(
        (run, *before.runs)[:RUNS], tuple(Slow(name, ms) for ms, name in times[:SLOWEST])
    )


def dump(history: History) -> bytes:
    """The history as JSON."""
    runs = [astuple(run) for run in history.runs]
    return json.dumps({"runs": runs, "slowest": history.slowest}).encode()


def load(content: bytes | None) -> History:
    """What ``dump`` wrote; no history where there is none, or one that cannot be read."""
    try:
        found = json.loads(content or b"{}")
        runs = tuple(Run(*run) for run in found.get("runs", ()))
        return History(runs, tuple(Slow(*one) for one in found.get("slowest", ())))
    except (ValueError, TypeError, AttributeError):
        return History()
