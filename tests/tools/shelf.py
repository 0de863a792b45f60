"""A few posts, put straight into an index of any engine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.clusters import cluster_address

from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.builder import open_store
from souwen.index.documents import Document, Metadata
from souwen.index.schema import fingerprint
from souwen.index.settings import NAME, Root, Settings, dump
from souwen.search import Index, Results, open_index

NOW = datetime(2024, 6, 1, tzinfo=UTC)
ANALYZER = Analyzer()
ENGINES = ("memory", "whoosh", "opensearch")


def address(engine: str, folder: Path) -> str:
    """Where an index of this engine may be, and nothing is yet."""
    match engine:
        case "memory":
            return f"memory:{folder}"
        case "opensearch":
            return cluster_address(folder)
        case _:
            return str(folder / "index")


def post(id: str, body: str = "", title: str = "", **metadata: Any) -> Document:
    """A post below ``/posts``."""
    return Document(id, f"/posts/{id}", title, body, Metadata(**metadata))


def fill(place: str, *posts: Document, settings: Settings | None = None) -> None:
    """Add the posts in one commit."""
    known = settings or Settings(
        fingerprint(ANALYZER.fingerprint), "auto", "Asia/Shanghai", roots=(Root("/posts"),)
    )
    with open_store(place).writer() as writer:
        for one in posts:
            writer.put(analyze_document(one, ANALYZER))
        writer.keep(NAME, dump(known))


def shelf(place: str, *posts: Document) -> Index:
    """The index of these posts alone, opened."""
    fill(place, *posts)
    return open_index(place)


def ids(results: Results) -> list[str]:
    """The ids of the hits, in their order."""
    return [hit.id for hit in results]
