"""Whatever a file holds, is it loaded, and is nothing of it lost?"""

import json
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from souwen.index.encodings import decode
from souwen.index.front_matter import read_front_matter
from souwen.index.posts import read_post

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

FENCES = ("---", "----", "+++", ";;;", "{", "}", "[#]: ")
KEYS = ("title: ", "date = ", '"tags": ', "- ", "&a ", "*a", ": ", ",", "[", "]")
OTHERS = ("\n", "\n\n", "'", '"', "#", "春", "天", "x", "\t", "  ", "\\", "|")
texts = st.lists(st.sampled_from(FENCES + KEYS + OTHERS), max_size=40).map("".join)


def post(data):
    return read_post(data, id="x.md", path="x.md", timezone=ZoneInfo("Asia/Shanghai"), now=NOW)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_post_without_control_characters(data):
    found = post(data)
    assert not CONTROLS.search(found.body)
    assert not CONTROLS.search(found.title or "")


@given(texts)
def test_any_text_is_a_post(text):
    found = post(text.encode())
    shown = [found.title or "", *found.metadata.tags, *found.metadata.author]
    shown += [part for path in found.metadata.categories for part in path]
    shown += [part for pair in found.metadata.extra for part in pair]
    assert not CONTROLS.search("".join(shown))
    assert all(part == part.strip() for part in shown)


@given(texts)
def test_the_body_is_the_end_of_the_text_but_for_a_fence(text):
    found = read_front_matter(text)
    if not found.problem:
        assert text.endswith(found.body)


@given(st.text(), st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_a_quoted_title_is_that_text(body, title):
    block = f"title: {json.dumps(title, ensure_ascii=False)}"
    found = read_front_matter(f"---\n{block}\n---\n{body}")
    value = found.fields["title"].value
    assert (value or "") == title.replace("\u2028", " ").replace("\u2029", " ")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_utf_8_is_read_as_it_is(text):
    kept = text.replace("\ufeff", "").replace("\ufffe", "").replace("\uffff", "")
    assert decode(text.encode()).text == kept
