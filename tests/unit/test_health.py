"""The health of a watch can be read at any moment."""

import json
from pathlib import Path

import pytest

from souwen.index.health import Health, LastRun, write

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
