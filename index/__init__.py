"""What may a library user import to build an index?"""

from souwen.index.build import build
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
    "build",
]
