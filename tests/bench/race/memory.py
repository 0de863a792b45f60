"""How much memory do a process and its children take? The sum of their proportional shares.

A page that several processes share counts once in all. Pages of mapped files count apart: the
system can take them back at any time.
"""

import os
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

INTERVAL = 0.1
_FIELDS = re.compile(rb"^(Pss_Anon|Pss_Shmem|Pss_File):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Memory:
    """In bytes: what the processes hold themselves, and mapped pages of files."""

    own: int = 0
    files: int = 0


def _children() -> dict[int, list[int]]:
    """Every process by its parent."""
    found: dict[int, list[int]] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            try:
                stat = (place / "stat").read_bytes()
            except OSError:
                continue
            # The name of the program stands in parentheses and may hold anything.
            parent = int(stat[stat.rindex(b")") + 2 :].split()[1])
            found.setdefault(parent, []).append(int(place.name))
    return found


def _family(pid: int) -> list[int]:
    children, found = _children(), [pid]
    for one in found:
        found += children.get(one, [])
    return found


def measure(pid: int) -> Memory:
    """The memory of a process and its descendants as it is now; nothing where it is gone."""
    own = files = 0
    for one in _family(pid):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_bytes()
        except OSError:
            continue
        sizes = {name: int(size) * 1024 for name, size in _FIELDS.findall(text)}
        own += sizes.get(b"Pss_Anon", 0) + sizes.get(b"Pss_Shmem", 0)
        files += sizes.get(b"Pss_File", 0)
    return Memory(own, files)


class Watch:
    """Measures a process while the block runs; ``peak`` then has the most of each."""

    def __init__(self, pid: int | None = None) -> None:
        self._pid = os.getpid() if pid is None else pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak = Memory()

    def _look(self) -> None:
        while True:
            began = time.perf_counter()
            now = measure(self._pid)
            self.peak = Memory(max(self.peak.own, now.own), max(self.peak.files, now.files))
            # A process stands still while it is measured: a twentieth of the time at most.
            if self._done.wait(max(INTERVAL, 20 * (time.perf_counter() - began))):
                return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
