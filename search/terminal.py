"""How is a text laid out on a terminal? Cells, lines, colours, links."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from unicodedata import category, east_asian_width
from urllib.parse import quote

from souwen.search.hits import Span

CLOSING = "，。、；：！？）」』】》〉〕”’…,.;:!?)]}%"
"""No line begins with one of these."""
OPENING = "（「『【《〈〔“‘([{"
"""No line ends with one of these."""

WIDEST = 100
"""Cells: longer lines are hard to read."""

BOLD = "1"
DIM = "2"
MATCH = "1;31"


@dataclass(frozen=True, slots=True)
class Screen:
    """What the terminal can do; ``width`` is in cells, of which a Chinese character takes two.

    ``laid_out`` is whether text is made to be read rather than to be piped.
    """

    width: int = 80
    height: int = 24
    laid_out: bool = False
    color: bool = False
    links: bool = False

    @classmethod
    def fitting(  # noqa: PLR0913
        cls,
        columns: int,
        lines: int,
        *,
        terminal: bool,
        color: str,
        hyperlink: str,
        variables: Mapping[str, str],
    ) -> "Screen":
        """What is to be used of a terminal, by ``--color``, ``--hyperlink`` and its variables."""
        capable = terminal and variables.get("TERM") != "dumb"
        colors = capable and not variables.get("NO_COLOR")
        wanted = color == "always" or (color == "auto" and colors)
        return cls(
            width=min(columns, WIDEST),
            height=lines,
            laid_out=terminal or color == "always",
            color=wanted,
            links=hyperlink == "always" or (hyperlink == "auto" and capable and wanted),
        )

    def paint(self, text: str, style: str) -> str:
        """The text in a style (an SGR code), where there are colours."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and text else text

    def mark(
        self, text: str, spans: Sequence[Span], *, within: Span | None = None, style: str = ""
    ) -> str:
        """The stretch ``within`` of the text in a style, with what the spans cover highlighted."""
        at, end = within or (0, len(text))
        parts = []
        for first, last in spans:
            start, stop = max(first, at), min(last, end)
            if start < stop:
                parts.append(self._plain(text[at:start], style))
                parts.append(self.paint(text[start:stop], MATCH))
                at = stop
        return "".join(parts) + self._plain(text[at:end], style)

    def _plain(self, text: str, style: str) -> str:
        return self.paint(text, style) if style else text

    def link(self, text: str, path: str) -> str:
        """The text as a link to a file (OSC 8), where there are links; ``path`` is absolute."""
        if not self.links or not path.startswith("/"):
            return text
        address = quote(path.encode("utf-8", "surrogateescape"))
        return f"\x1b]8;;file://{address}\x1b\\{text}\x1b]8;;\x1b\\"


@lru_cache(maxsize=1 << 13)
def _cells(char: str) -> int:
    if category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def cells(text: str) -> int:
    """How many cells a printable text takes."""
    return sum(map(_cells, text))


def fit(text: str, width: int) -> str:
    """The text, cut to at most ``width`` cells with an ellipsis where it is longer."""
    if cells(text) <= width:
        return text
    taken = list(accumulate(map(_cells, text)))
    return text[: bisect_right(taken, width - 1)] + "…"


def wrap(text: str, width: int) -> Iterator[Span]:
    """The lines of a text as stretches of it: between words, or at any Chinese character.

    Linear in the length of the text.
    """
    start = gap = taken = 0
    for at, char in enumerate(text):
        if _may_break(text, at):
            gap = at
        taken += _cells(char)
        if taken > width and char != " " and at > start:
            end = gap if gap > start else at
            yield start, end
            start, taken = end, cells(text[end : at + 1])
            if taken > width:
                yield start, at
                start, taken = at, _cells(char)
    if start < len(text):
        yield start, len(text)


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at]
    if not before or after in CLOSING or before in OPENING or after == " ":
        return False
    return before == " " or 2 in (_cells(before), _cells(after))
