"""Readers never wait, never see half a commit, and see the next one; writers take turns."""

from pathlib import Path

from tools.together import run


def test_what_readers_see_while_others_write_is_always_a_committed_state(tmp_path: Path) -> None:
    outcome = run(tmp_path, seconds=3, readers=3, writers=2)
    assert outcome.errors == ()
    assert outcome.commits > 3
    assert outcome.states > 1
    assert outcome.answers > 100
