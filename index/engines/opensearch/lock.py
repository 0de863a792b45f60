"""Who may write to an index on a cluster? One process at a time, which says again and again that it
is there.

A lock whose process is gone, as far as can be told from this machine, or that nobody has renewed
while it was watched for ``ABANDONED`` seconds, is taken over. The one who lost it can no more
commit: it finds its lock to be another's.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from souwen.index.engines.opensearch.client import Refused
from souwen.index.engines.opensearch.state import Seen, State
from souwen.index.errors import SouwenError, StoreError, StoreLocked
from souwen.index.processes import began, machine

ID = "lock"
BEAT = 5.0
"""Seconds between two signs of life."""

ABANDONED = 4 * BEAT
"""Seconds without any after which whoever waits takes over."""

OLD = 60.0
"""Seconds, by two clocks, after which a lock is watched even by who does not wait."""


class Lock:
    """A lock that is held. Renewed by a thread of its own until it is let go."""

    def __init__(self, state: State, id: str, holder: dict[str, Any], seen: Seen) -> None:
        self._state = state
        self._id = id
        self._holder = holder
        self._seen = seen
        self._renewing = threading.Lock()
        self._end = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._end.wait(BEAT):
            # Whether the cluster can be reached is for the others to find out.
            with suppress(SouwenError):
                self.renew()

    def renew(self) -> None:
        """Say that we are there. Raises StoreError where the lock is another's."""
        with self._renewing:
            self._must_be_ours()
            about = {**self._holder, "time": time.time()}
            try:
                self._seen = self._state.put(self._id, about, self._seen)
            except Refused as refused:
                if refused.status != 409:
                    raise
                self._after_conflict()

    def _after_conflict(self) -> None:
        """A request that was sent twice is in conflict with itself."""
        found = self._state.get(self._id)
        if found is None or found[0]["token"] != self._holder["token"]:
            self._lost = True
            self._must_be_ours()
        else:
            self._seen = found[1]

    def _must_be_ours(self) -> None:
        if self._lost:
            raise StoreError(
                "this process was not heard of for so long that another one took over writing to "
                "the index; nothing of this run is in it"
            )

    def must_be_ours(self) -> None:
        """Raises StoreError where the lock is known to be another's."""
        self._must_be_ours()

    def release(self) -> None:
        """Let it go."""
        self._end.set()
        self._thread.join()
        if not self._lost:
            with suppress(SouwenError):
                self._state.delete(self._id, self._seen)


@contextmanager
def locked(
    state: State, id: str = ID, *, wait: float, abandoned: float = ABANDONED
) -> Iterator[Lock]:
    """Hold the lock, after at most ``wait`` seconds. Raises StoreLocked."""
    lock = _acquire(state, id, wait, abandoned)
    try:
        yield lock
    finally:
        lock.release()


def is_held(state: State, id: str = ID) -> bool:
    """Whether somebody writes, or was cut off when writing."""
    return state.get(id) is not None


def _acquire(state: State, id: str, wait: float, abandoned: float) -> Lock:
    holder = {
        "token": secrets.token_hex(8),
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "machine": machine(),
        "began": began(os.getpid()),
        "since": time.time(),
        "time": time.time(),
    }
    start = time.monotonic()
    watched: tuple[Seen, float] | None = None
    while True:
        asked = time.monotonic()
        found = state.get(id)
        if time.monotonic() - asked > BEAT:
            # As long as we cannot reach the cluster, the one who holds it may not either.
            watched = None
        with suppress(Refused):
            if found is None:
                return Lock(state, id, holder, state.put(id, holder))
            about, seen = found
            if about["token"] == holder["token"]:
                # Our own, by a request whose answer got lost.
                return Lock(state, id, holder, seen)
            if watched is None or watched[0] != seen:
                watched = seen, time.monotonic()
            if _is_gone(about) or time.monotonic() - watched[1] > abandoned:
                return Lock(state, id, holder, state.put(id, holder, seen))
            looks_old = abs(time.time() - about["time"]) > OLD
            if time.monotonic() - start >= (max(wait, 2 * abandoned) if looks_old else wait):
                raise _held(state, about)
        time.sleep(0.2)


def _is_gone(about: dict[str, Any]) -> bool:
    """Whether it was a process of this machine, and is no more."""
    here = machine()
    is_here = here is not None and about["machine"] == here
    return is_here and began(about["pid"]) != about["began"]


def _held(state: State, about: dict[str, Any]) -> StoreLocked:
    since = datetime.fromtimestamp(about["since"], UTC).astimezone()
    return StoreLocked(
        f"{state.index}: process {about['pid']} on {about['host']}, since "
        f"{since:%Y-%m-%d %H:%M:%S}, is writing to this index; "
        "wait for it with `--wait SECONDS`, or try again later",
        about["pid"],
    )
