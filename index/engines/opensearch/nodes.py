"""Which nodes of a cluster are to be asked? Looked up before the first question, and where an
answer is late.

A node that hangs takes requests and answers none, until its cluster drops it half a minute later.
One that is cut off from the others answers of what it knew when it was; it hears fewer of them, and
has no manager once it has noticed.
"""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from opensearchpy import Connection, Transport

T = TypeVar("T")

AT_ONCE = 1.0
"""Seconds within which a node says that it is there, however busy it is."""

GREETED = 0.5
"""The same where another one may be asked as well."""

MANAGED = 2
"""How well a node may be asked that knows a manager, or does not say whether it does."""


class _Heard(NamedTuple):
    """Which nodes one of them hears, and how many more it takes for nodes of its cluster."""

    nodes: tuple[str, ...] = ()
    silent: int = 0


class Nodes:
    """What is known of the nodes of one cluster. May be used by many threads."""

    def __init__(self, transport: "Transport") -> None:
        self._transport = transport
        self.preferred: str | None = None
        """Of which nodes shards are best asked; None as long as all were found to answer."""

    def greet(self) -> None:
        """Put those of several hosts aside for a while that do not answer, or have no manager while
        others have one. Where one does not answer, look which nodes do."""
        hosts = self._hosts()
        if len(hosts) > 1:
            standing = _each(partial(_standing, seconds=GREETED), hosts)
            if 0 in standing and MANAGED not in standing:
                # Those that are slow may be the ones that know more.
                standing = _each(partial(_standing, seconds=3 * AT_ONCE), hosts)
            self._use_best(hosts, standing)
            if 0 in standing and any(standing):
                self.look()

    def look(self) -> bool:
        """Whether any node hangs or is cut off. Hosts that do not answer, or hear fewer nodes than
        others, are put aside for a while."""
        hosts = self._hosts()
        answering = _each(_answers, hosts)
        found = list(compress(hosts, answering))
        heard = _each(_heard, found)
        best = max(heard, key=lambda one: len(one.nodes), default=_Heard())
        if best.silent:
            self.preferred = f"_prefer_nodes:{','.join(best.nodes)}"
        aside = self._use_best(found, [len(one.nodes) for one in heard])
        aside |= self._use_best(hosts, answering)
        return aside or best.silent > 0 or not found

    def _hosts(self) -> "list[Connection]":
        pool = self._transport.connection_pool
        return list(pool.connections) or [pool.get_connection()]

    def _use_best(self, hosts: "Sequence[Connection]", worth: Sequence[int]) -> bool:
        """Put hosts aside that are worth less than others; whether there are any."""
        worse = [host for host, one in zip(hosts, worth, strict=True) if one < max(worth)]
        for host in worse:
            self._transport.mark_dead(host)
        return bool(worse)


def _each(ask: "Callable[[Connection], T]", hosts: "Sequence[Connection]") -> list[T]:
    with ThreadPoolExecutor(max(1, len(hosts))) as threads:
        return list(threads.map(ask, hosts))


def _answers(host: "Connection") -> bool:
    return _ask(host, "/", {}, AT_ONCE) is not None


def _standing(host: "Connection", *, seconds: float) -> int:
    """How well it may be asked: 0 if it does not answer, 1 if it knows no manager, else MANAGED."""
    told = _ask(host, "/_cluster/health", {"local": "true"}, seconds)
    if told is None:
        return 0
    return 1 if told.get("discovered_cluster_manager") is False else MANAGED


def _heard(host: "Connection") -> _Heard:
    known = {"timeout": f"{AT_ONCE:g}s", "filter_path": "_nodes.failed,nodes.*.name"}
    told = _ask(host, "/_nodes/_all/http", known, 3 * AT_ONCE) or {}
    return _Heard(tuple(told.get("nodes", ())), told.get("_nodes", {}).get("failed", 0))


def _ask(
    host: "Connection", path: str, known: dict[str, str], seconds: float
) -> dict[str, Any] | None:
    """Its answer, empty where it does not permit the question; None where there is none."""
    from opensearchpy import exceptions

    try:
        _, _, text = host.perform_request("GET", path, known, timeout=seconds)
    except exceptions.ConnectionError:
        return None
    except exceptions.TransportError:
        return {}
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
