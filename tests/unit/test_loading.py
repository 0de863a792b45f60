"""Does a file become the document that a reader would see?"""

import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from souwen.index.errors import PostError
from souwen.index.loading import load_document, title_from_name


def load(text, id="x.md"):
    data = text if isinstance(text, bytes) else text.encode()
    return load_document(
        data,
        id=id,
        path=f"/posts/{id}",
        timezone=ZoneInfo("Asia/Shanghai"),
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "id", "title"),
    [
        ("---\ntitle: 春\n---\n# 夏\n\n正文", "x.md", "春"),
        ("---\ntitle:\n---\n# 夏\n\n正文", "x.md", "夏"),
        ("夏\n====\n\n正文", "x.md", "夏"),
        ("<h1>夏</h1><p>正文</p>", "x.html", "夏"),
        ("<title>夏</title><p>正文</p>", "x.html", "夏"),
        ("正文", "笔记/2020-05-02-秋 天.md", "秋 天"),
        ("正文", "20200502.md", "20200502"),
        ("正文", "v1.2.3.md", "v1.2.3"),
    ],
)
def test_the_title_is_written_or_a_heading_or_the_name(text, id, title):
    assert load(text, id).document.title == title


def test_the_body_is_plain_text():
    document = load("---\ntitle: 春\n---\n第一**段**\n\n- 一\n- 二\n").document
    assert document.body == "第一段\n一\n二"


def test_a_document_says_where_it_came_from():
    document = load("正文", "a/x.md").document
    assert (document.id, document.path) == ("a/x.md", "/posts/a/x.md")


def test_a_draft_and_its_doubts_are_passed_on():
    loaded = load("---\ndraft: true\ndate: 明天\n---\n正文")
    assert loaded.draft
    assert [notice.line for notice in loaded.notices] == [3]


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf\n"])
def test_a_file_without_anything_in_it_is_refused(data):
    with pytest.raises(PostError, match="empty"):
        load(data)


def test_markup_without_measure_is_reported():
    assert "simplified" in load("*" * 300_000 + "正文").notices[0].reason


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("春天.md".encode(), "春天"),
        ("春天来了，花儿都开了.md".encode("gb18030"), "春天来了，花儿都开了"),
        (b"\x01.md", "\x01.md"),
    ],
)
def test_a_file_name_that_is_not_utf_8_gives_a_title_all_the_same(name, title):
    assert title_from_name(os.fsdecode(name)) == title
