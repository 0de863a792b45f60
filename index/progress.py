"""How far is a run? Shown on a terminal."""

from typing import Any, Self, TextIO

import click

STEPS = 200
"""How often the bar is drawn at most."""


class Progress:
    """A bar on a stream, drawn once the first file is done; nothing where there is no terminal."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream if stream is not None and stream.isatty() else None
        self._done = 0
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show that so many files of so many are done."""
        if self._stream is None:
            return
        if self._bar is None:
            step = max(1, total // STEPS)
            self._bar = click.progressbar(length=total, file=self._stream, update_min_steps=step)
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
