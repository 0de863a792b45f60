import pytest

from souwen.index.markup import one_line, plain_text


def body(source, *, title="题"):
    return plain_text(source, markup="markdown", title=title).body


def html_body(source, *, title="题"):
    return plain_text(source, markup="html", title=title).body


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("第一段。\n\n第二段。", "第一段。\n第二段。"),
        ("- 春\n- 夏\n  1. 秋", "春\n夏\n秋"),
        ("## 小节 ##\n正文", "小节\n正文"),
        ("> 引文\n> 又引", "引文又引"),
        ("上文\n***\n下文", "上文\n下文"),
    ],
)
def test_blocks_end_lines(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("微\n服务", "微服务"),
        ("用 Go\n写", "用 Go 写"),
        ("写\nGo", "写 Go"),
        ("one\ntwo", "one two"),
        ("逗号，\n后面", "逗号， 后面"),
        ("硬换行  \n下一行", "硬换行\n下一行"),
        ("<b>微</b>\n服务", "微服务"),
    ],
)
def test_a_soft_break_joins_han_and_parts_anything_else(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("**快**手", "快手"),
        ("<strong>快</strong>手", "快手"),
        ("~~旧~~新", "旧新"),
        ("说**“你好”**了", "说“你好”了"),
        ("2 ** 3", "2 ** 3"),
        ("a\\*b\\*", "a*b*"),
        ("`a * b`与`List<T>`", "a * b与List<T>"),
        ("<https://example.org/甲>", "https://example.org/甲"),
        ("AT&amp;T 与 &amp;lt;", "AT&T 与 &lt;"),
        ("a < b 且 c > d", "a < b 且 c > d"),
        ("返回 List<String> 值", "返回 List<String> 值"),
        ("`<div>` 与 <path> 参数", "<div> 与 <path> 参数"),
    ],
)
def test_inline_marks_vanish_without_a_blank(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("看[这里](https://example.org/路径)吧", "看这里吧"),
        ('看[这里](https://example.org "站名")吧', "看这里吧\n站名"),
        ('看[站名](https://example.org "站名")吧', "看站名吧"),
        ("看[这里][1]吧\n\n[1]: https://example.org '站名'", "看这里吧\n站名"),
        ("看[这里][甲]吧\n\n[甲]: <https://example.org>", "看这里吧"),
        ('图![山 *水*](a.png "画")后', "图 山 水 画 后"),
        ('![山](a.png "山")', "山"),
        ("![外![内](b.png)](a.png)", "外内"),
        ("![上\n下](a.png)", "上 下"),
        ("![](a.png)只有字", "只有字"),
        ('<img src="a.png" alt="山" title="水">', "山 水"),
        ("[空](<a b> (题))", "空\n题"),
    ],
)
def test_links_and_images_keep_their_words_and_lose_their_targets(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[注]: 这是一句话", "[注]: 这是一句话"),
        ("[ ]: http://example.org", "[ ]: http://example.org"),
        ("[甲]: http://example.org 还有", "[甲]: http://example.org 还有"),
        ("    [甲]: http://example.org", "[甲]: http://example.org"),
        ("[甲][^1]乙\n\n[^1]: 注文", "[甲]乙\n注文"),
        ("正则 [^abc] 不是脚注", "正则 [^abc] 不是脚注"),
        ("脚注[^a]在此，非[^b]\n\n[^a]: 注文\n", "脚注在此，非[^b]\n注文"),
        ("[^一]: 无空格的注", "无空格的注"),
    ],
)
def test_what_only_looks_like_a_reference_is_text(source, expected):
    assert body(source) == expected


def test_a_reference_is_none_inside_of_a_label_with_brackets():
    assert body("[甲[乙]]: http://example.org") == "[甲[乙]]: http://example.org"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("|甲|乙|\n|-|-|\n|一|二|", "甲 乙\n一 二"),
        ("|甲|乙|\n|-|-|\n|一|二|三|", "甲 乙\n一 二 三"),
        ("|甲|乙|\n|-|-|\n|`a | b`|二|", "甲 乙\na | b 二"),
        ("|甲|乙|\n|-|-|\n|`a \\| b`|二|", "甲 乙\na | b 二"),
        ("|甲|乙|\n|-|-|\n|只有一格|\n\n后文", "甲 乙\n只有一格\n后文"),
        ("甲|乙\n-|-\n一|二\n> 引", "甲 乙\n一 二\n引"),
        ("|甲|\n|-|\n    |代码|", "甲\n|代码|"),
        ("- |甲|\n  |-|\n  |一|\n\n外", "甲\n一\n外"),
        ("- |甲|\n  |-|\n外", "甲\n外"),
        ("前文\n|甲|乙|\n|-|-|", "前文\n甲 乙"),
        ("<table><tr><td>甲</td>\n<td>乙</td></tr></table>", "甲 乙"),
    ],
)
def test_every_cell_of_a_table_is_kept_between_blanks(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("```java\nMap<K, V> m; // *星*\n\n# 注释\n```", "Map<K, V> m; // *星*\n# 注释"),
        ("文\n\n    if a < b:\n        c = '{% raw %}'", "文\nif a < b:\nc = '{% raw %}'"),
        ("```py 下载脚本 https://example.org/a\nx\n```", "下载脚本\nx"),
        ('```go {linenos=true} title="入口"\nx\n```', 'title="入口" 入口\nx'),
        ("{% codeblock lang:js 求和 %}\na * b * c\n{% endcodeblock %}", "求和\na * b * c"),
        ("文\n{% highlight ruby %}\n# 注\n{% endhighlight %}\n后", "文\n# 注\n后"),
        ("{% codeblock %}\n没有结尾\n\n{% codeblock %}\n又没有", "没有结尾\n又没有"),
        ("<pre><code>第一行\n  第二行 &lt;b&gt;</code></pre>", "第一行\n第二行 <b>"),
        ("<pre>List<String> a;\nif (a < b)</pre>", "List<String> a;\nif (a < b)"),
    ],
)
def test_code_stays_as_it_stands(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("前{% asset_img a.png %}后", "前后"),
        ("{% note info %}\n要点\n{% endnote %}", "要点"),
        ("<div>{% raw %}甲{% endraw %}</div>", "甲"),
        ("{{< figure src=a.png title='湖' >}}", "湖"),
        ("{{% notice %}}提示{{% /notice %}}", "提示"),
        ("## 节 {#anchor}\n段落\n{: .lead}", "节\n段落"),
        ("集合 {1, 2} 与 {% 未完", "集合 {1, 2} 与 {% 未完"),
        ("[链{% x %}接](a)", "链接"),
    ],
)
def test_template_tags_vanish_and_what_stands_between_stays(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("前<!-- 注释 -->后", "前后"),
        ("前\n\n<!--more-->\n\n后", "前\n后"),
        ("<style>p {color: red}</style>文", "文"),
        ("<script>\n\nlet a = '话';\n\n</script>\n\n文", "文"),
        ('<img alt="图" src="data:image/png;base64,iVBORw0KGgo=">', "图"),
        ("数据 data:image/png;base64,iVBORw0KGgo= 完", "数据 完"),
        ("<p>甲<a hidden href='x'>看<img>不见</a>乙</p>", "甲乙"),
        ("<!-- 没有结尾", "<!-- 没有结尾"),
        ("<script>没有结尾", "<script>没有结尾"),
    ],
)
def test_what_nobody_reads_is_dropped(source, expected):
    assert body(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<div>甲</div>2 月", "甲\n2 月"),
        ("甲<br>乙</br>丙", "甲\n乙\n丙"),
        ("<div><p>甲<p>乙<div>丙", "甲\n乙\n丙"),
        ("</p>甲</p></span>乙", "甲\n乙"),
        ("<ruby>汉<rt>hàn</rt></ruby>字", "汉hàn字"),
        ('<a href="x" title="旁白">链</a>文', "链文\n旁白"),
        ('<p class="没有引号>甲</p>', "甲"),
        ('<img alt="水" title="Li\'s">', "水 Li's"),
        ("<my-widget>甲</my-widget>乙", "甲乙"),
        ("<Tab>甲</Tab>", "甲"),
        ("<!doctype html><![CDATA[甲]]>", "甲]]>"),
        ("<span\nclass=a>甲</span>", "甲"),
    ],
)
def test_html_is_read_as_a_page_shows_it(source, expected):
    assert html_body(source) == expected


def test_one_tag_of_html_changes_nothing_around_it():
    source = '```py 甲\nx < y\n```\n\n![乙](a.png "丙 & 丁")[戊](b "己")\n'
    assert body(f"{source}<b>庚</b>") == "甲\nx < y\n乙 丙 & 丁 戊庚\n己"
    assert body(f"{source}庚") == "甲\nx < y\n乙 丙 & 丁 戊庚\n己"


def test_a_body_of_html_that_is_indented_is_html():
    source = "\n    <div>\n    <p>甲&amp;乙</p>\n\n        <p>丙</p>\n\n    丁&lt;戊\n    </div>\n"
    assert body(source) == "甲&乙\n丙\n丁<戊"


def test_indented_html_in_a_post_of_markdown_is_code():
    assert body("例如：\n\n    <p>甲</p>\n") == "例如：\n<p>甲</p>"


@pytest.mark.parametrize(
    ("source", "title", "expected"),
    [
        ("# 春天\n文", "春天", "文"),
        ("# 春 天\n文", "春天", "文"),
        ("# ＡＢＣ\n文", "abc", "文"),
        ("# 夏天\n文", "春天", "夏天\n文"),
        ("文\n\n## 春天", "春天", "文"),
        ("没有标题", "春天", "没有标题"),
    ],
)
def test_a_first_heading_that_says_the_title_is_left_out(source, title, expected):
    found = plain_text(source, markup="markdown", title=title)
    assert (found.title, found.body) == (title, expected)


@pytest.mark.parametrize(
    ("source", "markup", "title", "expected"),
    [
        ("# 春天\n文", "markdown", "春天", "文"),
        ("春天\n====\n文", "markdown", "春天", "文"),
        ("## 二级\n\n# 一级\n文", "markdown", "一级", "二级\n文"),
        ("## 二级\n文", "markdown", None, "二级\n文"),
        ("<h1>春<br>天</h1>文", "html", "春 天", "文"),
        ("<title>站</title><p>文", "html", "站", "文"),
        ("<title>春天 - 站</title><h1>春天</h1>文", "html", "春天", "春天 - 站\n文"),
        ("<title>春天</title><h1>春天</h1>文", "html", "春天", "文"),
        ("<title>站</title>\n\n文", "markdown", None, "站\n文"),
        ("", "markdown", None, ""),
        (" \n", "html", None, ""),
    ],
)
def test_without_a_title_the_first_heading_of_level_1_is_it(source, markup, title, expected):
    found = plain_text(source, markup=markup)
    assert (found.title, found.body, found.simplified) == (title, expected, False)


@pytest.mark.parametrize(
    "source",
    [
        "> " * 300 + "底",
        "- " * 300 + "底",
        "<div>" * 5000 + "底" + "</div>" * 5000,
        "[" * 300 + "底",
    ],
)
def test_nothing_is_too_deep_to_be_read(source):
    found = plain_text(source, markup="markdown")
    assert "底" in found.body
    assert not found.simplified


def test_lists_within_lists_are_read_to_the_bottom():
    source = "\n".join(f"{'  ' * depth}- 第{depth}层" for depth in range(60))
    assert all(f"第{depth}层" in body(source) for depth in range(60))


@pytest.mark.parametrize("markup", ["markdown", "html"])
@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "*",
        "<",
        "`",
        "> ",
        "- ",
        "\\",
        "</p>",
        "<div>",
        "<a title=x>",
        "[a](b 'c')",
        "{%",
    ],
)
@pytest.mark.parametrize("count", [8_000, 300_000])
def test_hostile_text_takes_the_time_of_its_length(piece, markup, count):
    found = plain_text(piece * count + "\n\n底", markup=markup)
    assert "底" in found.body


def test_markup_beyond_measure_is_taken_off_roughly():
    source = (
        "# 标题\n\n* **甲**&amp;乙[丙](http://example.org)<p>丁</p><b>戊</b>\n" + "[]\n" * 100_000
    )
    found = plain_text(source, markup="markdown", title="题")
    assert found.simplified
    assert found.body.startswith("标题\n甲&乙[丙]\n丁\n戊")


@pytest.mark.parametrize("end", ["<" + "a" * 200_000, "{:." + "a" * 2_000_000, "<!" * 500_000])
def test_what_is_taken_off_roughly_takes_the_time_of_its_length(end):
    found = plain_text("[]\n" * 100_000 + "底" + end, markup="markdown")
    assert found.simplified
    assert "底" in found.body


def test_many_titles_of_links_in_one_line_are_all_kept():
    lines = body(" ".join(f'[甲](b "题{number}")' for number in range(60))).split("\n")
    assert lines[1:] == [f"题{number}" for number in range(60)]


def test_one_line_has_single_blanks_and_no_control_characters():
    assert one_line(" 一\t二\x00\n三\xa0 四\u3000五 ") == "一 二 三 四\u3000五"
