"""Which blocks does a text consist of, without help of markdown-it?"""

import pytest

from souwen.index.markup.blocks import read_blocks
from souwen.index.markup.elements import Code, Html, Row, Text, Unusual


def blocks(source):
    return [block for group in read_blocks(source).groups for block in group.blocks]


def contents(source):
    return [block.content for block in blocks(source) if block.content]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("一\n二\n\n三", [Text("p", "一\n二"), Text("p", "三")]),
        ("## 节 ##\n文", [Text("h2", "节"), Text("p", "文")]),
        ("题\n===", [Text("h1", "题")]),
        ("```py 求和\n  a\n\nb\n```\n文", [Code("py 求和", ["a", "", "b"]), Text("p", "文")]),
        ("文\n\n    a\n\tb\n", [Text("p", "文"), Code("", ["a", "b"])]),
        ("|甲|乙|\n|-|-|\n|一|", [Row(["甲", "乙"]), Row(["一"])]),
        ("<div>\n甲\n\n乙", [Html("<div>\n甲\n"), Text("p", "乙")]),
        ("{% codeblock 名 %}\nx\n{% endcodeblock %}", [Code("  名 ", ["x"])]),
    ],
)
def test_a_text_consists_of_paragraphs_headings_code_tables_and_html(source, expected):
    assert blocks(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- 一\n- 二\n  续\n\n  - 三", ["一", "二\n续", "三"]),
        ("1. 一\n懒\n\n后", ["一\n懒", "后"]),
        ("> 引\n懒\n>\n> - 项", ["引\n懒", "项"]),
        ("文\n2. 不是项", ["文\n2. 不是项"]),
        ("文\n1. 项", ["文", "项"]),
        ("-\t项", ["项"]),
    ],
)
def test_what_stands_in_lists_and_quotes_comes_in_its_order(source, expected):
    assert contents(source) == expected


def test_a_group_is_what_stands_side_by_side_at_the_top():
    groups = read_blocks("一\n\n- 二\n- 三\n\n四").groups
    assert [(group.start, group.end) for group in groups] == [(0, 1), (2, 5), (5, 6)]


def test_references_are_no_blocks():
    found = read_blocks('[甲]: http://example.org "题"\n\n文')
    assert found.references == {"甲": {"href": "", "title": "题"}}


def test_tabs_within_a_quote_are_left_to_markdown_it():
    with pytest.raises(Unusual):
        read_blocks(">\t引")
