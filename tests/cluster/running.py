"""How does a cluster of several nodes run on this machine, and for how long?"""

import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from cluster.distribution import distribution
from cluster.node import HOST, SMALL, STARTING, Node, Ports
from cluster.relays import Relays, relays


class Cluster:
    """Nodes that find each other; each may be killed, held and started again."""

    def __init__(self, folder: Path, ports: Sequence[Ports], java: Sequence[str]) -> None:
        self._server = distribution()
        self.nodes = tuple(Node(number, folder, ports, java) for number in range(len(ports)))
        self.relays: Relays | None = None
        """By which a node can be cut off, where they were wanted."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where clients may ask, the first node's first."""
        return tuple(node.address for node in self.nodes)

    def pids(self) -> list[int]:
        """The process id of each node, 0 for one that does not run."""
        return [node.pid if node.alive else 0 for node in self.nodes]

    def start(self) -> None:
        """Start every node that is not there, and wait until all are one cluster."""
        for node in self.nodes:
            if not node.alive:
                node.start(self._server)
        for node in self.nodes:
            node.wait()
        self.wait_for(nodes=len(self.nodes))

    def stop(self) -> None:
        """Stop all that run."""
        for node in self.nodes:
            node.stop()

    def wait_for(self, status: str = "yellow", *, nodes: int, asked: int = 0) -> dict[str, Any]:
        """The health as the node ``asked`` tells it, once it is this good and has as many nodes.

        Raises RuntimeError if that takes too long.
        """
        end, health = time.monotonic() + STARTING, None
        path = f"/_cluster/health?wait_for_status={status}&wait_for_nodes={nodes}&timeout=5s"
        while time.monotonic() < end:
            try:
                health = self.nodes[asked].get(path)
            except OSError as error:
                # 408 as long as it is not so, 503 as long as there is no manager.
                health = error
                time.sleep(0.2)
                continue
            assert isinstance(health, dict)
            return health
        raise RuntimeError(f"no {status} cluster of {nodes} nodes: {health}")


@contextmanager
def running(
    *, nodes: int = 3, java: Sequence[str] = SMALL, relayed: bool = False
) -> Iterator[Cluster]:
    """A new cluster on loopback, with data folders that are gone with it.

    Nodes of which one is to be cut off must be ``relayed``. Raises Lacking where there can be none
    on this machine.
    """
    ports = _free_ports(nodes, relayed=relayed)
    with tempfile.TemporaryDirectory(prefix="souwen-cluster-") as folder, ExitStack() as stack:
        cluster = Cluster(Path(folder), ports, java)
        if relayed:
            ways = [(one.known, one.transport) for one in ports]
            cluster.relays = stack.enter_context(relays(ways, cluster.pids))
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def _free_ports(nodes: int, *, relayed: bool) -> tuple[Ports, ...]:
    with ExitStack() as held:
        taken = [held.enter_context(closing(socket.socket())) for _ in range(3 * nodes)]
        for one in taken:
            one.bind((HOST, 0))
        numbers = [one.getsockname()[1] for one in taken]
    every = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return tuple(Ports(http, own, known if relayed else own) for http, own, known in every)
