"""What does one segment hold? Documents numbered from 0, deleted ones among them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from souwen.index.documents import Document
from souwen.index.engines.whoosh.dictionary import Dictionary
from souwen.index.engines.whoosh.layout import Layout
from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.segment_file import SegmentFile
from souwen.index.engines.whoosh.stored import Texts, decode
from souwen.index.errors import StoreError

SUFFIX = ".seg"
ID = "id"
DOCUMENTS = "documents"
TRAINED, SAMPLE = "documents/trained", "documents/sample"
SIGNATURES, STARTS, ORDER = "signatures", "signatures/starts", "signatures/order"


_PARTS = {DOCUMENTS: "texts", "ids": ID, "date": "dates", "updated": "dates"}


def facet_field(name: str) -> str:
    """The field with the values of a keyword field as they are written."""
    return f"{name}.written"


def plain_fields(layout: Layout) -> tuple[str, ...]:
    """The fields whose terms only say in which documents they are."""
    written = map(facet_field, layout.keywords)
    return (ID, *layout.keywords, *written)


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """A segment as a commit knows it. ``deleted`` is a bitmap of its documents, or None."""

    name: str
    documents: int
    size: int
    checksum: int
    deleted: bytes | None = None

    def live(self) -> npt.NDArray[np.bool_]:
        """Which documents are not deleted."""
        if self.deleted is None:
            return np.ones(self.documents, np.bool_)
        bits = np.unpackbits(np.frombuffer(self.deleted, np.uint8), count=self.documents)
        live: npt.NDArray[np.bool_] = bits == 0
        return live


class Segment:
    """A segment, opened. Raises StoreCorrupt where it is damaged, be it at first touch."""

    def __init__(self, directory: Path, info: SegmentInfo, layout: Layout) -> None:
        self.info = info
        self.layout = layout
        self.file = SegmentFile(
            directory / f"{info.name}{SUFFIX}", size=info.size, checksum=info.checksum
        )
        self._facts: Mapping[str, Any] = self.file.catalogue["fields"]
        self._dictionaries: dict[str, Dictionary] = {}
        self._counted = {field.name for field in layout.fields}

    def sizes(self) -> Counter[str]:
        """The bytes of its file by what they are for."""
        found: Counter[str] = Counter()
        for at, (name, size) in enumerate(self.file.sizes()):
            # What texts there are come first of all.
            part = DOCUMENTS if at == 0 and self.layout.texts else name.partition("/")[0]
            found[_PARTS.get(part, part)] += size
        found["checksums"] = self.info.size - found.total()
        return found

    def dictionary(self, field: str) -> Dictionary:
        """The terms of a field."""
        found = self._dictionaries.get(field)
        if found is None:
            found = self._dictionaries[field] = Dictionary(
                self.file,
                field,
                self.info.documents,
                counted=field in self._counted,
                positioned=field in self.layout.positions,
            )
        return found

    def average(self, field: str) -> float:
        """The mean length of the field with which its bounds were made."""
        return float(self._facts[field]["average"])

    def totals(self, field: str) -> tuple[int, int]:
        """How many documents have the field, and how many terms it has; deleted ones too."""
        facts = self._facts[field]
        return int(facts["documents"]), int(facts["total"])

    def postings(self, field: str) -> int:
        """How many postings a field has; deleted ones too."""
        return int(self._facts[field]["postings"])

    def lengths(self, field: str) -> npt.NDArray[np.uint32]:
        """The number of terms of a term field in each document."""
        return self.file.section(f"{field}/lengths")

    def norms(self, field: str) -> npt.NDArray[np.uint8]:
        """Lucene's code of each length."""
        return self.file.section(f"{field}/norms")

    def dates(self, field: str) -> Numbers:
        """Milliseconds since 1970 UTC, UNDATED where there is none."""
        return self.file.section(f"{field}/dates")

    def id(self, number: int) -> str:
        """The id of a document."""
        ends, begin = self._id_places
        start, end = ends[number], ends[number + 1]
        return str(self.file.view(begin + start, end - start), "utf-8", "surrogatepass")

    @cached_property
    def _id_places(self) -> tuple[memoryview, int]:
        """Where each id ends, and where the first one begins in the file."""
        ends = self.file.section("ids/ends").astype(np.uint64, copy=False)
        return ends.data, self.file.start("ids")

    def ids(self) -> Iterator[str]:
        """All ids in order, deleted ones too."""
        ends, names = self.file.section("ids/ends").tolist(), self.file.section("ids").tobytes()
        return (decode(names[a:b]) for a, b in pairwise(ends))

    def number(self, id: bytes) -> int | None:
        """The number of the document with this id, deleted or not; the latest of several."""
        found = self.dictionary(ID).find(id)
        return None if found is None else int(found[0].numbers(found[1])[-1])

    def _frames(self, number: int) -> tuple[memoryview, memoryview]:
        if not self.layout.texts:
            raise StoreError(f"{self.file.path}: this index holds no texts")
        start, middle, end = self.file.part(DOCUMENTS, 2 * number, 2 * number + 3).tolist()
        return self.file.view(start, middle - start), self.file.view(middle, end - middle)

    def folded(self, number: int) -> tuple[str, str]:
        """The folded title and body of a document."""
        return self.texts.load_folded(self._frames(number)[0])

    def document(self, number: int) -> Document:
        """A document as it was put."""
        return self.texts.load(*self._frames(number))

    @cached_property
    def texts(self) -> Texts:
        """What reads the texts of its documents."""
        return Texts(self.file.section(TRAINED).tobytes(), self.file.section(SAMPLE).tobytes())
