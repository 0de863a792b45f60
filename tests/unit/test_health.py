"""The health of a watch can be read at any moment."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from souwen.index.health import Health, LastRun, is_kept, write
from souwen.index.processes import identity

HEALTH = Health(7, "书房", "running", "events", "2026-01-01T00:00:00Z", posts=3)


def test_the_file_says_everything(tmp_path: Path):
    run = LastRun("2026-01-01T00:00:00Z", 3.5, "failed", "磁盘满了")
    write(
        Health(7, "书房", "running", "events", "2026-01-01T00:00:00Z", run=run), tmp_path / "h.json"
    )
    found = json.loads((tmp_path / "h.json").read_text(encoding="utf-8"))
    assert found["version"] == 1
    assert (found["pid"], found["host"], found["posts"]) == (7, "书房", None)
    assert (found["run"]["outcome"], found["run"]["error"]) == ("failed", "磁盘满了")


def test_a_new_one_takes_the_place_of_the_old_one_and_leaves_nothing_else(tmp_path: Path):
    for _ in range(2):
        write(HEALTH, tmp_path / "health.json")
    assert [path.name for path in tmp_path.iterdir()] == ["health.json"]


def test_where_it_cannot_be_put_nothing_is_left(tmp_path: Path):
    (tmp_path / "health.json").mkdir()
    with pytest.raises(OSError, match=r"health\.json"):
        write(HEALTH, tmp_path / "health.json")
    assert [path.name for path in tmp_path.iterdir()] == ["health.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell less of a process")
def test_the_file_of_a_watch_that_runs_here_is_told_from_any_other(tmp_path: Path):
    path, pid = tmp_path / "health.json", os.getpid()
    ours = replace(HEALTH, pid=pid, process=identity(pid))
    told = {}
    for name, one in {
        "running": ours,
        "stopped": replace(ours, state="stopped"),
        "another's pid by now": replace(ours, process=f"{ours.process}1"),
        "of another system": replace(ours, process=None),
    }.items():
        write(one, path)
        told[name] = is_kept(path)
    assert [name for name, kept in told.items() if kept] == ["running"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"state":"running","pid":"../x","process":1}']
)
def test_what_is_no_file_of_a_watch_belongs_to_none(tmp_path: Path, content: str):
    (tmp_path / "health.json").write_text(content)
    assert not is_kept(tmp_path / "health.json")
    assert not is_kept(tmp_path / "none.json")
