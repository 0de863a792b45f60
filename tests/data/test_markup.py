"""At least 99.5 % of the Han characters of a real post arrive in its text."""

import html
import re
from collections import Counter

import pytest

from souwen.index.markup import plain_text

_HAN = re.compile("[々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_FRONT_MATTER = re.compile(r"\A\s*(---+|\+\+\+)[ \t]*\n.*?\n\1[ \t]*\n", re.DOTALL)
# What is dropped on purpose, found by other means than ours: no parser, only patterns.
_DROPPED = re.compile(
    r"<!--.*?--!?>|<(script|style|iframe)\b.*?</\1>|\{%.{0,2000}?%\}|\{\{[<%].{0,2000}?[%>]\}\}"
    r"|(?<=\])\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|<a [^<>]* hidden>[^<]*|<[a-zA-Z/][^<>]*>"
    r"|^[ \t]*\[[^\]\n]+\]:[ \t]*\S+[^\n]*$",
    re.DOTALL | re.MULTILINE,
)
_EVERY = 12


def _posts(folder):
    paths = [path for path in folder.rglob("*") if path.suffix in {".md", ".markdown", ".html"}]
    for path in sorted(paths)[::_EVERY]:
        text = path.read_text("utf-8-sig", errors="replace")
        yield path, _FRONT_MATTER.sub("", text, count=1)


def _han(text):
    return Counter(_HAN.findall(html.unescape(text)))


def test_the_han_characters_of_real_posts_arrive(blogs):
    worst, wanted, lost = [], 0, 0
    for path, source in _posts(blogs):
        found = plain_text(source, markup="html" if path.suffix == ".html" else "markdown")
        assert not found.simplified, path
        expected = _han(_DROPPED.sub("", source))
        missing = (expected - Counter(f"{found.title}{found.body}")).total()
        wanted, lost = wanted + expected.total(), lost + missing
        if missing > 0.005 * expected.total():
            worst.append((str(path), missing, expected.total()))
    assert lost <= 0.0005 * wanted
    # A pattern that takes too little for dropped may blame us for a post of two lines.
    assert len(worst) <= 2, worst


@pytest.mark.parametrize("mark", ["查看知乎原文", "<div", "<p>", "</", "&nbsp;", "img_box"])
def test_the_family_of_the_seed_leaves_no_markup(blogs, mark):
    texts = [
        plain_text(_FRONT_MATTER.sub("", path.read_text("utf-8"), count=1), markup="markdown").body
        for path in (blogs / "seed-family").rglob("*.md")
    ]
    assert len(texts) == 15
    assert not any(mark in text for text in texts)
