"""Texts fit on a terminal: widths, lines, colours, links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.search.terminal import CLOSING, Screen, cells, fit, wrap

COLORS = Screen(color=True)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("快手", 4), ("Ａ", 2), ("e\u0301", 1), ("快a手", 5), ("👍", 2)],
)
def test_a_chinese_character_takes_two_cells(text: str, width: int):
    assert cells(text) == width


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [
        ("快手电商", 8, "快手电商"),
        ("快手电商", 7, "快手电…"),
        ("快手电商", 6, "快手…"),
        ("abcdef", 4, "abc…"),
        ("", 4, ""),
    ],
)
def test_a_long_text_ends_with_an_ellipsis(text: str, width: int, fitted: str):
    assert fit(text, width) == fitted


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("快手电商上线了", 8, ["快手电商", "上线了"]),
        ("快手电商，上线了", 8, ["快手电", "商，上线", "了"]),
        ("他说（快手）好", 6, ["他说", "（快", "手）好"]),
        ("full text search", 9, ["full text", "search"]),
        ("searching", 4, ["sear", "chin", "g"]),
        ("a快）", 3, ["a", "快", "）"]),
        ("用 node.js 写", 8, ["用", "node.js", "写"]),
    ],
)
def test_lines_break_between_words_or_at_chinese_characters(
    text: str, width: int, lines: list[str]
):
    assert [text[start:end].strip() for start, end in wrap(text, width)] == lines


@given(st.text("快手，。（） abc-é\u0301👍", max_size=80), st.integers(2, 20))
def test_lines_fit_and_lose_nothing(text: str, width: int):
    lines = list(wrap(text, width))
    assert "".join(text[start:end] for start, end in lines) == text
    assert all(cells(text[start:end].rstrip(" ")) <= width for start, end in lines)


def test_a_closing_sign_begins_no_line_where_another_break_is_near():
    text = "一二三四，五六七八。九十"
    firsts = {text[start] for start, _ in wrap(text, 8)}
    assert not firsts & set(CLOSING)


def test_wrapping_takes_linear_time():
    text = "\u0301" * 200_000 + "快" * 200_000 + "a" * 200_000
    assert sum(end - start for start, end in wrap(text, 40)) == len(text)


def test_what_matched_is_highlighted():
    assert COLORS.mark("快手电商", [(0, 2)]) == "\x1b[1;31m快手\x1b[0m电商"
    assert COLORS.mark("快手电商", [(1, 3)], within=(2, 4)) == "\x1b[1;31m电\x1b[0m商"
    assert COLORS.mark("快手", [(0, 1)], style="1") == "\x1b[1;31m快\x1b[0m\x1b[1m手\x1b[0m"
    assert Screen().mark("快手电商", [(0, 2)], style="1") == "快手电商"


def test_a_title_links_to_its_file():
    screen = Screen(links=True)
    link = screen.link("标题", "/posts/a b/快.md")
    assert link == "\x1b]8;;file:///posts/a%20b/%E5%BF%AB.md\x1b\\标题\x1b]8;;\x1b\\"
    assert screen.link("标题", "elsewhere") == "标题"
    assert Screen().link("标题", "/posts/a.md") == "标题"
    assert "%1B" in screen.link("标题", "/posts/\x1b.md")
    assert "%E4" in screen.link("标题", "/posts/\udce4.md")


@pytest.mark.parametrize(
    ("terminal", "color", "hyperlink", "variables", "expected"),
    [
        (True, "auto", "auto", {}, (True, True, True)),
        (True, "auto", "never", {}, (True, True, False)),
        (True, "auto", "auto", {"NO_COLOR": "1"}, (True, False, False)),
        (True, "auto", "auto", {"NO_COLOR": ""}, (True, True, True)),
        (True, "auto", "auto", {"TERM": "dumb"}, (True, False, False)),
        (True, "always", "auto", {"NO_COLOR": "1"}, (True, True, True)),
        (True, "never", "always", {}, (True, False, True)),
        (False, "auto", "auto", {}, (False, False, False)),
        (False, "always", "auto", {}, (True, True, False)),
    ],
)
def test_colours_and_links_are_used_where_they_can_be_shown(
    *,
    terminal: bool,
    color: str,
    hyperlink: str,
    variables: dict[str, str],
    expected: tuple[bool, bool, bool],
):
    screen = Screen.fitting(
        200, 50, terminal=terminal, color=color, hyperlink=hyperlink, variables=variables
    )
    assert (screen.laid_out, screen.color, screen.links) == expected
    assert (screen.width, screen.height) == (100, 50)
