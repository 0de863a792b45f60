"""Which indices of a cluster belong to one index of ours?

``NAME`` is an alias of the one that is searched, ``NAME~2024-06-01-12-00-00-ab12`` or the like;
older ones may be kept beside it. ``NAME~stage-…`` hold documents on their way.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from souwen.index.commands import command
from souwen.index.engines.opensearch import mapping
from souwen.index.engines.opensearch.client import Cluster, Refused
from souwen.index.engines.opensearch.patience import Patience
from souwen.index.errors import StoreCorrupt, StoreError, StoreMissing, StoreOutdated

REINDEXED = 500
"""Documents that are moved at once."""


@dataclass(frozen=True, slots=True)
class Live:
    """The index that is searched: its name, its mapping, and what it was built with."""

    index: str
    mapping: dict[str, Any]
    meta: dict[str, Any]


def live(cluster: Cluster, *, local: bool = False) -> Live | None:
    """The index behind the alias; None where there is none. Raises StoreError for a strange one.

    With ``local`` it is as the node knows it that is asked, whatever becomes of the manager.
    """
    name = cluster.address.name
    try:
        found = cluster.read("GET", f"/{name}", local=str(local).lower())
    except StoreMissing:
        return None
    if len(found) != 1 or not next(iter(found)).startswith(f"{name}~"):
        raise StoreError(
            f"{cluster.address}: {name} is {', '.join(sorted(found))}, which souwen did not make; "
            "choose another name"
        )
    ((index, about),) = found.items()
    mappings = about["mappings"]
    return Live(index, mappings, mappings.get("_meta", {}).get("souwen", {}))


def must_be_as_made(cluster: Cluster, found: Live) -> None:
    """Raises StoreOutdated for documents in another layout, StoreCorrupt for fields that somebody
    has changed by hand."""
    place = str(cluster.address)
    layout = str(found.meta.get("layout"))
    if layout != str(mapping.LAYOUT):
        raise StoreOutdated(
            f"{place}: its documents are laid out in way {layout}, this souwen reads and writes "
            f"way {mapping.LAYOUT}; {command(place, 'index')} rebuilds it",
            found=layout,
            expected=str(mapping.LAYOUT),
        )
    expected = mapping.mappings({})
    wrong = mapping.differences(found.mapping.get("properties", {}), expected["properties"])
    if found.mapping.get("dynamic") != expected["dynamic"]:
        wrong.append("dynamic")
    if wrong:
        raise StoreCorrupt(
            f"{place}: somebody has changed the mapping of {found.index} by hand: "
            f"{', '.join(wrong[:5])}; {command(place, 'index --full')} builds it anew",
            path=found.index,
        )


def make(cluster: Cluster, kind: str, body: dict[str, Any]) -> str:
    """Make an index, of which every shard can be written to; returns its name."""
    index = new_name(cluster, kind)
    must_be_there(cluster, index, body)
    return index


def new_name(cluster: Cluster, kind: str = "") -> str:
    """A name that no index has."""
    stamp = time.strftime("%Y-%m-%d-%H-%M-%S", time.gmtime())
    return f"{cluster.address.name}~{kind}{stamp}-{secrets.token_hex(2)}"


def must_be_there(cluster: Cluster, index: str, body: dict[str, Any]) -> None:
    """Make an index of this name, where there is none."""
    try:
        cluster.ask("PUT", f"/{index}", body)
    except Refused as refused:
        # Made by others, or sent twice, for the first answer got lost.
        if refused.kind != "resource_already_exists_exception":
            raise


def make_posts(cluster: Cluster, meta: dict[str, Any]) -> str:
    """A new index for posts."""
    return make(cluster, "", posts(cluster, meta))


def posts(cluster: Cluster, meta: dict[str, Any]) -> dict[str, Any]:
    """What an index for posts is made with."""
    address = cluster.address
    shards = address.shards
    if shards is None:
        health = cluster.ask("GET", "/_cluster/health")
        shards = max(1, min(health["number_of_data_nodes"], 8))
    return {
        "settings": mapping.settings(shards=shards, replicas=address.replicas),
        "mappings": mapping.mappings(meta),
    }


def drop(cluster: Cluster, *indices: str) -> None:
    """Remove indices, where they are there."""
    for index in indices:
        try:
            cluster.ask("DELETE", f"/{index}")
        except StoreMissing:
            continue


def every(cluster: Cluster) -> set[str]:
    """All indices of ours but that of the state."""
    return set(_named(cluster))


def kept(cluster: Cluster) -> set[str]:
    """Those that were searched before, and are to stay."""
    alias = old_alias(cluster)
    return {index for index, about in _named(cluster).items() if alias in about["aliases"]}


def old_alias(cluster: Cluster) -> str:
    """The alias of indices that were searched before."""
    return f"{cluster.address.name}~old"


def _named(cluster: Cluster) -> dict[str, Any]:
    name = cluster.address.name
    found = cluster.ask("GET", f"/{name}~*/_alias", expand_wildcards="all")
    return {index: about for index, about in found.items() if index != f"{name}~state"}


def swap(cluster: Cluster, new: str, old: str | None, *, keep_old: bool) -> None:
    """Have the alias mean another index, at once; the old one is dropped by the same, or kept."""
    name = cluster.address.name
    actions: list[dict[str, Any]] = [{"add": {"index": new, "alias": name}}]
    if old is not None and keep_old:
        actions.append({"remove": {"index": old, "alias": name}})
        actions.append({"add": {"index": old, "alias": old_alias(cluster)}})
    elif old is not None:
        actions.append({"remove_index": {"index": old}})
    try:
        cluster.ask("POST", "/_aliases", {"actions": actions})
    except (StoreMissing, Refused):
        # Sent twice, for the first answer got lost: then what it removes is gone.
        found = live(cluster)
        if found is None or found.index != new:
            raise


def refresh(cluster: Cluster, index: str) -> None:
    """Show what was written."""
    told = cluster.ask("POST", f"/{index}/_refresh")
    if told["_shards"]["failed"]:
        raise StoreError(
            f"{cluster.address}: {told['_shards']['failed']} shards of {index} cannot show what "
            "was written; run the same again"
        )


def move(cluster: Cluster, source: str, target: str) -> None:
    """Put all documents of one index into another one, where they replace those of the same key.

    Done again, for a while, where it fails: shards may be on their way, or the node gone that did
    it. Raises StoreError.
    """
    refresh(cluster, source)
    left = Patience(cluster.patience)
    while failures := _failures(cluster, source, target):
        if not left.pause():
            raise StoreError(
                f"{cluster.address}: documents could not be moved ({failures[:500]}); run the same "
                "again"
            )


def _failures(cluster: Cluster, source: str, target: str) -> str:
    """What went wrong when all was moved once; nothing where nothing did."""
    told = cluster.ask(
        "POST",
        "/_reindex",
        {"source": {"index": source, "size": REINDEXED}, "dest": {"index": target}},
        wait_for_completion="false",
    )
    pause = 0.02
    while True:
        try:
            found = cluster.ask("GET", f"/_tasks/{told['task']}")
        except Refused as refused:
            if refused.status != 404:
                raise
            return "the node that did it is gone"
        if found["completed"]:
            failures = found.get("response", {}).get("failures") or found.get("error")
            return str(failures) if failures else ""
        time.sleep(pause)
        pause = min(2 * pause, 2.0)
