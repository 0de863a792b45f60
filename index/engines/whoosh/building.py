"""How is a segment written from documents?"""

import secrets
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from souwen.index.analysis.grams import gram_codes, gram_text
from souwen.index.documents import AnalyzedDocument, Terms
from souwen.index.engine import field_dates, field_keywords
from souwen.index.engines.whoosh.blocks import Worth
from souwen.index.engines.whoosh.dictionary import DictionaryWriter
from souwen.index.engines.whoosh.inversion import Codes, Occurrences, Vocabulary
from souwen.index.engines.whoosh.layout import Layout
from souwen.index.engines.whoosh.runs import Numbers, Run, before_each
from souwen.index.engines.whoosh.segment import (
    DOCUMENTS,
    ID,
    SAMPLE,
    SUFFIX,
    TRAINED,
    Segment,
    SegmentInfo,
    facet_field,
    plain_fields,
)
from souwen.index.engines.whoosh.segment_file import SegmentFileWriter
from souwen.index.engines.whoosh.signatures import Rows, rows
from souwen.index.engines.whoosh.signatures import write as write_signatures
from souwen.index.engines.whoosh.stored import PATIENCE, UNDATED, Texts, encode, is_enough, train
from souwen.index.norms import encode as norm_codes
from souwen.index.schema import DATE_FIELDS, TermField

NAME = "MAIN"
"""What Whoosh calls an index that nobody has named."""

BATCH = 64
"""Documents whose terms are collected at once."""

ENOUGH = 2**18
"""Characters of fewer documents that are."""


class Columns:
    """Collects what every document has one of, and writes it behind the postings."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.lengths: dict[str, list[Numbers]] = {field.name: [] for field in layout.fields}
        self.dates: dict[str, list[Numbers]] = {name: [] for name in DATE_FIELDS}
        self._ids: list[bytes] = []
        self._id_sizes: list[Numbers] = [np.zeros(0, np.int64)]
        self.frames: list[Numbers] = []
        self.signatures: list[Rows] = []

    def add_ids(self, ids: Sequence[bytes]) -> None:
        """The ids of the next documents."""
        self._ids.append(b"".join(ids))
        self._id_sizes.append(np.array(list(map(len, ids)), np.int64))

    def __len__(self) -> int:
        """The documents whose ids are there."""
        return sum(map(len, self._id_sizes))

    def facts(self) -> dict[str, dict[str, Any]]:
        """What the catalogue says of the lengths of each field."""
        found = {}
        for name in self.lengths:
            lengths = self.all_lengths(name)
            documents, total = int(np.count_nonzero(lengths)), int(lengths.sum())
            average = total / documents if documents else 1.0
            found[name] = {"documents": documents, "total": total, "average": average}
        return found

    def all_lengths(self, name: str) -> Numbers:
        """The number of terms of a field in each document."""
        return np.concatenate([np.zeros(0, np.int64), *self.lengths[name]])

    def worth(self, field: TermField) -> Worth:
        """What the bounds of the field's postings are made of."""
        average = self.facts()[field.name]["average"]
        return Worth(norm_codes(self.all_lengths(field.name)), average, field.b)

    def write(self, file: SegmentFileWriter, end: int, texts: Texts) -> None:
        """Write them; ``end`` is that of the frames, ``texts`` what these are read with."""
        for name in self.lengths:
            lengths = self.all_lengths(name)
            file.section(f"{name}/lengths", lengths.astype(np.uint32))
            file.section(f"{name}/norms", norm_codes(lengths))
        for name, parts in self.dates.items():
            file.section(f"{name}/dates", np.concatenate([np.zeros(0, np.int64), *parts]))
        file.section("ids", np.frombuffer(b"".join(self._ids), np.uint8))
        ends = before_each(np.concatenate(self._id_sizes))
        file.section("ids/ends", ends.astype(np.uint64))
        if self._layout.texts:
            places = np.concatenate([*self.frames, np.array([end])])
            file.section(DOCUMENTS, places.astype(np.uint64))
            write_signatures(file, np.concatenate(self.signatures))
            file.section(TRAINED, np.frombuffer(texts.trained, np.uint8))
            file.section(SAMPLE, np.frombuffer(texts.sample, np.uint8))


class SegmentBuilder:
    """Collects documents and writes them as one segment.

    The texts go to the file at once; every occurrence of a term takes 8 to 16 bytes until the
    end. ``occurrences`` counts them, ``documents`` the documents. ``texts`` compresses; where it
    has no dictionary, one is made as soon as there is enough to make it of.
    """

    def __init__(self, directory: Path, layout: Layout, texts: Texts) -> None:
        self.name = new_name()
        self.documents = self.occurrences = 0
        self._layout = layout
        self._file = SegmentFileWriter(directory / f"{self.name}{SUFFIX}")
        self.texts = texts
        self._waiting: list[AnalyzedDocument] = []
        self._waits = 0
        self._pending: list[AnalyzedDocument] = []
        self._pends = 0
        self._found = {
            field.name: Occurrences(positioned=field.name in layout.positions)
            for field in layout.fields
        }
        self._plain = {name: Occurrences(positioned=False) for name in plain_fields(layout)}
        self._vocabularies = {
            name: Vocabulary()
            for name in (*self._found, *self._plain)
            if not name.endswith((".bigrams", ".chars"))
        }
        self._lengths = {field.name: array("q") for field in layout.fields}
        self._dates = {name: array("q") for name in DATE_FIELDS}
        self._frames = array("q")
        self._ids: list[bytes] = []
        self._signatures: list[bytes] = []

    def add(self, document: AnalyzedDocument) -> int:
        """Add one document; returns its number in the segment."""
        number = self.documents
        self.documents += 1
        self._ids.append(encode(document.document.id))
        for name, date in field_dates(document.document.metadata):
            self._dates[name].append(UNDATED if date is None else date)
        if self._layout.texts:
            self._signatures.append(document.signature)
            self._store(document)
        self._pending.append(document)
        self._pends += len(document.body.folded)
        if len(self._pending) >= BATCH or self._pends >= ENOUGH:
            self._take_in()
        return number

    def _store(self, document: AnalyzedDocument) -> None:
        """Write the texts, or have them wait for a dictionary."""
        if self.texts.trained or self._waits >= PATIENCE:
            self._write_frames(document)
            return
        self._waiting.append(document)
        self._waits += len(document.body.folded)
        if is_enough(len(self._waiting), self._waits):
            self.texts = train(self._waiting)
            self._write_waiting()

    def _write_waiting(self) -> None:
        for document in self._waiting:
            self._write_frames(document)
        self._waiting.clear()

    def _write_frames(self, document: AnalyzedDocument) -> None:
        for frame in self.texts.frames(document):
            self._frames.append(self._file.append(frame))

    def _take_in(self) -> None:
        """Collect the terms of the documents that pend: of many at once, in less time."""
        documents = self._pending
        if not documents:
            return
        self._pending, self._pends = [], 0
        for place, texts in (
            ("title", [one.title for one in documents]),
            ("body", [one.body for one in documents]),
        ):
            self._add_words(f"{place}.words", [text.words for text in texts])
            self._add_grams(place, [text.folded for text in texts])
        wholes = [Terms((one.whole,), (0,)) if one.whole else Terms() for one in documents]
        self._add_words("title.whole", wholes)
        for name, values in _plain_values(documents):
            if name in self._plain:
                codes = self._vocabularies[name].encode_all(values)
                self._plain[name].add(self._first(values), list(map(len, values)), codes)

    def _first(self, batch: Sequence[object]) -> int:
        """The number of the first document of the last ones."""
        return self.documents - len(batch)

    def _add_words(self, name: str, texts: Sequence[Terms]) -> None:
        if name in self._found:
            codes = self._vocabularies[name].encode_all([text.terms for text in texts])
            positions = None
            if name in self._layout.positions:
                places = [np.array(text.positions, np.uint32) for text in texts]
                positions = np.concatenate(places)
            self._add_codes(name, [len(text.terms) for text in texts], codes, positions)

    def _add_grams(self, place: str, texts: Sequence[str]) -> None:
        if not {f"{place}.bigrams", f"{place}.chars"} & self._found.keys():
            return
        bigrams, bigrams_at, chars, chars_at = gram_codes("\n".join(texts))
        ends = np.cumsum([len(text) + 1 for text in texts])
        for name, codes, places in (
            (f"{place}.bigrams", bigrams, bigrams_at),
            (f"{place}.chars", chars, chars_at),
        ):
            counts = np.diff(places.searchsorted(ends), prepend=0)
            positions = None
            if name in self._layout.positions:
                begins = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
                positions = places - begins.repeat(counts)
            self._add_codes(name, counts.tolist(), codes, positions)

    def _add_codes(
        self, name: str, lengths: Sequence[int], codes: Codes, positions: Codes | None
    ) -> None:
        if name in self._found:
            self._found[name].add(self._first(lengths), lengths, codes, positions)
            self._lengths[name].extend(lengths)
            self.occurrences += len(codes)

    def abandon(self) -> None:
        """Close the file, to be swept away."""
        self._file.abandon()

    def finish(self) -> SegmentInfo:
        """Write everything."""
        self._take_in()
        self._write_waiting()
        end = self._file.offset
        columns = Columns(self._layout)
        columns.lengths = {name: [_numbers(one)] for name, one in self._lengths.items()}
        columns.dates = {name: [_numbers(one)] for name, one in self._dates.items()}
        columns.add_ids(self._ids)
        columns.frames = [_numbers(self._frames)]
        columns.signatures = [rows(b"".join(self._signatures))]
        columns.write(self._file, end, self.texts)
        facts = columns.facts()
        for field in self._layout.fields:
            runs = self._runs(field.name, self._found.pop(field.name))
            facts[field.name] |= DictionaryWriter(
                self._file, field.name, self.documents, columns.worth(field)
            ).write(runs)
        for name, found in self._plain.items():
            runs = self._runs(name, found, counted=False)
            facts[name] = DictionaryWriter(self._file, name, self.documents, None).write(runs)
        return finished(self._file, self.name, self.documents, facts)

    def _runs(self, name: str, found: Occurrences, *, counted: bool = True) -> Iterator[Run]:
        vocabulary = self._vocabularies.pop(name, None)
        if vocabulary is None:
            return found.runs(lambda codes: list(map(encode, gram_text(codes))), counted=counted)
        terms, ranks = vocabulary.ordered(encode)
        return found.runs(
            lambda places: terms[int(places[0]) : int(places[-1]) + 1], ranks, counted=counted
        )


def _plain_values(
    documents: Sequence[AnalyzedDocument],
) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """The values of every field without scores, each once, of each document."""
    rows = [dict(field_keywords(one)) for one in documents]
    for name in rows[0]:
        folded = (dict.fromkeys(one.folded for one in row[name]) for row in rows)
        yield name, list(map(tuple, folded))
        written = (dict.fromkeys(one.text for one in row[name]) for row in rows)
        yield facet_field(name), list(map(tuple, written))
    yield ID, [(one.document.id,) for one in documents]


def _numbers(values: "array[int]") -> Numbers:
    return np.frombuffer(values, np.int64) if len(values) else np.zeros(0, np.int64)


def finished(
    file: SegmentFileWriter, name: str, documents: int, facts: dict[str, dict[str, Any]]
) -> SegmentInfo:
    """End the file of a segment; ``facts`` say of each field what the catalogue is to say."""
    size, checksum = file.finish({"documents": documents, "fields": facts})
    return SegmentInfo(name, documents, size, checksum)


def new_name() -> str:
    """A name for a segment that no other one has."""
    return f"{NAME}_{secrets.token_hex(8)}"


def common_texts(segments: Iterable[Segment]) -> Texts:
    """What reads the texts of all these segments: an index has one dictionary at most."""
    found = (segment.texts for segment in segments if segment.layout.texts)
    return max(found, key=lambda texts: len(texts.trained), default=Texts())
