"""How does Whoosh read these segments? Its codec interface, on the same arrays.

``whoosh.index.open_dir`` opens the index, and Whoosh's own searcher answers on it: slowly, and
as an independent judge of ours. Nothing is written through this interface.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import columns, fields
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.codec import base
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC

from souwen.index.engines.whoosh.building import NAME
from souwen.index.engines.whoosh.codec_readers import PerDocument, Terms, whoosh_name
from souwen.index.engines.whoosh.layout import Layout
from souwen.index.engines.whoosh.segment import (
    ID,
    Segment,
    SegmentInfo,
    plain_fields,
)
from souwen.index.engines.whoosh.stored import UNDATED
from souwen.index.errors import StoreError
from souwen.index.schema import DATE_FIELDS


def schema(layout: Layout) -> Any:
    """Whoosh's own field types only, so that its TOC pickles nothing of ours but the segments."""
    # Whoosh 2.7.4 asks TEXT for an analyzer; terms are never cut by it when souwen writes.
    tokens = SpaceSeparatedTokenizer()
    texts = {
        whoosh_name(field.name): fields.TEXT(analyzer=tokens, phrase=field.name in layout.positions)
        for field in layout.fields
    }
    plain = {whoosh_name(name): fields.ID(unique=name == ID) for name in plain_fields(layout)}
    dates = {
        name: fields.COLUMN(columns.NumericColumn("q", default=UNDATED)) for name in DATE_FIELDS
    }
    lengths = {
        f"length_{whoosh_name(field.name)}": fields.COLUMN(columns.NumericColumn("i"))
        for field in layout.fields
    }
    return fields.Schema(
        id_column=fields.COLUMN(columns.VarBytesColumn()),
        document=fields.STORED(),
        **texts,
        **plain,
        **dates,
        **lengths,
    )


def empty_toc(layout: Layout) -> bytes:
    """Whoosh's table of contents of an index without segments, of the commit 0."""
    storage = RamStorage()
    TOC(schema(layout), [], 0).write(storage, NAME)
    (content,) = storage.files.values()
    return bytes(content)


class WhooshSegment(base.Segment):  # type: ignore[misc]
    """What Whoosh's table of contents says of a segment."""

    def __init__(self, info: SegmentInfo, layout: Layout) -> None:
        super().__init__(NAME)
        self.segid = info.name.removeprefix(f"{NAME}_")
        self.info = info
        self.layout = layout

    def codec(self) -> Any:
        """Ours."""
        return WhooshCodec()

    def doc_count_all(self) -> int:
        """Documents, deleted ones too."""
        return self.info.documents

    def deleted_count(self) -> int:
        """Deleted documents."""
        return int(np.count_nonzero(~self.info.live()))

    def deleted_docs(self) -> Iterable[int]:
        """The numbers of deleted documents."""
        deleted: list[int] = np.flatnonzero(~self.info.live()).tolist()
        return deleted

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return not self.info.live()[docnum]

    def delete_document(self, *_: Any, **__: Any) -> None:
        """Only souwen writes to its index. Raises StoreError."""
        raise StoreError("documents of this index are deleted by souwen, not by Whoosh")


class WhooshCodec(base.Codec):  # type: ignore[misc]
    """Reads; Whoosh cannot write a segment of ours."""

    def per_document_reader(self, storage: Any, segment: Any) -> Any:
        """What every document has one of."""
        return PerDocument(_open(storage, segment))

    def terms_reader(self, storage: Any, segment: Any) -> Any:
        """The terms and their postings."""
        return Terms(_open(storage, segment))

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise StoreError("this index is written by souwen, not by Whoosh")

    per_document_writer = field_writer = postings_writer = postings_reader = new_segment = _refuse


def _open(storage: Any, segment: Any) -> Segment:
    return Segment(Path(storage.folder), segment.info, segment.layout)
