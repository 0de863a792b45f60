"""What may a library user import to build an index?"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from souwen.index.builder import build
    from souwen.index.config import IndexConfig
    from souwen.index.documents import Document, Metadata, Notice
    from souwen.index.errors import (
        ConfigError,
        EngineError,
        EngineMissing,
        EngineUnavailable,
        PostError,
        QueryError,
        SouwenError,
        StoreCorrupt,
        StoreError,
        StoreLocked,
        StoreMissing,
        StoreOutdated,
    )
    from souwen.index.indexer import IndexReport
    from souwen.index.partitions import analyze_partition, put_partitions
    from souwen.index.watcher import Turn, watch

__all__ = [
    "ConfigError",
    "Document",
    "EngineError",
    "EngineMissing",
    "EngineUnavailable",
    "IndexConfig",
    "IndexReport",
    "Metadata",
    "Notice",
    "PostError",
    "QueryError",
    "SouwenError",
    "StoreCorrupt",
    "StoreError",
    "StoreLocked",
    "StoreMissing",
    "StoreOutdated",
    "Turn",
    "analyze_partition",
    "build",
    "put_partitions",
    "watch",
]

_HOME = {
    "ConfigError": "errors",
    "Document": "documents",
    "EngineError": "errors",
    "EngineMissing": "errors",
    "EngineUnavailable": "errors",
    "IndexConfig": "config",
    "IndexReport": "indexer",
    "Metadata": "documents",
    "Notice": "documents",
    "PostError": "errors",
    "QueryError": "errors",
    "SouwenError": "errors",
    "StoreCorrupt": "errors",
    "StoreError": "errors",
    "StoreLocked": "errors",
    "StoreMissing": "errors",
    "StoreOutdated": "errors",
    "Turn": "watcher",
    "analyze_partition": "partitions",
    "build": "builder",
    "put_partitions": "partitions",
    "watch": "watcher",
}


def __getattr__(name: str) -> object:
    """Import a name when it is first used: ``souwen --help`` needs none of them."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
