"""A watch keeps an index up to date, tells of each run, and ends only when it is told to."""

import gc
import json
import queue
import shutil
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tools.blog import write
from tools.runs import ids

from souwen.index import (
    ConfigError,
    EngineUnavailable,
    IndexConfig,
    StoreLocked,
    Turn,
    build,
    watch,
)
from souwen.index.builder import open_store
from souwen.index.roots import absolute
from souwen.index.settings import NAME, load_roots
from souwen.index.watcher import BACK_OFF, back_off

PATIENCE = 30


class Watch:
    """A watch in a thread of this process."""

    def __init__(self, folder: Path, **given: Any) -> None:
        self.turns: queue.Queue[Turn] = queue.Queue()
        self._stop = threading.Event()
        usual = {"paths": [folder / "posts"], "index": folder / "index"}
        options = {**usual, "tell": self.turns.put, "stop": self._stop, **given}
        self._thread = threading.Thread(target=watch, kwargs=options, daemon=True)
        self._thread.start()

    def next(self) -> Turn:
        return self.turns.get(timeout=PATIENCE)

    def until(self, wanted: Callable[[Turn], bool]) -> Turn:
        return next(turn for turn in iter(self.next, None) if wanted(turn))

    def end(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    write(tmp_path / "posts", {"甲.md": "春风又绿江南岸", "sub/乙.md": "明月何时照我还"})
    return tmp_path


@pytest.fixture
def start(blog: Path) -> Iterator[Callable[..., Watch]]:
    started: list[Watch] = []

    def begin(**given: Any) -> Watch:
        started.append(Watch(blog, **given))
        return started[-1]

    yield begin
    for one in started:
        one.end()


def health(blog: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((blog / "index/health.json").read_text(encoding="utf-8"))
    return found


def posts(turn: Turn) -> int:
    assert turn.report is not None
    return turn.report.posts


def test_the_index_is_built_and_follows_the_posts(start: Callable[..., Watch], blog: Path):
    running = start()
    first = running.next()
    assert (first.why, posts(first)) == ("start", 2)
    write(blog / "posts", {"丙.md": "京口瓜洲一水间"})
    assert posts(running.until(lambda turn: turn.why == "changes")) == 3
    (blog / "posts/丙.md").rename(blog / "posts/sub/丁.md")
    (blog / "posts/甲.md").unlink()
    running.until(lambda turn: turn.report is not None and turn.report.posts == 2)
    assert ids(blog / "index") == ["sub/丁.md", "sub/乙.md"]


def test_folders_indexed_before_are_followed_where_none_is_named(
    start: Callable[..., Watch], blog: Path
):
    build(blog / "posts", index=blog / "index")
    running = start(paths=())
    assert posts(running.next()) == 2
    write(blog / "posts", {"丙.md": "京口瓜洲一水间"})
    assert posts(running.next()) == 3


def test_an_index_that_cannot_be_asked_for_a_while_ends_nothing(
    start: Callable[..., Watch], blog: Path
):
    build(blog / "posts", index=blog / "real")
    lead(blog / "index", "real")
    running = start(paths=())
    running.next()
    lead(blog / "index", "index")
    write(blog / "posts", {"丙.md": "京口瓜洲一水间"})
    assert isinstance(running.next().error, OSError)
    lead(blog / "index", "real")
    assert posts(running.until(lambda turn: turn.error is None)) == 3
    assert health(blog)["mode"] == "events"


def lead(link: Path, target: str) -> None:
    """Have a link lead there, in one step; to itself it cannot be followed."""
    new = link.with_name("new")
    new.symlink_to(target)
    new.replace(link)


def test_a_cluster_that_does_not_answer_is_asked_again_later(
    start: Callable[..., Watch], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOUWEN_OPENSEARCH_PATIENCE", "0")
    running = start(index="opensearch://127.0.0.1:1/news")
    for why in ("start", "retry"):
        turn = running.next()
        assert (turn.why, isinstance(turn.error, EngineUnavailable)) == (why, True)


def test_an_index_of_which_people_must_mend_something_is_an_error_at_first(blog: Path):
    (blog / "index").symlink_to("index")
    with pytest.raises(OSError, match="index"):
        watch(blog / "posts", index=blog / "index")


def test_the_health_file_says_how_the_last_run_ended(start: Callable[..., Watch], blog: Path):
    running = start()
    running.next()
    found = health(blog)
    assert (found["state"], found["posts"], found["failures"]) == ("running", 2, 0)
    assert (found["run"]["outcome"], found["run"]["added"]) == ("done", 2)
    assert health(blog)["mode"] == "events"
    running.end()
    assert health(blog)["state"] == "stopped"


def test_a_folder_that_vanishes_is_told_of_and_followed_again_when_it_is_back(
    start: Callable[..., Watch], blog: Path
):
    running = start()
    running.next()
    (blog / "posts").rename(blog / "away")
    failed = running.next()
    assert "not there any more" in str(failed.error)
    assert failed.retry == BACK_OFF[0]
    found = health(blog)
    assert (found["run"]["outcome"], found["failures"], found["posts"]) == ("failed", 1, 2)
    assert "not there any more" in found["run"]["error"]
    (blog / "away").rename(blog / "posts")
    assert posts(running.until(lambda turn: turn.error is None)) == 2
    assert (health(blog)["failures"], health(blog)["run"]["error"]) == (0, None)
    write(blog / "posts", {"丙.md": "京口瓜洲一水间"})
    running.until(lambda turn: posts(turn) == 3)


def test_a_run_that_finds_the_index_locked_is_done_again(start: Callable[..., Watch], blog: Path):
    build(blog / "posts", index=blog / "index")
    write(blog / "posts", {"丙.md": "京口瓜洲一水间"})
    with open_store(blog / "index").writer():
        running = start(wait=0)
        assert isinstance(running.next().error, StoreLocked)
    again = running.until(lambda turn: turn.error is None)
    assert (again.why, posts(again)) == ("retry", 3)


def test_a_link_that_is_put_among_the_posts_is_not_followed(
    start: Callable[..., Watch], blog: Path
):
    write(blog / "outside", {"密.md": "不给人看的一篇", "sub/乙.md": "也不给人看"})
    running = start()
    running.next()
    (blog / "posts/链.md").symlink_to(blog / "outside/密.md")
    (blog / "posts/夹.md").symlink_to(blog / "outside")
    (blog / "posts/甲.md").unlink()
    (blog / "posts/甲.md").symlink_to(blog / "outside/密.md")
    (blog / "posts/sub").rename(blog / "away")
    (blog / "posts/sub").symlink_to(blog / "outside/sub")
    write(blog / "posts", {"丙.md": "京口瓜洲一水间"})
    running.until(lambda _: ids(blog / "index") == ["丙.md"])
    settings = open_store(blog / "index").kept(NAME)
    assert [root.path for root in load_roots(settings)] == [absolute(blog / "posts")]


def test_changes_of_an_index_that_was_removed_have_all_posts_indexed_again(
    start: Callable[..., Watch], blog: Path
):
    running = start()
    running.next()
    shutil.rmtree(blog / "index")
    write(blog / "posts", {"丙.md": "京口瓜洲一水间"})
    assert posts(running.until(lambda turn: turn.why == "changes")) == 3


def test_a_configuration_that_breaks_ends_nothing_once_it_runs(
    start: Callable[..., Watch], blog: Path
):
    answers = iter([IndexConfig(), IndexConfig()])

    def configuration() -> IndexConfig:
        if (config := next(answers, None)) is None:
            raise ConfigError("souwen.toml: nonsense")
        return config

    running = start(config=configuration)
    running.next()
    write(blog / "posts", {"丙.md": "京口瓜洲一水间"})
    assert str(running.next().error) == "souwen.toml: nonsense"


def test_an_interval_is_all_there_is_between_two_runs(start: Callable[..., Watch], blog: Path):
    running = start(interval=0.5)
    assert running.next().why == "start"
    began = time.monotonic()
    second, third = running.next(), running.next()
    assert time.monotonic() - began > 0.5
    assert (second.why, third.why) == ("interval", "interval")
    assert health(blog)["mode"] == "interval"


def test_where_the_system_is_not_to_be_relied_on_everything_is_looked_at(
    start: Callable[..., Watch], blog: Path
):
    running = start(poll=True)
    running.next()
    assert health(blog)["mode"] == "polling"


def test_once_is_one_run_that_says_how_it_went(blog: Path):
    turns: list[Turn] = []
    watch(blog / "posts", index=blog / "index", once=True, tell=turns.append)
    assert [turn.why for turn in turns] == ["start"]
    found = health(blog)
    assert (found["mode"], found["state"], found["run"]["outcome"]) == ("once", "stopped", "done")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell less of a process")
def test_once_leaves_the_health_file_to_a_watch_that_runs(start: Callable[..., Watch], blog: Path):
    running = start()
    running.next()
    before = health(blog)
    write(blog / "posts", {"丙.md": ""})
    watch(index=blog / "index", once=True)
    assert (health(blog)["pid"], health(blog)["state"]) == (before["pid"], "running")
    assert health(blog)["mode"] == "events"
    running.end()
    watch(index=blog / "index", once=True)
    assert (health(blog)["mode"], health(blog)["state"]) == ("once", "stopped")


def test_no_cycle_outlives_its_run_however_rarely_the_program_looks_for_them(blog: Path):
    left: list[weakref.ref[Cycle]] = []

    def tell(_: Turn) -> None:
        left.append(weakref.ref(Cycle()))

    gc.disable()
    try:
        watch([blog / "posts"], index=blog / "index", once=True, tell=tell)
        assert [one() for one in left] == [None]
    finally:
        gc.enable()


class Cycle:
    """Never freed but by the collector."""

    def __init__(self) -> None:
        self.itself = self


def test_once_raises_what_the_run_raised_and_says_so(blog: Path):
    watch(blog / "posts", index=blog / "index", once=True)
    (blog / "posts").rename(blog / "away")
    with pytest.raises(ConfigError, match="not there any more"):
        watch(index=blog / "index", once=True)
    assert health(blog)["run"]["outcome"] == "failed"


def test_a_file_for_the_health_can_be_named(blog: Path):
    watch(blog / "posts", index=blog / "index", once=True, health=blog / "watch.json")
    assert json.loads((blog / "watch.json").read_bytes())["posts"] == 2
    assert not (blog / "index/health.json").exists()


def test_an_index_in_memory_has_no_health_file(blog: Path):
    watch(blog / "posts", index="memory:watched", once=True)
    assert ids("memory:watched") == ["sub/乙.md", "甲.md"]


@pytest.mark.parametrize("named", [True, False])
def test_a_path_that_is_not_there_is_an_error_at_once(blog: Path, named: bool):
    with pytest.raises(ConfigError, match=r"no such file or folder|no folder to index"):
        watch([blog / "none"] if named else [], index=blog / "index")
    assert not (blog / "index").exists()


def test_failures_are_retried_later_and_later_up_to_a_limit():
    waits = [back_off(failures) for failures in range(1, 2000)]
    assert waits == sorted(waits)
    assert (waits[0], waits[1], waits[-1]) == (BACK_OFF[0], 2 * BACK_OFF[0], BACK_OFF[1])
