"""Each scheduler runs what it is told to, whatever stands in the paths."""

import os
import plistlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from souwen.index import ConfigError
from souwen.index.schedule import crontab, launchd, systemd, windows
from souwen.index.schedule.job import Job, job
from souwen.index.schedule.schedulers import usual

ODD = '搜 文\'s “50%” $HOME `x` \\n \\\\ \\% %% "q"　|&;<>(){}[]*?~#'
ARGUMENTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12)


CLUSTER = "opensearch+https://a:9200/news"
KNOWN = {
    "HOME": "/home/me",
    "SOUWEN_OPENSEARCH_CREDENTIALS": "who.toml",
    "SOUWEN_OPENSEARCH_AUTHORITY": "/ca.pem",
    "SOUWEN_OPENSEARCH_KEY": "",
    "SOUWEN_OPENSEARCH_PATIENCE": "300",
}


def make(
    *arguments: str, seconds: int = 300, index: str = "/posts/.souwen", **variables: str
) -> Job:
    return Job("souwen-1", index, arguments, "/posts", seconds, tuple(variables.items()))


def printed(command: str) -> list[str]:
    """The arguments that a program gets that a shell runs."""
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


# The job.


def test_a_job_looks_after_this_index_with_this_python(tmp_path: Path):
    config = tmp_path / "souwen.toml"
    made = job(
        str(tmp_path / ".souwen"), folder=tmp_path, config=config, seconds=300, variables=KNOWN
    )
    assert made.arguments == (
        *(sys.executable, "-P", "-m", "souwen.cli", "-q", "-C", str(tmp_path)),
        *("--index", str(tmp_path / ".souwen"), "--config", str(config), "watch", "--once"),
    )
    assert re.fullmatch(r"souwen-[0-9a-f]{10}", made.name)
    assert made.variables == ()
    far = job("https://x:1/y", folder=tmp_path, config=None, seconds=1, variables={})
    assert far.index == "https://x:1/y"


def test_a_job_of_an_index_on_a_cluster_knows_the_files_that_this_process_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    made = job(CLUSTER, folder=tmp_path, config=None, seconds=300, variables=KNOWN)
    assert dict(made.variables) == {
        "SOUWEN_OPENSEARCH_CREDENTIALS": str(tmp_path / "who.toml"),
        "SOUWEN_OPENSEARCH_AUTHORITY": "/ca.pem",
        "SOUWEN_OPENSEARCH_PATIENCE": "300",
    }


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"SOUWEN_OPENSEARCH_API_KEY": "geheim"}, "SOUWEN_OPENSEARCH_API_KEY is set here"),
        (
            {"SOUWEN_OPENSEARCH_USER": "me", "SOUWEN_OPENSEARCH_PASSWORD": "geheim"},
            "SOUWEN_OPENSEARCH_USER, SOUWEN_OPENSEARCH_PASSWORD is set here",
        ),
        ({"SOUWEN_OPENSEARCH_KEY": "a\nb"}, "rename it"),
    ],
)
def test_what_a_job_must_not_or_cannot_know_is_an_error_that_repeats_no_secret(
    tmp_path: Path, variables: dict[str, str], told: str
):
    with pytest.raises(ConfigError, match=told) as raised:
        job(CLUSTER, folder=tmp_path, config=None, seconds=300, variables=KNOWN | variables)
    assert "geheim" not in str(raised.value)


def test_the_same_index_has_the_same_job_and_another_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def name(place: str) -> str:
        return job(place, folder=tmp_path, config=None, seconds=300, variables={}).name

    monkeypatch.chdir(tmp_path)
    assert name(".souwen") == name(str(tmp_path / ".souwen")) != name("搜文")


@pytest.mark.parametrize("place", ["memory:x", "a\nb", "a\udcffb"])
def test_what_no_scheduler_can_look_after_is_an_error(tmp_path: Path, place: str):
    with pytest.raises(ConfigError):
        job(place, folder=tmp_path, config=None, seconds=300, variables={})


def test_each_system_has_its_usual_scheduler():
    assert (usual("darwin"), usual("win32")) == ("launchd", "windows")
    assert usual("linux") in ("systemd", "crontab")


# Crontab.


def by_cron(line: str, *, halves: bool) -> str:
    """What cron gives the shell of a line: up to the first percent sign that stands alone.

    Vixie's cron makes one backslash of two, cronie does not.
    """
    command = line.split(" ", 5)[5]
    read = re.compile(r"\\([%\\])" if halves else r"\\(%)")
    found = re.match(r"(?:\\.|[^%\\]|\\$)*", command)
    assert found is not None
    return read.sub(r"\1", found[0]) if halves else _pairwise(found[0])


def _pairwise(command: str) -> str:
    return re.sub(r"\\(.)", lambda found: found[1] if found[1] == "%" else found[0], command)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(arguments=st.lists(ARGUMENTS, min_size=1, max_size=3))
@example([ODD, "\\\\\\%\\", "%", "\\"])
def test_cron_runs_what_it_is_told_to(arguments: list[str]):
    line = crontab.text(make("printf", r"%s\0", *arguments))
    assert "\n" not in line
    for halves in (True, False):
        assert printed(by_cron(line, halves=halves)) == arguments


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(value=ARGUMENTS)
@example(ODD)
def test_cron_runs_it_with_its_variables(value: str):
    show = r"""printf '%s\0' "$ONE" "$TWO" """
    line = crontab.text(make("sh", "-c", show, ONE=value, TWO="2"))
    for halves in (True, False):
        assert printed(by_cron(line, halves=halves)) == [value, "2"]


@pytest.mark.parametrize(
    ("seconds", "fields"),
    [
        (60, "* * * * *"),
        (300, "*/5 * * * *"),
        (3600, "0 * * * *"),
        (7200, "0 */2 * * *"),
        (86400, "0 0 * * *"),
    ],
)
def test_cron_has_the_times_that_are_asked_for(seconds: int, fields: str):
    assert crontab.text(make("true", seconds=seconds)).startswith(f"{fields} true # souwen-1")


@pytest.mark.parametrize("seconds", [1, 90, 420, 5 * 3600, 2 * 86400])
def test_a_time_that_cron_cannot_keep_is_an_error(seconds: int):
    with pytest.raises(ConfigError, match="as in --interval 1m"):
        crontab.text(make("true", seconds=seconds))


@pytest.mark.skipif(shutil.which("crontab") is None, reason="there is no cron here")
def test_crontab_takes_the_line(tmp_path: Path):
    file = tmp_path / "crontab"
    file.write_text(f"{crontab.text(make('echo', ODD))}\n", encoding="utf-8")
    done = subprocess.run(["crontab", "-n", file], capture_output=True, text=True, check=False)
    if "usage" in done.stderr:
        pytest.skip("this one cannot be asked")
    assert done.returncode == 0, done.stderr


# Systemd.


def by_systemd(service: str, key: str = "ExecStart=:") -> list[str]:
    """The arguments in a unit, by the rules of systemd.service(5)."""
    found = re.search(rf"^{key}(.*)$", service, re.MULTILINE)
    assert found is not None
    quoted = re.findall(r'"((?:[^"\\]|\\["\\])*)"(?: |$)', found[1])
    assert " ".join(f'"{one}"' for one in quoted) == found[1]
    plain = [re.sub(r"\\(.)", r"\1", one) for one in quoted]
    assert not [one for one in plain if "%" in one.replace("%%", "")]
    return [one.replace("%%", "%") for one in plain]


@given(arguments=st.lists(ARGUMENTS, min_size=1, max_size=3))
@example([ODD])
def test_systemd_runs_what_it_is_told_to(arguments: list[str]):
    made = systemd.units(make("/bin/printf", *arguments))["souwen-1.service"]
    assert by_systemd(made) == ["/bin/printf", *arguments]


@given(value=ARGUMENTS)
@example(ODD)
def test_systemd_runs_it_with_its_variables(value: str):
    made = systemd.units(make("/bin/true", ONE=value))["souwen-1.service"]
    assert by_systemd(made, "Environment=") == [f"ONE={value}"]
    assert by_systemd(made) == ["/bin/true"]


@pytest.mark.parametrize("char", ["'", '"', "\\"])
def test_a_shell_starts_what_systemd_would_not(tmp_path: Path, char: str):
    program = tmp_path / f"print{char}f"
    program.symlink_to("/usr/bin/printf")
    made = by_systemd(systemd.units(make(str(program), "%s", ODD))["souwen-1.service"])
    assert made[0] == "/bin/sh"
    assert subprocess.run(made, capture_output=True, check=True).stdout.decode() == ODD


def verified(tmp_path: Path, program: str) -> tuple[int, str]:
    """What systemd says of units that run this."""
    made = systemd.units(make(program, ODD, index=f"/{ODD}", ONE=ODD))
    for name, unit in made.items():
        (tmp_path / name).write_text(unit, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "--user", "--man=no", "verify", *(tmp_path / name for name in made)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path):
    program = tmp_path / "搜 文 50% $HOME"
    program.symlink_to(sys.executable)
    code, said = verified(tmp_path, str(program))
    assert (code, "souwen-1" in said) == (0, False), said
    code, said = verified(tmp_path, f"{program}'\"\\")
    assert (code, "souwen-1" in said) == (0, False), said
    program.unlink()
    assert f"{program} is not executable" in verified(tmp_path, str(program))[1]


# Launchd and Windows.


@given(arguments=st.lists(ARGUMENTS, min_size=1, max_size=3))
@example([ODD])
def test_launchd_runs_what_it_is_told_to(arguments: list[str]):
    made = make(*arguments, seconds=90, ONE=ODD)
    found = plistlib.loads(launchd.text(made, Path("/Users/x")).encode())
    assert (found["ProgramArguments"], found["StartInterval"]) == (arguments, 90)
    assert found["EnvironmentVariables"] == {"ONE": ODD}
    assert found["StandardErrorPath"] == "/Users/x/Library/Logs/souwen-1.log"


def by_windows(line: str) -> list[str]:
    """The arguments in a command line, by the rules of Microsoft's C runtime."""
    found, quoted, inside = [""], False, False
    for backslashes, quote, other in re.findall(r'(\\*)(?:(")|(.|$))', line, re.DOTALL):
        if quote:
            found[-1] += "\\" * (len(backslashes) // 2)
            if len(backslashes) % 2:
                found[-1] += '"'
            else:
                quoted = not quoted
            inside = True
            continue
        found[-1] += backslashes
        if other in (" ", "\t") and not quoted:
            found.append("")
        else:
            found[-1] += other
    assert inside or '"' not in line
    return found


@given(arguments=st.lists(ARGUMENTS.map(lambda one: one.replace("%", "")), min_size=1, max_size=3))
@example([r"C:\搜 文\索引" + "\\", 'a"b\\"', "", "50%"])
def test_windows_runs_what_it_is_told_to(arguments: list[str]):
    task = ElementTree.fromstring(windows.text(make("python.exe", *arguments)).split("?>", 1)[1])
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    assert task.findtext(f".//{space}Command") == "python.exe"
    assert by_windows(task.findtext(f".//{space}Arguments") or "") == arguments
    assert task.findtext(f".//{space}Interval") == "PT5M"


def test_windows_opens_no_window_where_it_need_not():
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "python.exe"
        assert windows.windowless(str(python)) == str(python)
        (Path(folder) / "pythonw.exe").touch()
        assert windows.windowless(str(python)) == str(Path(folder) / "pythonw.exe")


@pytest.mark.parametrize(("argument", "seconds"), [("x", 90), ("x", 30), ("%TEMP%", 60)])
def test_what_windows_cannot_do_is_an_error(argument: str, seconds: int):
    with pytest.raises(ConfigError, match="Windows"):
        windows.text(make("python.exe", argument, seconds=seconds))
