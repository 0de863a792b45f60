"""Every error ends in one line that says what to do, and in its exit code."""

import importlib
import json
import pkgutil
import re
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from errno import EACCES, EIO, EMFILE, ENOSPC
from pathlib import Path

import click
import pytest
from tools.blog import Done, Souwen

import souwen
from souwen.index import errors, exits
from souwen.index.builder import open_store
from souwen.index.engines.opensearch import client
from souwen.index.exits import Exit
from souwen.index.schedule import programs
from souwen.index.schema import FORMAT

COMMANDS = [("search", "网关"), ("show", "快手.md"), ("stats",)]


def assert_told(done: Done, code: int, *parts: str) -> None:
    """One line of message, no traceback, nothing on stdout."""
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1), done.err
    assert done.err.startswith("souwen: ")
    for part in parts:
        assert part in done.err


@pytest.mark.parametrize("arguments", COMMANDS)
def test_without_an_index_a_command_says_how_to_build_one(
    souwen: Souwen, arguments: tuple[str, ...]
):
    assert_told(
        souwen(*arguments), 4, "no index here or in a folder above", "`souwen index posts/`"
    )
    assert_told(souwen("--index", "none", *arguments), 4, "none: there is no index here")


def test_an_index_in_memory_is_said_to_be_of_one_process_alone(souwen: Souwen):
    done = souwen("--index", "memory:elsewhere", "search", "网关")
    assert_told(done, 4, "memory:elsewhere: this process has indexed nothing here")


def test_the_folder_of_a_run_that_wrote_nothing_hides_no_index_above(indexed: Souwen, blog: Path):
    below = blog / "posts"
    assert indexed("-C", str(below), "--index", ".souwen", "index", "nowhere").code == 2
    (below / ".souwen").mkdir()
    for lock in ((), ("write.lock",)):
        for name in lock:
            (below / ".souwen" / name).touch()
        assert indexed("-C", str(below), "search", "网关").code == 0
        assert "unchanged" in indexed("-C", str(below), "index").out
    assert indexed("-C", str(below), "--index", ".souwen", "index", ".").code == 0
    (below / ".souwen/settings.json.0").unlink()
    assert_told(indexed("-C", str(below), "search", "网关"), 4, "`souwen check --repair`")


@pytest.mark.parametrize("arguments", COMMANDS)
def test_the_remedy_names_the_place_of_the_index(
    souwen: Souwen, blog: Path, arguments: tuple[str, ...]
):
    place = ("--index", "new place")
    done = souwen(*place, *arguments)
    assert_told(done, 4, "`souwen --index 'new place' index FOLDER` builds one")
    assert souwen(*place, "index", "posts").code == 0
    (catalogue,) = (blog / "new place").glob("catalogue.json.*")
    catalogue.write_bytes(catalogue.read_bytes()[:100])
    done = souwen(*place, *arguments)
    assert_told(done, 4, catalogue.name, "`souwen --index 'new place' check --repair` mends")
    assert souwen(*place, "index", "--full").code == 0
    assert souwen(*place, *arguments).code == 0


def test_an_empty_index_folder_is_no_index(souwen: Souwen, blog: Path):
    (blog / ".souwen").mkdir()
    assert_told(souwen("search", "网关"), 4, "there is no index here")
    assert souwen("index", "posts").code == 0


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("index", "nowhere"), ("nowhere: there is no such file or folder",)),
        (("index",), ("no folder to index: name one",)),
        (("index", "posts", "--forget", "drafts"), ("drafts: this folder is not indexed",)),
        (("index", "posts", "--jobs", "0"), ("--jobs", "See `souwen index --help`")),
        (("index", "posts", "--wait", "-1"), ("--wait",)),
        (("index", "--nonsense"), ("No such option",)),
        (("-C", "nowhere", "stats"), ("-C nowhere: No such file or directory",)),
        (("--config", "nowhere.toml", "stats"), ("nowhere.toml: there is no such file",)),
        (
            ("eval", "no.jsonl", "no.tsv"),
            ("File 'no.jsonl' does not exist", "`souwen eval --help`"),
        ),
        (("eval", "posts", "no.tsv"), ("'posts' is a directory",)),
        (("--color", "pink", "stats"), ("'pink' is not one of",)),
        (("find", "网关"), ("No such command 'find'", "See `souwen --help`")),
    ],
)
def test_wrong_usage_is_exit_code_2(
    souwen: Souwen, arguments: tuple[str, ...], parts: tuple[str, ...]
):
    assert_told(souwen(*arguments), 2, *parts)


def test_no_command_at_all_is_answered_with_help(souwen: Souwen):
    done = souwen()
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: souwen")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("[index\n", ("souwen.toml: ", "line 1")),
        ("[search]\nlimit = 3\nsort = date\n", ("souwen.toml: ", "line 3")),
        (
            "[search]\nlimits = 3\n",
            ("souwen.toml: [search]: unknown key 'limits'", "known are limit"),
        ),
        ("[search]\nlimit = -3\n", ("souwen.toml: [search]: limit is -3; it must be a whole",)),
        ('[search]\nsort = "size"\n', ('sort is "size"; it must be one of "blend"',)),
        ('[index]\ndictionary = "\\u0000"\n', ("[index]: ", "it must be the name of a file")),
        ('[search]\nsynonyms = "\\u0000"\n', ("[search]: ", "it must be the name of a file")),
        ("[find]\n", ("unknown table or key 'find'; known are [index], [search]",)),
        ("search = 3\n", ("search is 3; it must be a table",)),
        ("a = " + "[" * 3000, ("souwen.toml: ",)),
    ],
)
def test_a_broken_configuration_is_named_with_its_place(
    souwen: Souwen, blog: Path, content: str, parts: tuple[str, ...]
):
    (blog / "souwen.toml").write_text(content, encoding="utf-8")
    assert_told(souwen("search", "网关"), 2, *parts)


def test_a_configuration_that_is_no_utf8_is_an_error(souwen: Souwen, blog: Path):
    (blog / "souwen.toml").write_bytes("# 配置".encode("gb18030"))
    assert_told(souwen("index", "posts"), 2, "souwen.toml: found no TOML in UTF-8")


@pytest.mark.parametrize(
    ("name", "value", "command", "parts"),
    [
        ("SOUWEN_LIMIT", "many", ("search", "x"), ('SOUWEN_LIMIT: limit is "many"',)),
        ("SOUWEN_TIMEZONE", "Mars", ("index", "posts"), ("SOUWEN_TIMEZONE: timezone",)),
        ("SOUWEN_DRAFTS", "maybe", ("index", "posts"), ("must be true or false",)),
        ("SOUWEN_CONFIG", "gone.toml", ("stats",), ("gone.toml: there is no such file",)),
        ("SOUWEN_DICTIONARY", "gone.txt", ("index", "posts"), ("gone.txt",)),
        ("SOUWEN_DICTIONARY", "gone.txt", ("analyze", "x"), ("gone.txt",)),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(  # noqa: PLR0917
    souwen: Souwen,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    command: tuple[str, ...],
    parts: tuple[str, ...],
):
    monkeypatch.setenv(name, value)
    assert_told(souwen(*command), 2, *parts)


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("date", ["someday", "2022-13", "2022-02-30", "90x", "22"])
def test_a_bad_date_is_named_with_what_is_expected(indexed: Souwen, option: str, date: str):
    assert_told(indexed("search", "网关", option, date), 2, date)


# The index on disk.


def change_settings(blog: Path, **changes: str) -> None:
    """What another version or configuration would have kept."""
    store = open_store(blog / ".souwen")
    found = json.loads(store.kept("settings.json") or b"")
    with store.writer() as writer:
        writer.keep("settings.json", json.dumps({**found, **changes}).encode())


@pytest.mark.parametrize("arguments", COMMANDS)
def test_an_index_in_another_format_is_refused_and_the_next_run_rebuilds_it(
    indexed: Souwen, blog: Path, arguments: tuple[str, ...]
):
    change_settings(blog, format="0")
    assert_told(indexed(*arguments), 4, "format 0", "`souwen index` rebuilds it")
    done = indexed("index")
    assert (done.code, "built anew: format 0 is outdated" in done.out) == (0, True)
    assert indexed(*arguments).code == 0


def change_catalogue(blog: Path) -> None:
    """A field that this souwen does not know."""
    (path,) = (blog / ".souwen").glob("catalogue.json.*")
    found = json.loads(path.read_bytes().partition(b"\n")[0])
    found["layout"]["fields"].append("body.trigrams")
    content = json.dumps(found).encode()
    path.write_bytes(b"%s\n%08x\n" % (content, zlib.crc32(content)))


def change_segments(blog: Path) -> None:
    for path in (blog / ".souwen").glob("*.seg"):
        path.write_bytes(b"laid out in another way")


@pytest.mark.parametrize("run", [("index",), ("index", "--full")])
@pytest.mark.parametrize(
    ("format", "change", "told"),
    [
        ("5", change_catalogue, "format 5"),
        ("5", change_segments, "format 5"),
        (FORMAT, change_catalogue, f"format {FORMAT} of another souwen"),
    ],
)
def test_an_index_of_a_later_souwen_is_refused_and_the_next_run_rebuilds_it(  # noqa: PLR0917
    indexed: Souwen,
    blog: Path,
    run: tuple[str, ...],
    format: str,
    change: Callable[[Path], None],
    told: str,
):
    change_settings(blog, format=format)
    change(blog)
    for arguments in COMMANDS:
        assert_told(indexed(*arguments), 4, told, "`souwen index` rebuilds it")
    assert indexed(*run).code == 0
    assert indexed("search", "网关").code == 0


def test_an_index_of_another_analyzer_is_refused_and_the_next_run_rebuilds_it(
    indexed: Souwen, blog: Path
):
    change_settings(blog, fingerprint="f00")
    assert_told(indexed("search", "网关"), 4, "another analyzer", "`souwen index` rebuilds it")
    assert indexed("index").code == 0
    assert indexed("search", "网关").code == 0


@pytest.mark.parametrize("pattern", ["settings.json.*", "catalogue.json.*", "*.seg"])
def test_a_damaged_index_is_refused_and_can_be_built_anew(
    indexed: Souwen, blog: Path, pattern: str
):
    (damaged,) = (blog / ".souwen").glob(pattern)
    damaged.write_bytes(b"damaged")
    assert_told(indexed("search", "网关"), 4, "`souwen check --repair`")
    assert indexed("index", "posts", "--full").code == 0
    assert indexed("search", "网关").code == 0


def test_a_folder_that_holds_something_else_is_not_written_to(souwen: Souwen, blog: Path):
    done = souwen("--index", "posts", "index", "posts")
    assert_told(done, 4, "posts: this is no index", "`--index`")


def test_a_file_in_the_place_of_the_index_is_an_error(souwen: Souwen, blog: Path):
    (blog / "file").write_text("not an index")
    assert_told(souwen("--index", "file", "index", "posts"), 4, "file: File exists")
    assert_told(souwen("--index", "file", "search", "网关"), 4)


def test_a_place_that_cannot_be_written_is_an_error(souwen: Souwen):
    # Even root cannot make a folder there.
    assert_told(souwen("--index", "/proc/souwen", "index", "posts"), 4, "/proc/souwen: ")


def test_a_cluster_that_is_not_there_is_named(souwen: Souwen):
    for arguments in (("index", "posts"), *COMMANDS):
        done = souwen("--index", "opensearch://127.0.0.1:1/posts", *arguments)
        assert_told(done, 4, "opensearch://127.0.0.1:1/posts", "refused")


@contextmanager
def writing(blog: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process that holds the lock until it is told to end, or killed."""
    program = (
        "from souwen.index.builder import open_store\n"
        "with open_store('.souwen').writer():\n"
        "    print('writing', flush=True)\n"
        "    input()\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", program], cwd=blog, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        yield writer
        writer.kill()


def test_a_locked_index_is_exit_code_5_and_says_who_writes_where_since_when(
    indexed: Souwen, blog: Path
):
    with writing(blog) as writer:
        who = f"process {writer.pid} on {socket.gethostname()}, since {datetime.now():%Y-%m-%d}"
        assert_told(indexed("index"), 5, who, "is writing to this index", "--wait")
        assert indexed("index", "--wait", "0.1").code == 5
        assert indexed("search", "网关").code == 0
        writer.communicate(b"\n")
    assert indexed("index").code == 0


def test_the_lock_of_a_process_that_was_killed_is_taken_over(indexed: Souwen, blog: Path):
    with writing(blog) as writer:
        writer.kill()
    assert (blog / ".souwen" / "writer.json").exists()
    assert indexed("index").code == 0
    assert not (blog / ".souwen" / "writer.json").exists()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"pid": 1}', '{"pid":1,"host":"a","since":"x"}']
)
def test_a_locked_index_is_told_even_where_it_is_not_known_who_writes(
    indexed: Souwen, blog: Path, content: str
):
    with writing(blog):
        (blog / ".souwen" / "writer.json").write_text(content)
        assert_told(indexed("index"), 5, "another process is writing to this index")


# What no wrong input can bring about.


def test_a_bug_is_exit_code_70_and_shows_its_traceback_on_demand(indexed: Souwen):
    # The system lets no NUL into the arguments of a process.
    assert_told(indexed("show", "\0"), 70, "this is a bug of souwen", "`souwen -v …`")
    loud = indexed("-v", "show", "\0")
    assert (loud.code, "Traceback" in loud.err) == (70, True)
    assert "Traceback" in indexed("-v", "--index", "none", "stats").err


def tree(kind: type[BaseException]) -> list[type[BaseException]]:
    return [kind, *(below for one in kind.__subclasses__() for below in tree(one))]


def every_error() -> list[type[BaseException]]:
    # Only errors of modules that were imported are known to be there.
    for module in pkgutil.walk_packages(souwen.__path__, "souwen."):
        importlib.import_module(module.name)
    return sorted(tree(errors.SouwenError), key=qualified)


def qualified(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__name__}"


EXAMPLES: dict[type[BaseException], Callable[[], BaseException]] = {
    errors.PostError: lambda: errors.PostError("a.md", "told"),
    errors.StoreOutdated: lambda: errors.StoreOutdated("told", "0", "1"),
    errors.StoreCorrupt: lambda: errors.StoreCorrupt("told", "a.seg"),
    errors.EngineMissing: lambda: errors.EngineMissing("told", "opensearch"),
    client.Refused: lambda: client.Refused("told", 400, "kind", "reason"),
    programs.Refused: lambda: programs.Refused("told", "said"),
}
EXPECTED: dict[type[BaseException], int] = {
    errors.ConfigError: 2,
    errors.QueryError: 2,
    errors.StoreLocked: 5,
    errors.StoreError: 4,
    errors.EngineError: 4,
    errors.PostError: 4,
    errors.SouwenError: 70,
}


@pytest.mark.parametrize("kind", every_error(), ids=qualified)
def test_every_error_of_the_tree_has_an_exit_code_and_its_own_words(kind: type[BaseException]):
    error = EXAMPLES.get(kind, lambda: kind("told"))()
    code, message = exits.explain(error)
    assert code == next(EXPECTED[one] for one in kind.__mro__ if one in EXPECTED)
    assert "told" in message


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "interrupted; the index is as it was before"),
        (click.Abort(), 130, "interrupted; the index is as it was before"),
        (click.ClickException("told"), 2, "told"),
        (OSError(ENOSPC, "Full", "/a"), 4, "/a: Full; make room and run it again"),
        (OSError(EACCES, "Denied", "/a"), 4, "/a: Denied; run it as somebody who may, or change"),
        (OSError(EMFILE, "Too many", "/a"), 4, "/a: Too many; allow more open files"),
        (OSError(EIO, "Broken", "/a"), 4, "/a: Broken"),
        (OSError("odd"), 4, "odd"),
        (ZeroDivisionError("oops"), 70, "ZeroDivisionError: oops"),
    ],
)
def test_other_errors_have_exit_codes_too(error: BaseException, code: int, message: str):
    found, told = exits.explain(error)
    assert found == code
    assert message in told


@pytest.mark.parametrize("command", [None, "index", "search", "show", "analyze", "stats", "demo"])
def test_help_lists_every_exit_code(souwen: Souwen, command: str | None):
    done = souwen(*([command] if command else []), "--help")
    listed = re.findall(r"^ +(\d+)  \w", done.out, re.MULTILINE)
    assert [int(code) for code in listed] == [code.value for code in Exit]
