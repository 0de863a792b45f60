"""Nodes of a cluster die while posts are indexed and searched: no post is lost, no answer wrong."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster.distribution import Lacking
from cluster.faults import (
    Fault,
    Trial,
    in_mid_bulk,
    while_dropped,
    while_hanging,
    while_indexing,
    while_searching,
)
from cluster.running import Cluster, running

POSTS = 400


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    """A cluster of three whose nodes may be killed: nobody else uses it."""
    try:
        with running(relayed=True) as cluster:
            yield cluster
    except Lacking as error:
        if os.environ.get("CI"):
            pytest.fail(f"no cluster, though CI is set: {error}")
        pytest.skip(f"no cluster: {error}")


@pytest.mark.parametrize(
    "fault", [Fault("killed", (0,), 3), Fault("cut off", (0,), 15)], ids=["killed", "cut_off"]
)
def test_a_node_that_is_lost_takes_no_post_with_it_and_answers_nothing_wrong(
    nodes: Cluster, tmp_path: Path, fault: Fault
):
    trial = Trial(nodes, tmp_path / "posts", fault.kind.replace(" ", "-"), POSTS)
    indexing = while_indexing(trial, fault)
    assert (indexing.codes[-1], indexing.lost, indexing.strange) == (0, 0, 0)
    searching = while_searching(trial, fault, seconds=fault.seconds + 2)
    assert (searching.wrong, searching.lost, searching.strange) == (0, 0, 0)
    assert searching.answered > 0


def test_what_a_node_knew_that_was_cut_off_long_ago_is_no_answer(nodes: Cluster, tmp_path: Path):
    trial = Trial(nodes, tmp_path / "posts", "dropped", POSTS)
    trial.run().communicate()
    updating = while_dropped(trial, 1)
    assert (updating.codes, updating.wrong, updating.failed, updating.lost) == ([0], 0, {}, 0)
    assert updating.answered == 9


def test_a_node_that_hangs_is_waited_for_by_no_search(nodes: Cluster, tmp_path: Path):
    trial = Trial(nodes, tmp_path / "posts", "hangs", POSTS)
    trial.run().communicate()
    nodes.wait_for("green", nodes=3)
    manager = nodes.nodes[0].get("/_cat/cluster_manager?format=json")[0]["node"]
    searching = while_hanging(trial, [node.name for node in nodes.nodes].index(manager))
    assert (searching.wrong, searching.failed, searching.lost) == (0, {}, 0)
    assert searching.answered == 6
    assert searching.slowest < 30, "a node that hangs is dropped after three minutes"


def test_what_was_acknowledged_is_there_after_all_nodes_were_killed(nodes: Cluster):
    fault = Fault("killed", (0, 1, 2), 0)
    outcome = in_mid_bulk(nodes, fault, "acknowledged", least=1000)
    assert (outcome.posts >= 1000, outcome.lost) == (True, 0)
