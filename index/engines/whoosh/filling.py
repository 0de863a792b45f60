"""How do documents get into segments? One after the other, a new one as soon as one is full."""

from dataclasses import dataclass
from pathlib import Path

from souwen.index.documents import AnalyzedDocument
from souwen.index.engines.whoosh.building import SegmentBuilder
from souwen.index.engines.whoosh.layout import Layout
from souwen.index.engines.whoosh.segment import SegmentInfo
from souwen.index.engines.whoosh.stored import Texts

FLUSH = 12_000_000
"""Occurrences of terms collected in memory before a segment is written: 100 to 250 MB."""

SHARED_FLUSH = 6_000_000
"""The same where several processes do so."""


class Filling:
    """Fills segments; ``texts`` compresses, and is what later ones are to be made with."""

    def __init__(
        self, directory: Path, layout: Layout, texts: Texts, *, flush: int = FLUSH
    ) -> None:
        self.texts = texts
        self._directory = directory
        self._layout = layout
        self._flush = flush
        self._builder: SegmentBuilder | None = None
        self._infos: list[SegmentInfo] = []

    def put(self, document: AnalyzedDocument) -> tuple[str, int]:
        """Add a document; returns its segment and its number there."""
        if self._builder is None:
            self._builder = SegmentBuilder(self._directory, self._layout, self.texts)
        builder = self._builder
        number = builder.add(document)
        self.texts = builder.texts
        if builder.occurrences >= self._flush:
            self._write()
        return builder.name, number

    def _write(self) -> None:
        if self._builder is not None:
            builder, self._builder = self._builder, None
            self._infos.append(builder.finish())

    def finish(self) -> list[SegmentInfo]:
        """Write what is left; returns the segments that were filled since the last time."""
        self._write()
        infos, self._infos = self._infos, []
        return infos

    def abandon(self) -> None:
        """Close what is open, to be swept away."""
        if self._builder is not None:
            self._builder.abandon()


@dataclass(frozen=True, slots=True)
class Fillings:
    """Makes what fills segments in another process; all their texts are read by one dictionary."""

    directory: Path
    layout: Layout
    trained: bytes
    sample: bytes

    def __call__(self) -> Filling:
        """A new one."""
        texts = Texts(self.trained, self.sample)
        return Filling(self.directory, self.layout, texts, flush=SHARED_FLUSH)
