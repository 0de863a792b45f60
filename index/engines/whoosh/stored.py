"""How is a document kept, so that it can be shown and its folded text be looked into?

As two Zstandard frames: the folded title and body, and the document itself, compressed with the
first as its dictionary, since the two are nearly the same. Posts are short, so the first needs a
dictionary of its own, made of the texts of other posts.
"""

import json
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import zstandard

from souwen.index.documents import AnalyzedDocument, Document
from souwen.index.engines import shown

UNDATED = -(2**63)
"""What a date column holds where there is no date: no date is as old."""

TRAINING = 2**20
"""Characters of posts from which a dictionary is made; fewer make none."""

PATIENCE = 4 * 2**20
"""Characters of posts among which there are enough for that, or there is to be none."""

_TRAINED = 2**16
_PART = 2**14
_FEWEST = 200
_SAMPLED = 8
_SAMPLE = 2**12
_LEVEL = 3
_BETWEEN = "\x00"


class Texts:
    """Makes and reads the frames of the documents of an index.

    ``trained`` is a Zstandard dictionary made of texts like theirs, and ``sample`` what is said of
    a few of them; both may be empty. Frames are read by what they were made with. May be used by
    many threads, but for ``frames``.
    """

    def __init__(self, trained: bytes = b"", sample: bytes = b"") -> None:
        self.trained = trained
        self.sample = sample
        self._local = threading.local()

    @cached_property
    def _dictionary(self) -> zstandard.ZstdCompressionDict | None:
        return zstandard.ZstdCompressionDict(self.trained) if self.trained else None

    @cached_property
    def _compressor(self) -> zstandard.ZstdCompressor:
        if self._dictionary is None:
            return zstandard.ZstdCompressor(level=_LEVEL)
        self._dictionary.precompute_compress(level=_LEVEL)
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=self._dictionary)

    def frames(self, document: AnalyzedDocument) -> tuple[bytes, bytes]:
        """The folded texts, and the document."""
        folded = folded_texts(document)
        near = zstandard.ZstdCompressor(
            level=_LEVEL, dict_data=_content(self.sample + folded), write_dict_id=False
        )
        stored = _dump(document.document) + b"\n" + encode(document.document.body)
        return self._compressor.compress(folded), near.compress(stored)

    def _decompress(self, frame: bytes | memoryview) -> bytes:
        """A folded text: with the dictionary where it was made with one."""
        known = self._dictionary
        if known is None or not zstandard.get_frame_parameters(frame).dict_id:
            return decompress(frame)
        try:
            found: zstandard.ZstdDecompressor = self._local.decompressor
        except AttributeError:
            found = self._local.decompressor = zstandard.ZstdDecompressor(dict_data=known)
        return found.decompress(frame)

    def load_folded(self, frame: bytes | memoryview) -> tuple[str, str]:
        """The folded title and the folded body."""
        title, _, body = decode(self._decompress(frame)).partition(_BETWEEN)
        return title, body

    def load(self, folded: bytes | memoryview, frame: bytes | memoryview) -> Document:
        """The document from its two frames."""
        content = _content(self.sample + self._decompress(folded))
        near = zstandard.ZstdDecompressor(dict_data=content)
        head, _, body = near.decompress(frame).partition(b"\n")
        return shown.load(json.loads(head), body=decode(body))


def is_enough(documents: int, characters: int) -> bool:
    """Whether it is time to ``train``."""
    return (documents >= _FEWEST and characters >= TRAINING) or characters >= PATIENCE


def train(documents: Sequence[AnalyzedDocument]) -> Texts:
    """Texts with a dictionary made of these documents; without, where they are too few."""
    texts: list[Any] = [folded_texts(document)[:_PART] for document in documents]
    if len(texts) < _FEWEST:
        return Texts()
    # The parameters that zstd would search for, found once on posts: a third of the time.
    trained = zstandard.train_dictionary(_TRAINED, texts, k=512, d=6, f=20, accel=1, split_point=1)
    sample = b"".join(_dump(one.document) for one in documents[:_SAMPLED])
    return Texts(trained.as_bytes(), sample[:_SAMPLE])


def folded_texts(document: AnalyzedDocument) -> bytes:
    """The folded title and body."""
    return encode(document.title.folded + _BETWEEN + document.body.folded)


def _content(data: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(data, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class _Decompressors(threading.local):
    """One for each thread: they are not to be shared, and slow to make."""

    def __init__(self) -> None:
        self.plain = zstandard.ZstdDecompressor()


_DECOMPRESSORS = _Decompressors()


def decompress(frame: bytes | memoryview) -> bytes:
    """What a frame holds that needs no dictionary."""
    return _DECOMPRESSORS.plain.decompress(frame)


def _dump(document: Document) -> bytes:
    """A line of JSON with everything but the body."""
    return encode(json.dumps(shown.dump(document), ensure_ascii=False))


def encode(text: str) -> bytes:
    """UTF-8 that also carries the lone surrogates of undecodable file names."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """What ``encode`` was given."""
    return data.decode("utf-8", "surrogatepass")
