"""What does a person read of a post that is written in Markdown or HTML?"""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import Literal

from souwen.index.markup.html import CONTROLS, Heading, Page, one_line, read_html
from souwen.index.markup.markdown import read_markdown
from souwen.index.markup.tags import BREAKING
from souwen.index.markup.templates import drop_templates

__all__ = ["PlainText", "one_line", "plain_text"]

# About ten seconds of work; of 59,500 real posts none comes near.
_MOST_MARKS = {"markdown": 250_000, "html": 1_000_000}
_MARKS = "\n[]*_`<!&\\|~{"
_TARGET = re.compile(r"\]\([^()\n]*\)")
_MARKERS = re.compile(r"(?m)^[ \t>#*+\-]+")
_TAG = re.compile(r"<(?:/?([A-Za-z]\w*+)|!)[^<>]*+>", re.ASCII)
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

    ``source`` is as ``decode`` gives it. Never raises over what it says, and no word of it gets
    lost.
    """
    page, simplified = _read(source, markup)
    lines = page.lines
    if title is not None:
        first = page.headings[0] if page.headings else None
        says_it = first and _plain(_text_of(lines, first)) == _plain(title)
        return PlainText(title, _body(_without(lines, first if says_it else None)), simplified)
    top = next((heading for heading in page.headings if heading.level == 1), None)
    found = _text_of(lines, top) or page.title or None
    rest = _without(lines, top)
    if found and page.title and _plain(page.title) not in _plain(found):
        rest = (page.title, *rest)
    return PlainText(found, _body(rest), simplified)


def _read(source: str, markup: Literal["markdown", "html"]) -> tuple[Page, bool]:
    marks = "<" if markup == "html" else _MARKS
    most = _MOST_MARKS[markup]
    if len(source) <= most or sum(map(source.count, marks)) <= most:
        # A fault of a parser must not cost a post its text.
        with suppress(Exception):
            return (read_markdown(source) if markup == "markdown" else read_html(source)), False
    return Page((_read_loosely(source),)), True


def _read_loosely(source: str) -> str:
    """The lines of ``source`` without what looks like markup, by a few passes of fixed cost."""
    text = drop_templates(_TAG.sub(_loose_tag, _TARGET.sub("]", source)))
    text = unescape(_MARKERS.sub("", text).replace("**", "").replace("`", ""))
    return _BREAKS.sub("\n", _BLANKS.sub(" ", CONTROLS.sub("", text))).strip()


def _loose_tag(tag: re.Match[str]) -> str:
    return "\n" if (tag[1] or "").lower() in BREAKING else ""


def _text_of(lines: tuple[str, ...], heading: Heading | None) -> str:
    return " ".join(lines[at] for at in heading.lines) if heading else ""


def _without(lines: tuple[str, ...], heading: Heading | None) -> tuple[str, ...]:
    if heading is None:
        return lines
    return tuple(line for at, line in enumerate(lines) if at not in heading.lines)


def _plain(text: str) -> str:
    """``text`` without what is no difference: width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _body(lines: tuple[str, ...]) -> str:
    return "\n".join(lines)
