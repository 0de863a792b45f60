"""How is a cluster asked, and what is said where it does not answer as it should?

Beside ``nodes`` the only module that knows the client library. Whatever fails for a while is asked
again, after longer and longer pauses of which a part is left to chance, so that many who wait do
not all come back at once. What is only read does not wait for a node that hangs.
"""

import base64
import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from souwen.index.engines.opensearch.address import Address
from souwen.index.engines.opensearch.credentials import Credentials, read_credentials
from souwen.index.engines.opensearch.nodes import Nodes
from souwen.index.engines.opensearch.patience import Patience
from souwen.index.engines.opensearch.wire import decode, encode
from souwen.index.errors import (
    ConfigError,
    EngineError,
    EngineMissing,
    EngineUnavailable,
    QueryError,
    SouwenError,
    StoreError,
    StoreMissing,
)

if TYPE_CHECKING:
    from opensearchpy import OpenSearch
    from opensearchpy.exceptions import TransportError

OLDEST = (2, 4)
"""The first version that keeps points in time."""

PLAIN_BM25 = (3, 0)
"""From this version on a score has no constant factor k1 + 1."""

PATIENCE = 60.0
"""Seconds for which what fails for a while is asked again, unless ``SOUWEN_OPENSEARCH_PATIENCE``
says otherwise."""

TIMEOUT = 60.0
"""Seconds that one answer may take."""

PROMPT = (3.0, 6.0)
"""Seconds for the answer to what is only read, as long as any node hangs: the first time, and when
others are asked."""

GREETING = (2.0, 2.0)
"""The same for what a cluster says of itself, which is always at hand."""

CONNECTING = 5.0
"""Seconds within which a host takes a connection."""

CONNECTIONS = 8
"""Those to one node that are kept open, for as many threads."""

_NO_SHARDS = re.compile("shards unavailable|missing shards|all shards failed")
_BUSY = frozenset({429, 502, 503, 504})
_DISCONNECTED = frozenset(
    {
        "connect_transport_exception",
        "node_closed_exception",
        "node_disconnected_exception",
        "node_not_connected_exception",
        "receive_timeout_transport_exception",
    }
)

Method = Literal["GET", "PUT", "POST", "DELETE", "HEAD"]
Json = dict[str, Any]


class Refused(EngineError):
    """A cluster's answer that is for the caller to understand: missing, in conflict, or invalid.

    ``status`` is that of HTTP, ``kind`` the cluster's name of the error, ``reason`` in its words.
    """

    def __init__(self, message: str, status: int, kind: str, reason: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.reason = reason


class Late(EngineUnavailable):
    """No answer came in time."""


class Busy(EngineUnavailable):
    """It has too much to do, or too little memory; what it keeps for us is still there."""


class Unreached(EngineUnavailable):
    """There is no connection."""


class Cluster:
    """A cluster that answered. May be used by many threads, not in forked processes."""

    def __init__(self, address: Address, client: "OpenSearch", patience: float) -> None:
        self.address = address
        self._client = client
        self._nodes = Nodes(client.transport)
        self._nodes.greet()
        self._reached = False
        self.patience = patience
        self.version = self._known_version()

    @property
    def score_factor(self) -> float:
        """By how much its BM25 is larger than ours."""
        from souwen.index.schema import K1

        return 1.0 if self.version >= PLAIN_BM25 else K1 + 1

    def ask(
        self,
        method: Method,
        path: str,
        body: Any = None,
        *,
        patience: float | None = None,
        timeout: float | None = None,
        **parameters: Any,
    ) -> Any:
        """What the cluster answers; ``body`` is JSON, or bytes that are sent as they are.

        Raises Refused for an answer that asking again would not change, EngineUnavailable where
        there is none, EngineError or StoreError for what only people can mend; Late where there is
        none within the ``timeout``, if one is given.
        """
        left = Patience(self.patience if patience is None else patience)
        while True:
            try:
                return self._once(method, path, body, timeout or TIMEOUT, parameters)
            except _Passing as passing:
                error, cause = passing.error, passing.__cause__
            except StoreMissing as missing:
                if not self._is_there(path):
                    raise
                error, cause = missing, missing.__cause__
            if isinstance(error, Late):
                if timeout:
                    raise error from cause
                self._nodes.look()
            if isinstance(error, Unreached) and not self._reached:
                # Most likely the address is wrong.
                raise error from cause
            if not left.pause():
                raise error from cause

    def _is_there(self, path: str) -> bool:
        """Whether the cluster's manager knows the index of a path, of which a node that lags behind
        may not have heard yet."""
        index, _, rest = path.removeprefix("/").partition("/")
        if not rest or "*" in index or index.startswith("_"):
            return False
        try:
            self._once("GET", f"/{index}", None, TIMEOUT, {})
        except StoreMissing:
            return False
        except _Passing:
            return True
        return True

    def read(
        self,
        method: Method,
        path: str,
        body: Any = None,
        *,
        of_shards: bool = False,
        within: Sequence[float] = PROMPT,
        **parameters: Any,
    ) -> Any:
        """As ``ask``, for what changes nothing and may be asked again of other nodes.

        Where no answer comes ``within`` so many seconds it is found out whether any node hangs. If
        none does there is much to do, and it is waited for as ``ask`` does; otherwise others are
        asked, with the next time. ``of_shards`` says that any copy of a shard will do. Raises Late
        where the times are over.
        """
        for seconds in within:
            if of_shards and self._nodes.preferred:
                parameters["preference"] = self._nodes.preferred
            try:
                return self.ask(method, path, body, timeout=seconds, **parameters)
            except Late as late:
                error = late
            if not self._nodes.look():
                return self.ask(method, path, body, **parameters)
        raise error

    def _once(
        self, method: Method, path: str, body: Any, timeout: float, parameters: Mapping[str, Any]
    ) -> Any:
        from opensearchpy.exceptions import SerializationError, TransportError
        from urllib3 import Timeout

        try:
            found = self._client.transport.perform_request(
                method,
                path,
                params={
                    **parameters,
                    "request_timeout": Timeout(connect=min(CONNECTING, timeout), read=timeout),
                },
                body=body,
            )
        except TransportError as error:
            told, passes = explain(error, self.address)
            if passes:
                raise _Passing(told) from error
            raise told from error
        except (SerializationError, ValueError, AttributeError) as error:
            # The client looks into what it takes for a cluster's answer.
            raise self._no_cluster() from error
        if isinstance(found, str):
            raise self._no_cluster()
        self._reached = True
        return found

    def _no_cluster(self, version: str = "") -> EngineError:
        return EngineError(
            f"{self.address}: what answers there is no OpenSearch"
            + (f", it says version {version}" if version else "")
        )

    def _known_version(self) -> tuple[int, ...]:
        found = self.read("GET", "/", within=GREETING)
        version = found.get("version", {}) if isinstance(found, dict) else {}
        number = str(version.get("number", ""))
        if version.get("distribution") != "opensearch":
            raise self._no_cluster(number)
        numbers = tuple(int(part) for part in re.findall(r"\d+", number)[:3])
        if numbers < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise EngineError(
                f"{self.address}: the cluster runs OpenSearch {number}, which is too old; souwen "
                f"needs {oldest} or newer"
            )
        return numbers

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()


class _Passing(Exception):
    """What may be otherwise in a moment."""

    def __init__(self, error: SouwenError) -> None:
        super().__init__(str(error))
        self.error = error


def connect(address: Address, variables: Mapping[str, str] = os.environ) -> Cluster:
    """A cluster that answers. Raises EngineMissing where its client is not installed, ConfigError
    for credentials that cannot be used, and what ``Cluster.ask`` raises."""
    try:
        import opensearchpy
    except ImportError as error:
        raise EngineMissing(
            f"{address}: opensearch-py, which speaks to a cluster, is not installed: "
            "pip install 'souwen[opensearch]'",
            extra="opensearch",
        ) from error
    text = variables.get("SOUWEN_OPENSEARCH_PATIENCE", "")
    try:
        patience = float(text) if text else PATIENCE
    except ValueError:
        patience = -1
    if not 0 <= patience < math.inf:
        raise ConfigError(f"SOUWEN_OPENSEARCH_PATIENCE={text}: it must be seconds, 0 or more")
    known = read_credentials(variables)
    if known.is_secret and not (address.secure or _is_here(address)):
        raise ConfigError(
            f"{address}: credentials are given, which anyone could read on the way; "
            "name a cluster with TLS, opensearch+https://…"
        )
    return Cluster(address, _client(opensearchpy, address, known), patience)


def _is_here(address: Address) -> bool:
    """Whether what is sent leaves this machine nowhere."""
    return all(host in ("127.0.0.1", "[::1]", "localhost") for host, _ in address.hosts)


class _Serializer:
    """JSON as ``wire`` reads and writes it."""

    mimetype = "application/json"
    loads = staticmethod(decode)

    @staticmethod
    def dumps(body: Any) -> bytes:
        """Bytes are sent as they are."""
        return body if isinstance(body, bytes) else encode(body)


def _client(library: Any, address: Address, known: Credentials) -> "OpenSearch":
    options: dict[str, Any] = {}
    if known.api_key:
        options["headers"] = {"authorization": f"ApiKey {known.api_key}"}
    elif known.user:
        # The client would send Latin-1, in which not every password can be written.
        both = base64.b64encode(f"{known.user}:{known.password}".encode()).decode()
        options["headers"] = {"authorization": f"Basic {both}"}
    if address.secure:
        options |= {
            "use_ssl": True,
            "verify_certs": True,
            "ca_certs": known.authority or _usual_authorities(),
            "client_cert": known.certificate,
            "client_key": known.key,
        }
    for name in ("ca_certs", "client_cert", "client_key"):
        if (file := options.get(name)) and not Path(file).is_file():
            raise ConfigError(f"{file}: there is no such file, though it is to be the {name}")
    client: OpenSearch = library.OpenSearch(
        hosts=[{"host": host.strip("[]"), "port": port} for host, port in address.hosts],
        serializer=_Serializer(),
        http_compress=True,
        max_retries=len(address.hosts) - 1,
        retry_on_timeout=False,
        pool_maxsize=CONNECTIONS,
        **options,
    )
    return client


def _usual_authorities() -> str:
    import certifi

    return certifi.where()


def explain(error: "TransportError", address: Address) -> tuple[SouwenError, bool]:
    """The error of ours for one of the client, and whether it may pass."""
    from opensearchpy import exceptions

    match error:
        case exceptions.SSLError():
            return EngineUnavailable(
                f"{address}: the cluster's certificate is not to be trusted ({_cause(error)}); "
                "SOUWEN_OPENSEARCH_AUTHORITY names the file with the certificate that signed it"
            ), False
        case exceptions.ConnectionTimeout():
            return Late(
                f"{address}: the cluster did not answer in time; a node of it may hang, or it has "
                "too much to do: try again"
            ), True
        case exceptions.ConnectionError():
            return _not_reached(error, address)
    status = error.status_code if isinstance(error.status_code, int) else 0
    return explain_answer(address, status, *_told(error))


def _not_reached(error: "TransportError", address: Address) -> tuple[EngineError, bool]:
    cause = _cause(error)
    if "NameResolution" in cause or "getaddrinfo" in cause or "Name or service" in cause:
        return Unreached(f"{address}: there is no host of this name"), False
    if "refused" in cause:
        return Unreached(
            f"{address}: the connection was refused; nothing listens there, or not yet"
        ), True
    if "RemoteDisconnected" in cause or "BadStatusLine" in cause:
        return Unreached(
            f"{address}: the connection was closed without an answer; a cluster with TLS is named "
            "by opensearch+https://"
        ), True
    return Unreached(f"{address}: the cluster cannot be reached ({cause})"), True


def _cause(error: "TransportError") -> str:
    return f"{type(error.info).__name__}: {error.info or error.error}"


def explain_answer(
    address: Address, status: int, kind: str, reason: str
) -> tuple[SouwenError, bool]:
    """The error for an answer, or for that of one item of many, and whether it may pass."""
    said = f"({kind}: {reason})" if reason else f"(HTTP {status} {kind})"
    if kind == "cluster_block_exception":
        return _blocked(address, reason)
    if kind == "circuit_breaking_exception":
        return Busy(
            f"{address}: a circuit breaker of the cluster is open, it is short of memory {said}; "
            "nodes with more heap, or shards with fewer posts help"
        ), True
    if kind == "too_many_nested_clauses":
        return QueryError(
            f"the query has more words than a cluster takes at once {said}; fewer will do"
        ), False
    match status:
        case 401:
            return EngineError(
                f"{address}: the cluster does not know who asks (401); set SOUWEN_OPENSEARCH_USER "
                "and SOUWEN_OPENSEARCH_PASSWORD, or SOUWEN_OPENSEARCH_API_KEY"
            ), False
        case 403:
            return EngineError(
                f"{address}: the cluster does not permit this (403) {said}; the user needs all "
                f"rights on the indices {address.name} and {address.name}~*, and points in time"
            ), False
        case 429:
            return Busy(f"{address}: the cluster is busy {said}"), True
        case 404 if kind == "index_not_found_exception":
            return StoreMissing(f"{address}: there is no such index {said}"), False
        case 503 if kind == "no_shard_available_action_exception" or _NO_SHARDS.search(reason):
            return EngineUnavailable(
                f"{address}: shards of the index are on no node that is there: the cluster is red "
                f"{said}"
            ), True
        case 500 if kind in _DISCONNECTED or "no node found" in reason:
            # A point in time is also on nodes that are no more.
            return EngineUnavailable(f"{address}: a node is gone that was asked {said}"), True
        case 400 | 404 | 405 | 409 | 413:
            return Refused(f"{address}: the cluster refused {said}", status, kind, reason), False
        case _ if status in _BUSY or not status:
            return EngineUnavailable(f"{address}: the cluster cannot answer now {said}"), True
    return EngineError(f"{address}: the cluster failed {said}"), False


def _blocked(address: Address, reason: str) -> tuple[SouwenError, bool]:
    if "read-only" in reason:
        return StoreError(
            f"{address}: the index is read-only ({reason}); most often a disk of the cluster is "
            "nearly full (flood stage): once there is room again the cluster permits writing"
        ), False
    if "no master" in reason or "not recovered" in reason or "no cluster manager" in reason:
        return EngineUnavailable(
            f"{address}: the cluster has no manager, too few of its nodes are there ({reason})"
        ), True
    return StoreError(f"{address}: the cluster blocks this ({reason})"), False


def _told(error: "TransportError") -> tuple[str, str]:
    """The cluster's name of an error and its words for it, the innermost."""
    found = error.info.get("error") if isinstance(error.info, dict) else None
    if not isinstance(found, dict):
        return str(error.error), str(found or "")
    kind, reason = str(found.get("type")), str(found.get("reason"))
    causes = [found.get("caused_by"), *(found.get("root_cause") or ())]
    failed = found.get("failed_shards") or ()
    causes += [one.get("reason") for one in failed if isinstance(one, dict)]
    for cause in causes:
        if isinstance(cause, dict) and kind in (
            "search_phase_execution_exception",
            "transport_exception",
            "remote_transport_exception",
        ):
            kind, reason = str(cause.get("type")), str(cause.get("reason"))
    return kind, reason
