"""In which formats is front matter written, and where does it end?

Handlers in the sense of python-frontmatter, which asks each of them: is it yours (``detect``),
where does it end (``split``), what does it say (``load``)? Its own handlers (1.3) take ``On``
for true and any fence for the closing one. A text that they are given begins with no blank line.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from frontmatter.default_handlers import BaseHandler

from souwen.index.front_matter.fields import KNOWN, Field, Fields, FrontMatterError, Value
from souwen.index.front_matter.plain_yaml import read_yaml
from souwen.index.front_matter.salvage import LARGEST, belongs, has_known_key, key_lines

_DASHES = re.compile(r"(?m)^-{3,}[ \t]*(?:\n|\Z)")
# Python 3.11's tomllib takes quadratic time over `a.b.c.d…`.
_LONG_PATH = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){16}""")
_AT_LINE = re.compile(r" \(at line (\d+).*")


class YamlHandler(BaseHandler):
    """YAML between two lines of dashes. ``FM_BOUNDARY`` ends where the block begins."""

    FM_BOUNDARY = re.compile(r"(-{3,})[ \t]*\n")

    def block_start(self, text: str) -> int:
        """Where the block begins in a text that is ours."""
        opening = self._opening(text)
        return opening.end()

    def _opening(self, text: str) -> re.Match[str]:
        assert self.FM_BOUNDARY is not None
        opening = self.FM_BOUNDARY.match(text)
        if opening is None:
            raise ValueError("there is no front matter")
        return opening

    def split(self, text: str) -> tuple[str, str]:
        """The block and the body; the closing fence is as long as the first, or else of any length.

        Raises ValueError where there is none.
        """
        opening = self._opening(text)
        for closing in _closings(opening[1]):
            if found := closing.search(text, opening.end()):
                return text[opening.end() : found.start()], text[found.end() :]
        raise ValueError("the front matter is not closed")

    def load(self, fm: str) -> Fields:
        """The fields by key. Raises FrontMatterError."""
        return read_yaml(fm)


class TomlHandler(YamlHandler):
    """TOML between two lines of plus signs."""

    FM_BOUNDARY = re.compile(r"(\+{3,})[ \t]*\n")

    def load(self, fm: str) -> Fields:
        """The fields by key. Raises FrontMatterError."""
        if path := _LONG_PATH.search(fm):
            raise FrontMatterError(
                "a key is nested too deeply", fm.count("\n", 0, path.start()) + 1
            )
        try:
            return _fields(tomllib.loads(fm, parse_float=str), fm)
        except (ValueError, RecursionError) as error:
            reason, *line = _AT_LINE.split(str(error))
            raise FrontMatterError(reason, int(line[0]) if line else None) from error


class JsonHandler(YamlHandler):
    """JSON between two lines of semicolons; its braces may be left out, as Hexo does."""

    FM_BOUNDARY = re.compile(r"(;{3,})[ \t]*\n")

    def load(self, fm: str) -> Fields:
        """The fields by key. Raises FrontMatterError."""
        block = fm if fm.lstrip().startswith("{") else f"{{{fm}}}"
        try:
            return _fields(json.loads(block, parse_int=str, parse_float=str), fm)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", str(error))
            raise FrontMatterError(reason, getattr(error, "lineno", None)) from error


class _UnfencedHandler(YamlHandler):
    """Front matter that no fence begins may as well be text; it must have a key that is known."""

    def detect(self, text: str) -> bool:
        """Whether the block says something to us, or would if it were not broken."""
        try:
            block, _ = self.split(text)
        except ValueError:
            return False
        try:
            return any(key.lower() in KNOWN for key in self.load(block))
        except FrontMatterError:
            lines = block.strip().split("\n")
            return has_known_key(lines) and all(map(belongs, lines))


class HeadHandler(_UnfencedHandler):
    """A YAML mapping that a line of dashes ends, but none begins."""

    FM_BOUNDARY = re.compile(r"(?=[A-Za-z][\w.-]*[ \t]*:(?:\s|\Z))")

    def split(self, text: str) -> tuple[str, str]:
        """The block and the body. Raises ValueError."""
        start = self.block_start(text)
        closing = _DASHES.search(text, start, start + LARGEST)
        if closing is None:
            raise ValueError("there is no fence")
        return text[start : closing.start()], text[closing.end() :]


class BraceHandler(_UnfencedHandler, JsonHandler):
    """A JSON object at the beginning, as Hugo has it."""

    FM_BOUNDARY = re.compile(r'(?=\{\s*")')
    _END = re.compile(r"(?m)^\}[ \t]*(?:\n|\Z)")
    _BLANK = re.compile(r"[ \t]*(?:\n|\Z)")

    def split(self, text: str) -> tuple[str, str]:
        """The block and the body. Raises ValueError."""
        start = self.block_start(text)
        end = self._end(text, start)
        return text[start:end], text[end:]

    def _end(self, text: str, start: int) -> int:
        block = text[start : start + LARGEST]
        try:
            _, length = json.JSONDecoder().raw_decode(block)
            after = self._BLANK.match(text, start + length)
        except (ValueError, RecursionError):
            after = self._END.search(text, start, start + LARGEST)
        if after is None:
            raise ValueError("the object does not end")
        return after.end()


class LinkHandler(YamlHandler):
    """Lines of ``[#]: key: "value"``, which Markdown takes for link definitions."""

    FM_BOUNDARY = re.compile(r"(?=\[#\]:)")
    _LINE = re.compile(r"\[#\]:[ \t]*([\w.-]+)[ \t]*:?[ \t]*(.*)")

    def split(self, text: str) -> tuple[str, str]:
        """The block and the body."""
        start = self.block_start(text)
        block = re.compile(r"(?:\[#\]:[^\n]*(?:\n|\Z))+").match(text, start)
        end = block.end() if block else start
        return text[start:end], text[end:]

    def load(self, fm: str) -> Fields:
        """The fields by key; what is no key and value is left out."""
        found: Fields = {}
        for number, line in enumerate(fm.split("\n"), 1):
            if entry := self._LINE.match(line):
                written = entry[2].strip()
                bare = (
                    written[1:-1] if written[:1] + written[-1:] in ('""', "()", "''") else written
                )
                found[entry[1]] = Field(bare.strip(), written, number)
        return found


HANDLERS = (
    YamlHandler(),
    TomlHandler(),
    JsonHandler(),
    LinkHandler(),
    BraceHandler(),
    HeadHandler(),
)


@lru_cache(maxsize=16)
def _closings(fence: str) -> tuple[re.Pattern[str], ...]:
    """What ends a block that this begins, and what does so where that is missing."""
    sign = re.escape(fence[0])
    lengths = (f"{{{len(fence)}}}", "{3,}")
    return tuple(re.compile(rf"(?m)^{sign}{length}[ \t]*(?:\n|\Z)") for length in lengths)


def _fields(mapping: Mapping[str, Any], block: str) -> Fields:
    lines = key_lines(block)
    return {key: Field(_value(value), line=lines.get(key)) for key, value in mapping.items()}


def _value(value: Any) -> Value:
    """What TOML or JSON gives, as text but for days, moments and lists."""
    if value is None or isinstance(value, str | date):
        return value
    if isinstance(value, list):
        return tuple(map(_value, value))
    if isinstance(value, bool | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
