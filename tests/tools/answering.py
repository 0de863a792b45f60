"""A server that answers every request as it is told to, for errors that a cluster seldom makes."""

import gzip
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple

ROOT = {"version": {"distribution": "opensearch", "number": "3.0.0"}}


class Answer(NamedTuple):
    """A status of HTTP and what is behind it, as JSON unless it is text; ``seconds`` late."""

    status: int
    content: Any
    seconds: float = 0


class Asked(NamedTuple):
    """What a client asked for; names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@contextmanager
def answering(
    *answers: Answer,
    root: Any = ROOT,
    first: Sequence[Answer] = (),
    to: Mapping[str, Answer] = MappingProxyType({}),
    tls: ssl.SSLContext | None = None,
) -> Iterator[tuple[str, Sequence[Asked]]]:
    """The host and port of the server, and what it was asked so far.

    It tells ``root`` of itself, ``first`` these answers. ``to`` has those for certain paths; all
    else is answered with the answers in their order, the last one again and again.
    """
    left, asked, greetings = list(answers), list[Asked](), list(first)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked.append(Asked(self.command, self.path, headers, body.decode()))
            path = self.path.partition("?")[0]
            if path in to:
                found = to[path]
            elif path != "/":
                found = left.pop(0) if len(left) > 1 else left[0]
            else:
                found = greetings.pop(0) if greetings else Answer(200, root)
            time.sleep(found.seconds)
            text = isinstance(found.content, str)
            content = (found.content if text else json.dumps(found.content)).encode()
            self.send_response(found.status)
            self.send_header("content-type", "text/plain" if text else "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError):
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
