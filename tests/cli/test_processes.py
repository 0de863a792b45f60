"""What only a process of its own can show: signals, pipes, terminals, encodings, start-up."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tools.blog import Souwen, write
from tools.screens import Start, on_terminal

HEAVY = ("whoosh", "jieba", "rjieba", "numpy", "yaml", "ruamel", "lxml", "markdown_it", "charset")


def finish(process: "subprocess.Popen[bytes]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out.decode(), err.decode()


# Start-up.


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_imports_nothing_heavy(option: str, tmp_path: Path):
    program = (
        "import sys\n"
        "from souwen.cli import run\n"
        f"code = run([{option!r}])\n"
        "print(code, *sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    code, *modules = done.stderr.split()
    assert code == "0"
    assert [name for name in modules if name.startswith(HEAVY)] == []


UNNEEDED = (
    *("jieba", "rjieba", "yaml", "ruamel", "lxml", "markdown_it", "frontmatter", "charset"),
    *("filelock", "multiprocessing", "concurrent", "numpy.ma.", "souwen.index.indexer"),
    *("importlib.metadata", "email", "souwen.index.source"),
)
"""What makes an index, what is there for other commands, what is slow and can be done without."""


def test_a_search_loads_no_dictionary_and_imports_nothing_that_it_does_not_need(
    indexed: Souwen, blog: Path
):
    program = (
        "import sys\n"
        "from souwen.cli import run\n"
        "from souwen.index.analysis.words import loaded\n"
        "code = run(['search', '微服务 快手', '-tag:甲', '--sort', 'date'])\n"
        "print(code, loaded.cache_info().currsize, *sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=blog,
        # Coverage would import modules of its own.
        env={name: value for name, value in os.environ.items() if "COVERAGE" not in name},
        capture_output=True,
        text=True,
        check=True,
    )
    code, dictionaries, *modules = done.stderr.splitlines()[-1].split()
    assert code in "01"
    assert dictionaries == "0"
    assert [name for name in modules if name.startswith(UNNEEDED)] == []


def test_the_version_is_the_package_s(process: Start):
    from importlib.metadata import version

    assert finish(process("--version")) == (0, f"souwen {version('souwen')}\n", "")


# Pipes and encodings.


def test_a_closed_pipe_ends_quietly(indexed: Souwen, process: Start):
    for arguments in (["search", "网关", "--json"], ["show", "快手.md"], ["--help"], ["demo"]):
        running = process(*arguments)
        running.stdout.close()
        running.stdout = None
        assert finish_without_stdout(running) == (0, "")


def finish_without_stdout(running: "subprocess.Popen[bytes]") -> tuple[int, str]:
    _, err = running.communicate(timeout=120)
    return running.returncode, err.decode()


def test_a_reader_that_stops_in_the_middle_ends_it_quietly(
    souwen: Souwen, process: Start, blog: Path
):
    write(blog / "posts", {"长.md": "很长的一行。\n" * 12_000})
    assert souwen("index", "posts").code == 0
    running = process("show", "长.md")
    running.stdout.read(10)
    running.stdout.close()
    running.stdout = None
    assert finish_without_stdout(running) == (0, "")


def test_a_full_disk_behind_stdout_is_told(indexed: Souwen, process: Start):
    with Path("/dev/full").open("wb") as full:
        running = process("search", "网关", stdout=full)
        code, err = finish_without_stdout(running)
    assert (code, err) == (4, "souwen: No space left on device; make room and run it again\n")


def test_without_any_stdout_a_command_still_works(indexed: Souwen, process: Start, blog: Path):
    command = f"exec {sys.executable} -m souwen.cli search 网关 >&- 2>&-"
    done = subprocess.run(["sh", "-c", command], cwd=blog, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "variables",
    [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONUTF8": "0", "LC_ALL": "C"}],
)
def test_no_encoding_of_the_terminal_breaks_a_command(
    indexed: Souwen, process: Start, variables: dict[str, str]
):
    for arguments in (["search", "(快手", "--explain"], ["show", "快手.md"]):
        code, _, err = finish(process(*arguments, variables=variables))
        assert (code, "Traceback" in err) == (0, False)
    _, out, _ = finish(process("search", "快手", "--json", variables=variables))
    assert json.loads(out)["hits"][0]["title"] == "快手外链怎么加"


@pytest.mark.parametrize("arguments", [("--help",), ("search", "-l", "快手")])
def test_paths_and_help_are_utf8_on_an_ascii_terminal(
    indexed: Souwen, process: Start, arguments: tuple[str, ...]
):
    code, out, _ = finish(process(*arguments, variables={"PYTHONIOENCODING": "ascii"}))
    assert (code, "快手" in out or "全文检索" in out) == (0, True)


# Terminals.


def test_on_a_terminal_results_are_laid_out_coloured_and_linked(indexed: Souwen, process: Start):
    code, seen = on_terminal(process, "search", "快手", "外链")
    assert code == 0
    assert "\x1b[1;31m快手外链\x1b[0m\x1b[1m怎么加\x1b[0m" in seen
    assert "\x1b]8;;file:///" in seen
    assert "posts/快手.md" in seen
    assert "1 found" in seen


def test_colours_and_links_can_be_refused(indexed: Souwen, process: Start):
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"SOUWEN_COLOR": "never"}):
        code, seen = on_terminal(process, "search", "快手", **variables)
        assert (code, "\x1b" in seen) == (0, False)
    _, seen = on_terminal(process, "search", "快手", SOUWEN_HYPERLINK="never")
    assert "\x1b[" in seen
    assert "\x1b]8" not in seen


def test_what_is_longer_than_the_terminal_goes_through_a_pager(indexed: Souwen, process: Start):
    paged = ["search", "网关", "--explain"]
    _, seen = on_terminal(process, *paged, lines=5, PAGER="sed s/^/paged/")
    assert "paged1  " in seen
    for arguments, more in (
        (paged, {"LINES": "500"}),
        ([*paged, "-P"], {}),
        ([*paged, "--no-pager"], {}),
        (paged, {"SOUWEN_PAGER": "false"}),
    ):
        _, seen = on_terminal(process, *arguments, lines=5, PAGER="sed s/^/paged/", **more)
        assert "1  " in seen
        assert "paged" not in seen


def test_paths_on_a_terminal_are_safe_to_see(souwen: Souwen, process: Start, blog: Path):
    write(blog / "posts", {"\x1b[2J.md": "古怪的文件名"})
    assert souwen("index", "posts").code == 0
    _, seen = on_terminal(process, "search", "-l", "古怪的文件名")
    assert seen == "posts/␛[2J.md\n"


def test_progress_is_shown_on_a_terminal_alone(process: Start):
    _, seen = on_terminal(process, "index", "posts")
    assert "100%" in seen
    _, seen = on_terminal(process, "-q", "index", "--full")
    assert seen == ""
    _, _, err = finish(process("index", "--full"))
    assert err == ""


# Signals and disks.


def bulk(blog: Path) -> None:
    """Posts that take some seconds to index."""
    text = "快手电商的搜索，微服务与网关。" * 2_000
    write(blog / "posts", {f"bulk/{number}.md": f"{number}\n{text}" for number in range(300)})


def below(group: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == group and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def wait_until(holds: Callable[[], object], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_the_index_as_it_was_and_no_process(
    indexed: Souwen, process: Start, blog: Path, number: signal.Signals
):
    before = indexed("search", "网关", "--all").out
    bulk(blog)
    running = process("index", "--jobs", "2", start_new_session=True)
    # Parent, resource tracker, and two at work.
    assert wait_until(lambda: len(below(running.pid)) >= 4, 30)
    time.sleep(1)
    if number == signal.SIGINT:
        os.killpg(running.pid, number)  # as a terminal does
    else:
        os.kill(running.pid, number)
    code, out, err = finish(running)
    assert (code, out, err) == (130, "", "souwen: interrupted; the index is as it was before\n")
    assert wait_until(lambda: not below(running.pid), 10)
    assert indexed("search", "网关", "--all").out == before
    assert not list((blog / ".souwen").glob("*.tmp*"))


def command_line(number: int) -> bytes:
    return Path(f"/proc/{number}/cmdline").read_bytes()


def blocked(number: int, signal_number: signal.Signals) -> bool:
    """Whether a process will never see a signal, from its first instruction on."""
    status = Path(f"/proc/{number}/status").read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigBlk:"))
    return bool(int(mask, 16) >> (signal_number - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
def test_no_process_of_a_run_can_be_interrupted_while_it_starts(
    indexed: Souwen, process: Start, blog: Path
):
    bulk(blog)
    running = process("index", "--jobs", "2", start_new_session=True)
    assert wait_until(lambda: len(below(running.pid)) >= 4, 30)
    # The tracker of resources ignores the signal instead.
    workers = [one for one in below(running.pid) if b"spawn_main" in command_line(one)]
    assert [blocked(one, signal.SIGINT) for one in workers] == [True, True]
    running.terminate()
    assert finish(running)[0] == 130


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
def test_a_killed_run_leaves_the_index_as_it_was_and_no_process(
    indexed: Souwen, process: Start, blog: Path
):
    before = indexed("search", "网关", "--all").out
    bulk(blog)
    running = process("index", "--jobs", "2", start_new_session=True)
    # Parent, resource tracker, and two at work.
    assert wait_until(lambda: len(below(running.pid)) >= 4, 30)
    time.sleep(1)
    running.kill()
    running.communicate(timeout=120)
    assert wait_until(lambda: not below(running.pid), 20)
    assert indexed("search", "网关", "--all").out == before
    shutil.rmtree(blog / "posts/bulk")
    assert indexed("index").code == 0


def test_a_full_disk_leaves_the_index_as_it_was(indexed: Souwen, process: Start, blog: Path):
    before = indexed("search", "网关", "--all").out
    write(blog / "posts", {"大.md": "".join(map(chr, range(0x4E00, 0x9E00)))})

    def no_large_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    # coverage could not write its file either.
    unmeasured = {"COVERAGE_PROCESS_START": None, "COVERAGE_PROCESS_CONFIG": None}
    running = process("index", "posts", preexec_fn=no_large_files, variables=unmeasured)
    code, out, err = finish(running)
    assert (code, out) == (4, "")
    assert "File too large; the index in .souwen is as it was before\n" in err
    assert indexed("search", "网关", "--all").out == before
