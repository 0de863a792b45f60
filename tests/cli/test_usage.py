"""Help, souwen.toml and variables: what every command makes of them."""

from pathlib import Path

import pytest
from tools.blog import Souwen


@pytest.mark.parametrize("command", [None, "index", "search", "show", "analyze", "stats", "demo"])
def test_help_has_a_short_name(souwen: Souwen, command: str | None):
    given = [command] if command else []
    short, long = souwen(*given, "-h"), souwen(*given, "--help")
    assert (short.code, short.out) == (0, long.out)


@pytest.mark.parametrize("arguments", [("index", "posts"), ("search", "网关"), ("analyze", "网关")])
@pytest.mark.parametrize(("table", "key"), [("index", "job"), ("search", "limits")])
def test_a_mistake_in_either_table_is_told_by_every_command_that_reads_the_file(
    souwen: Souwen, blog: Path, arguments: tuple[str, ...], table: str, key: str
):
    (blog / "souwen.toml").write_text(f"[{table}]\n{key} = 3\n", encoding="utf-8")
    done = souwen(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"souwen: souwen.toml: [{table}]: unknown key {key!r}")


def test_a_variable_that_is_empty_is_none(indexed: Souwen, monkeypatch: pytest.MonkeyPatch):
    for name in ("LIMIT", "SORT", "PAGER", "INDEX", "CONFIG", "COLOR", "TIMEZONE", "JOBS"):
        monkeypatch.setenv(f"SOUWEN_{name}", "")
    assert indexed("search", "网关").code == 0
    assert indexed("index").code == 0
