"""How is a watch doing? A small file says so, to whoever looks after it."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from souwen.index.processes import identity

NAME = "health.json"
"""What the file is called in the directory of an index."""

VERSION = 1


@dataclass(frozen=True, slots=True)
class LastRun:
    """How a run ended; the counts are those of its report, None where it failed.

    ``began`` is ISO 8601 in UTC. ``error`` says in words why it failed.
    """

    began: str
    took_ms: float
    outcome: Literal["done", "failed", "interrupted"]
    error: str | None = None
    added: int | None = None
    updated: int | None = None
    renamed: int | None = None
    removed: int | None = None
    skipped: int | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """A watch as of its last run.

    ``mode`` is how it learns of changes. ``since`` is when it began, ``succeeded`` when a run last
    did, both ISO 8601 in UTC. ``posts`` are those in the index, ``failures`` the runs that failed
    since one did not. ``process`` tells its process from any that has its pid later, or elsewhere;
    None where the system does not.
    """

    pid: int
    host: str
    state: Literal["running", "stopped"]
    mode: Literal["events", "polling", "interval", "once"]
    since: str
    succeeded: str | None = None
    failures: int = 0
    posts: int | None = None
    run: LastRun | None = None
    process: str | None = None


def as_json(health: Health) -> dict[str, Any]:
    """What stands in the file; keys are only ever added."""
    return {"version": VERSION, **asdict(health)}


def read(path: Path) -> dict[str, Any] | None:
    """What stands in the file of a watch; None where there is none, or no whole one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def is_kept(path: Path) -> bool:
    """Whether it is the file of a watch that runs on this machine; not where that is unknown."""
    found = read(path) or {}
    pid, process = found.get("pid"), found.get("process")
    if found.get("state") != "running" or not isinstance(pid, int):
        return False
    return process is not None and process == identity(pid)


def write(health: Health, path: Path) -> None:
    """Put it in the place of what was there, in one step. Raises OSError."""
    # A name that no sweep of the index takes for a leftover of a run, nor another watch uses.
    new = path.with_name(f".{path.stem}.{os.getpid()}.new")
    try:
        new.unlink(missing_ok=True)
        with new.open("x", encoding="utf-8") as file:
            file.write(json.dumps(as_json(health), ensure_ascii=False) + "\n")
        os.replace(new, path)  # noqa: PTH105
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
