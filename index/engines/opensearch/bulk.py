"""How do many documents get into a cluster? In requests of bounded size, each answer looked at.

What the cluster is too busy for is sent again, whatever it refuses is an error that names the post.
"""

import time
from collections.abc import Callable
from typing import Any

from souwen.index.engines.opensearch.client import Cluster, back_off
from souwen.index.engines.opensearch.wire import encode
from souwen.index.errors import EngineError, EngineUnavailable

MOST = 4 * 2**20
"""Bytes of a request, unless a single document has more."""

_PASSING = frozenset({429, 502, 503, 504})
_GONE = 404


class Bulk:
    """Sends documents to one index, in their order as far as they have the same key.

    ``before`` is called before each request. Nothing is refreshed.
    """

    def __init__(
        self, cluster: Cluster, index: str, before: Callable[[], None] = lambda: None
    ) -> None:
        self._cluster = cluster
        self._index = index
        self._before = before
        self._parts: list[tuple[str, bytes]] = []
        self._size = 0

    def put(self, key: str, id: str, content: Any) -> None:
        """Add the document of a post, or replace it."""
        head = encode({"index": {"_id": key}})
        self._add(id, head + b"\n" + encode(content) + b"\n")

    def delete(self, key: str, id: str) -> None:
        """Remove it, if it is there."""
        self._add(id, encode({"delete": {"_id": key}}) + b"\n")

    def _add(self, id: str, part: bytes) -> None:
        if self._parts and self._size + len(part) > MOST:
            self.flush()
        self._parts.append((id, part))
        self._size += len(part)

    def flush(self) -> None:
        """Send what is left; all of it is in the index afterwards.

        Raises EngineError for what the cluster refuses, EngineUnavailable where it stays too busy.
        """
        waiting, self._parts, self._size = self._parts, [], 0
        end = time.monotonic() + self._cluster.patience
        attempt = 0
        while waiting:
            self._before()
            waiting, reason = self._send(waiting)
            if waiting:
                pause = back_off(attempt)
                attempt += 1
                if time.monotonic() + pause > end:
                    raise EngineUnavailable(
                        f"{self._cluster.address}: the cluster stays too busy for "
                        f"{len(waiting)} posts, {waiting[0][0]} is the first ({reason}); "
                        "run the same again when it is less so"
                    )
                time.sleep(pause)

    def _send(self, parts: list[tuple[str, bytes]]) -> tuple[list[tuple[str, bytes]], str]:
        """What is to be sent again, and why."""
        body = b"".join(part for _, part in parts)
        answer = self._cluster.ask(
            "POST", f"/{self._index}/_bulk", body, filter_path="errors,items.*.status,items.*.error"
        )
        if not answer["errors"]:
            return [], ""
        again, reason = [], ""
        for part, item in zip(parts, answer["items"], strict=True):
            ((action, told),) = item.items()
            status = told["status"]
            if status in _PASSING:
                again.append(part)
                reason = str(told.get("error", {}).get("reason"))
            elif status >= 400 and not (action == "delete" and status == _GONE):
                raise EngineError(
                    f"{part[0]}: the cluster refused this post ({told['error'].get('type')}: "
                    f"{told['error'].get('reason')})"
                )
        return again, reason
