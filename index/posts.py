"""What is the post that the bytes of one file hold?"""

from datetime import datetime
from zoneinfo import ZoneInfo

from souwen.index.documents import Notice, Post
from souwen.index.encodings import decode
from souwen.index.front_matter import read_front_matter
from souwen.index.metadata import read_metadata

_HTML = (".html", ".htm")


def read_post(data: bytes, *, id: str, path: str, timezone: ZoneInfo, now: datetime) -> Post:
    """Decode a file and read its front matter; whatever is wrong with it becomes a notice.

    ``path`` is what notices call the file. Never raises; linear in the length of ``data``.
    """
    decoded = decode(data)
    front = read_front_matter(decoded.text)
    meaning = read_metadata(front.fields, id=id, timezone=timezone, now=now)
    notices = [Notice(path, doubt.reason, doubt.line) for doubt in meaning.doubts]
    if front.problem:
        notices.insert(0, Notice(path, front.problem, front.line))
    if decoded.problem:
        notices.insert(0, Notice(path, decoded.problem, decoded.line))
    return Post(
        id=id,
        title=meaning.title,
        body=front.body,
        markup="html" if id.lower().endswith(_HTML) else "markdown",
        draft=meaning.draft,
        metadata=meaning.metadata,
        notices=tuple(notices),
    )
