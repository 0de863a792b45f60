"""What of a document does an engine keep to show it, as JSON? All of it; the body may lie apart."""

from datetime import datetime
from typing import Any

from souwen.index.documents import Document, Metadata


def dump(document: Document) -> dict[str, Any]:
    """Everything but the body."""
    metadata = document.metadata
    return {
        "id": document.id,
        "path": document.path,
        "title": document.title,
        "date": metadata.date and metadata.date.isoformat(),
        "updated": metadata.updated and metadata.updated.isoformat(),
        "tags": metadata.tags,
        "categories": metadata.categories,
        "author": metadata.author,
        "url": metadata.url,
        "description": metadata.description,
        "lang": metadata.lang,
        "extra": metadata.extra,
    }


def load(found: dict[str, Any], *, body: str) -> Document:
    """The document of which ``dump`` gave this, with its body."""
    return Document(
        id=found["id"],
        path=found["path"],
        title=found["title"],
        body=body,
        metadata=Metadata(
            date=_date(found["date"]),
            updated=_date(found["updated"]),
            tags=tuple(found["tags"]),
            categories=tuple(tuple(path) for path in found["categories"]),
            author=tuple(found["author"]),
            url=found["url"],
            description=found["description"],
            lang=found["lang"],
            extra=tuple((key, value) for key, value in found["extra"]),
        ),
    )


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
