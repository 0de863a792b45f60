"""No control character reaches a terminal, and no text is lost in JSON."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.index.printable import printable, to_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("搜索 search", "搜索 search"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\x00b\x07", "a␀b␇"),
        ("one\ntwo\tthree\r", "one two three "),
        ("del\x7f", "del␡"),
        ("c1\x9b31m", "c1\ufffd31m"),
        ("right\u202eleft", "right\ufffdleft"),
        ("line\u2028end", "line end"),
        ("not utf-8 \udce4", "not utf-8 \ufffd"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_a_text_is_shown_without_control_characters(text: str, shown: str):
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_showing_a_text_keeps_offsets_and_leaves_nothing_harmful(text: str):
    shown = printable(text)
    assert len(shown) == len(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"}


@given(st.text(st.characters()))
def test_json_is_ascii_safe_lossless_and_on_one_line(text: str):
    encoded = to_json([text])
    assert json.loads(encoded) == json.loads(json.dumps([text]))
    assert not {unicodedata.category(char) for char in encoded} & {"Cc", "Cs", "Zl", "Zp"}
    encoded.encode("utf-8")


def test_json_is_readable_and_compact():
    assert to_json({"标题": ["快手", None]}) == '{"标题":["快手",null]}'
