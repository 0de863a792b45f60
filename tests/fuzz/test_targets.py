"""Does every promise on what others wrote hold for a few random inputs, and for those that once
broke one? ``tests/bench/fuzz/run.py`` looks for more of them, for as long as it is let."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.targets import FRONT, LONGEST, MARKUP, TARGETS, spelled

FOUND = [
    # A line separator of Unicode is a blank in front matter, and no value.
    ("front_matter", b"\x018\x8b"),
    # What is cut to a length does not end in a blank.
    ("front_matter", bytes.fromhex("9999ebebfd" + 41 * "99" + "fd5b010018a8050000")),
    # Rows of backticks, of low lines and of open tags, as long as an input gets.
    ("markup", bytes([1, MARKUP.index("`"), 255])),
    ("markup", bytes([1, MARKUP.index("_"), 254, MARKUP.index("{%")])),
    ("markup", bytes([1, MARKUP.index("<"), 244, MARKUP.index("word"), 255])),
    ("markup", bytes([1, MARKUP.index("{: .a}"), MARKUP.index("|"), 255])),
    ("loader", bytes([1, FRONT.index("---\n"), FRONT.index("&a "), FRONT.index("*a"), 255])),
    ("parser", b"\x00\xff\xfe"),
    ("snippets", b"\x00e\xcc\x81\x1f\xcc\x81"),
]


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=60))
@settings(max_examples=40, deadline=None)
def test_a_promise_holds_for_any_input(name: str, data: bytes):
    TARGETS[name](data)


@pytest.mark.parametrize(("name", "data"), FOUND, ids=range(len(FOUND)))
def test_a_promise_holds_for_what_once_was_looked_at(name: str, data: bytes):
    TARGETS[name](data)


def test_bytes_stand_for_pieces_and_for_what_was_there_again():
    assert spelled(bytes([1, 0, 1, 245]), ("春", "天")) == "春天天天"
    assert spelled("\0春天".encode(), ()) == "春天"
    assert LONGEST / 2 < len(spelled(bytes([1, 0, *[255] * 9]), ("春天",))) <= LONGEST
