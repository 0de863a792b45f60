"""Which posts of a cluster are near-duplicates? It knows which share a key; we compare the rest."""

import base64
from collections.abc import Iterator, Mapping, Sequence

from souwen.index.engines.opensearch.records import keys
from souwen.index.signature import near
from souwen.search.engines.opensearch.snapshot import Json, Snapshot
from souwen.search.engines.opensearch.translation import one_of

SIGNATURE = "signature"
"""The field in which a post's signature is found without its text."""


class Duplicates:
    """The signatures of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def like(self, signature: bytes) -> list[str]:
        """The ids of the posts that are near a signature."""
        found = self._sharing(keys(signature))
        return [name for name, other in found if near(signature, other)]

    def among(self, own: Mapping[str, bytes], selecting: Json) -> list[list[str]]:
        """The near-duplicates of each post, without itself, among those that are selected.

        ``own`` are the signatures of the posts.
        """
        wanted = sorted({key for signature in own.values() for key in keys(signature)})
        sharing: dict[str, list[tuple[str, bytes]]] = {key: [] for key in wanted}
        for name, signature in self._sharing(wanted, selecting):
            for key in set(keys(signature)).intersection(sharing):
                sharing[key].append((name, signature))
        return [list(self._near(name, signature, sharing)) for name, signature in own.items()]

    @staticmethod
    def _near(
        id: str, signature: bytes, sharing: dict[str, list[tuple[str, bytes]]]
    ) -> Iterator[str]:
        others = dict(one for key in keys(signature) for one in sharing[key])
        return (other for other, told in others.items() if other != id and near(signature, told))

    def _sharing(
        self, wanted: Sequence[str], selecting: Json | None = None
    ) -> Iterator[tuple[str, bytes]]:
        """Posts with any of these keys."""
        filters = [one_of("keys", wanted), *([] if selecting is None else [selecting])]
        return self._signatures({"bool": {"filter": filters}})

    def _signatures(self, query: Json) -> Iterator[tuple[str, bytes]]:
        body = {
            "query": query,
            "sort": [{"id": "asc"}],
            # Not even the id that a cluster stores with the text, which is to be unpacked for it.
            "stored_fields": "_none_",
            "docvalue_fields": [SIGNATURE],
        }
        for hits in self._snapshot.pages(body):
            for hit in hits:
                yield hit["sort"][0], signature_of(hit)


def signature_of(hit: Json) -> bytes:
    """The signature of a post, which was asked for."""
    (told,) = hit["fields"][SIGNATURE]
    return base64.b64decode(told + "=" * (-len(told) % 4))
