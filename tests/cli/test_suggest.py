"""What does ``souwen suggest`` print, and what does it tell the shell?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tools.blog import Souwen


def test_suggestions_come_one_a_line(indexed: Souwen):
    assert "快手外链怎么加" in indexed("suggest", "快").lines
    assert "网关" in indexed("suggest", "wangg").lines


def test_suggestions_for_a_web_page(indexed: Souwen):
    page = json.loads(indexed("suggest", "--json", "网").out)
    assert (page["version"], page["prefix"]) == (1, "网")
    assert {"text": "微服务网关选型", "kind": "title", "count": 1} not in page["suggestions"]
    assert {tuple(one) for one in page["suggestions"]} == {("text", "kind", "count")}


def test_nothing_to_suggest_is_nothing_found(indexed: Souwen):
    assert indexed("suggest", "龘").code == 1


def test_a_misspelt_search_says_what_may_be_meant(indexed: Souwen):
    assert "did you mean: 快手" in indexed("search", "筷手").err
    assert json.loads(indexed("search", "筷手", "--json").out)["did_you_mean"] == ["快手"]
    laid_out = indexed("--color", "always", "search", "筷手")
    assert "Did you mean:" in laid_out.lines[0]
    assert laid_out.err == ""


def complete(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the shell is told when TAB is pressed after these words."""
    variables = {
        "_SOUWEN_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-c", "from souwen.cli import main; main()"]
    return subprocess.run(
        command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("typed", "meant"), [("网", "网关"), ("wangg", "网关"), ("k8", "k8s")])
def test_the_shell_completes_words_of_a_query(
    indexed: Souwen, tmp_path: Path, typed: str, meant: str
):
    assert f"plain,{meant}" in complete(tmp_path, "souwen", "search", typed).stdout.splitlines()


@pytest.mark.parametrize("words", [("search", "网"), ("--index", "/nowhere", "search", "网")])
def test_the_shell_is_told_nothing_where_there_is_no_index(tmp_path: Path, words: tuple[str, ...]):
    done = complete(tmp_path, "souwen", *words)
    assert (done.stdout.strip(), done.stderr) == ("", "")
