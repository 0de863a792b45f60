"""Does a post say of itself what its front matter says?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from souwen.index.posts import read_post

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def post(text, id="x.md"):
    data = text if isinstance(text, bytes) else text.encode()
    return read_post(data, id=id, path=f"/posts/{id}", timezone=SHANGHAI, now=NOW)


def with_front(block, id="x.md"):
    return post(f"---\n{block}\n---\n正文\n", id)


def metadata(block):
    return with_front(block).metadata


@pytest.mark.parametrize(
    ("block", "title"),
    [
        ("title: 春天", "春天"),
        ("Title: 春天", "春天"),
        ("title: On", "On"),
        ("title: =", "="),
        ("title: 404", "404"),
        ("title: .386", ".386"),
        ("title: null", "null"),
        ("title: 'null'", "null"),
        ("title: 2020-01-01", "2020-01-01"),
        ("title: ", None),
        ("title: ~", None),
        ("title: ''", None),
        ("title: '  '", None),
        ("title: []", None),
        ("layout: page", None),
        ("title: {{ title }}", "{{ title }}"),
        ("title: [转载] 春天", "[转载] 春天"),
        ("title: [转载]", "[转载]"),
        ("title: '&#123;春&#x5929; &amp; &lt;b&gt;'", "{春天 & <b>"),
        ("title: '&copy=1 &nosuch;'", "&copy=1 &nosuch;"),
        ("title: '&#38;lt;'", "&lt;"),
        ("title: |\n  春\n  天", "春 天"),
        ('title: "春\\0\\e[31m天"', "春[31m天"),
    ],
)
def test_a_title_is_the_text_as_written(block, title):
    assert with_front(block).title == title


def test_a_title_of_json_may_be_a_list():
    assert post('{"title": ["春", "天"]}\n正文').title == "春, 天"


def test_a_title_of_toml_may_be_a_day():
    assert post("+++\ntitle = 2020-01-02\n+++\n").title == "2020-01-02"


@pytest.mark.parametrize(
    ("block", "tags"),
    [
        ("tags: 春天", ("春天",)),
        ("tag: 春天", ("春天",)),
        ("tags: 春 天", ("春 天",)),
        ("tags: a, b，c,", ("a", "b", "c")),
        ("tags: [a, 2020, On, null]", ("a", "2020", "On", "null")),
        ("tags:\n- a\n- a\n-\n- 'b&amp;c'", ("a", "b&c")),
        ("tags:\n- [a, b]\n- c", ("a", "b", "c")),
        ("tags:\n- C#: 语言", ("C#: 语言",)),
        ("tags:\ntag: b", ("b",)),
        ("tags:", ()),
        ("tags: []", ()),
        ("tags: null", ()),
    ],
)
def test_tags_are_a_list_or_words_between_commas(block, tags):
    assert metadata(block).tags == tags


@pytest.mark.parametrize(
    ("block", "categories"),
    [
        ("categories: 技术", (("技术",),)),
        ("category: 技术", (("技术",),)),
        ("categories: Linux Mac 笔记", (("Linux Mac 笔记",),)),
        ("categories: [a, b, c]", (("a", "b", "c"),)),
        ("categories:\n - a\n - b", (("a", "b"),)),
        ("categories:\n - - a\n   - b\n - - c", (("a", "b"), ("c",))),
        ("categories:\n - a\n - [b, c]\n - a", (("a",), ("b", "c"))),
        ("categories:\n - [a]\n - []", (("a",),)),
        ("categories: ", ()),
        ("categories: null", ()),
    ],
)
def test_a_flat_list_of_categories_is_one_path(block, categories):
    assert metadata(block).categories == categories


@pytest.mark.parametrize(
    ("block", "author"),
    [
        ("author: 张三", ("张三",)),
        ("authors: [张三, 李四]", ("张三", "李四")),
        ("author: 'Lee, Tom'", ("Lee, Tom",)),
        ("author: null", ()),
        ("author:", ()),
    ],
)
def test_there_may_be_several_authors(block, author):
    assert metadata(block).author == author


@pytest.mark.parametrize(
    ("block", "url"),
    [
        ("permalink: /a/\nslug: b", "/a/"),
        ("url: /a/?x=1&copy=2", "/a/?x=1&copy=2"),
        ("link: http://example.com/", "http://example.com/"),
        ("slug: b", "b"),
        ("url:\nslug: b", "b"),
        ("url: null", None),
    ],
)
def test_the_address_is_the_first_of_four_keys(block, url):
    assert metadata(block).url == url


@pytest.mark.parametrize("key", ["description", "excerpt", "summary"])
def test_the_description_has_three_names(key):
    assert metadata(f"{key}: 一句话").description == "一句话"


def test_the_language_is_kept():
    assert metadata("lang: zh-TW").lang == "zh-TW"


def test_other_keys_are_kept_as_text():
    block = (
        "title: 春\nkeywords: a, b\nlayout: post\ntoc: true\nlist: [x, [y]]\nempty:\nmap: {k: v}"
    )
    assert metadata(block).extra == (
        ("keywords", "a, b"),
        ("layout", "post"),
        ("toc", "true"),
        ("list", "x, y"),
        ("map", "{k: v}"),
    )


@pytest.mark.parametrize(
    ("block", "draft"),
    [
        ("draft: true", True),
        ("draft: True", True),
        ("draft: yes", True),
        ("draft: false", False),
        ("published: false", True),
        ("published: no", True),
        ("published: true", False),
        ("draft:", False),
        ("title: 春", False),
    ],
)
def test_a_draft_says_so(block, draft):
    assert with_front(block).draft is draft


def test_a_draft_of_toml_says_so():
    assert post("+++\ndraft = true\n+++\n").draft is True


DAY = datetime(2020, 5, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("block", "id"),
    [
        ("date: 2020-05-02", "x.md"),
        ("Date: 2020-05-02", "x.md"),
        ("date: '2020-05-02'", "2019-01-01-x.md"),
        ("ms.date: 05/02/2020", "x.md"),
        ("pubDate: 2020-05-02", "x.md"),
        ("date: 2020-05-02\nms.date: 01/01/2019", "x.md"),
        ("date:\nms.date: 05/02/2020", "x.md"),
        ("date: null\npubDate: 2020-05-02", "x.md"),
        ("title: 春", "2020-05-02-x.md"),
        ("title: 春", "20200502 x.md"),
        ("title: 春", "a/2020/05/02/x.md"),
        ("date: null", "2020-05-02-x.md"),
    ],
)
def test_the_date_is_the_front_matters_or_else_the_paths(block, id):
    found = with_front(block, id)
    assert (found.metadata.date, found.notices) == (DAY, ())


def test_a_date_of_toml_is_taken_as_it_is():
    assert post("+++\ndate = 2020-05-02\n+++\n").metadata.date == DAY


@pytest.mark.parametrize("block", ["title: 春", "date:", "date: ''", "date: null", "date: []"])
def test_a_post_without_a_date_is_undated_and_not_doubtful(block):
    found = with_front(block)
    assert (found.metadata.date, found.notices) == (None, ())


@pytest.mark.parametrize("written", ["Invalid Date", "{{ date }}", "明天", "[a, b]"])
def test_a_date_that_is_nonsense_is_reported_and_the_paths_is_taken(written):
    found = with_front(f"title: 春\ndate: {written}", "2020-05-02-x.md")
    assert found.metadata.date == DAY
    (notice,) = found.notices
    assert (notice.path, notice.line) == ("/posts/2020-05-02-x.md", 3)
    assert "is not one" in notice.reason


def test_a_broken_time_is_reported_and_its_day_is_taken():
    found = with_front("title: 春\ndate: 2020-05-02 22:010:17")
    assert found.metadata.date == DAY
    assert [notice.line for notice in found.notices] == [3]


def test_an_unlikely_year_of_the_path_is_reported():
    assert "1950" in with_front("title: 春", "1950-01-01-x.md").notices[0].reason


@pytest.mark.parametrize("key", ["updated", "lastmod", "last_modified_at", "modified"])
def test_when_it_was_updated_has_four_names(key):
    assert metadata(f"{key}: 2020-05-02").updated == DAY


def test_broken_front_matter_is_reported_before_its_doubts():
    found = with_front("title: 春: 天\ndate: 明天")
    assert found.title == "春: 天"
    assert found.body == "正文\n"
    assert ["line by line" in notice.reason for notice in found.notices] == [True, False]
    assert [notice.line for notice in found.notices] == [2, 3]


def test_undecodable_bytes_are_reported():
    found = post("---\ntitle: 春天来了\n---\n正文很长很长很长\n".encode() + b"\xff\n")
    assert found.title == "春天来了"
    assert found.notices[0].line == 5


@pytest.mark.parametrize(
    ("id", "markup"),
    [("x.md", "markdown"), ("x.markdown", "markdown"), ("x.HTML", "html"), ("a/x.htm", "html")],
)
def test_the_suffix_says_which_markup_it_is(id, markup):
    assert post("正文", id).markup == markup


def test_a_mark_before_the_fence_is_no_matter():
    assert post("\ufeff---\r\ntitle: 春\r\n---\r\n正文").title == "春"


def test_no_control_character_reaches_the_metadata():
    found = with_front('title: "a\\0"\ntags: ["b\\x07"]\nx: "c\\x1b"\n"k\\x01": d')
    assert found.title == "a"
    assert found.metadata.tags == ("b",)
    assert found.metadata.extra == (("x", "c"), ("k", "d"))
