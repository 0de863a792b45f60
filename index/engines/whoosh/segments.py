"""How is one Whoosh segment written, from documents or from older segments?"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from souwen.index.documents import AnalyzedDocument
from souwen.index.engine import field_dates, field_keywords, field_terms
from souwen.index.engines.whoosh.fields import (
    TEXTS,
    dump_document,
    encode,
    facet_field,
    folded_column,
    length_column,
    term_field,
)
from souwen.index.engines.whoosh.mapping import open_segment
from souwen.index.engines.whoosh.postings import BLOCK, Codec, Numbers, Postings, read_postings
from souwen.index.schema import DATE_FIELDS, TERM_FIELDS

_COPIED = ("id_column", *DATE_FIELDS, *map(folded_column, TEXTS))


class SegmentBuilder:
    """Collects documents in memory and writes them as one segment.

    The postings of a term are one array, document numbers and frequencies in turn: eight bytes a
    posting. ``postings`` counts them, ``documents`` the documents.
    """

    def __init__(self, storage: Any, schema: Any, name: str) -> None:
        self._storage = storage
        self._schema = schema
        self._codec = Codec()
        self.segment: Any = self._codec.new_segment(storage, name)
        self._per_document = self._codec.per_document_writer(storage, self.segment)
        self._inverted: defaultdict[str, dict[bytes, array[int]]] = defaultdict(dict)
        self._lengths: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self.documents = 0
        self.postings = 0

    def add(self, document: AnalyzedDocument) -> int:
        """Add one document; returns its number in the segment."""
        number = self._begin()
        for name, terms in field_terms(document):
            self._invert(term_field(name), number, Counter(terms))
            self._measure(name, len(terms))
        for name, keywords in field_keywords(document):
            self._invert(name, number, dict.fromkeys((k.folded for k in keywords), 1))
            self._invert(facet_field(name), number, dict.fromkeys((k.text for k in keywords), 1))
        self._invert("id", number, {document.document.id: 1})
        self._store(dump_document(document.document), self._columns(document))
        return number

    def _begin(self) -> int:
        number = self.documents
        self._per_document.start_doc(number)
        self.documents += 1
        return number

    def _invert(self, field: str, number: int, counts: Mapping[str, int]) -> None:
        inverted = self._inverted[field]
        for term, tf in counts.items():
            key = encode(term)
            postings = inverted.get(key)
            if postings is None:
                inverted[key] = array("I", (number, tf))
            else:
                postings.append(number)
                postings.append(tf)
        self.postings += len(counts)

    def _measure(self, name: str, length: int) -> None:
        field = term_field(name)
        self._lengths[field].append(length)
        if length:
            self._per_document.add_field(field, self._schema[field], None, length)
            self._column(length_column(name), length)

    @staticmethod
    def _columns(document: AnalyzedDocument) -> dict[str, Any]:
        dates = {name: date for name, date in field_dates(document) if date is not None}
        return {
            "id_column": encode(document.document.id),
            folded_column("title"): encode(document.title.folded),
            folded_column("body"): encode(document.body.folded),
            **dates,
        }

    def _store(self, stored: str, columns: Mapping[str, Any]) -> None:
        self._per_document.add_field("document", self._schema["document"], stored, 0)
        for name, value in columns.items():
            self._column(name, value)
        self._per_document.finish_doc()

    def _column(self, name: str, value: Any) -> None:
        self._per_document.add_column_value(name, self._schema[name].column_type, value)

    def merge(self, segment: Any) -> None:
        """Add what is alive in an older segment."""
        reader = open_segment(self._storage, self._schema, segment)
        try:
            numbers = self._merge_documents(reader)
            for field, term in reader.all_terms():
                self._merge_postings(field, term, read_postings(reader, field, term), numbers)
        finally:
            reader.close()

    def _merge_documents(self, reader: Any) -> Numbers:
        copied = {name: reader.column_reader(name, translate=False) for name in _COPIED}
        lengths = {
            field.name: reader.column_reader(length_column(field.name), translate=False)
            for field in TERM_FIELDS
        }
        numbers = np.full(reader.doc_count_all(), -1, np.int64)
        for old, stored in reader.iter_docs():
            numbers[old] = self._begin()
            for name, column in lengths.items():
                self._measure(name, column[old])
            self._store(stored["document"], {name: column[old] for name, column in copied.items()})
        return numbers

    def _merge_postings(
        self, field: str, term: bytes, postings: Postings, numbers: Numbers
    ) -> None:
        moved = numbers[postings[0]]
        alive = moved >= 0
        flat = np.stack((moved[alive], postings[1][alive]), axis=1).astype(np.uint32)
        if len(flat):
            self._inverted[field].setdefault(term, array("I")).frombytes(flat.tobytes())
            self.postings += len(flat)

    def abandon(self) -> None:
        """Close what is open; the files written so far are left behind, to be swept away."""
        with suppress(OSError):
            self._per_document.close()

    def finish(self) -> Any:
        """Write everything as one compound file and return the segment."""
        self._per_document.close()
        self.segment.set_doc_count(self.documents)
        writer = self._codec.field_writer(self._storage, self.segment)
        for field in sorted(self._inverted):
            writer.start_field(field, self._schema[field])
            inverted, lengths = self._inverted.pop(field), self._lengths.get(field)
            for term in sorted(inverted):
                _write_term(writer, term, inverted[term], lengths)
            writer.finish_field()
        writer.close()
        self.segment.create_compound_file(self._storage)
        return self.segment


def _write_term(writer: Any, term: bytes, flat: "array[int]", lengths: "array[int] | None") -> None:
    writer.start_term(term)
    for start in range(0, len(flat), 2 * BLOCK):
        numbers = flat[start : start + 2 * BLOCK : 2]
        frequencies = flat[start + 1 : start + 2 * BLOCK : 2]
        of_block = [lengths[number] for number in numbers] if lengths else [1]
        writer._postwriter.fill(numbers, frequencies, of_block)
    writer.finish_term()
