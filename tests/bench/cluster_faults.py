"""Nodes die, hang or are cut off while a cluster is written and read.

``python tests/bench/cluster_faults.py [POSTS]``: 1500 unless told. Starts a cluster of three nodes,
with one replica of everything, and prints for each fault how the runs ended, and how many posts are
lost, answers wrong and searches failed. Exits with 1 where a post is lost, an answer wrong, or no
run ends well.
"""

import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.faults import (
    NEWS,
    Fault,
    Outcome,
    Trial,
    in_mid_bulk,
    while_dropped,
    while_indexing,
    while_searching,
)
from cluster.running import Cluster, running

ONE = (
    *(Fault("killed", (number,), 5) for number in (0, 2)),
    *(Fault("held", (number,), 20) for number in (0, 2)),
    *(Fault("cut off", (number,), 40) for number in range(3)),
)
ALL = Fault("killed", (0, 1, 2), 2)


def trials(cluster: Cluster, folder: Path, posts: int) -> Iterator[Outcome]:
    """Every fault in turn, each on an index of its own."""
    for number, fault in enumerate(ONE):
        trial = Trial(cluster, folder / str(number), f"one-{number}", posts)
        yield while_indexing(trial, fault, "--jobs", "2")
        yield while_searching(trial, fault, seconds=20)
    yield while_dropped(Trial(cluster, folder / "dropped", "dropped", posts), 0)
    trial = Trial(cluster, folder / "all", "all", posts)
    yield while_indexing(trial, ALL)
    trial.write(range(0, posts, 2), NEWS)
    yield while_indexing(trial, ALL)
    yield in_mid_bulk(cluster, ALL, "acknowledged", least=5_000)


def told(one: Outcome) -> str:
    """A line."""
    runs = f", exit codes {one.codes}" if one.codes else ""
    failed = sum(one.failed.values())
    asked = (
        f", {one.answered} answers, {one.wrong} wrong, {failed} failed, slowest {one.slowest:.1f} s"
        if one.answered
        else ""
    )
    return (
        f"{one.fault}, {one.during}: {one.posts} posts, {one.lost} lost, {one.strange} strange"
        f"{runs}{asked} ({one.seconds:.0f} s)"
    )


def main(posts: int) -> None:
    """Print what happened."""
    # Whoever ends this politely is to end the nodes as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    well = True
    with tempfile.TemporaryDirectory() as folder, running(relayed=True) as cluster:
        for one in trials(cluster, Path(folder), posts):
            print(told(one), flush=True)
            for said in (*one.said, *one.failed):
                print(f"  {said}", flush=True)
            well = well and one.well
    sys.exit(not well)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1500)
