"""The tests' own OpenSearch: is it there, and what happens where it cannot be?"""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

RUN = Path(__file__).with_name("run.py")


def get(address: str, path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{address}{path}", timeout=60) as answer:
        found = json.load(answer)
    assert isinstance(found, dict)
    return found


def test_every_node_tells_of_the_same_healthy_cluster_of_three(cluster: Sequence[str]):
    health = [get(address, "/_cluster/health") for address in cluster]
    assert [one["number_of_nodes"] for one in health] == [3, 3, 3]
    assert all(one["status"] in ("green", "yellow") for one in health)
    states = [get(address, "/_cluster/state/nodes") for address in cluster]
    assert len({one["cluster_uuid"] for one in states}) == 1


def without_tools(folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """The script, on a machine without Maven and with nothing in its cache."""
    command = [sys.executable, "-c", "import os; print(os.environ.get('SOUWEN_CLUSTER'))"]
    return subprocess.run(
        [sys.executable, str(RUN), *command],
        env={"PATH": "", "XDG_CACHE_HOME": str(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_there_can_be_no_cluster_the_command_runs_without_and_the_reason_is_told(
    tmp_path: Path,
):
    done = without_tools(tmp_path)
    assert (done.returncode, done.stdout) == (0, "None\n")
    assert done.stderr.startswith("no cluster: OpenSearch ")


def test_with_ci_set_it_is_a_failure_that_there_can_be_no_cluster(tmp_path: Path):
    done = without_tools(tmp_path, CI="1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("no cluster: OpenSearch ")


def test_a_release_that_is_not_known_is_named_beside_those_that_are(tmp_path: Path):
    done = without_tools(tmp_path, SOUWEN_CLUSTER_RELEASE="1.3")
    assert done.stderr == (
        "no cluster: OpenSearch 1.3 of SOUWEN_CLUSTER_RELEASE is not among those known: "
        "3.9.0, 2.19.6\n"
    )
