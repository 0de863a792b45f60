"""How is Whoosh's table of contents written? By Whoosh, where nothing like it was written before.

Its head, up to the pickled schema, is the same for every commit of a layout. It is taken from the
last one, for importing Whoosh takes longer than all else that a small commit does.
"""

import pickle
import struct
import zlib
from pathlib import Path
from typing import Any

from souwen.index.engines.whoosh.commit import Commit, Head
from souwen.index.engines.whoosh.layout import Layout
from souwen.index.engines.whoosh.segment import SegmentInfo

_NUMBERS = struct.Struct("!ii")
"""The number of the commit, and one that Whoosh does not use."""


def head(directory: Path, before: Commit | None, layout: Layout) -> bytes:
    """What the table of contents begins with, whichever segments it names."""
    if before is not None and before.layout == layout and before.head is not None:
        found = _read(directory / before.toc, before.head)
        if found is not None:
            return found
    from souwen.index.engines.whoosh.codec import empty_toc

    return empty_toc(layout).removesuffix(_rest(0, []))


def told(content: bytes) -> Head:
    """By what a head is known when it is read again."""
    return Head(len(content), zlib.crc32(content))


def _read(path: Path, expected: Head) -> bytes | None:
    """The head of a table of contents; None where it is not as it was written."""
    try:
        with path.open("rb") as file:
            found = file.read(expected.size)
    except OSError:
        return None
    return found if told(found) == expected else None


def table(head: bytes, commit: Commit) -> bytes:
    """The whole table of contents of a commit."""
    segments = [_Listed(info, commit.layout) for info in commit.segments]
    return head + _rest(commit.generation, segments)


def _rest(generation: int, segments: list["_Listed"]) -> bytes:
    return _NUMBERS.pack(generation, 0) + pickle.dumps(segments, pickle.HIGHEST_PROTOCOL)


class _Listed:
    """A segment in the table of contents, which Whoosh finds there as one of its own."""

    def __init__(self, info: SegmentInfo, layout: Layout) -> None:
        self._about = info, layout

    def __reduce__(self) -> tuple[Any, tuple[SegmentInfo, Layout]]:
        return listed, self._about


def listed(info: SegmentInfo, layout: Layout) -> Any:
    """The segment as Whoosh has it; called where Whoosh unpickles a table of contents."""
    from souwen.index.engines.whoosh.codec import WhooshSegment

    return WhooshSegment(info, layout)
