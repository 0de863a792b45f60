"""Which encoding of document numbers is small and quickly read? ``posting_encodings.py INDEX``

Encodes the posting lists of an index again in each way, on arrays, and reads them back. The one
that souwen uses stands in ``souwen.index.engines.whoosh.blocks``.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import zstandard

from souwen.index.engines.whoosh.blocks import Block, encode, places
from souwen.index.engines.whoosh.commit import open_segments, read_commit
from souwen.index.engines.whoosh.runs import Numbers, Run
from souwen.index.engines.whoosh.segment import Segment

FIELDS = ("body.words", "body.bigrams", "body.chars")

Bytes = npt.NDArray[np.uint8]


def plain(numbers: Numbers) -> Bytes:
    return numbers.astype("<u4").view(np.uint8)


def read_plain(data: Bytes) -> Numbers:
    return data.view("<u4").astype(np.int64)


def varint(numbers: Numbers) -> Bytes:
    """Gaps in groups of seven bits, the lowest first, the highest bit of each but the last set."""
    gaps = np.diff(numbers, prepend=0)
    sizes = 1 + (gaps >= 1 << 7).astype(np.int64) + (gaps >= 1 << 14) + (gaps >= 1 << 21)
    ends = np.cumsum(sizes)
    data = np.zeros(int(ends[-1]), np.uint8)
    for place in range(4):
        has = sizes > place
        more = sizes[has] > place + 1
        data[(ends - sizes)[has] + place] = gaps[has] >> 7 * place & 127 | more << 7
    return data


def read_varint(data: Bytes) -> Numbers:
    last = data < 128
    starts = np.concatenate(([0], np.flatnonzero(last)[:-1] + 1))
    within = np.arange(len(data)) - np.repeat(starts, np.diff(starts, append=len(data)))
    parts = (data & 127).astype(np.int64) << 7 * within
    return np.cumsum(np.add.reduceat(parts, starts))


def packed(numbers: Numbers) -> Bytes:
    """Gaps in as many bits as the greatest needs, in groups of 128, behind a byte that says so."""
    gaps = np.diff(numbers, prepend=0)
    parts = []
    for start in range(0, len(gaps), 128):
        group = gaps[start : start + 128].astype(">u4")
        width = int(group.max()).bit_length() or 1
        bits = np.unpackbits(group.view(np.uint8)).reshape(-1, 32)[:, 32 - width :]
        parts += [np.array([width], np.uint8), np.packbits(bits)]
    return np.concatenate(parts)


def read_packed(data: Bytes, count: int) -> Numbers:
    gaps, at = [], 0
    for start in range(0, count, 128):
        size, width = min(128, count - start), int(data[at])
        end = at + 1 + -(-size * width // 8)
        bits = np.unpackbits(data[at + 1 : end], count=size * width).reshape(size, width)
        gaps.append(bits @ (1 << np.arange(width - 1, -1, -1)))
        at = end
    return np.cumsum(np.concatenate(gaps))


def lists(segment: Segment, field: str) -> Iterator[Run]:
    return segment.dictionary(field).runs()


def ours(run: Run, segment: Segment) -> int:
    """The bytes of the numbers of a block; its frequencies take another half byte each."""
    heads, data = encode(Run(run.terms, run.counts, run.numbers, None, None), size(segment), None)
    return places(heads, size(segment), frequencies=False).end if data else 0


def size(segment: Segment) -> int:
    return segment.info.documents


def clock(read: Callable[[], object], times: int = 20) -> float:
    """The least seconds that it took."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        read()
        found.append(time.perf_counter() - began)
    return min(found)


def sizes(segments: list[Segment], field: str) -> dict[str, float]:
    """Bytes a posting of each encoding."""
    totals = dict.fromkeys(("plain", "varint", "packed", "zstd", "ours"), 0)
    postings = 0
    for segment in segments:
        for run in lists(segment, field):
            postings += len(run.numbers)
            totals["plain"] += 4 * len(run.numbers)
            totals["ours"] += ours(run, segment)
            ends = np.cumsum(run.counts).tolist()
            for start, end in zip([0, *ends], ends, strict=False):
                one = run.numbers[start:end]
                totals["varint"] += len(varint(one))
                totals["packed"] += len(packed(one)) if end - start >= 64 else len(varint(one))
            gaps = np.diff(run.numbers, prepend=0).astype("<u4").tobytes()
            totals["zstd"] += len(zstandard.compress(gaps))
    return {name: total / postings for name, total in totals.items()}


def reading(block: Block, place: int) -> tuple[float, ...]:
    """The seconds that each encoding of a list takes to be read."""
    numbers = block.numbers(place)
    count = len(numbers)
    fixed, bytewise, bits = plain(numbers), varint(numbers), packed(numbers)
    for read in (read_plain(fixed), read_varint(bytewise), read_packed(bits, count)):
        assert (read == numbers).all()
    return (
        clock(lambda: read_plain(fixed)),
        clock(lambda: read_varint(bytewise)),
        clock(lambda: read_packed(bits, count)),
        clock(lambda: block.numbers(place)),
    )


def main(directory: Path) -> None:
    commit = read_commit(directory, lambda found: found)
    assert commit is not None, f"there is no index in {directory}"
    segments = open_segments(directory, commit)
    names = ("plain", "varint", "packed", "zstd", "ours")
    print("| bytes a posting | " + " | ".join(names) + " |")
    print("| --- |" + " --- |" * len(names))
    for field in FIELDS:
        found = sizes(segments, field)
        print(f"| {field} | " + " | ".join(f"{found[name]:.2f}" for name in names) + " |")
    print()
    print("| to read a list, µs | plain | varint | packed | ours |")
    print("| --- | --- | --- | --- | --- |")
    segment = max(segments, key=size)
    dictionary = segment.dictionary("body.chars")
    for share in (0.001, 0.01, 0.1, 0.5):
        wanted = share * size(segment)
        _, block, place = min(
            dictionary.starting(b""),
            key=lambda one: abs(int(one[1].heads.counts[one[2]]) - wanted),
        )
        taken = reading(block, place)
        row = " | ".join(f"{1e6 * one:.0f}" for one in taken)
        print(f"| {int(block.heads.counts[place]):,} of {size(segment):,} | {row} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
