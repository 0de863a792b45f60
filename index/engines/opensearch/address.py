"""What does the address of an index on a cluster say?

``opensearch://host:9200/name``, or ``opensearch+https://`` where the cluster speaks TLS; several
nodes with commas between them, of which the first that answers is asked. ``?shards=3&replicas=1``
is what a new index is made with.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

from souwen.index.errors import ConfigError

PORT = 9200
SECURE = "opensearch+https"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:,]+)(?::(\d{1,5}))?")

Host: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Address:
    """Where an index is: nodes of one cluster, and the alias by which it is known there.

    ``shards`` and ``replicas`` are None where the cluster's size decides.
    """

    hosts: tuple[Host, ...]
    secure: bool
    name: str
    shards: int | None = None
    replicas: int | None = None

    def __str__(self) -> str:
        scheme = SECURE if self.secure else "opensearch"
        return f"{scheme}://{','.join(f'{host}:{port}' for host, port in self.hosts)}/{self.name}"


def parse(address: str) -> Address:
    """Read an address. Raises ConfigError, which repeats nothing of one that holds a password."""
    # Of a password with a slash only the first part would be where passwords are looked for.
    if "@" in address:
        raise ConfigError(
            "an address must not hold a user or password, which others could read: put them into "
            "SOUWEN_OPENSEARCH_USER and SOUWEN_OPENSEARCH_PASSWORD, or into a file"
        )
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise ConfigError(
            f"{address}: it is no address ({error}), as in opensearch://host:9200/news"
        ) from None
    hosts = tuple(_host(address, one) for one in parts.netloc.split(","))
    name = parts.path.strip("/")
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{address}: {name!r} can be no name of an index: up to 100 of a-z, 0-9, '.', '_' and "
            "'-', the first a letter or digit, as in opensearch://host:9200/news"
        )
    given = parse_qs(parts.query, keep_blank_values=True)
    if unknown := given.keys() - {"shards", "replicas"}:
        raise ConfigError(f"{address}: {min(unknown)} is neither shards nor replicas")
    return Address(
        hosts,
        parts.scheme == SECURE,
        name,
        _count(address, given, "shards", least=1),
        _count(address, given, "replicas", least=0),
    )


def _host(address: str, text: str) -> Host:
    found = _HOST.fullmatch(text)
    if found is None or not 0 < int(found[2] or PORT) < 1 << 16:
        raise ConfigError(f"{address}: {text!r} is no host, as in opensearch://host:9200/news")
    return found[1], int(found[2] or PORT)


def _count(address: str, given: dict[str, list[str]], name: str, *, least: int) -> int | None:
    if name not in given:
        return None
    text = given[name][-1]
    if not re.fullmatch(r"\d{1,4}", text) or int(text) < least:
        raise ConfigError(f"{address}: {name} must be a whole number, {least} or more")
    return int(text)
