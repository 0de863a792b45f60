"""How are arrays kept in one file, so that they can be mapped and no damage goes unseen?

After a header come sections, each at a multiple of eight; then a checksum for every page of all
that, a catalogue of the sections as JSON, and a trailer of fixed size that says where the two
begin and how long the file is. A file is written once, from its beginning to its end.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.damage import damaged

MAGIC = b"souwen\x00\x02"
PAGE = 2**15
"""Bytes that share a checksum: what is read of a file is verified by pages, once."""

_TRAILER = struct.Struct("<QQQII8s")
_BUFFER = 64 * PAGE

Array = npt.NDArray[Any]


class SegmentFileWriter:
    """Appends sections to a new file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("xb")
        self._pending = bytearray(MAGIC)
        self._checksums: list[int] = []
        self._flushed = 0
        self._sections: dict[str, tuple[int, int, str]] = {}

    @property
    def offset(self) -> int:
        """Where the next byte goes."""
        return self._flushed + len(self._pending)

    def append(self, data: bytes | memoryview, *, align: int = 1) -> int:
        """Write bytes at a multiple of ``align``; returns where they begin."""
        self._pending += b"\x00" * (-self.offset % align)
        start = self.offset
        view = memoryview(data)
        for at in range(0, len(view), _BUFFER):
            self._pending += view[at : at + _BUFFER]
            if len(self._pending) >= _BUFFER:
                self._flush(len(self._pending) // PAGE * PAGE)
        return start

    def section(self, name: str, array: Array) -> None:
        """Write an array that is found by its name."""
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        start = self.append(np.ascontiguousarray(array).data.cast("B"), align=8)
        self._sections[name] = (start, array.size, array.dtype.str)

    def _flush(self, size: int) -> None:
        data = memoryview(self._pending)[:size]
        self._checksums += [zlib.crc32(data[at : at + PAGE]) for at in range(0, size, PAGE)]
        self._file.write(data)
        data.release()
        del self._pending[:size]
        self._flushed += size

    def finish(self, facts: Mapping[str, Any]) -> tuple[int, int]:
        """Write the catalogue with these facts; returns size and checksum.

        Nothing is asked to be on disk yet: most files are merged into others before that matters.
        """
        self._flush(len(self._pending))
        checksums = np.array(self._checksums, "<u4").tobytes()
        catalogue = json.dumps({"sections": self._sections, **facts}).encode()
        total = self._flushed + len(checksums) + len(catalogue) + _TRAILER.size
        checksum = zlib.crc32(catalogue, zlib.crc32(checksums))
        trailer = _TRAILER.pack(self._flushed, len(catalogue), total, PAGE, checksum, MAGIC)
        self._file.write(checksums + catalogue + trailer)
        self._file.close()
        return total, checksum

    def abandon(self) -> None:
        """Close the file as it is, to be swept away."""
        self._file.close()


class SegmentFile:
    """A file as it was finished: ``size`` and ``checksum`` are what ``finish`` returned.

    Raises StoreCorrupt, at the opening or at the first touch of a page, where it is another.
    """

    def __init__(self, path: Path, *, size: int, checksum: int) -> None:
        self.path = path
        with path.open("rb") as file:
            found = os.fstat(file.fileno()).st_size
            if found != size:
                raise damaged(path, f"{found} bytes, where {size} were written")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._memory = memoryview(self._map)
        end, length, total, page, stated, magic = _TRAILER.unpack(
            self._memory[size - _TRAILER.size :]
        )
        table = self._memory[min(end, size) : size - _TRAILER.size]
        pages = -(-end // PAGE)
        # Of the trailer all but the length is compared with what is known, or summed up.
        known = (total, page, stated, magic) == (size, PAGE, checksum, MAGIC)
        if not (known and len(table) == 4 * pages + length and zlib.crc32(table) == checksum):
            raise damaged(path, "its catalogue does not have the checksum that was written")
        self._end = end
        self._checksums = np.frombuffer(table, "<u4", pages)
        self.catalogue: dict[str, Any] = json.loads(bytes(table[4 * pages :]))
        self._unseen = bytearray(b"\x01" * len(self._checksums))

    def view(self, start: int, length: int) -> memoryview:
        """A stretch of the file, verified."""
        first, last = start // PAGE, -(-(start + length) // PAGE)
        page = self._unseen.find(1, first, last)
        while page >= 0:
            begin = page * PAGE
            found = zlib.crc32(self._memory[begin : min(begin + PAGE, self._end)])
            if found != self._checksums[page]:
                raise damaged(self.path, f"wrong checksum of the page at byte {begin}")
            self._unseen[page] = 0
            page = self._unseen.find(1, page, last)
        return self._memory[start : start + length]

    def verify(self) -> None:
        """Look at every page that was not touched yet."""
        self.view(0, self._end)

    def array(self, dtype: str, count: int, start: int) -> Array:
        """``count`` numbers of a type from a byte on, without a copy."""
        return np.frombuffer(self.view(start, count * np.dtype(dtype).itemsize), dtype)

    def section(self, name: str) -> Array:
        """A section, without a copy."""
        start, count, dtype = self.catalogue["sections"][name]
        return self.array(dtype, count, start)

    def start(self, name: str) -> int:
        """Where a section begins."""
        return int(self.catalogue["sections"][name][0])

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Every section, with the bytes between the one before it and its own end."""
        before = 0
        for name, (start, count, dtype) in sorted(
            self.catalogue["sections"].items(), key=lambda one: tuple(one[1])
        ):
            end = start + count * np.dtype(dtype).itemsize
            yield name, end - before
            before = end

    def part(self, name: str, first: int, last: int) -> Array:
        """A section from one place to before another; nothing else of it is read."""
        start, _, dtype = self.catalogue["sections"][name]
        return self.array(dtype, last - first, start + first * np.dtype(dtype).itemsize)
