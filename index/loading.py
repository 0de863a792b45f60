"""How does a file become a document? Its post, as plain text with a title."""

import os
from codecs import BOM_UTF8
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from souwen.index.dates import name_without_date
from souwen.index.documents import Document, Notice
from souwen.index.encodings import decode
from souwen.index.errors import PostError
from souwen.index.markup import one_line, plain_text
from souwen.index.posts import read_post


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document, whether its post calls itself a draft, and what was doubtful."""

    document: Document
    draft: bool
    notices: tuple[Notice, ...]


def load_document(data: bytes, *, id: str, path: str, timezone: ZoneInfo, now: datetime) -> Loaded:
    """Load one file: ``id`` says where it lies below its root, ``path`` where it lies at all.

    Raises PostError for a file without anything in it.
    """
    if not data.removeprefix(BOM_UTF8).strip():
        raise PostError(path, "the file is empty")
    post = read_post(data, id=id, path=path, timezone=timezone, now=now)
    text = plain_text(post.body, markup=post.markup, title=post.title)
    notices = post.notices
    if text.simplified:
        notices += (Notice(path, "the markup is too large or too deep; it was read simplified"),)
    title = text.title or title_from_name(id)
    document = Document(id, path, title, text.body, post.metadata)
    return Loaded(document, post.draft, notices)


def title_from_name(id: str) -> str:
    """The file name without date and suffix, decoded as file contents are."""
    stem = name_without_date(PurePosixPath(id).stem)
    return one_line(decode(os.fsencode(stem)).text) or id
