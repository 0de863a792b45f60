"""How is a document kept, so that it can be shown and its folded text be looked into?

As two Zstandard frames: the folded title and body, and the document itself as JSON, compressed
with the first as its dictionary, since the two are nearly the same.
"""

import json
import threading
from datetime import datetime

import zstandard

from souwen.index.documents import AnalyzedDocument, Document, Metadata

UNDATED = -(2**63)
"""What a date column holds where there is no date: no date is as old."""

_LEVEL = 3
_BETWEEN = "\x00"


class Compressor:
    """Makes the frames of documents."""

    def __init__(self) -> None:
        self._plain = zstandard.ZstdCompressor(level=_LEVEL)

    def frames(self, document: AnalyzedDocument) -> tuple[bytes, bytes]:
        """The folded texts, and the document."""
        folded = encode(document.title.folded + _BETWEEN + document.body.folded)
        stored = encode(_dump(document.document))
        near = zstandard.ZstdCompressor(
            level=_LEVEL, dict_data=_dictionary(folded), write_dict_id=False
        )
        return self._plain.compress(folded), near.compress(stored)


def _dictionary(folded: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(folded, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class _Decompressors(threading.local):
    """One for each thread: they are not to be shared, and slow to make."""

    def __init__(self) -> None:
        self.plain = zstandard.ZstdDecompressor()


_DECOMPRESSORS = _Decompressors()


def decompress(frame: bytes | memoryview) -> bytes:
    """What a frame holds that needs no dictionary."""
    return _DECOMPRESSORS.plain.decompress(frame)


def load_folded(frame: bytes | memoryview) -> tuple[str, str]:
    """The folded title and the folded body."""
    title, _, body = decode(decompress(frame)).partition(_BETWEEN)
    return title, body


def load_document(folded: bytes | memoryview, frame: bytes | memoryview) -> Document:
    """The document from its two frames."""
    near = zstandard.ZstdDecompressor(dict_data=_dictionary(decompress(folded)))
    found = json.loads(decode(near.decompress(frame)))
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


def _dump(document: Document) -> str:
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


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def encode(text: str) -> bytes:
    """UTF-8 that also carries the lone surrogates of undecodable file names."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """What ``encode`` was given."""
    return data.decode("utf-8", "surrogatepass")
