"""A time is read as people write it, and written so again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.index.durations import parse, words


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("30s", 30), ("5m", 300), ("1h30m", 5400), (" 1D ", 86400), ("0.5m", 30)],
)
def test_a_time_is_seconds(text: str, seconds: float):
    assert parse(text) == seconds


@pytest.mark.parametrize("text", ["", "5x", "m", "-5m", "0", "0.5s", "1h 30m", "5分钟", "٣m"])
def test_anything_else_is_told_with_an_example(text: str):
    with pytest.raises(ValueError, match="write it as in 30s, 5m, 1h30m"):
        parse(text)


@given(st.integers(1, 10**7))
def test_a_time_in_words_is_the_time(seconds: int):
    assert parse(words(seconds)) == seconds


def test_no_time_has_words_too():
    assert words(0.2) == "0s"
