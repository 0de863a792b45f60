"""Which posts are in an index on a cluster?"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.grams import stretches
from souwen.index.documents import Document
from souwen.index.engines.opensearch.client import Cluster
from souwen.index.engines.opensearch.records import load
from souwen.index.engines.opensearch.snapshots import PAGE, pages, snapshot_of
from souwen.index.engines.opensearch.units import units

ASKED = 400
"""Texts that are looked for at once: a cluster takes 1,024 clauses, and each of these makes two."""

LOOKED_INTO = 200
"""Posts whose texts are fetched at once."""


def ids_of(cluster: Cluster, index: str) -> Iterator[str]:
    """The ids of all documents of an index, ascending."""
    request = {"query": {"match_all": {}}, "sort": ["id"], "_source": False}
    with snapshot_of(cluster, index) as snapshot:
        for hits in pages(cluster, snapshot, request, PAGE):
            yield from (hit["sort"][0] for hit in hits)


def documents_of(cluster: Cluster, index: str) -> Iterator[Document]:
    """All documents of an index."""
    request = {"query": {"match_all": {}}, "sort": ["id"], "_source": ["post"]}
    with snapshot_of(cluster, index) as snapshot:
        for hits in pages(cluster, snapshot, request, LOOKED_INTO):
            yield from (load(hit["_source"]["post"]) for hit in hits)


def ids_holding(cluster: Cluster, index: str, texts: Collection[str]) -> Iterator[str]:
    """Those of posts that hold one of these texts, each once.

    Runs of Han are looked for by the cluster; what else is in the texts, by us.
    """
    told = set[str]()
    with snapshot_of(cluster, index) as snapshot:
        every = sorted(texts)
        for at in range(0, len(every), ASKED):
            for name in _holding(cluster, snapshot, every[at : at + ASKED]):
                if name not in told:
                    told.add(name)
                    yield name


def _holding(cluster: Cluster, snapshot: str, texts: Sequence[str]) -> Iterator[str]:
    request = {
        "query": {"bool": {"should": [one for text in texts for one in _may_hold(text)]}},
        "sort": ["id"],
        "_source": ["post.id", "post.title", "post.body"],
    }
    for hits in pages(cluster, snapshot, request, LOOKED_INTO):
        for hit in hits:
            post = hit["_source"]["post"]
            folded = [fold_text(post[place]) for place in ("title", "body")]
            if any(text in one for text in texts for one in folded):
                yield post["id"]


def _may_hold(text: str) -> Iterator[dict[str, Any]]:
    """Queries for posts that hold the longest run of Han, kana or hangul of a text."""
    runs = [text[start:end] for start, end, is_run in stretches(text) if is_run]
    longest = max(runs, key=len, default="")
    for place in ("title", "body"):
        yield {"match_phrase": {f"{place}.units": " ".join(units(longest))}}
