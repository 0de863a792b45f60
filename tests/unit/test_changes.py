"""What is told of a folder in which something happens?"""

import logging
import os
import shutil
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.blog import write
from watchdog.utils import BaseThread

from souwen.index.changes import MANY, Batch, Changes

NEVER = threading.Event()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "posts", {"甲.md": "春风", "sub/乙.md": "明月"})
    return (tmp_path / "posts").resolve()


@pytest.fixture
def changes(root: Path) -> Iterator[Changes]:
    with Changes([root.as_posix()], without=[(root / "index").as_posix()]) as changes:
        yield changes


def told(changes: Changes, root: Path, *, within: float = 10) -> set[str]:
    """The paths below the root that the next batch names; none where there is none in time."""
    batch = changes.wait(until=time.monotonic() + within, stop=NEVER) or Batch()
    assert not batch.lost
    return {Path(path).relative_to(root).as_posix() for path in batch.paths}


def test_a_post_that_is_written_renamed_and_removed_is_told_of(changes: Changes, root: Path):
    write(root, {"丙.md": "江南", "sub/乙.md": "改了"})
    assert told(changes, root) == {"丙.md", "sub/乙.md"}
    (root / "丙.md").rename(root / "sub/丁.md")
    assert told(changes, root) == {"丙.md", "sub/丁.md"}
    (root / "甲.md").unlink()
    assert told(changes, root) == {"甲.md"}


def test_a_folder_that_comes_goes_or_moves_is_told_of(changes: Changes, root: Path):
    write(root, {"a/b/c.md": "新"})
    assert "a" in told(changes, root)
    (root / "sub").rename(root / "别处")
    assert told(changes, root) >= {"sub", "别处"}
    write(root, {"别处/后来.md": "新"})
    assert told(changes, root) == {"别处/后来.md"}
    shutil.rmtree(root / "a")
    assert "a" in told(changes, root)


def test_folders_that_come_one_in_the_other_are_told_of_and_followed(root: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Changes([root.as_posix()]) as changes:
            for number in range(100):
                (root / f"{number}/a/b").mkdir(parents=True)
            assert told(changes, root) >= {f"{number}" for number in range(100)}
            write(root, {f"{number}/a/b/c.md": "新" for number in range(100)})
            assert told(changes, root) == {f"{number}/a/b/c.md" for number in range(100)}
            assert changes.is_sound


def test_what_is_no_post_is_not_told_of(changes: Changes, root: Path):
    write(root, {"图.png": "", ".git/a.md": "", "_site/a.html": "", "index/a.md": "", "b.md~": ""})
    assert told(changes, root, within=1) == set()


def test_a_site_s_configuration_has_its_folder_looked_at(changes: Changes, root: Path):
    write(root, {"sub/_config.yml": "title: 博客"})
    assert told(changes, root) == {"sub"}


def test_a_permission_that_is_given_back_is_told_of(changes: Changes, root: Path):
    (root / "甲.md").chmod(0o600)
    assert told(changes, root) == {"甲.md"}


def test_a_name_that_is_no_utf8_is_told_of(changes: Changes, root: Path):
    try:
        (root / os.fsdecode(b"\xce\xc4.md")).write_text("文")
    except OSError:
        pytest.skip("this file system has no such names")
    assert told(changes, root) == {"\udcce\udcc4.md"}


def test_a_batch_is_complete_after_a_moment_of_rest(changes: Changes, root: Path):
    def write_slowly() -> None:
        for number in range(5):
            write(root, {f"{number}.md": "文"})
            time.sleep(0.1)

    writing = threading.Thread(target=write_slowly)
    writing.start()
    assert told(changes, root) == {f"{number}.md" for number in range(5)}
    writing.join()


def test_of_very_many_changes_it_is_told_that_all_is_to_be_looked_at(changes: Changes, root: Path):
    write(root, {f"{number}.md": "文" for number in range(MANY + 1)})
    batch = changes.wait(until=time.monotonic() + 10, stop=NEVER)
    assert batch is not None
    assert batch.lost


def test_a_warning_of_the_library_means_that_something_is_lost(changes: Changes):
    logging.getLogger("watchdog.observers.any").warning("filesystem events were lost")
    assert changes.wait(until=time.monotonic() + 10, stop=NEVER) == Batch(lost=True)
    assert changes.is_sound


def test_a_root_in_the_place_of_another_means_that_something_is_lost(changes: Changes, root: Path):
    assert changes.is_sound
    root.rename(root.with_name("old"))
    root.mkdir()
    batch = changes.wait(until=time.monotonic() + 10, stop=NEVER)
    assert batch is not None
    assert batch.lost
    assert not changes.is_sound


def test_a_thread_that_ended_means_that_something_is_lost(root: Path):
    def followers() -> list[BaseThread]:
        return [one for one in threading.enumerate() if isinstance(one, BaseThread)]

    with Changes([root.as_posix()]):
        number = len(followers())
    assert number > 1
    for which in range(number):
        with Changes([root.as_posix()]) as changes:
            assert changes.is_sound
            followers()[which].stop()
            batch = changes.wait(until=time.monotonic() + 10, stop=NEVER)
            assert batch is not None
            assert batch.lost
            assert not changes.is_sound


def test_a_single_file_is_followed_though_it_is_replaced(root: Path):
    with Changes([(root / "甲.md").as_posix()]) as changes:
        write(root, {"new": "换了", "丙.md": "别的"})
        (root / "new").replace(root / "甲.md")
        assert told(changes, root) == {"甲.md"}
        assert changes.is_sound


def test_a_root_that_is_not_there_cannot_be_followed(root: Path):
    with pytest.raises(FileNotFoundError):
        Changes([(root / "none").as_posix()]).__enter__()


def test_waiting_ends_when_it_is_to_stop(changes: Changes):
    stop = threading.Event()
    stop.set()
    assert changes.wait(until=time.monotonic() + 60, stop=stop) is None
