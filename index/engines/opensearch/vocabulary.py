"""Which terms have the fields of an index on a cluster? Known to us, since a cluster does not list
them.

Each commit adds a layer: the terms of the documents that it put, and in how many each stands. Terms
of documents that were replaced or deleted are counted on until all is built anew: the count of a
term is never too small.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from souwen.index.engines.opensearch.mapping import WHOLE
from souwen.index.schema import TERM_FIELDS

FIELDS = tuple(one.name for one in TERM_FIELDS if one.name != WHOLE)
"""Fields whose terms come again; of the others a cluster lists the values."""

LAYERS = 8
"""So many layers are made into one."""

Counts = dict[str, Counter[str]]


def empty() -> Counts:
    """No terms at all."""
    return {name: Counter() for name in FIELDS}


def count(counts: Counts, terms: Mapping[str, Iterable[str]]) -> None:
    """Add the terms of one document."""
    for name, found in counts.items():
        found.update(set(terms[name]))


def merged(layers: Iterable[Counts]) -> Counts:
    """All of them as one."""
    every = empty()
    for layer in layers:
        for name, found in layer.items():
            every[name].update(found)
    return every


def dump(counts: Counts) -> bytes:
    """A layer as bytes; no term has a line end in it."""
    content = {
        name: ["\n".join(found), list(found.values())] for name, found in sorted(counts.items())
    }
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")


def load(content: bytes) -> Counts:
    """What ``dump`` was given."""
    found = json.loads(content.decode("utf-8", "surrogatepass"))
    return {
        name: Counter(dict(zip(terms.split("\n"), counts, strict=True))) if counts else Counter()
        for name, (terms, counts) in found.items()
    }
