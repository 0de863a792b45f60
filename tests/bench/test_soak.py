"""What the soak says can be relied on: it tells a commit of one moment from one of none."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

# The soak is a script with its modules beside it.
sys.path.insert(0, str(Path(__file__).parent))

from soak import Outcome, Sample, judge
from soaking.history import Change, History, Window
from soaking.posts import serial_of, version, word
from soaking.reading import Question, wrong

from souwen.index import build
from souwen.search import open_index

CHANGES = [
    Change(1.0, 1.1, {"a": 1}),
    Change(2.0, 2.1, {"b": 2}),
    Change(3.0, 3.1, {"a": None, "c": 1}),
    Change(4.0, 4.1, {"b": 3}),
]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, Window(0, 0)),
        ({"a": 1}, Window(1, 1)),
        ({"b": 2, "c": 1}, Window(3, 3)),
        ({"b": 3, "c": 1}, Window(4, 4)),
        ({"a": 1, "b": 3}, Window(2, 4)),
        ({"b": 1, "c": 1}, None),
        ({"b": 3, "c": 1, "d": 1}, None),
    ],
    ids=["before all", "one", "moved", "after all", "of a time", "a wrong version", "one too many"],
)
def test_a_state_is_of_a_moment_of_a_time_or_of_none(state, expected):
    history = History(CHANGES)
    assert history.window(state, until=9.0, back=20.0) == expected


def test_what_is_too_old_or_comes_later_is_no_moment_of_a_state():
    assert History(CHANGES).window({"a": 1}, until=9.0, back=6.0) is None
    assert History(CHANGES).window({"b": 3, "c": 1}, until=3.5, back=9.0) is None


def test_a_time_is_as_long_as_from_its_first_change_to_its_last():
    assert History(CHANGES).seconds(Window(2, 4)) == pytest.approx(1.1)
    assert History(CHANGES).seconds(Window(3, 3)) == 0.0


def test_an_answer_that_a_scan_does_not_give_is_wrong(tmp_path):
    posts = {f"{serial}.md": version(serial) for serial in range(1, 20)}
    (tmp_path / "posts").mkdir()
    for name, post in posts.items():
        (tmp_path / "posts" / name).write_text(post.text, encoding="utf-8")
    build(tmp_path / "posts", index=tmp_path / "index")
    question = Question(f'"{word(7)}"', lambda _, post: word(7) in post.body)
    other = replace(posts["7.md"], body=f"{word(7)}。")
    with open_index(tmp_path / "index") as index:
        assert wrong(index, posts, question) is None
        told = wrong(index, {**posts, "7.md": version(99)}, question)
        assert told == "found 1 of 1, a scan 0"
        told = wrong(index, {**posts, "7.md": other}, question)
        assert told == "7.md does not say what its file says"


def test_the_serial_of_a_version_is_in_its_title():
    assert serial_of(version(4711).title) == 4711


def sampled(**last: int) -> Outcome:
    flat = [Sample(float(at), 100, 100, 100, 3) for at in range(7)]
    runs = [{"took_ms": 500.0}]
    return Outcome([*flat[:-1], replace(flat[-1], **last)], runs, [0.0, 1.2], [2.0])


@pytest.mark.parametrize(
    ("last", "flaws"), [({}, 0), ({"watch": 111}, 1), ({"disk": 200}, 1), ({"segments": 13}, 1)]
)
def test_what_grows_is_wrong(last, flaws):
    assert len(judge(sampled(**last))[1]) == flaws


def test_a_commit_of_a_longer_time_than_its_run_is_wrong():
    assert judge(replace(sampled(), windows=[1.7]))[1] == ["a commit is not of the time of its run"]
