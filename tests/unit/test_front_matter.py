"""Is all front matter found that people write, and no text taken for it?"""

import time
from datetime import date

import pytest

from souwen.index.front_matter import read_front_matter
from souwen.index.front_matter.fields import FrontMatterError
from souwen.index.front_matter.plain_yaml import read_yaml


def values(text):
    return {key: field.value for key, field in read_front_matter(text).fields.items()}


def outcome(text):
    return values(text), read_front_matter(text).body


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("---\ntitle: 春\n---\n正文", {"title": "春"}),
        ("-----\ntitle: 春\n-----\n正文", {"title": "春"}),
        ("----\n\ntitle: 春\n\n----\n正文", {"title": "春"}),
        ("---  \ntitle: 春\n---\t\n正文", {"title": "春"}),
        ("\n \n---\ntitle: 春\n---\n正文", {"title": "春"}),
        ("---\ntitle: 春\nlink: a---b\n---\n正文", {"title": "春", "link": "a---b"}),
        ("---\n---\n正文", {}),
        ("---\n# 没有内容\n---\n正文", {}),
        ("title: 春\ndate: 2020-01-01\n---\n正文", {"title": "春", "date": "2020-01-01"}),
        ("+++\ntitle = '春'\ndraft = true\n+++\n正文", {"title": "春", "draft": "true"}),
        (';;;\n"title": "春"\n;;;\n正文', {"title": "春"}),
        (';;;\n{"title": "春"}\n;;;\n正文', {"title": "春"}),
        ('{\n  "title": "春"\n}\n正文', {"title": "春"}),
        ('{"title": "春", "tags": ["a"]}\n正文', {"title": "春", "tags": ("a",)}),
        ('[#]: title: "春"\n[#]: url: (x)\n正文', {"title": "春", "url": "x"}),
    ],
)
def test_every_kind_of_front_matter_is_taken_off(text, fields):
    found = read_front_matter(text)
    assert {key: field.value for key, field in found.fields.items()} == fields
    assert (found.body, found.problem) == ("正文", None)


@pytest.mark.parametrize(
    "text",
    [
        "正文\n---\n更多",
        "---\n两条横线之间的一段话\n---\n更多",
        "---\n注意: 这也是一段话\n---\n更多",
        "---\n一条横线",
        "---\n一条横线\n\n第二段: 冒号\n",
        "GNU: 一个标题\n---\n更多",
        "GNU: 一个标题\n\n更多",
        '{"code": 200}\n接口返回如上',
        '{"title": "x"} 是一个对象\n更多',
        '{"title": "没有结束\n更多',
        '{"title": {"title": ' + "[" * 5000 + "\n更多",
        "{% include head.html %}\n更多",
        "title: 没有横线\n\n更多",
        "title: 很长\n" + "一行字\n" * 30_000 + "---\n",
        '{"title": "' + "长" * 70_000 + '"}\n正文',
        "",
        "\n\n",
    ],
)
def test_text_is_not_taken_for_front_matter(text):
    assert read_front_matter(text).fields == {}
    assert read_front_matter(text).body == text
    assert read_front_matter(text).problem is None


def test_the_body_keeps_its_indentation():
    assert read_front_matter("---\ntitle: 春\n---\n    代码\n").body == "    代码\n"


def test_lines_count_in_the_whole_text():
    found = read_front_matter("\n\n---\ntitle: 春\ndate: x\n---\n")
    assert {key: field.line for key, field in found.fields.items()} == {"title": 4, "date": 5}


def test_lines_are_known_in_toml_and_json_too():
    assert read_front_matter("+++\ntitle = '春'\n+++\n").fields["title"].line == 2
    assert read_front_matter('{\n "title": "春"\n}\n').fields["title"].line == 2
    assert read_front_matter('{"title": "春", "x": 1}\n').fields["x"].line is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("On", "On"),
        ("no", "no"),
        ("=", "="),
        ("404", "404"),
        (".386", ".386"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("12:30:45", "12:30:45"),
        ("2020-01-01", "2020-01-01"),
        ("null", "null"),
        ("'null'", "null"),
        ("'~'", "~"),
        ("~", None),
        ("", None),
        ("C# 入门", "C# 入门"),
        ("'单 ''引'' 号'", "单 '引' 号"),
        ('"\\u6625"', "春"),
        ("春 # 注释", "春"),
        ("# 只有注释", None),
        ("###春", "###春"),
        ("用 #pragma 的坑", "用 #pragma 的坑"),
        ("'春' #注", "春"),
    ],
)
def test_scalars_are_text_as_written(written, value):
    assert values(f"---\ntitle: {written}\n---\n")["title"] == value


def test_only_a_title_keeps_what_yaml_takes_for_a_comment():
    assert values("---\ndate: 2020-01-01 #改\n---\n") == {"date": "2020-01-01"}


@pytest.mark.parametrize("written", ["{{ title }}", "[转载]", "{a: b}"])
def test_the_source_of_a_collection_is_kept(written):
    assert read_front_matter(f"---\ntitle: {written}\n---\n").fields["title"].written == written


def test_tabs_indent_like_two_blanks():
    text = "---\ntags:\n\t- a\n  - b\ncategories:\n\t-\n\t\t- c\ntitle:\t春\n---\n"
    assert values(text) == {"tags": ("a", "b"), "categories": (("c",),), "title": "春"}
    assert read_front_matter(text).problem is None


def test_lists_maps_and_blocks_are_read():
    text = (
        "---\na:\n  - - x\n    - y\n  - [z]\nb: {k: v}\nc: |\n  一\n  二\n? [q]\n: w\n"
        "d: &n 五\ne: *n\n---\n"
    )
    assert values(text) == {
        "a": (("x", "y"), ("z",)),
        "b": "{k: v}",
        "c": "一\n二\n",
        "[q]": "w",
        "d": "五",
        "e": "五",
    }


def test_a_line_end_of_unicode_is_no_line_end():
    assert values("---\ntitle: 春\u2028夏\n---\n") == {"title": "春 夏"}


def test_toml_keeps_days_and_numbers_and_tables():
    text = '+++\na = 2020-01-01\nb = 1.50\nc = 404\nd = [["x"], [1]]\n[e]\nf = true\n+++\n'
    assert values(text) == {
        "a": date(2020, 1, 1),
        "b": "1.50",
        "c": "404",
        "d": (("x",), ("1",)),
        "e": '{"f": true}',
    }


def test_json_null_is_nothing():
    assert values('{"title": null, "n": 1.50}\n') == {"title": None, "n": "1.50"}


def test_link_lines_end_with_the_first_other_line():
    text = '[#]: subject: "A (B)"\n[#]: author: ( )\n[#]: url:x\n[#]:\n\n[#]: later: y\n'
    assert outcome(text) == ({"subject": "A (B)", "author": "", "url": "x"}, "\n[#]: later: y\n")


@pytest.mark.parametrize("second", ["title: 春\ntop: 1", "title: @春\ntop: 1", "title: 夏\n\ntop:"])
def test_a_second_copy_is_no_body(second):
    assert outcome(f"---\ntitle: 春\ntop: 1\n---\n---\n{second}\n---\n正文")[1] == "正文"


@pytest.mark.parametrize(
    "body", ["---\n一段话\n---\n正文", "---\ntitle: 夏\n---\n", "---\n没有第二条"]
)
def test_other_fences_after_the_first_are_body(body):
    assert read_front_matter(f"---\ntitle: 春\ntop: 1\n---\n{body}").body == body


@pytest.mark.parametrize(
    ("text", "fields", "line"),
    [
        (
            "---\ntitle: 春: 夏\ndate: 2020-01-01\n---\n正文",
            {"title": "春: 夏", "date": "2020-01-01"},
            2,
        ),
        ("---\ntitle: [转] 春\nx: 1\n---\n正文", {"title": "[转] 春"}, 2),
        ("---\ntitle: @春\ntags: [a, 'b'\n---\n正文", {"title": "@春", "tags": ("a", "b")}, 2),
        ("---\ntitle: `春`\ntags:\n- a\n- b\n---\n正文", {"title": "`春`", "tags": ("a", "b")}, 2),
        (
            "---\nx: @\ntags: a, b\ncategories: @c\n---\n正文",
            {"tags": "a, b", "categories": ("@c",)},
            2,
        ),
        ('---\ntitle: "春" 夏\n---\n正文', {"title": "春"}, 2),
        ('---\ntitle: "春\n---\n正文', {"title": "春"}, None),
        ("---\ntitle：春\n---\n正文", {"title": "春"}, 2),
        ('---\ntitle： "春" author： "某"\n---\n正文', {"title": "春"}, 2),
        ("---\ntitle:春\n---\n正文", {"title": "春"}, 2),
        ("---\ntitle: 春\ntitle: 夏\nx: @\n---\n正文", {"title": "春"}, 4),
        ("---\nx: *y\ntitle: 春\n---\n正文", {"title": "春"}, 2),
        ("title: 春: 夏\ntags: a\n---\n正文", {"title": "春: 夏", "tags": "a"}, 1),
        (
            "+++\ntitle = '春\ndate = 2020-01-01\n+++\n正文",
            {"title": "春", "date": "2020-01-01"},
            None,
        ),
        ("+++\ntitle = 春\n+++\n正文", {"title": "春"}, 2),
        ("+++\n" + "a." * 2000 + "b = 1\ntitle = '春'\n+++\n正文", {"title": "春"}, 2),
        (';;;\n"title": "春",\n;;;\n正文', {"title": "春"}, 3),
        (
            '{\n  "title": "春",\n  "tags": ["a", "b"],\n}\n正文',
            {"title": "春", "tags": ("a", "b")},
            4,
        ),
    ],
)
def test_broken_front_matter_gives_what_its_lines_say(text, fields, line):
    found = read_front_matter(text)
    assert {key: field.value for key, field in found.fields.items()} == fields
    assert found.body.strip() == "正文"
    assert "line by line" in found.problem
    if line:
        assert found.line == line


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\ntitle: 春\n\n没有结束的正文", "没有结束的正文"),
        ("---\ntitle: 春\ntags:\n- a\n没有结束", "没有结束"),
        ("---\ntitle: 春", ""),
        ("+++\ntitle = '春'\n\n正文", "正文"),
    ],
)
def test_front_matter_without_an_end_ends_before_the_text(text, body):
    found = read_front_matter(text)
    assert found.fields["title"].value == "春"
    assert found.body.strip() == body
    assert (found.problem, found.line) == ("the front matter is not closed", 2)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\ntitle: 春\n----\n第一段\n\n---\n第二段", ["第一段", "第二段"]),
        ("---\ntitle: 春\n\n第一段\n\n---\n第二段", ["第一段", "第二段"]),
    ],
)
def test_no_text_is_lost_before_a_fence_that_is_a_rule(text, body):
    found = read_front_matter(text)
    assert found.fields["title"].value == "春"
    assert found.body.split() == body
    assert found.problem


@pytest.mark.parametrize(
    "block",
    [
        "[" * 50_000,
        "a: " + "[" * 50_000,
        "a: " + "{b: " * 10_000,
        "- " * 20_000,
        "? " * 20_000,
        "a: " + "'" * 49_999,
        "a: 1\n...\nb: 2",
        "a: 1\n...\n---\nb: 2",
        "正文",
        "- a",
        "a: *b",
        "a: &a [*a]",
    ],
)
def test_unsound_yaml_is_refused_in_bounded_time(block):
    began = time.process_time()
    with pytest.raises(FrontMatterError):
        read_yaml(block)
    assert time.process_time() - began < 2


def test_aliases_do_not_multiply():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20)
    )
    found = read_front_matter(f"---\ntitle: 春\n{bomb}---\n正文")
    assert (found.fields["title"].value, found.body) == ("春", "正文")
    assert "aliases" in found.problem


def test_many_aliases_of_a_long_text_are_refused():
    block = "a: &a " + "x" * 20_000 + "\n" + "".join(f"b{n}: *a\n" for n in range(60))
    with pytest.raises(FrontMatterError, match="aliases"):
        read_yaml(block)


def test_tags_run_no_code():
    text = "---\ntitle: !!python/object/apply:os.system ['exit 1']\n---\n"
    assert values(text) == {"title": ("exit 1",)}


@pytest.mark.parametrize(
    "block", ["k: v\n" * 2_000_000, "k: [" * 2_500_000 + "\n", "x" * 10_000_000 + "\n"]
)
def test_ten_megabytes_of_front_matter_cost_bounded_time(block):
    began = time.process_time()
    found = read_front_matter(f"---\ntitle: 春\n{block}---\n正文")
    assert time.process_time() - began < 8
    assert (found.fields["title"].value, found.body.split("\n")[-1]) == ("春", "正文")
    assert "longer than" in found.problem


@pytest.mark.parametrize(
    "text",
    [
        "---\n" * 500_000,
        "---\ntitle: x\n" * 200_000,
        "\n" * 2_000_000 + "x",
        "[#]:\n" * 500_000,
        '{"' * 500_000,
        "+++\na = " + "[" * 60_000 + "\n+++\n",
        "+++\n" + "a" * 60_000 + "\n+++\n",
        "---\n" + "title" * 12_000 + "\n---\n",
        "title: x\n" * 200_000,
        ";;;\n" + "[" * 60_000 + "\n;;;\n",
        " " * 2_000_000,
    ],
)
def test_hostile_beginnings_cost_linear_time(text):
    began = time.process_time()
    read_front_matter(text)
    assert time.process_time() - began < 4
