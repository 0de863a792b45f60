"""The README is correct to the letter."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml
from docs.commands import README, command

from souwen.cli import souwen
from souwen.index.config import IndexConfig, from_mapping
from souwen.index.exits import Exit
from souwen.search.config import SearchConfig

TEXT = README.read_text(encoding="utf-8")
ROOT = README.parent
BIN = Path(sys.executable).parent


def blocks(language: str) -> list[str]:
    """The code blocks of one language, without those of the first screen."""
    found = re.findall(rf"(<!-- \w+ -->\n)?```{language}\n(.*?)\n```", TEXT, re.DOTALL)
    return [block for marked, block in found if not marked]


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A folder with the sample posts in ``posts``."""
    shutil.copytree(ROOT / "index" / "samples", tmp_path / "posts")
    return tmp_path


def run(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euc", line],
        cwd=folder,
        env={**os.environ, "PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_command_of_the_readme_does_what_it_is_there_for(blog: Path):
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(lines) > 10
    for line in lines:
        done = run(line, blog)
        assert (line, done.returncode, done.stderr) == (line, 0, done.stderr)
        assert done.stdout


def test_the_python_of_the_readme_runs(blog: Path):
    (program,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=blog, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "全文检索是怎么工作的" in done.stdout


def test_the_configuration_of_the_readme_lists_every_key_with_its_default():
    (text,) = blocks("toml")
    given = tomllib.loads(text)
    for kind, table in ((IndexConfig, "index"), (SearchConfig, "search")):
        assert from_mapping(kind, given[table], place="README") == kind()
    # Keys without a default in TOML stand as comments.
    named = re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE)
    assert named == [one.name for kind in (IndexConfig, SearchConfig) for one in fields(kind)]
    commented = tomllib.loads(re.sub(r"(?m)^# (?=\w+ = )", "", text))
    from_mapping(IndexConfig, commented["index"], place="README")


def test_the_cluster_of_the_readme_is_three_nodes_that_only_this_machine_reaches():
    (text,) = blocks("yaml")
    found = yaml.safe_load(text)
    nodes = found["services"]
    assert sorted(nodes) == ["node1", "node2", "node3"]
    for name, node in nodes.items():
        settings = node["environment"]
        assert settings["node.name"] == name
        for listed in ("discovery.seed_hosts", "cluster.initial_cluster_manager_nodes"):
            assert settings[listed].split(",") == sorted(nodes)
        assert [port.rpartition(":")[0].partition(":")[0] for port in node["ports"]] == [
            "127.0.0.1"
        ]
        assert {volume.partition(":")[0] for volume in node["volumes"]} < set(found["volumes"])
        assert node["image"].startswith("opensearchproject/opensearch:3")


@pytest.mark.parametrize("name", sorted(souwen.commands))
def test_every_command_has_help_and_stands_in_the_readme(name: str):
    done = run(f"souwen {name} --help", ROOT)
    assert done.returncode == 0
    assert f"Usage: souwen {name}" in done.stdout
    assert f"`souwen {name}" in TEXT


@pytest.mark.parametrize("name", ["index", "search"])
def test_every_option_stands_in_the_readme(name: str):
    options = [
        option
        for parameter in souwen.commands[name].params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    ]
    assert [option for option in options if option not in TEXT] == []


def test_every_exit_code_stands_in_the_readme():
    table = [int(code) for code in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)]
    assert table == [code.value for code in Exit]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout as a stranger would get it."""
    copy = tmp_path / "souwen"
    unwanted = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".coverage*")
    shutil.copytree(ROOT, copy, symlinks=True, ignore=unwanted)
    return copy


def fresh(line: str, checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    # What runs in the copy says nothing about the coverage of the checkout.
    unmeasured = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
    done = run(line, checkout, **unmeasured, **variables)
    if "No matching distribution" in done.stderr and not os.environ.get("CI"):
        pytest.skip("packages cannot be fetched here")
    return done


def test_the_first_line_of_the_readme_sets_up_and_shows_a_search(checkout: Path):
    done = fresh(command("demo"), checkout)
    assert done.returncode == 0, done.stderr
    assert "$ souwen search 全文检索" in done.stdout
    assert "全文檢索入門" in done.stdout


def test_the_second_line_of_the_readme_sets_up_and_passes_the_tests(checkout: Path):
    # One module here: the checks of the project run the same line on all of them.
    only = "--override-ini=testpaths=tests/unit/test_config.py -p no:cacheprovider"
    done = fresh(command("test"), checkout, PYTEST_ADDOPTS=only)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
