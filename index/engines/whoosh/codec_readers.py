"""What does Whoosh read of a segment? Columns, lengths and stored fields; terms and postings."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.codec import base
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo

from souwen.index.engines.whoosh.blocks import Block
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.segment import Segment, plain_fields
from souwen.index.engines.whoosh.stored import encode
from souwen.index.norms import LENGTHS
from souwen.index.schema import DATE_FIELDS


def whoosh_name(field: str) -> str:
    """``body.words`` as Whoosh can name it: ``body_words``."""
    return field.replace(".", "_")


class PerDocument(base.PerDocumentReader):  # type: ignore[misc]
    """Columns, lengths and stored fields."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        live = segment.info.live()
        self._deleted = frozenset(np.flatnonzero(~live).tolist())
        self._ours = {whoosh_name(field.name): field.name for field in segment.layout.fields}

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return self.doc_count_all() - len(self._deleted)

    def doc_count_all(self) -> int:
        """Documents, deleted ones too."""
        return self._segment.info.documents

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return docnum in self._deleted

    def deleted_docs(self) -> frozenset[int]:
        """The numbers of deleted documents."""
        return self._deleted

    def supports_columns(self) -> bool:
        """Dates, lengths and ids are columns."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether there is such a column."""
        return self._values(fieldname) is not None

    def column_reader(self, fieldname: str, *_: Any) -> Any:
        """A column's values, by the numbers of documents."""
        return ColumnValues(self._values(fieldname))

    def _values(self, name: str) -> Any:
        if name in DATE_FIELDS:
            return self._segment.dates(name)
        if name == "id_column":
            return list(map(encode, self._segment.ids()))
        field = self._ours.get(name.removeprefix("length_"))
        return None if field is None else self._segment.lengths(field)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The length of a field as Lucene's byte keeps it."""
        field = self._ours.get(fieldname)
        return default if field is None else int(LENGTHS[self._segment.norms(field)[docnum]])

    def field_length(self, fieldname: str) -> int:
        """The terms of all documents in a field, deleted ones too."""
        field = self._ours.get(fieldname)
        return 0 if field is None else self._segment.totals(field)[1]

    def min_field_length(self, fieldname: str) -> int:
        """The length of the shortest field."""
        return self._extreme(fieldname, "min")

    def max_field_length(self, fieldname: str) -> int:
        """The length of the longest field."""
        return self._extreme(fieldname, "max")

    def _extreme(self, name: str, which: str) -> int:
        field = self._ours.get(name)
        return 0 if field is None else int(getattr(self._segment.lengths(field), which)(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The id, and the document where texts are kept."""
        stored: dict[str, Any] = {"id": self._segment.id(docnum)}
        if self._segment.layout.texts:
            stored["document"] = self._segment.document(docnum)
        return stored


class ColumnValues(columns.ColumnReader):  # type: ignore[misc]
    """A column that is an array or a list."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        value = self._values[docnum]
        return value if isinstance(value, bytes) else int(value)

    def sort_key(self, docnum: int) -> Any:
        """What a document is sorted by."""
        return self[docnum]

    def __iter__(self) -> Iterator[Any]:
        return (self[docnum] for docnum in range(len(self)))

    def load(self) -> list[Any]:
        """All values."""
        return list(self)


class Terms(base.TermsReader):  # type: ignore[misc]
    """The dictionaries of a segment."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        layout = segment.layout
        self._ours = {whoosh_name(field.name): field.name for field in layout.fields}
        self._ours |= {whoosh_name(name): name for name in plain_fields(layout)}

    def _find(self, fieldname: str, term: bytes) -> tuple[Block, int]:
        field = self._ours.get(fieldname)
        found = None if field is None else self._segment.dictionary(field).find(term)
        if found is None:
            raise KeyError((fieldname, term))
        return found

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        try:
            self._find(*term)
        except KeyError:
            return False
        return True

    def indexed_field_names(self) -> Iterable[str]:
        """The fields that have terms."""
        return self._ours

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All terms, field after field."""
        for fieldname in sorted(self._ours):
            yield from self.terms_from(fieldname, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field from a given one on."""
        dictionary = self._segment.dictionary(self._ours[fieldname])
        number, place = dictionary.begin(prefix)
        for block in range(number, len(dictionary)):
            yield from ((fieldname, term) for term in dictionary.entry(block).terms()[place:])
            place = 0

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """All terms with what is known of each."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """The same from a given term on."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> Any:
        """Statistics of a term. Raises KeyError where there is none."""
        block, place = self._find(fieldname, text)
        numbers, frequencies = block.numbers(place), block.frequencies(place)
        lengths = self._lengths(fieldname, numbers)
        return TermInfo(
            weight=float(frequencies.sum(dtype=np.int64)),
            df=len(numbers),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(frequencies.max()),
            minid=int(numbers[0]),
            maxid=int(numbers[-1]),
        )

    def _lengths(self, fieldname: str, numbers: Numbers) -> Numbers:
        field = self._ours[fieldname]
        if all(field != one.name for one in self._segment.layout.fields):
            return np.ones(len(numbers), np.int64)
        return LENGTHS[self._segment.norms(field)[numbers]]

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term stands anywhere."""
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """How many documents hold a term, deleted ones too."""
        block, place = self._find(fieldname, text)
        return int(block.heads.counts[place])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> Any:
        """Steps through a posting list."""
        block, place = self._find(fieldname, text)
        return PostingMatcher(block, place, format_, scorer, (fieldname, text))

    def cursor(self, fieldname: str, *_: Any) -> Any:
        """Steps through the terms of a field."""
        return TermCursor(
            [term.decode("utf-8", "surrogatepass") for _, term in self.terms_from(fieldname, b"")]
        )


class TermCursor(base.FieldCursor):  # type: ignore[misc]
    """All terms of a field, in memory."""

    def __init__(self, terms: list[str]) -> None:
        self._terms = terms
        self._at = 0

    def first(self) -> str | None:
        """Go to the first term."""
        self._at = 0
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        """Go to the first term that is not before this one."""
        wanted = string if isinstance(string, str) else string.decode("utf-8", "surrogatepass")
        self._at = bisect_left(self._terms, wanted)
        return self.text()

    def next(self) -> str | None:
        """Go to the next term."""
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        """The term it stands at; None behind the last one."""
        return self._terms[self._at] if self._at < len(self._terms) else None

    term = text


class PostingMatcher(ListMatcher):  # type: ignore[misc]
    """A posting list as Whoosh steps through it."""

    def __init__(
        self, block: Block, place: int, format_: Any, scorer: Any, term: tuple[str, bytes]
    ) -> None:
        self._block, self._place = block, place
        self._starts: list[int] | None = None
        self._all: list[int] = []
        super().__init__(
            block.numbers(place).tolist(),
            weights=block.frequencies(place).astype(float).tolist(),
            format=format_,
            scorer=scorer,
            term=term,
        )

    def copy(self) -> "PostingMatcher":
        """Another one that stands at the same place."""
        other = PostingMatcher(self._block, self._place, self._format, self._scorer, self._term)
        other._i = self._i
        return other

    def supports_block_quality(self) -> bool:
        """No: Whoosh is to score every posting."""
        return False

    def supports(self, astype: str) -> bool:
        """Positions where the field has them."""
        return bool(self._format.supports(astype))

    def value(self) -> bytes:
        """The positions of a posting in Whoosh's own form."""
        encoded: bytes = self._format.encode(self._positions())
        return encoded

    def value_as(self, astype: str) -> Any:
        """The positions or the frequency of a posting."""
        if astype == "positions":
            return self._positions()
        return self.weight()

    def spans(self) -> list[Any]:
        """The positions of a posting as spans."""
        from whoosh.query.spans import Span

        return [Span(position) for position in self._positions()]

    def _positions(self) -> list[int]:
        if self._starts is None:
            flat, starts = self._block.positions(self._place)
            self._all, self._starts = flat.tolist(), starts.tolist()
        return self._all[self._starts[self._i] : self._starts[self._i + 1]]
