"""Of the runs of an index the last ones are known, and of its files the slowest."""

import pytest

from souwen.index.history import RUNS, SLOWEST, History, Run, Slow, after, dump, load

RUN = Run("2024-01-01T00:00:00+00:00", 1.5, None, 3, 1, 1, 1, 0, 0)


def test_a_history_comes_back_as_it_was():
    history = History((RUN, RUN), (Slow("慢\udcff.md", 2.5),))
    assert load(dump(history)) == history


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{", b'{"runs": [[1]]}', b'{"runs": 1}'])
def test_what_cannot_be_read_is_no_history(content: bytes | None):
    assert load(content) == History()


def test_the_last_runs_are_kept_newest_first():
    history = History()
    for posts in range(RUNS + 5):
        run = Run("2024-01-01T00:00:00+00:00", 1.5, None, posts, 1, 1, 1, 0, 0)
        history = after(history, run, {}, ())
    assert [run.posts for run in history.runs] == list(reversed(range(5, RUNS + 5)))


def test_of_posts_that_are_still_there_the_slowest_are_kept():
    took = {f"{n}.md": float(n) for n in range(SLOWEST + 3)}
    history = after(History(), RUN, took, set(took))
    assert history.slowest[0] == Slow("12.md", 12.0)
    assert len(history.slowest) == SLOWEST
    later = after(history, RUN, {"12.md": 0.5, "new.md": 7.5}, {*took, "new.md"} - {"11.md"})
    assert [one.id for one in later.slowest[:4]] == ["10.md", "9.md", "8.md", "new.md"]
    assert Slow("12.md", 0.5) in later.slowest
