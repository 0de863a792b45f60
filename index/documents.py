"""What is a post, from the bytes of a file to the terms of an index?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Notice:
    """Something doubtful in one file, or the reason why it was skipped.

    ``path`` is where the file lies, absolute for a post, ``line`` counts from 1 and is None where
    no line is known, ``reason`` is a sentence for people.
    """

    path: str
    reason: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a post says of itself in its front matter.

    Dates are aware and in UTC. ``categories`` are paths from the root down: ``a > b`` is
    ``("a", "b")``. ``extra`` holds every other key with its value as text, for display only.
    """

    date: datetime | None = None
    updated: datetime | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    author: tuple[str, ...] = ()
    url: str | None = None
    description: str | None = None
    lang: str | None = None
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One file, decoded, with its front matter read and its body still in markup.

    The lines of ``body`` end with ``\\n``, and it holds no control characters but that and tabs.

    ``title`` is the front matter's, None where it has none. ``notices`` say what was doubtful.
    """

    id: str
    title: str | None
    body: str
    markup: Literal["markdown", "html"]
    draft: bool = False
    metadata: Metadata = Metadata()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A post as plain text: what is shown, and what is searched.

    ``path`` is where the file lay when it was indexed, absolute, with ``/`` between its parts.
    """

    id: str
    path: str
    title: str
    body: str
    metadata: Metadata = Metadata()


@dataclass(frozen=True, slots=True)
class Token:
    """One term of a text and the stretch of the original text ``[start, end)`` it stands for."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one field in order, and the position of each: its offset in the folded text."""

    terms: Sequence[str] = ()
    positions: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class AnalyzedText:
    """A title or a body, folded and cut into words; its grams follow from the folded text."""

    folded: str
    words: Terms


@dataclass(frozen=True, slots=True)
class Keyword:
    """A tag, category path, author or url: as written, and folded for comparison."""

    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class AnalyzedDocument:
    """A document with every term that an engine has to store.

    ``whole`` is the title as a single term, empty where there is none. ``categories`` holds each
    path and each of its parents, joined by ``/``. ``signature`` is that of
    ``souwen.index.signature``.
    """

    document: Document
    title: AnalyzedText
    body: AnalyzedText
    whole: str
    signature: bytes
    tags: tuple[Keyword, ...] = ()
    categories: tuple[Keyword, ...] = ()
    author: tuple[Keyword, ...] = ()
    url: tuple[Keyword, ...] = ()
