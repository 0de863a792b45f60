"""Help, souwen.toml and variables: what every command makes of them."""

from pathlib import Path

import pytest
from tools.blog import Souwen


@pytest.mark.parametrize(
    "command", [None, "index", "search", "show", "similar", "analyze", "stats", "demo"]
)
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


def test_a_search_says_that_the_index_was_built_with_another_dictionary(
    indexed: Souwen, blog: Path
):
    told = "souwen: the index was built with another segmenter or dictionary than is configured"
    (blog / "souwen.toml").write_text('[index]\ndictionary = "own.txt"\n', encoding="utf-8")
    (blog / "own.txt").write_text("# 没有词\n", encoding="utf-8")
    assert indexed("search", "网关").err == ""
    (blog / "own.txt").write_text("微服务网关\n", encoding="utf-8")
    done = indexed("search", "网关")
    assert (done.code, len(done.lines), done.err.count("\n")) == (0, 2, 1)
    assert done.err.startswith(told)
    assert "`souwen index` changes that" in done.err
    assert indexed("-q", "search", "网关").err == ""
    assert indexed("index").code == 0
    assert indexed("search", "网关").err == ""
    (blog / "own.txt").unlink()
    done = indexed("search", "网关")
    assert (done.code, len(done.lines), done.err.count("\n")) == (0, 2, 1)
    assert "own.txt" in done.err
    assert "searched as it was built" in done.err


def test_a_search_says_that_the_index_was_built_with_another_segmenter(
    indexed: Souwen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOUWEN_SEGMENTER", "rjieba")
    assert indexed("search", "网关").err == ""
    monkeypatch.setenv("SOUWEN_SEGMENTER", "jieba")
    assert "built with another segmenter" in indexed("search", "网关").err
