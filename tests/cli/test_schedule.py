"""``souwen schedule``: what it shows, and what it makes of programs that keep schedules."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from tools.blog import Done, Souwen

from souwen.index.schedule import windows
from souwen.index.schedule.job import Job
from souwen.index.schedule.schedulers import Kind

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

Process = subprocess.Popen[bytes]
Schedule = Callable[..., Done]

PROGRAMS = {
    # Keeps a crontab as cron does.
    "crontab": """
case $1 in
-l) cat "$HOME/crontab" 2>/dev/null || { echo 'no crontab for me' >&2; exit 1; } ;;
-) cat >"$HOME/crontab" ;;
esac
""",
    "systemctl": 'echo "$*" >>"$HOME/told"\n',
    "launchctl": 'echo "$*" >>"$HOME/told"\n',
    "schtasks": """
echo "$1 $2 $3" >>"$HOME/told"
case $1 in
/Create) cp "$6" "$HOME/task" ;;
/Query) test -e "$HOME/task" ;;
/Delete) rm "$HOME/task" ;;
esac
""",
}


CLUSTER = {"SOUWEN_INDEX": "opensearch://127.0.0.1:1/news"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a user whose schedulers are shell scripts."""
    folder = tmp_path / "home"
    (folder / "bin").mkdir(parents=True)
    for name, text in PROGRAMS.items():
        put(folder, name, text)
    return folder


def put(home: Path, name: str, text: str) -> None:
    program = home / "bin" / name
    program.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    program.chmod(0o755)


@pytest.fixture
def schedule(process: Callable[..., Process], home: Path, indexed: Souwen) -> Schedule:
    """``souwen schedule`` for that user, and the index of the blog."""

    def call(*arguments: str, **variables: str) -> Done:
        path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
        given = {"HOME": str(home), "PATH": path, "XDG_CONFIG_HOME": None, **variables}
        running = process("schedule", *arguments, variables=given)
        out, err = running.communicate(timeout=60)
        return Done(running.returncode, out.decode(), err.decode())

    return call


def test_it_shows_what_it_would_install_and_installs_nothing(schedule: Schedule, home: Path):
    for kind in get_args(Kind):
        shown = schedule(kind)
        assert (shown.code, shown.err) == (0, "")
        assert "souwen.cli" in shown.out
        assert str(home.parent / ".souwen") in shown.out
    assert [path.name for path in home.iterdir()] == ["bin"]
    assert schedule().out in [schedule("crontab").out, schedule("systemd").out]


def test_the_line_of_the_crontab_updates_the_index(
    schedule: Schedule, blog: Path, indexed: Souwen, process: Callable[..., Process]
):
    line = schedule("crontab", "--interval", "1m").out
    (blog / "posts" / "快手.md").unlink()
    command = line.split(" ", 5)[5]
    environment = {name: os.environ[name] for name in os.environ if name.startswith("COV")}
    done = subprocess.run(
        ["sh", "-c", command], cwd="/", env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert indexed("search", "-c", "快手").out == "0\n"


def test_a_crontab_keeps_its_other_lines_and_has_one_for_each_index(schedule: Schedule, home: Path):
    table = home / "crontab"
    assert schedule("crontab", "--install").code == 0
    assert table.read_text("utf-8") == schedule("crontab").out
    table.write_text("MAILTO=me\n\n" + table.read_text("utf-8") + "5 4 * * * tidy up 100\\%\n")
    assert schedule("crontab", "--install", "--interval", "1h").code == 0
    others = "MAILTO=me\n\n5 4 * * * tidy up 100\\%\n"
    assert table.read_text("utf-8") == others + schedule("crontab", "--interval", "1h").out
    removed = schedule("crontab", "--remove")
    assert (removed.code, "is removed" in removed.err) == (0, True)
    assert table.read_text("utf-8") == others
    again = schedule("crontab", "--remove")
    assert (again.code, "there is no souwen-" in again.err) == (1, True)


def test_a_crontab_that_cannot_be_read_is_not_replaced(schedule: Schedule, home: Path):
    put(home, "crontab", 'test "$1" = -l && { echo "disk on fire" >&2; exit 1; }; touch "$HOME/x"')
    failed = schedule("crontab", "--install")
    assert (failed.code, "disk on fire" in failed.err) == (2, True)
    assert not (home / "x").exists()


def test_a_timer_is_written_started_stopped_and_removed(schedule: Schedule, home: Path):
    folder = home / ".config/systemd/user"
    installed = schedule("systemd", "--install", "--interval", "90s")
    assert (installed.code, "enable-linger" in installed.err) == (0, True)
    service, timer = sorted(folder.iterdir())
    assert "OnUnitActiveSec=90s\n" in timer.read_text("utf-8")
    assert str(home.parent / ".souwen") in service.read_text("utf-8")
    assert schedule("systemd", "--remove").code == 0
    assert list(folder.iterdir()) == []
    assert schedule("systemd", "--remove").code == 1
    told = (home / "told").read_text("utf-8").splitlines()
    assert told == [
        "--user daemon-reload",
        f"--user enable --now {timer.name}",
        f"--user restart {timer.name}",
        f"--user disable --now {timer.name}",
        "--user daemon-reload",
    ]


def test_what_systemd_refuses_leaves_no_units(schedule: Schedule, home: Path):
    put(home, "systemctl", "echo 'Failed to connect to bus' >&2; exit 1\n")
    failed = schedule("systemd", "--install", XDG_CONFIG_HOME=str(home / "x"))
    assert (failed.code, "Failed to connect to bus" in failed.err) == (2, True)
    assert list((home / "x/systemd/user").iterdir()) == []


def test_an_agent_is_written_loaded_unloaded_and_removed(schedule: Schedule, home: Path):
    for _ in range(2):
        assert schedule("launchd", "--install").code == 0
    (agent,) = (home / "Library/LaunchAgents").iterdir()
    assert agent.read_text("utf-8") == schedule("launchd").out
    assert schedule("launchd", "--remove").code == 0
    assert not agent.exists()
    assert schedule("launchd", "--remove").code == 1
    domain = f"gui/{os.getuid()}"
    load, unload = f"bootstrap {domain} {agent}", f"bootout {domain}/{agent.stem}"
    assert (home / "told").read_text("utf-8").splitlines() == [load, unload, load, unload]


def test_what_launchd_refuses_leaves_no_agent(schedule: Schedule, home: Path):
    put(home, "launchctl", "exit 5\n")
    assert schedule("launchd", "--install").code == 2
    assert list((home / "Library/LaunchAgents").iterdir()) == []


def test_a_task_is_registered_and_removed(schedule: Schedule, home: Path):
    assert schedule("windows", "--install").code == 0
    assert (home / "task").read_text("utf-16") == schedule("windows").out
    assert schedule("windows", "--remove").code == 0
    assert schedule("windows", "--remove").code == 1
    assert not (home / "task").exists()


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (["--install", "--remove"], {}, "exclude each other"),
        (["crontab", "--interval", "7m"], {}, "minutes that divide an hour"),
        (["crontab"], {"SOUWEN_TIMEZONE": "UTC"}, "SOUWEN_TIMEZONE is set here"),
        (["systemd", "--install"], {"PATH": "/nowhere"}, "there is no systemctl here"),
        ([], {**CLUSTER, "SOUWEN_OPENSEARCH_API_KEY": "geheim"}, "SOUWEN_OPENSEARCH_CREDENTIALS"),
        (["at"], {}, "'at' is not one of"),
    ],
)
def test_what_cannot_be_is_told(
    schedule: Schedule, arguments: list[str], variables: dict[str, str], told: str
):
    failed = schedule(*arguments, **variables)
    assert (failed.code, told in failed.err) == (2, True), failed.err


def test_windows_is_told_how_its_tasks_get_to_know_a_cluster(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}")
    key = "SOUWEN_OPENSEARCH_CREDENTIALS"
    told = windows.install(Job("souwen-1", "x", ("python",), "/", 60, ((key, "/who.toml"),)))
    assert f'`setx {key} "/who.toml"`' in told


def test_without_an_index_there_is_nothing_to_look_after(souwen: Souwen):
    for arguments in ([], ["--index", "none"]):
        assert souwen(*arguments, "schedule").code == 4
