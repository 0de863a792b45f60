"""How do nodes of a cluster reach each other, when one of them is to be cut off from the others?

Each tells the others the port of a relay in place of its own. What goes to a node that is cut off,
or comes from it, waits in the relay, as over a broken network it would be sent again and again.
Clients ask nodes without a relay: one that is cut off still answers them.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import TypeAlias

import psutil
from cluster.node import HOST

PIECE = 2**16

Way: TypeAlias = tuple[int, int]
"""The port where a relay listens, and that of the node to which it passes on."""

Pids: TypeAlias = Callable[[], Sequence[int]]
"""Tells the process id of each node."""


class Relays:
    """Those of one cluster, in a thread of their own."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ways: Sequence[Way], pids: Pids) -> None:
        self._loop = loop
        self._ways = ways
        self._pids = pids
        self._reachable = [asyncio.Event() for _ in ways]
        self._servers: list[asyncio.Server] = []

    def cut(self, number: int) -> None:
        """Cut a node off from the others, in both directions."""
        self._loop.call_soon_threadsafe(self._reachable[number].clear)

    def join(self, number: int) -> None:
        """Let go on what waits."""
        self._loop.call_soon_threadsafe(self._reachable[number].set)

    async def listen(self) -> None:
        """Take connections from now on."""
        for number, (relay, port) in enumerate(self._ways):
            self._reachable[number].set()
            server = await asyncio.start_server(partial(self._pass_on, number, port), HOST, relay)
            self._servers.append(server)

    async def close(self) -> None:
        """Take none any more, and end those that there are."""
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # What was closed is let go of the next time that the loop goes round.
        await asyncio.sleep(0)

    async def _pass_on(
        self, number: int, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        source = self._source(writer)
        ends = [self._reachable[one] for one in (number, source) if one is not None]
        with closing(writer), suppress(OSError):
            there, on = await asyncio.open_connection(HOST, port)
            with closing(on):
                await asyncio.gather(_pump(reader, on, ends), _pump(there, writer, ends))

    def _source(self, writer: asyncio.StreamWriter) -> int | None:
        """The node that began a connection; None where it is gone by now."""
        port, pids = writer.get_extra_info("peername")[1], self._pids()
        for one in psutil.net_connections("tcp"):
            if one.laddr and one.laddr.port == port and one.pid in pids:
                return pids.index(one.pid)
        return None


@contextmanager
def relays(ways: Sequence[Way], pids: Pids) -> Iterator[Relays]:
    """Relays that run until the end of the context."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = Relays(loop, ways, pids)
    try:
        asyncio.run_coroutine_threadsafe(made.listen(), loop).result()
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(made.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: Sequence[asyncio.Event]
) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            for end in ends:
                await end.wait()
            writer.write(piece)
            await writer.drain()
    for end in ends:
        await end.wait()
    writer.close()
