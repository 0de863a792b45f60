"""At which moments were the files what a commit holds?

The log of a soak is the history of its files: one change after the other. A watch reads files one
by one while others go on changing, so a commit need not be the files of a single moment; then it
is those of a short window, each post as its file was at some moment of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

State = Mapping[str, int]
"""The serial number of the version that each file holds, by its path."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of some files at once: their new versions, None where they are gone.

    ``began`` and ``ended`` are seconds of the monotonic clock.
    """

    began: float
    ended: float
    files: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Window:
    """The moments of which a state is: after the ``first``-th change, to after the ``last``-th."""

    first: int
    last: int

    @property
    def is_moment(self) -> bool:
        """Whether the files were exactly so at one moment."""
        return self.first == self.last


class History:
    """All changes in order, looked up from front to back."""

    def __init__(self, changes: list[Change]) -> None:
        self._changes = changes
        self._at = 0
        self._files: dict[str, int] = {}

    def window(self, state: State, *, until: float, back: float) -> Window | None:
        """The window of a state that was seen at ``until``; None where there is none.

        Nothing more than ``back`` seconds before that is looked at, nor anything before what
        an earlier call looked at.
        """
        while self._at < len(self._changes) and self._changes[self._at].ended < until - back:
            _apply(self._files, self._changes[self._at])
            self._at += 1
        moments = list(self._moments(state, until))
        fewest = min(len(wrong) for _, wrong in moments)
        best = max(at for at, wrong in moments if len(wrong) == fewest)
        wrong = next(wrong for at, wrong in moments if at == best)
        window = [best, best]
        for path in wrong:
            right = [at for at, others in moments if path not in others]
            if not right:
                return None
            nearest = min(right, key=lambda at: abs(at - best))
            window = [min(window[0], nearest), max(window[1], nearest)]
        return Window(*window)

    def _moments(self, state: State, until: float) -> Iterator[tuple[int, frozenset[str]]]:
        """The number of changes at each moment, and the files of which the state is wrong then."""
        files = dict(self._files)
        wrong = {path for path in files.keys() | state.keys() if files.get(path) != state.get(path)}
        yield self._at, frozenset(wrong)
        for at in range(self._at, len(self._changes)):
            change = self._changes[at]
            if change.began > until:
                return
            for path, serial in change.files.items():
                (wrong.discard if serial == state.get(path) else wrong.add)(path)
            yield at + 1, frozenset(wrong)

    def seconds(self, window: Window) -> float:
        """How long the window is: from the change that began it to the one that ended it."""
        if window.is_moment:
            return 0.0
        return self._changes[window.last - 1].ended - self._changes[window.first].began


def _apply(files: dict[str, int], change: Change) -> None:
    for path, serial in change.files.items():
        if serial is None:
            files.pop(path, None)
        else:
            files[path] = serial
