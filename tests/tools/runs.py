"""How do tests write posts of a known age, and look at what a run left behind?"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tools.blog import write

from souwen.index import IndexReport
from souwen.index.builder import open_store

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OLD = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1e9)
"""A time of change, in nanoseconds, long before any run."""


def write_old(folder: Path, posts: Mapping[str, str], *, mtime: int = OLD) -> None:
    """Write files as if they had been written at ``mtime``."""
    write(folder, posts)
    for name in posts:
        os.utime(folder / name, ns=(mtime, mtime))


def numbers(report: IndexReport) -> dict[str, int]:
    """What a report counts, without the zeros."""
    counted = {
        name: getattr(report, name)
        for name in (
            *("posts", "added", "updated", "renamed", "removed"),
            *("unchanged", "drafts", "excluded"),
        )
    }
    noted = {"skipped": len(report.skipped), "warnings": len(report.warnings)}
    return {name: number for name, number in {**counted, **noted}.items() if number}


def ids(index: str | Path) -> list[str]:
    """The ids in an index."""
    return sorted(open_store(index).ids())


def state_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of an index but its lock, with its time of change and its bytes."""
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.iterdir()
        if path.name != "write.lock"
    }
