"""What is seen of a paragraph, without help of markdown-it?"""

import pytest

from souwen.index.markup.elements import Unusual
from souwen.index.markup.inlines import HtmlFound, Inlines

REFERENCES = {"甲": {"href": "", "title": ""}, "乙": {"href": "", "title": "题"}}


def read(content, notes=()):
    return Inlines(REFERENCES, frozenset(notes)).read(content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("没有标记", "没有标记"),
        ("a_b 与 **强**、*弱*、_弱_", "a_b 与 强、弱、弱"),
        ("`a_b` 与 `` c`d ``", "a_b 与 c`d"),
        ("[链**接**](http://example.org/a_(b))", "链接"),
        ("[甲]、[链][甲]、[链][丙]", "甲、链、[链][丙]"),
        ("[![图](a.png)](b)", "\v图\v"),
        ('![图](a.png "湖")', "\v图 湖\v"),
        ("&lt;&#20013;&x;", "<中&x;"),
        ("\\# \\字", "# \\字"),
        ("<http://example.org>", "http://example.org"),
        ('<a id="x"></a>甲<br>乙<sub>1</sub>', "甲\x02乙1"),
        ("一  \n  二\n三", "一  \x02二\n三"),
        ("前{% asset_img a.png %}后", "前后"),
        ("数 2 * 3 与 a < b", "数 2 * 3 与 a < b"),
    ],
)
def test_marks_that_posts_are_full_of_are_taken_out(content, expected):
    assert read(content) == expected


@pytest.mark.parametrize("content", ["<b>没有结尾", "</b>", "<T>", '<a title="旁白">链</a>'])
def test_tags_that_may_reach_further_are_found(content):
    with pytest.raises(HtmlFound):
        read(content)


@pytest.mark.parametrize(
    "content", ['[链](a "旁白")', "[链][乙]", "~~删~~", "**“引”**字**", "脚注[^1]", "[一](<二>)"]
)
def test_what_is_rare_is_left_to_markdown_it(content):
    with pytest.raises(Unusual):
        read(content, notes=["1"])
