"""What does a person read of a post that is written in Markdown or HTML?"""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import Literal

from souwen.index.markup.html import CONTROLS, Line, Page, one_line, read_html
from souwen.index.markup.markdown import read_markdown
from souwen.index.markup.tags import BREAKING
from souwen.index.markup.templates import drop_templates

__all__ = ["PlainText", "one_line", "plain_text"]

# About ten seconds of work; of 59,500 real posts none comes near.
_MOST_MARKS = {"markdown": 250_000, "html": 1_000_000}
_MARKS = "\n[]*_`<!&\\|~{"
_TARGET = re.compile(r"\]\([^()\n]*\)")
_MARKERS = re.compile(r"(?m)^[ \t>#*+\-]+")
_TAG = re.compile(r"<(?:/?([A-Za-z]\w*)|!)[^<>]*>", re.ASCII)
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")


@dataclass(frozen=True, slots=True)
class PlainText:
    """The text of a post: lines without blanks at their ends, none empty, joined by ``\\n``.

    ``title`` is the given one, else the first heading of level 1, which then is no part of
    ``body``; None where there is none. ``simplified`` says that the markup was too much for its
    parser, so that some of it may be left in the text.
    """

    title: str | None
    body: str
    simplified: bool = False


def plain_text(
    source: str, *, markup: Literal["markdown", "html"], title: str | None = None
) -> PlainText:
    """The title and text of ``source``; a first heading equal to ``title`` is left out.

    Never raises over what ``source`` says, and no word of it gets lost.
    """
    source = _clean(source)
    page, simplified = _read(source, markup)
    if title is not None:
        return PlainText(title, _body(_without_title(page.lines, title)), simplified)
    heading = _first_heading(line for line in page.lines if line.level == 1)
    found = _text_of(page.lines, heading) or page.title or None
    rest = [line for line in page.lines if not heading or line.heading != heading]
    if found and page.title and _plain(page.title) not in _plain(found):
        rest.insert(0, Line(page.title))
    return PlainText(found, _body(rest), simplified)


def _read(source: str, markup: Literal["markdown", "html"]) -> tuple[Page, bool]:
    marks = "<" if markup == "html" else _MARKS
    if sum(map(source.count, marks)) <= _MOST_MARKS[markup]:
        # A fault of a parser must not cost a post its text.
        with suppress(Exception):
            return (read_markdown(source) if markup == "markdown" else read_html(source)), False
    return Page((Line(_read_loosely(source)),)), True


def _read_loosely(source: str) -> str:
    """The lines of ``source`` without what looks like markup, by a few passes of fixed cost."""
    text = drop_templates(_TAG.sub(_loose_tag, _TARGET.sub("]", source)))
    text = unescape(_MARKERS.sub("", text).replace("**", "").replace("`", ""))
    return _BREAKS.sub("\n", _BLANKS.sub(" ", CONTROLS.sub("", text))).strip()


def _loose_tag(tag: re.Match[str]) -> str:
    return "\n" if (tag[1] or "").lower() in BREAKING else ""


def _clean(source: str) -> str:
    return CONTROLS.sub("", source.replace("\r\n", "\n").replace("\r", "\n"))


def _first_heading(lines: Iterable[Line]) -> int:
    return next((line.heading for line in lines if line.heading), 0)


def _text_of(lines: Iterable[Line], heading: int) -> str:
    return " ".join(line.text for line in lines if heading and line.heading == heading)


def _without_title(lines: Iterable[Line], title: str) -> list[Line]:
    """``lines`` without their first heading, if it says the same as ``title``."""
    rest = list(lines)
    heading = _first_heading(rest)
    if heading and _plain(_text_of(rest, heading)) == _plain(title):
        return [line for line in rest if line.heading != heading]
    return rest


def _plain(text: str) -> str:
    """``text`` without what is no difference: width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _body(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines)
