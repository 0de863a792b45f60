"""What does a post say of itself before its body begins, and where does the body begin?"""

import re
from dataclasses import dataclass

from frontmatter import detect_format

from souwen.index.front_matter.fields import KNOWN, Field, Fields, FrontMatterError
from souwen.index.front_matter.formats import HANDLERS, YamlHandler
from souwen.index.front_matter.salvage import (
    LARGEST,
    has_known_key,
    head_length,
    is_fence,
    salvage,
)

__all__ = ["Field", "Fields", "FrontMatter", "read_front_matter"]

_IDENTIFIER = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)
_BLANK_LINES = re.compile(r"(?:[ \t]*+\n)*+")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a text, and the text that follows them.

    ``problem`` says why the fields may not be all there, ``line`` where.
    """

    fields: Fields
    body: str
    problem: str | None = None
    line: int | None = None


def read_front_matter(text: str) -> FrontMatter:
    """Take front matter off a text whose lines end with ``\\n``; its lines count from 1.

    Never raises: what does not parse is read line by line, and what is no front matter is body.
    Linear in the length of ``text``; a block above 64 KiB is not parsed.
    """
    blank = _BLANK_LINES.match(text)
    begin = text[blank.end() :] if blank else text
    handler = detect_format(begin, HANDLERS)
    if not isinstance(handler, YamlHandler):
        return FrontMatter({}, text)
    start = handler.block_start(begin)
    found = _read(begin, start, handler)
    if found is None:
        return FrontMatter({}, text)
    lines = text.count("\n", 0, len(text) - len(begin) + start)
    return _moved(found, lines) if lines else found


def _read(text: str, start: int, handler: YamlHandler) -> FrontMatter | None:
    """None where it is no front matter after all; lines count within the block."""
    try:
        block, body = handler.split(text)
    except ValueError as error:
        return _without_end(text[start:], str(error))
    try:
        fields = _load(handler, block)
    except FrontMatterError as error:
        return _broken(block, body, error)
    if fields and not any(key.lower() in KNOWN or _IDENTIFIER.fullmatch(key) for key in fields):
        return None  # a paragraph between two rules
    return FrontMatter(fields, _without_copy(block, body))


def _load(handler: YamlHandler, block: str) -> Fields:
    if len(block) > LARGEST:
        raise FrontMatterError(f"it is longer than {LARGEST} characters", 1)
    return handler.load(block)


def _without_end(text: str, reason: str) -> FrontMatter | None:
    lines = text[:LARGEST].split("\n")
    head = lines[: head_length(lines, closed=False)]
    if not has_known_key(head):
        return None
    block = "\n".join(head)
    return FrontMatter(salvage(block), text[len(block) :], reason, 1)


def _broken(block: str, body: str, error: FrontMatterError) -> FrontMatter | None:
    """The fields that single lines give; what is not like front matter belongs to the body."""
    lines = block.split("\n")
    length = head_length(lines, closed=True)
    head, rest = lines[:length], lines[length:]
    if not has_known_key(head):
        return None
    if rest:
        own = rest[1:] if is_fence(rest[0]) else rest
        body = "\n".join([*own, body])
    reason = f"the front matter is not sound and was read line by line: {error.reason}"
    return FrontMatter(salvage("\n".join(head)), body, reason, error.line)


def _moved(found: FrontMatter, lines: int) -> FrontMatter:
    """The same with its lines counted from the beginning of the text."""
    fields = {
        key: Field(field.value, field.written, field.line + lines if field.line else None)
        for key, field in found.fields.items()
    }
    line = found.line + lines if found.line else None
    return FrontMatter(fields, found.body, found.problem, line)


def _without_copy(block: str, body: str) -> str:
    """The body without a second copy of the block, which some tools write and nobody sees."""
    handler = HANDLERS[0]
    if not handler.detect(body):
        return body
    try:
        copy, rest = handler.split(body)
    except ValueError:
        return body
    return rest if _keys(copy) == _keys(block) else body


def _keys(block: str) -> list[str]:
    return [line.partition(":")[0] for line in block.split("\n") if line.strip()]
