"""What becomes of an index while nodes of its cluster die, hang, are cut off, or come back?

Each fault strikes while posts are indexed, or while they are searched, on an index with a replica.
Afterwards every post is looked for by its id.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Literal, TypeAlias

from cluster.node import Node
from cluster.relays import Relays
from cluster.running import Cluster

from souwen.index.builder import open_store
from souwen.index.errors import SouwenError
from souwen.search import Index, open_index

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINES = ("春风又绿江南岸", "明月何时照我还", "京口瓜洲一水间", "钟山只隔数重山", "海上生明月")
QUERIES = ("春风", "明月 江南", '"海上生明月"', "京口 OR 钟山", "第7篇")
NEWS = "羌笛何须怨杨柳"
PATIENT = "60s"
"""More than any search may take in which a node hangs."""

FLOWING = 0.2
"""The part of the posts that is with the cluster when a fault strikes."""


Kind: TypeAlias = Literal["killed", "held", "cut off"]
"""Ended at once; stopped where it stands, so that it answers nobody; or out of reach of the other
nodes, though not of clients."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to which nodes, and after how many seconds it is over."""

    kind: Kind
    nodes: tuple[int, ...]
    seconds: float

    @property
    def name(self) -> str:
        """In words."""
        which = "all nodes are" if len(self.nodes) > 1 else f"node {self.nodes[0]} is"
        return f"{which} {self.kind}"

    def strike(self, cluster: Cluster) -> None:
        """Do it to all of them at once."""
        for number in self.nodes:
            match self.kind:
                case "killed":
                    os.kill(cluster.nodes[number].pid, signal.SIGKILL)
                case "held":
                    os.kill(cluster.nodes[number].pid, signal.SIGSTOP)
                case "cut off":
                    relays_of(cluster).cut(number)

    def heal(self, cluster: Cluster) -> None:
        """Undo it; returns once the cluster is whole.

        Of what was searched when it was cut off a node keeps shards open for minutes, and cannot
        have them again as long: then the others are enough.
        """
        for number in self.nodes:
            match self.kind:
                case "killed":
                    # It may not be quite gone.
                    cluster.nodes[number].stop()
                case "held":
                    cluster.nodes[number].send(signal.SIGCONT)
                case "cut off":
                    relays_of(cluster).join(number)
        cluster.start()
        self.wait_for(cluster)

    def wait_for(self, cluster: Cluster) -> None:
        """Until the cluster is as it should be afterwards."""
        status = "yellow" if self.kind == "cut off" else "green"
        cluster.wait_for(status, nodes=len(cluster.nodes))


def relays_of(cluster: Cluster) -> Relays:
    """Those of a cluster that has some."""
    assert cluster.relays is not None
    return cluster.relays


@dataclass(slots=True)
class Outcome:
    """How it went. ``codes`` are the exit codes of the runs until one ended well, ``said`` what
    those that did not said; ``lost`` and ``strange`` are ids that should be there or should not."""

    fault: str
    during: str
    posts: int
    codes: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    lost: int = 0
    strange: int = 0
    answered: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    slowest: float = 0
    seconds: float = 0

    @property
    def well(self) -> bool:
        """Whether nothing was lost, no answer was wrong, and the last run ended well."""
        return not (self.lost or self.strange or self.wrong) and (
            not self.codes or self.codes[-1] == 0
        )


Answer: TypeAlias = tuple[int, tuple[str, ...]]
"""A total and the ids of the first hits."""


def answer(index: Index, query: str) -> Answer:
    """What a query finds in an open index."""
    found = index.search(query, now=NOW, recency="off", collapse=False)
    return found.total, tuple(hit.id for hit in found)


class Trial:
    """Posts in a folder, and an index of them on a cluster."""

    def __init__(self, cluster: Cluster, folder: Path, name: str, posts: int) -> None:
        self.cluster = cluster
        self.folder = folder
        self.name = name
        hosts = ",".join(one.removeprefix("http://") for one in cluster.addresses)
        self.index = f"opensearch://{hosts}/{name}?shards=3&replicas=1"
        self.expected = {f"{number:05}.md" for number in range(posts)}
        self.write(range(posts), "")

    def write(self, numbers: Sequence[int], more: str) -> None:
        """Write posts; with other text than before they are changed."""
        self.folder.mkdir(exist_ok=True)
        for number in numbers:
            line = "，".join(LINES[(number * step) % len(LINES)] for step in range(1, 40))
            text = f"---\ntitle: 第{number}篇\ndate: 2024-05-01\n---\n{line}。{more}\n"
            Path(self.folder, f"{number:05}.md").write_text(text, "utf-8")

    def run(self, *options: str) -> "subprocess.Popen[str]":
        """``souwen index`` on the posts."""
        command = [sys.executable, "-m", "souwen.cli", "--index", self.index, "index"]
        return subprocess.Popen(
            [*command, str(self.folder), "--wait", "60", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def flowing(self, run: "subprocess.Popen[str]", before: int) -> None:
        """Wait until a good part of the posts is with the cluster, or the run has ended."""
        while run.poll() is None and self.indexed() - before < FLOWING * len(self.expected):
            time.sleep(0.05)

    def indexed(self) -> int:
        """Documents that the cluster was ever sent for this index."""
        path = f"/{self.name}~*/_stats/indexing?expand_wildcards=all&level=cluster"
        try:
            found = self.cluster.nodes[0].get(path)
        except OSError:
            return 0
        return int(found["_all"]["primaries"].get("indexing", {}).get("index_total", 0))

    def answers(self) -> list[Answer]:
        """What the queries find, of an index that is opened for each."""
        return [self.answer(query) for query in QUERIES]

    def answer(self, query: str) -> Answer:
        """The total and the first hits, of an index that is opened for it."""
        return _newly(self.index, query)

    def by_way_of(self, number: int) -> str:
        """The address by which one node alone is asked."""
        return f"opensearch://{self.cluster.addresses[number].removeprefix('http://')}/{self.name}"

    def compare(self, outcome: Outcome) -> None:
        """Look for every post."""
        found = set(open_store(self.index).ids())
        outcome.lost = len(self.expected - found)
        outcome.strange = len(found - self.expected)


def while_indexing(trial: Trial, fault: Fault, *options: str) -> Outcome:
    """Strike in the midst of a run; run again until one ends well, three times at most."""
    outcome = Outcome(fault.name, "indexing", len(trial.expected))
    began = time.monotonic()
    before = trial.indexed()
    run = trial.run(*options)
    trial.flowing(run, before)
    fault.strike(trial.cluster)
    healing = threading.Timer(fault.seconds, fault.heal, (trial.cluster,))
    healing.start()
    for _ in range(3):
        _, said = run.communicate()
        outcome.codes.append(run.returncode)
        healing.join()
        if run.returncode == 0:
            break
        outcome.said.append(said.strip().splitlines()[-1])
        run = trial.run(*options)
    fault.wait_for(trial.cluster)
    trial.compare(outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def while_searching(trial: Trial, fault: Fault, *, seconds: float) -> Outcome:
    """Strike while queries are asked again and again, each of an index newly opened."""
    outcome = Outcome(fault.name, "searching", len(trial.expected))
    expected = dict(zip(QUERIES, trial.answers(), strict=True))
    began = time.monotonic()
    with _striking(trial.cluster, fault) as over:
        while time.monotonic() - began < seconds or not over():
            for query in QUERIES:
                _ask(partial(trial.answer, query), expected[query], outcome)
    trial.compare(outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def while_dropped(trial: Trial, number: int) -> Outcome:
    """Cut a node off until the others have dropped it, change posts, and look for what is new in
    them, in indices that are opened by way of all nodes."""
    cluster, other = trial.cluster, (number + 1) % len(trial.cluster.nodes)
    fault = Fault("cut off", (number,), 0)
    outcome = Outcome(fault.name, "updating", len(trial.expected))
    began = time.monotonic()
    fault.strike(cluster)
    try:
        cluster.wait_for(nodes=len(cluster.nodes) - 1, asked=other)
        trial.write(range(0, len(trial.expected), 4), NEWS)
        run = trial.run()
        run.communicate()
        outcome.codes.append(run.returncode)
        expected = _newly(trial.by_way_of(other), NEWS)
        for _ in range(3 * len(cluster.nodes)):
            _ask(partial(trial.answer, NEWS), expected, outcome)
    finally:
        fault.heal(cluster)
    trial.compare(outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def while_hanging(trial: Trial, number: int) -> Outcome:
    """Hold a node, which the cluster does not notice, until queries are asked: of an index that
    was open before, of one newly opened by way of all nodes, and by way of another node alone."""
    cluster, other = trial.cluster, (number + 1) % len(trial.cluster.nodes)
    fault = Fault("held", (number,), 0)
    outcome = Outcome(fault.name, "searching", len(trial.expected))
    expected = dict(zip(QUERIES, trial.answers(), strict=True))
    began = time.monotonic()
    _notice(cluster, PATIENT)
    with open_index(trial.index) as before:
        answer(before, QUERIES[0])
        fault.strike(cluster)
        try:
            for query in QUERIES[:2]:
                _ask(partial(answer, before, query), expected[query], outcome)
                for place in (trial.index, trial.by_way_of(other)):
                    _ask(partial(_newly, place, query), expected[query], outcome)
        finally:
            fault.heal(cluster)
            _notice(cluster, None)
    trial.compare(outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def _newly(place: str, query: str) -> Answer:
    with open_index(place) as opened:
        return answer(opened, query)


def _notice(cluster: Cluster, timeout: str | None) -> None:
    """How long nodes wait for a sign of life, three times; as they were set up where it is None."""
    kinds = ("follower_check", "leader_check")
    settings = {f"cluster.fault_detection.{kind}.timeout": timeout for kind in kinds}
    body = json.dumps({"transient": settings}).encode()
    cluster.nodes[0].get("/_cluster/settings", method="PUT", body=body)


@contextmanager
def _striking(cluster: Cluster, fault: Fault) -> Iterator[Callable[[], bool]]:
    """A fault now, healed later; tells whether it is."""
    fault.strike(cluster)
    healing = threading.Timer(fault.seconds, fault.heal, (cluster,))
    healing.start()
    yield lambda: not healing.is_alive()
    healing.join()


def _ask(asked: Callable[[], Answer], expected: Answer, outcome: Outcome) -> None:
    began = time.monotonic()
    try:
        found = asked()
    except SouwenError as error:
        outcome.failed[str(error)[:200]] += 1
    else:
        outcome.answered += 1
        outcome.wrong += found != expected
    outcome.slowest = max(outcome.slowest, time.monotonic() - began)


def in_mid_bulk(cluster: Cluster, fault: Fault, index: str, *, least: int) -> Outcome:
    """Send documents without a pause, strike after ``least`` were acknowledged, and look for each
    that was. ``posts`` counts them; documents that were sent and not acknowledged may be there."""
    node, acknowledged = cluster.nodes[0], set[str]()
    settings = {"number_of_shards": 3, "number_of_replicas": 1}
    node.get(f"/{index}", method="PUT", body=json.dumps({"settings": settings}).encode())
    sending = threading.Thread(target=_send, args=(node, index, acknowledged))
    began = time.monotonic()
    sending.start()
    while len(acknowledged) < least:
        time.sleep(0.01)
    fault.strike(cluster)
    sending.join()
    time.sleep(fault.seconds)
    fault.heal(cluster)
    outcome = Outcome(fault.name, "bulk", len(acknowledged))
    node.get(f"/{index}/_refresh", method="POST")
    found = node.get(f"/{index}/_mget", body=json.dumps({"ids": sorted(acknowledged)}).encode())
    outcome.lost = sum(not one["found"] for one in found["docs"])
    outcome.seconds = time.monotonic() - began
    return outcome


def _send(node: Node, index: str, acknowledged: set[str]) -> None:
    """Bulk requests, one after the other, until one is not answered."""
    for number in itertools.count():
        ids = [f"{number}-{at}" for at in range(100)]
        lines = (f'{{"index":{{"_id":"{one}"}}}}\n{{"text":"{LINES[0]}"}}\n' for one in ids)
        try:
            told = node.get(f"/{index}/_bulk", method="POST", body="".join(lines).encode())
        except (OSError, HTTPException):
            return
        done = (one["index"] for one in told["items"])
        acknowledged.update(one["_id"] for one in done if one["status"] < 300)
