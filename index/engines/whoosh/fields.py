"""Which Whoosh fields hold a document?"""

import json
from datetime import datetime
from typing import Any

from whoosh import columns, fields
from whoosh.analysis import SpaceSeparatedTokenizer

from souwen.index.documents import Document, Metadata
from souwen.index.schema import DATE_FIELDS, KEYWORD_FIELDS, TERM_FIELDS

UNDATED = -(2**63)
"""What a date column holds where there is no date: no date is as old."""

TEXTS = ("title", "body")


def term_field(name: str) -> str:
    """``body.words`` as Whoosh names it."""
    return name.replace(".", "_")


def length_column(name: str) -> str:
    """The column with the number of terms of a term field."""
    return f"length_{term_field(name)}"


def folded_column(name: str) -> str:
    """The column with the folded text of ``title`` or ``body``."""
    return f"folded_{name}"


def facet_field(name: str) -> str:
    """The field with the values of a keyword field as they are written."""
    return f"{name}_written"


def schema() -> Any:
    """Whoosh's own field types only, so that its TOC pickles nothing of ours.

    Frequencies without positions: contiguity is verified on the folded text.
    """
    # Whoosh 2.7.4 asks TEXT for an analyzer; terms are never cut by it when souwen writes.
    text = {
        term_field(field.name): fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
        for field in TERM_FIELDS
    }
    lengths = {
        length_column(field.name): fields.COLUMN(columns.NumericColumn("i"))
        for field in TERM_FIELDS
    }
    keywords = {name: fields.ID() for name in KEYWORD_FIELDS}
    written = {facet_field(name): fields.ID() for name in KEYWORD_FIELDS}
    dates = {
        name: fields.COLUMN(columns.NumericColumn("q", default=UNDATED)) for name in DATE_FIELDS
    }
    folded = {folded_column(name): fields.COLUMN(columns.CompressedBytesColumn()) for name in TEXTS}
    return fields.Schema(
        id=fields.ID(unique=True),
        id_column=fields.COLUMN(columns.VarBytesColumn()),
        document=fields.STORED(),
        **text,
        **lengths,
        **keywords,
        **written,
        **dates,
        **folded,
    )


def dump_document(document: Document) -> str:
    """The document as JSON: what the stored field holds."""
    metadata = document.metadata
    return json.dumps(
        {
            "id": document.id,
            "path": document.path,
            "title": document.title,
            "body": document.body,
            "date": metadata.date and metadata.date.isoformat(),
            "updated": metadata.updated and metadata.updated.isoformat(),
            "tags": metadata.tags,
            "categories": metadata.categories,
            "author": metadata.author,
            "url": metadata.url,
            "description": metadata.description,
            "lang": metadata.lang,
            "extra": metadata.extra,
        },
        ensure_ascii=False,
    )


def load_document(stored: str) -> Document:
    """The document that ``dump_document`` wrote."""
    found = json.loads(stored)
    return Document(
        id=found["id"],
        path=found["path"],
        title=found["title"],
        body=found["body"],
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


def encode(text: str) -> bytes:
    """UTF-8 that also carries the lone surrogates of undecodable file names."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """What ``encode`` was given."""
    return data.decode("utf-8", "surrogatepass")
