"""Which lines does a reader see of a piece of HTML?"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from souwen.index.markup.tags import BLOCKS, only_markup
from souwen.index.scripts import HAN

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
_PRE = frozenset({"pre", "xmp", "textarea"})
_SOFT_BREAK = re.compile(rf"(?<=[{HAN}])[ \t\r]*\n[ \t\r\n]*(?=[{HAN}])")
_BLANKS = re.compile(
    "[ \\t\\n\\r\\f\\v\\x85\xa0\u2028\u2029]{2,}|[\\t\\n\\r\\f\\v\\x85\xa0\u2028\u2029]"
)
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_DATA = re.compile(r"data:[\w.+/-]{0,100}(?:;[\w=.+-]{1,100}){0,8};base64,[A-Za-z0-9+/=%_-]*")
GAP = "\v"
"""Parts what belongs to no word beside it."""
# More titles of links than this in one line are not compared with it.
_FEW = 50


class Heading(NamedTuple):
    """Which lines of a page are one heading; they count from 0."""

    level: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page, which of them are headings, and what its ``<title>`` says."""

    lines: tuple[str, ...]
    headings: tuple[Heading, ...] = ()
    title: str = ""


def read_html(html: str, *, whole: bool = True, closed: Collection[str] = ()) -> Page:
    """The text of ``html``; only in a ``whole`` page is ``<title>`` not part of the text.

    ``closed`` are elements that end somewhere, though not in ``html``.
    Takes linear time, whatever is nested in what, and never ends.
    """
    markup = only_markup(html, closed=closed)
    # The parser takes an empty text for a mistake.
    if not markup.strip():
        return Page(())
    from lxml.etree import HTMLParser

    parser = HTMLParser(target=Reader(whole=whole), huge_tree=True)
    parser.feed(markup)
    page: Page = parser.close()
    return page


def one_line(text: str) -> str:
    """``text`` without control characters, with single blanks, and none at its ends."""
    if "  " not in text and text.isprintable():
        return text.strip()
    return _BLANKS.sub(" ", CONTROLS.sub("", text)).strip()


def _tidy(text: str) -> str:
    return one_line(join_lines(text))


def join_lines(text: str) -> str:
    """``text`` without embedded data, and without the line breaks between two Han characters."""
    if "base64," in text:
        text = drop_data(text)
    return _SOFT_BREAK.sub("", text) if "\n" in text else text


def drop_data(text: str) -> str:
    """``text`` without the files that are written out in it."""
    return _DATA.sub("", text)


class Reader:
    """Hears what a parser finds, and never holds a tree: depth costs nothing.

    An element begins with ``start`` and may or may not ``end``; ``close`` gives the page.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._lines: list[str] = []
        self._headings: list[Heading] = []
        self._parts: list[str] = []
        self._asides: list[str] = []
        self._title = ""
        self._pre = 0
        self._level = 0
        self._begins = False
        self._hidden = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins; ``tag`` is in lower case."""
        if self._hidden or "hidden" in attributes:
            self._hidden += 1
        elif tag in BLOCKS:
            self._begin_block(tag)
        elif tag in _CELLS:
            self._parts.append(GAP)
        elif tag == "br":
            self._break_line()
        elif tag == "img":
            self._show(attributes.get("alt") or "", attributes.get("title") or "")
        elif tag == "a" and (title := attributes.get("title")):
            self._asides.append(title)

    def end(self, tag: str) -> None:
        """An element ends, or its end tag stands alone."""
        if self._hidden:
            self._hidden -= 1
        elif tag in BLOCKS:
            self._end_block(tag)

    def data(self, text: str) -> None:
        """Text, in one piece or in many."""
        if self._hidden:
            return
        if not self._pre or "\n" not in text:
            self._parts.append(text)
            return
        *ended, last = text.split("\n")
        for line in ended:
            self._parts.append(line)
            self._end_line()
        self._parts.append(last)

    def close(self) -> Page:
        """All that was told, as lines."""
        self._end_line()
        return Page(tuple(self._lines), tuple(self._headings), self._title)

    def _begin_block(self, tag: str) -> None:
        self._end_line()
        if tag in _PRE:
            self._pre += 1
        if tag in _HEADINGS:
            self._level = int(tag[1])
            self._begins = True

    def _end_block(self, tag: str) -> None:
        if tag == "title" and self._whole and not self._title:
            self._title = _tidy("".join(self._parts))
            self._parts.clear()
        self._end_line()
        if tag in _PRE:
            self._pre = max(0, self._pre - 1)
        if tag in _HEADINGS:
            self._level = 0

    def _break_line(self) -> None:
        if self._level:
            self._parts.append(" ")
        else:
            self._end_line()

    def _show(self, alt: str, title: str) -> None:
        """An image is not part of the words around it, so it stands between blanks."""
        seen = alt if title in alt else f"{alt} {title}"
        if seen.strip():
            self._parts.append(f"{GAP}{seen}{GAP}")

    def _end_line(self) -> None:
        text = _tidy("".join(self._parts))
        self._parts.clear()
        if text:
            self._lines.append(text)
            if self._level:
                self._head()
        if self._asides:
            self._end_asides(text)

    def _head(self) -> None:
        """The last line belongs to the heading that began last."""
        before = () if self._begins else self._headings.pop().lines
        self._headings.append(Heading(self._level, (*before, len(self._lines) - 1)))
        self._begins = False

    def _end_asides(self, text: str) -> None:
        """Titles of links follow their line, unless it says the same (asked of a few only)."""
        seen = text if len(self._asides) < _FEW else ""
        asides = [aside for aside in map(_tidy, self._asides) if aside and aside not in seen]
        self._lines += asides
        self._asides.clear()
