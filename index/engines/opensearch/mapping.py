"""Which fields does an index on a cluster have, and how are they kept?

Every token is ours, so the cluster only cuts texts at blanks. Positions are kept of units, of which
phrases are made; of what is scored frequencies do.
"""

from typing import Any

from souwen.index.schema import FORMAT, K1, KEYWORD_FIELDS, TERM_FIELDS

LAYOUT = 2
"""Raised whenever documents are kept in another way than before, whatever their terms are."""

LONGEST_KEYWORD = 8191
"""Characters of the longest value that Lucene takes for sure."""

SHOWN = ("tags", "categories", "author")
"""Keyword fields whose values are counted as they are written."""

NEVER = "-1"
"""Nothing is refreshed but by us: updates are seen all at once."""

WHOLE = "title.whole"

STACKED = "stacked"
"""The analyzer of queries that cuts a text at blanks, and has all its terms in the same place."""

TRIES = 200
"""A node that was cut off fails every five seconds, as long as it keeps a state of the shard that
somebody searched, which is ten minutes at most. After five times a cluster would give up."""

Json = dict[str, Any]


def similarity(field: str) -> str:
    """The name of the field's own BM25 in the settings."""
    return field.replace(".", "_")


def properties() -> Json:
    """The fields of a document."""
    return {
        "id": {"type": "keyword"},
        "title": {"dynamic": "strict", "properties": _text("title")},
        "body": {"dynamic": "strict", "properties": _text("body")},
        **{name: {"type": "keyword", "ignore_above": LONGEST_KEYWORD} for name in KEYWORD_FIELDS},
        "shown": {
            "dynamic": "strict",
            "properties": {name: {"type": "keyword", "index": False} for name in SHOWN},
        },
        "date": {"type": "date", "format": "epoch_millis"},
        "updated": {"type": "date", "format": "epoch_millis"},
        "lengths": {
            "dynamic": "strict",
            "properties": {
                similarity(one.name): {"type": "integer", "index": False}
                for one in TERM_FIELDS
                if one.name != WHOLE
            },
        },
        "keys": {"type": "keyword", "doc_values": False},
        "signature": {"type": "binary", "doc_values": True},
        "post": {"type": "object", "enabled": False},
    }


def _text(place: str) -> Json:
    def terms(part: str, options: str) -> Json:
        return {
            "type": "text",
            "analyzer": "whitespace",
            "similarity": similarity(f"{place}.{part}"),
            "index_options": options,
        }

    found = {
        "words": terms("words", "freqs"),
        "bigrams": terms("bigrams", "freqs"),
        "chars": terms("chars", "freqs"),
        "units": {"type": "text", "analyzer": "whitespace", "norms": False},
    }
    if place == "title":
        found["whole"] = {"type": "keyword", "similarity": similarity(WHOLE)}
    return found


def mappings(meta: Json) -> Json:
    """The mapping of an index; ``meta`` says what it was built with."""
    return {
        "dynamic": "strict",
        "_source": {"includes": ["post"]},
        "_meta": meta_of(meta),
        "properties": properties(),
    }


def meta_of(meta: Json) -> Json:
    """What the mapping of an index says of it."""
    return {"souwen": {"format": FORMAT, "layout": LAYOUT, **meta}}


def settings(*, shards: int, replicas: int | None) -> Json:
    """The settings of an index; with ``replicas`` None one, wherever there are two nodes."""
    return {
        "index": {
            "number_of_shards": shards,
            **copies(replicas),
            "refresh_interval": NEVER,
            "codec": "best_compression",
            "max_regex_length": 100_000,
            "analysis": {
                "analyzer": {
                    STACKED: {"type": "custom", "tokenizer": "keyword", "filter": [STACKED]}
                },
                "filter": {
                    STACKED: {
                        "type": "pattern_capture",
                        "patterns": ["([^ ]+)"],
                        "preserve_original": False,
                    }
                },
            },
            "similarity": {
                similarity(one.name): {"type": "BM25", "k1": K1, "b": one.b} for one in TERM_FIELDS
            },
        }
    }


def copies(replicas: int | None) -> Json:
    """How many copies of each shard there are, and how often a node is to try to have one."""
    number = (
        {"auto_expand_replicas": "0-1"}
        if replicas is None
        else {"auto_expand_replicas": False, "number_of_replicas": replicas}
    )
    return {**number, "allocation": {"max_retries": TRIES}}


def staging(*, replicas: int | None) -> Json:
    """An index that keeps documents as they are, to be moved into another one."""
    return {
        "settings": {
            "index": {"number_of_shards": 1, **copies(replicas), "refresh_interval": NEVER}
        },
        "mappings": {"enabled": False},
    }


def differences(found: Json, expected: Json, path: str = "") -> list[str]:
    """The fields, by their dotted names, that are not as they should be."""
    wrong = []
    for name in sorted({*found, *expected}):
        place = f"{path}{name}"
        if name not in found or name not in expected:
            wrong.append(place)
        elif "properties" in expected[name]:
            inner = found[name].get("properties", {})
            wrong += differences(inner, expected[name]["properties"], f"{place}.")
        elif _told(found[name]) != _told(expected[name]):
            wrong.append(place)
    return wrong


_DEFAULTS = {"index_options": "positions", "norms": True}
"""What a cluster does not repeat."""


def _told(field: Json) -> Json:
    return {key: value for key, value in field.items() if _DEFAULTS.get(key) != value}
