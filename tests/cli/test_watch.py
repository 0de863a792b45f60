"""``souwen watch`` as a process: how it logs, what it survives, how it ends."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tools.blog import Souwen, write

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are not sent on Windows")

Process = subprocess.Popen[bytes]
PATIENCE = 60


@pytest.fixture
def start(process: Callable[..., Process], blog: Path) -> Iterator[Callable[..., Process]]:
    """``souwen watch``, once its first run is done; whatever is left of it ends with the test."""
    started: list[Process] = []

    def begin(*arguments: str, posts: int = 4) -> Process:
        running = process("watch", *arguments)
        started.append(running)
        assert running.stdout is not None
        assert b"posts %d" % posts in running.stdout.readline()
        wait_for(lambda: health(blog)["mode"] != "polling")
        return running

    yield begin
    for one in started:
        one.kill()
        one.communicate()


def health(blog: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((blog / ".souwen/health.json").read_bytes())
    return found


def wait_for(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def children(process: Process) -> list[str]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, check=False
    )
    return listed.stdout.decode().split()


def is_running(pid: str) -> bool:
    found = subprocess.run(["ps", "-p", pid], stdout=subprocess.DEVNULL, check=False)
    return found.returncode == 0


def test_each_batch_is_one_line_with_its_time_its_counts_and_its_milliseconds(
    start: Callable[..., Process], blog: Path
):
    running = start("posts")
    write(blog / "posts", {"新.md": "新的一篇", "快手.md": "改了"})
    assert running.stdout is not None
    line = running.stdout.readline().decode()
    counts = "added 1, updated 1, renamed 0, removed 0, skipped 0, posts 5"
    assert re.fullmatch(rf"[-\d]{{10}} [:\d]{{8}} {counts} \(\d+ ms\)\n", line)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0_and_it_leaves_nothing_behind(
    start: Callable[..., Process], blog: Path, sent: signal.Signals
):
    running = start("posts")
    running.send_signal(sent)
    assert running.wait(PATIENCE) == 0
    assert health(blog)["state"] == "stopped"
    names = [path.name for path in (blog / ".souwen").iterdir()]
    assert not [name for name in names if name.startswith((".", "writer"))]


def test_a_signal_cuts_off_a_run_and_the_processes_of_it(
    start: Callable[..., Process], blog: Path, indexed: Souwen
):
    running = start("--jobs", "2")
    write(blog / "posts/多", {f"{n}.md": "全文检索的长文章。\n\n" * 4000 for n in range(200)})
    wait_for((blog / ".souwen/writer.json").exists)
    wait_for(lambda: len(children(running)) >= 2)
    workers = children(running)
    running.send_signal(signal.SIGTERM)
    assert running.wait(PATIENCE) == 0
    # One of them is the standard library's, and ends a moment later.
    wait_for(lambda: not any(map(is_running, workers)))
    assert health(blog)["run"]["outcome"] == "interrupted"  # type: ignore[index]
    assert not (blog / ".souwen/writer.json").exists()
    assert indexed("search", "-c", "长文章").out == "0\n"


def test_what_the_system_could_not_tell_is_found_nevertheless(
    start: Callable[..., Process], blog: Path
):
    queue = Path("/proc/sys/fs/inotify/max_queued_events")
    if not queue.exists() or int(queue.read_text()) > 50_000:
        pytest.skip("its queue cannot be made to overflow")
    running = start("posts")
    running.send_signal(signal.SIGSTOP)
    try:
        with (blog / "posts/快手.md").open("a") as one, (blog / "posts/手机.html").open("a") as two:
            # The same event twice in a row is told once.
            for _ in range(int(queue.read_text())):
                for file in (one, two):
                    file.write(" ")
                    file.flush()
        write(blog / "posts/以后", {"漏.md": "没有人说起的一篇"})
    finally:
        running.send_signal(signal.SIGCONT)
    wait_for(lambda: health(blog)["posts"] == 5)
    write(blog / "posts/以后", {"又.md": "后来的一篇"})
    wait_for(lambda: health(blog)["posts"] == 6)


def test_its_own_writing_wakes_it_not(start: Callable[..., Process], blog: Path, indexed: Souwen):
    indexed("index", ".")
    start()
    time.sleep(1)
    before = (blog / ".souwen/health.json").stat().st_mtime_ns
    time.sleep(2)
    assert (blog / ".souwen/health.json").stat().st_mtime_ns == before


def test_a_folder_that_is_moved_out_and_comes_back_is_followed_without_a_word(
    start: Callable[..., Process], blog: Path
):
    write(blog / "posts/来去", {"一.md": "会搬家的一篇"})
    running = start("posts", posts=5)
    (blog / "posts/来去").rename(blog / "away")
    wait_for(lambda: health(blog)["posts"] == 4)
    (blog / "away").rename(blog / "posts/回来")
    wait_for(lambda: health(blog)["posts"] == 5)
    write(blog / "posts/回来", {"二.md": "又来一篇"})
    wait_for(lambda: health(blog)["posts"] == 6)
    running.send_signal(signal.SIGTERM)
    assert running.communicate()[1].decode() == "souwen: watch: ended\n"


def test_once_is_for_schedulers(souwen: Souwen, blog: Path):
    done = souwen("watch", "--once", "posts")
    assert (done.code, done.err) == (0, "")
    assert "added 4" in done.out
    assert json.loads(souwen("watch", "--once", "--json").out)["posts"] == 4
    assert souwen("-q", "watch", "--once").out == ""
    (blog / "posts").rename(blog / "away")
    assert souwen("watch", "--once").code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none"], "there is no such file or folder to index"),
        ([], "no folder to index"),
        (["--interval", "5x", "posts"], "write it as in 30s, 5m, 1h30m"),
        (["--interval", "5m", "--once", "posts"], "exclude each other"),
    ],
)
def test_what_is_asked_wrongly_ends_it_with_2(souwen: Souwen, arguments: list[str], told: str):
    done = souwen("watch", *arguments)
    assert (done.code, told in done.err) == (2, True)
