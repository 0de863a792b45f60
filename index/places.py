"""Which engine is behind an address?"""

from souwen.index.errors import EngineMissing


def engine_of(address: str) -> str:
    """``memory``, ``whoosh`` for a directory, or the scheme of an address of another engine."""
    if address.startswith("memory:"):
        return "memory"
    scheme, separator, _ = address.partition("://")
    if scheme == "opensearch+https":
        return "opensearch"
    return scheme if separator else "whoosh"


def no_engine(address: str) -> EngineMissing:
    """The error for an address whose engine this version does not have."""
    scheme = address.partition("://")[0]
    if "@" in address:
        # What stands before it may be a password.
        address = f"{scheme}://…"
    if scheme.startswith(("opensearch", "http")):
        return EngineMissing(
            f"{address}: an index on a cluster is named by opensearch://host:9200/name, or where "
            "the cluster speaks TLS by opensearch+https://host:9200/name",
            extra="opensearch",
        )
    return EngineMissing(
        f"{address}: this souwen has no engine for {scheme}:// addresses; name a directory, or "
        f"install a version that has one: pip install 'souwen[{scheme}]'",
        extra=scheme,
    )
