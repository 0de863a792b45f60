"""Who may write to an index in a directory? One process at a time, known to the others by name.

The lock is one of the operating system, so that it ends with its process however that ends. Who
holds it stands in ``writer.json``, for people.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from souwen.index.errors import StoreLocked

LOCK = "write.lock"
HOLDER = "writer.json"


@contextmanager
def locked(directory: Path, *, wait: float) -> Iterator[None]:
    """Hold the lock, after at most ``wait`` seconds. Raises StoreLocked, and OSError."""
    # A run that finds nothing changed takes no lock, and needs neither.
    import socket

    from filelock import FileLock, Timeout

    lock, holder = FileLock(directory / LOCK), directory / HOLDER
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise _held(directory, holder) from None
    try:
        about = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
        holder.unlink(missing_ok=True)
        with holder.open("x", encoding="utf-8") as file:
            json.dump(about, file)
        yield
    finally:
        with suppress(OSError):
            holder.unlink()
        lock.release()


def _held(directory: Path, holder: Path) -> StoreLocked:
    pid, who = None, "another process"
    # It may be half written, or gone by now.
    with suppress(OSError, ValueError, KeyError, TypeError, OverflowError):
        about = json.loads(holder.read_text(encoding="utf-8"))
        since = datetime.fromtimestamp(about["since"], UTC).astimezone()
        holding = f"process {about['pid']} on {about['host']}, since {since:%Y-%m-%d %H:%M:%S},"
        pid, who = int(about["pid"]), holding
    return StoreLocked(
        f"{directory}: {who} is writing to this index; "
        "wait for it with `--wait SECONDS`, or try again later",
        pid,
    )
