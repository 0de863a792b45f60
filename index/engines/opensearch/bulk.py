"""How do many documents get into a cluster? In requests of bounded size, each answer looked at.

What the cluster is too busy for is sent again, whatever it refuses is an error that names the post.
"""

from collections.abc import Callable
from typing import Any

from souwen.index.engines.opensearch.client import Cluster, Refused, explain_answer
from souwen.index.engines.opensearch.patience import Patience
from souwen.index.engines.opensearch.wire import encode
from souwen.index.errors import EngineError, EngineUnavailable, StoreMissing

MOST = 4 * 2**20
"""Bytes of a request, unless a single document has more."""

_GONE = 404
_TOO_LARGE = 413


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

        Raises EngineError for a post that the cluster refuses, EngineUnavailable where it stays
        too busy, and what ``Cluster.ask`` raises where it takes none.
        """
        waiting, self._parts, self._size = self._parts, [], 0
        left = Patience(self._cluster.patience)
        while waiting:
            self._before()
            waiting, why = self._send(waiting)
            if waiting and not left.pause():
                raise EngineUnavailable(
                    f"{why}; {len(waiting)} posts wait, {waiting[0][0]} is the first: run the same "
                    "again later"
                )

    def _answer(self, parts: list[tuple[str, bytes]]) -> Any:
        body = b"".join(part for _, part in parts)
        shown = "errors,items.*.status,items.*.error"
        try:
            return self._cluster.ask("POST", f"/{self._index}/_bulk", body, filter_path=shown)
        except Refused as refused:
            if refused.status != _TOO_LARGE:
                raise
            name, largest = max(parts, key=lambda one: len(one[1]))
            raise EngineError(
                f"{name}: the cluster takes no request as large as this post makes, "
                f"{len(largest) / 2**20:.1f} MiB with all its terms; raise http.max_content_length "
                "there, or leave the post out with `exclude`, or all that are as large with "
                "`max_file_mib`"
            ) from refused

    def _send(self, parts: list[tuple[str, bytes]]) -> tuple[list[tuple[str, bytes]], str]:
        """What is to be sent again, and what the cluster said to the last of it."""
        answer = self._answer(parts)
        if not answer["errors"]:
            return [], ""
        again, why = [], ""
        for part, item in zip(parts, answer["items"], strict=True):
            ((action, told),) = item.items()
            status = told["status"]
            if status < 400 or (action == "delete" and status == _GONE):
                continue
            said = told.get("error", {})
            kind, reason = str(said.get("type")), str(said.get("reason"))
            error, passes = explain_answer(self._cluster.address, status, kind, reason)
            if isinstance(error, Refused):
                raise EngineError(f"{part[0]}: the cluster refused this post ({kind}: {reason})")
            # Of an index that was made just now a node that lags behind may not have heard yet.
            if not (passes or isinstance(error, StoreMissing)):
                raise error
            again.append(part)
            why = str(error)
        return again, why
