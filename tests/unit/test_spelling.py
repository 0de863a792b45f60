"""Which words are spelt nearly alike?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.search.spelling import alike, reach, slips

words = st.text("ab网", max_size=6)


@pytest.mark.parametrize(("word", "edits"), [("网", 1), ("serch", 1), ("search", 2)])
def test_longer_words_may_differ_more(word: str, edits: int):
    assert reach(word) == edits


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("", "", 0),
        ("网关", "网关", 0),
        ("网关", "网格", 1),
        ("search", "serch", 1),
        ("search", "searches", 2),
        ("search", "serach", 2),
        ("kitten", "sitting", 3),
        ("", "abc", 3),
    ],
)
def test_edits_insert_delete_and_substitute(a: str, b: str, distance: int):
    assert alike(a, b, distance)
    assert alike(b, a, distance)
    assert not alike(a, b, distance - 1)


def edited(word: str) -> set[str]:
    """Every word that is at most one edit away, over three letters."""
    found = {word}
    for at in range(len(word) + 1):
        found |= {word[:at] + char + word[at:] for char in "ab网"}
        found |= {word[:at] + char + word[at + 1 :] for char in ("", *"ab网") if at < len(word)}
    return found


@given(words, words)
def test_two_edits_are_one_edit_twice(a: str, b: str):
    twice = set().union(*map(edited, edited(a)))
    assert alike(a, b, 1) is (b in edited(a))
    assert alike(a, b, 2) is (b in twice)


@pytest.mark.parametrize("typed", ["kuberentes", "kubernets", "kubernettes", "kubernetas"])
def test_a_slip_is_a_letter_too_few_too_many_wrong_or_two_the_wrong_way_round(typed: str):
    assert "kubernetes" in slips(typed)


def test_two_slips_are_more_than_one():
    assert "kubernetes" not in slips("kubrenets")
