"""Readers never wait, never see half a commit, and see the next one; writers take turns."""

from pathlib import Path

from tools.together import run


def test_what_readers_see_while_others_write_is_always_a_committed_state(tmp_path: Path) -> None:
    outcome = run(tmp_path, seconds=3, readers=3, writers=2)
    assert outcome.errors == ()
    # How many there are in three seconds depends on what else the machine has to do.
    assert outcome.commits > 1
    assert outcome.answers > 1
