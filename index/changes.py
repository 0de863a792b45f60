"""What changed below these folders, as the system tells it? A set of paths, or that it is unknown.

What is told is only ever a hint where to look. Of what gets lost on the way (the system's queue
overflows, a folder cannot be followed, a root is put in the place of another) it is told that
something did: then everything is to be looked at.
"""

import logging
import os
import stat
import threading
import time
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from watchdog import events
from watchdog.observers import Observer
from watchdog.utils import BaseThread

from souwen.index.roots import within
from souwen.index.source import HEXO_CONFIGS, SUFFIXES, is_left_out

QUIET = 0.3
"""Seconds without a change after which a batch is complete."""

LONGEST = 5.0
"""Seconds after which it is complete anyway: a folder may never come to rest."""

MANY = 1000
"""Changed paths from which on it is as cheap to look at everything."""

TICK = 1.0
"""Seconds between two looks at whether to go on; Windows heeds Ctrl-C only then."""

_TOLD = [
    *(events.FileCreatedEvent, events.FileModifiedEvent, events.FileAttribEvent),
    *(events.FileDeletedEvent, events.FileMovedEvent),
    *(events.DirCreatedEvent, events.DirDeletedEvent, events.DirMovedEvent),
]


@dataclass(frozen=True, slots=True)
class Batch:
    """Paths that changed, absolute with ``/`` between their parts; or all may have: ``lost``."""

    paths: tuple[str, ...] = ()
    lost: bool = False


class Changes:
    """Follows roots between entering and leaving the context.

    ``roots`` are absolute, folders or files; nothing below ``without`` is told of. Entering raises
    OSError where the system does not let them be followed.
    """

    def __init__(self, roots: Sequence[str], *, without: Collection[str] = ()) -> None:
        self._roots = tuple(roots)
        self._without = tuple(without)
        self._changed = threading.Condition()
        self._paths: set[str] = set()
        self._lost = False
        self._last = 0.0
        self._warnings = _Warnings(self._lose)

    def __enter__(self) -> Self:
        # A file that is replaced is another one, so its folder is followed.
        self._followed = {one if _is_folder(one) else _folder(one) for one in self._roots}
        self._nodes = self._at_followed()
        # Where folders come one in the other, the library may follow one twice: it warns, in vain.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        others = _followers()
        self._observer = Observer()
        try:
            for path in self._followed:
                self._observer.schedule(
                    _Events(self._tell), path, recursive=path in self._roots, event_filter=_TOLD
                )
            self._observer.start()
        except BaseException:
            self._stop()
            raise
        self._followers = _followers() - others | {self._observer, *self._observer.emitters}
        # Of what it loses, the library only warns in its log.
        logging.getLogger("watchdog").addHandler(self._warnings)
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger("watchdog").removeHandler(self._warnings)
        self._stop()

    def _stop(self) -> None:
        self._observer.stop()
        if self._observer.is_alive():
            self._observer.join()

    def _at_followed(self) -> list[tuple[int, int] | None]:
        return [_node(path) for path in self._followed]

    @property
    def is_sound(self) -> bool:
        """Whether it still follows the roots, and these are what they were."""
        alive = all(thread.is_alive() for thread in self._followers)
        return alive and self._nodes == self._at_followed()

    def wait(self, *, until: float, stop: threading.Event) -> Batch | None:
        """The next changes, once there are no more of them for a moment.

        None where there are none until that time of ``time.monotonic``, or it is to stop.
        """
        with self._changed:
            while not (self._paths or self._lost):
                left = until - time.monotonic()
                if left <= 0 or stop.is_set():
                    return None
                self._changed.wait(min(left, TICK))
                self._lost |= not self.is_sound
            self._settle(stop)
            batch = Batch(tuple(sorted(self._paths)), self._lost)
            self._paths, self._lost = set(), False
        return batch

    def _settle(self, stop: threading.Event) -> None:
        latest = time.monotonic() + LONGEST
        while not stop.is_set():
            left = min(self._last + QUIET, latest) - time.monotonic()
            if left <= 0:
                return
            self._changed.wait(left)

    def _lose(self) -> None:
        with self._changed:
            self._lost = True
            self._notify()

    def _tell(self, path: str, *, folder: bool) -> None:
        if not self._concerns(path, folder=folder):
            return
        with self._changed:
            name = path.rpartition("/")
            # Whether the folders beside it hold posts depends on this file.
            self._paths.add(name[0] if name[2] in HEXO_CONFIGS else path)
            if len(self._paths) > MANY:
                self._paths.clear()
                self._lost = True
            self._notify()

    def _notify(self) -> None:
        self._last = time.monotonic()
        self._changed.notify()

    def _concerns(self, path: str, *, folder: bool) -> bool:
        root = next((root for root in self._roots if within(path, root)), None)
        if root is None or any(within(path, one) for one in self._without):
            return False
        parts = path[len(root) :].split("/")
        if any(map(is_left_out, parts)):
            return False
        return folder or path.lower().endswith(SUFFIXES) or parts[-1] in HEXO_CONFIGS


class _Events(events.FileSystemEventHandler):
    """Passes on each path that something happened to, and whether it is a folder's."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell

    def dispatch(self, event: events.FileSystemEvent) -> None:
        """Called by the library in a thread of its own."""
        for path in (event.src_path, event.dest_path):
            if path:
                self._tell(Path(os.fsdecode(path)).as_posix(), folder=event.is_directory)


class _Warnings(logging.Handler):
    """Calls back for each warning that is logged."""

    def __init__(self, warn: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._warn = warn

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        """Called by whichever thread logs it."""
        self._warn()


def _followers() -> set[BaseThread]:
    """Those threads of the library that run, some of which it gives no name."""
    return {thread for thread in threading.enumerate() if isinstance(thread, BaseThread)}


def _is_folder(path: str) -> bool:
    """Raises FileNotFoundError where it is not known, for there is nothing."""
    return stat.S_ISDIR(Path(path).stat().st_mode)


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _node(path: str) -> tuple[int, int] | None:
    """What a path leads to, whatever it is called."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
