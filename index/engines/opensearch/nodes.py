"""Which nodes of a cluster answer? Looked up where an answer is late: one may hang without being
dead.

A node that hangs takes requests and answers none, until its cluster drops it half a minute later.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opensearchpy import Connection, Transport

AT_ONCE = 1.0
"""Seconds within which a node says that it is there, however busy it is."""


class Nodes:
    """What is known of the nodes of one cluster. May be used by many threads."""

    def __init__(self, transport: "Transport") -> None:
        self._transport = transport
        self.preferred: str | None = None
        """Of which nodes shards are best asked; None as long as none was found to hang."""

    def look(self) -> bool:
        """Whether any hangs. Those that are asked by us are put aside for a while, in favour of
        hosts that answer."""
        pool = self._transport.connection_pool
        asked: list[Connection] = list(pool.connections) or [pool.get_connection()]
        with ThreadPoolExecutor(len(asked)) as threads:
            answering = list(threads.map(_answers, asked))
        for one, answers in zip(asked, answering, strict=True):
            if not answers:
                self._transport.mark_dead(one)
        inside = any(answering) and self._look_inside()
        return inside or not all(answering)

    def _look_inside(self) -> bool:
        """Whether nodes hang that the cluster counts as its own; False where it must not tell."""
        from opensearchpy.exceptions import TransportError

        found: Any = {}
        with suppress(TransportError):
            found = self._transport.perform_request(
                "GET",
                "/_nodes/_all/http",
                params={
                    "request_timeout": 3 * AT_ONCE,
                    "timeout": f"{AT_ONCE:g}s",
                    "filter_path": "_nodes.failed,nodes.*.name",
                },
            )
        if not found.get("_nodes", {}).get("failed"):
            return False
        self.preferred = f"_prefer_nodes:{','.join(found.get('nodes', ()))}"
        return True


def _answers(connection: "Connection") -> bool:
    from opensearchpy import exceptions

    try:
        connection.perform_request("GET", "/", timeout=AT_ONCE)
    except exceptions.ConnectionError:
        return False
    except exceptions.TransportError:
        # It may not permit this, but it is there.
        return True
    return True
