"""What does a block of YAML say, with every scalar as it was written?

PyYAML reads YAML 1.1, where ``On`` is true and ``.386`` a number. Its events alone are used here:
they carry the text. They construct no objects, so no tag can run code, and they come one by one,
so that reading stops where lists are nested too deeply or aliases multiply too much.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from souwen.index.front_matter.fields import TITLE, Field, Fields, FrontMatterError, Value

_DEEPEST = 16
_LARGEST = 1 << 20
"""Characters of all values, with what their aliases stand for."""
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_TABS = re.compile(r"(?m)^[ \t]*\t[ \t]*")
_HASHED = re.compile(r"[ \t]*#[^\s][^\n]*")
# A scalar that can be nothing else: it begins with no sign that YAML knows.
_FIRST = r"(?:[0-9A-Za-z/<=(.+_$^;\\]|[^\x00-\x7f]|-(?=[^\ \n]))"
_PLAIN = rf"{_FIRST}(?:[^:#\ \n]|:(?=[^\ \n])|(?<!\ )\#|\ +(?![\ #]|$))*+(?<!:)"
_QUOTED = r"""(?:"[^"\\\n]*"|'[^'\n]*')"""
_SCALAR = rf"(?:{_PLAIN}|{_QUOTED})"
# Within brackets a colon may stand for a mapping, and a comma ends a scalar.
_PART = r"(?:[0-9A-Za-z/]|[^\x00-\x7f])(?:[^][{},?:#\ \n]|\ +(?![\ ,\]#]|$))*+"
_PARTS = rf"(?:{_PART}|{_QUOTED})"
_LIST = rf"\[\ *(?:{_PARTS}(?:\ *,\ *{_PARTS})*+)?+\ *\]"
_BLANK = r"(?:\ *\n)*+(?:\ *\Z)?"
_ENTRY = re.compile(
    rf"""([A-Za-z][\w.-]{{0,99}}):(?:\ +({_SCALAR})\ *|\ +({_LIST})\ *
    |\ *((?:\n\ *-\ +{_SCALAR}\ *$)*+))(?:\n|\Z){_BLANK}""",
    re.ASCII | re.VERBOSE | re.MULTILINE,
)
_EACH = re.compile(_PARTS, re.ASCII | re.VERBOSE | re.MULTILINE)
_BEGIN = re.compile(_BLANK)
_RARE = re.compile("[^\n -~\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_LINE_ENDS = re.compile("[\u2028\u2029]")  # which end lines for YAML, but not for anyone else


def read_yaml(block: str) -> Fields:
    """The fields of a mapping; none of an empty block. Raises FrontMatterError."""
    if not block.isascii():
        block = _LINE_ENDS.sub(" ", block)
    if "\t" in block:
        # Hexo takes a tab for two blanks, and so do its users.
        block = _TABS.sub(lambda found: found[0].replace("\t", "  "), block)
    simple = read_simple(block)
    return read_events(block) if simple is None else simple


def read_events(block: str) -> Fields:
    """The same by PyYAML, whatever the block holds but tabs before its lines."""
    try:
        return _Reader(block).fields()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise FrontMatterError(reason, mark.line + 1 if mark else None) from error


def read_simple(block: str) -> Fields | None:
    """The same of keys with values or lists in one line each, and of lists below; else None."""
    if _RARE.search(block):
        return None
    found: Fields = {}
    begin = _BEGIN.match(block)
    at, line = begin.end() if begin else 0, 1
    line += block.count("\n", 0, at)
    while at < len(block):
        entry = _ENTRY.match(block, at)
        if entry is None:
            return None
        key, scalar, parts, rows = entry.groups()
        if scalar:
            found[key] = Field(_scalar(scalar), scalar.strip(), line)
        elif parts:
            found[key] = Field(tuple(map(_scalar, _EACH.findall(parts))), parts, line)
        elif not rows:
            found[key] = Field(None, "", line)
        else:
            items = rows.split("\n")[1:]
            if len({item.index("-") for item in items}) > 1:
                return None
            values = tuple(_scalar(item.strip(" ")[1:].strip(" ")) for item in items)
            found[key] = Field(values, rows.strip(), line)
        line += block.count("\n", at, entry.end())
        at = entry.end()
    return found


def _scalar(written: str) -> str:
    return written[1:-1] if written[0] in "\"'" else written


class _Sized(NamedTuple):
    """A value, where its source ends, and its characters, with all that its aliases stand for."""

    value: Value
    end: int
    size: int


class _Reader:
    """Reads one block, event by event."""

    def __init__(self, block: str) -> None:
        self._block = block
        self._events: Iterator[Any] = yaml.parse(block, Loader=_LOADER)
        self._anchors: dict[str, _Sized] = {}

    def fields(self) -> Fields:
        """The whole block, to its end."""
        next(self._events)  # begins the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return {}
        if not isinstance(next(self._events), yaml.MappingStartEvent):
            raise FrontMatterError("it is no mapping of keys to values", 1)
        found = self._fields()
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise FrontMatterError("it is more than one document", _line(event))
        return found

    def _fields(self) -> Fields:
        found: Fields = {}
        total = 0
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            name = self._block[key.start_mark.index : self._value(key, 1).end]
            start = next(self._events)
            value, end, size = self._value(start, 1)
            total = self._bounded(total + size, start)
            if name.strip().lower() in TITLE and not getattr(start, "style", start):
                value, end = self._whole(value, start.start_mark.index, end)
            written = self._block[start.start_mark.index : end].strip()
            text = key.value if isinstance(key, yaml.ScalarEvent) else name
            found[text] = Field(value, written, _line(key))
        return found

    def _whole(self, value: Value, start: int, end: int) -> tuple[Value, int]:
        """A plain title with what YAML takes for a comment: ``#pragma`` is a word."""
        comment = _HASHED.match(self._block, end)
        if comment is None:
            return value, end
        return self._block[start : comment.end()].strip(), comment.end()

    def _value(self, event: Any, depth: int) -> _Sized:
        """The value that begins with ``event``."""
        if depth > _DEEPEST:
            raise FrontMatterError("it is nested too deeply", _line(event))
        if isinstance(event, yaml.ScalarEvent):
            nothing = not event.style and event.value in ("", "~")
            sized = _Sized(None if nothing else event.value, event.end_mark.index, len(event.value))
        elif isinstance(event, yaml.AliasEvent):
            sized = self._alias(event)
        else:
            sized = self._collection(event, depth)
        self._bounded(sized.size, event)
        if event.anchor:
            self._anchors[event.anchor] = sized
        return sized

    def _bounded(self, size: int, event: Any) -> int:
        if size > _LARGEST:
            raise FrontMatterError("its aliases stand for too much", _line(event))
        return size

    def _alias(self, event: Any) -> _Sized:
        if event.anchor not in self._anchors:
            raise FrontMatterError(f"nothing is called &{event.anchor}", _line(event))
        return self._anchors[event.anchor]._replace(end=event.end_mark.index)

    def _collection(self, start: Any, depth: int) -> _Sized:
        """A list as a tuple; a mapping within the block as the text of its source."""
        parts: list[_Sized] = []
        while not isinstance(event := next(self._events), yaml.CollectionEndEvent):
            parts.append(self._value(event, depth + 1))
        end = event.end_mark.index
        size = sum(part.size + 1 for part in parts)
        if isinstance(start, yaml.SequenceStartEvent):
            return _Sized(tuple(part.value for part in parts), end, size)
        return _Sized(self._block[start.start_mark.index : end].strip(), end, size)


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1
