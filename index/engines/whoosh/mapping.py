"""How is a segment read without copying it into memory?

Whoosh 2.7.4 maps the file of a segment, and then copies every part that it opens, once or twice.
Here the parts are views of the mapped file.
"""

from copy import copy
from io import SEEK_CUR, SEEK_END, SEEK_SET
from typing import Any

from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.reading import SegmentReader


class View:
    """A stretch of memory that is read like a file."""

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes, or all that are left."""
        end = None if size is None or size < 0 else self._at + size
        found = bytes(self._buffer[self._at : end])
        self._at += len(found)
        return found

    def readline(self) -> bytes:
        """The rest of the line; unpickling asks for it."""
        end = bytes(self._buffer[self._at :]).find(b"\n")
        return self.read(end + 1 or -1)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Move to a position."""
        base = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: len(self._buffer)}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """The position."""
        return self._at

    def close(self) -> None:
        """Let go of the memory."""
        self._buffer = memoryview(b"")


class MappedFile(BufferFile):  # type: ignore[misc]  # Whoosh has no types
    """A part of a segment as a view."""

    def __init__(self, buffer: memoryview, name: str | None = None) -> None:
        super().__init__(b"", name=name)
        self._buf = buffer
        self.file = View(buffer)

    def subset(self, position: int, length: int, name: str | None = None) -> "MappedFile":
        """A part of the part."""
        return MappedFile(self._buf[position : position + length], name or self._name)


class MappedStorage(CompoundStorage):  # type: ignore[misc]
    """The parts of one segment's file."""

    def open_file(self, name: str, *_: Any, **__: Any) -> MappedFile:
        """One part."""
        offset, length = self.range(name)
        return MappedFile(memoryview(self._source)[offset : offset + length], name)


def open_segment(storage: Any, schema: Any, segment: Any) -> Any:
    """Whoosh's reader of a segment; deletions made afterwards do not reach it."""
    parts = copy(segment)
    # Else the reader would open the file by itself.
    parts.compound = False
    file = storage.open_file(segment.make_filename(segment.COMPOUND_EXT))
    try:
        return SegmentReader(MappedStorage(file), schema, parts)
    except BaseException:
        if not file.is_closed:
            file.close()
        raise
