"""What can be had of front matter that does not parse, line by line?"""

import re
from collections.abc import Iterator

from souwen.index.front_matter.fields import (
    CATEGORIES,
    KNOWN,
    TAGS,
    Field,
    Fields,
    FrontMatterError,
)
from souwen.index.front_matter.plain_yaml import read_yaml

LARGEST = 1 << 16
"""Characters of the longest block that is read at all; the longest of 59,500 real ones has 34,613.
Of a longer one only the single lines of its beginning are."""
_LONGEST = 4096
_KEY = re.compile(
    r"""(?:[ \t]*["'])?([A-Za-z][\w.-]*)["']?[ \t]*[:：=](?P<sound>(?=[\s"'“]|$))?[ \t]*(.*)"""
)
_MORE = re.compile(r"[ \t]+\S|- |-$|#|[\]}{](?!%)")
_FENCE = re.compile(r"([-+;])\1\1+[ \t]*")
_QUOTED = re.compile(r"""(["'“])(.*?)(?:\1|”)""")


def salvage(block: str) -> Fields:
    """The known keys that single lines give, and the lists below them; of each key the first."""
    found: Fields = {}
    for number, key, lines in _entries(block[:LARGEST].split("\n")):
        if key.lower() in KNOWN and key not in found:
            field = _read("\n".join(lines)[:_LONGEST], key)
            found[key] = Field(field.value, field.written, number)
    return found


def _entries(lines: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Each line with a key at its beginning, its number from 1, and the lines that belong to it."""
    keys = [(at, found[1]) for at, line in enumerate(lines) if (found := _KEY.match(line))]
    ends = [at for at, _ in keys[1:]] + [len(lines)]
    for (at, key), end in zip(keys, ends, strict=False):
        yield at + 1, key, lines[at:end]


def _read(entry: str, key: str) -> Field:
    """The entry as YAML, where that is what it is, else what stands in its first line."""
    try:
        return read_yaml(entry)[key]
    except (FrontMatterError, KeyError):
        return _read_line(entry.partition("\n")[0], key)


def _read_line(line: str, key: str) -> Field:
    found = _KEY.match(line)
    written = found[3].strip().removesuffix(",") if found else ""
    quoted = _QUOTED.match(written)
    if quoted:
        return Field(quoted[2], written)
    if key.lower() in TAGS + CATEGORIES:
        parts = written.strip("[] ").split(",") if written.startswith("[") else [written]
        return Field(tuple(part.strip(" \t\"'") for part in parts), written)
    return Field(written.lstrip("\"'“"), written)


def head_length(lines: list[str], *, closed: bool) -> int:
    """How many of the lines are front matter, if any are.

    A block that is not ``closed`` ends with the first line that is not like the others, a closed
    one only where such a line comes after a blank one, or where there is another fence.
    """
    blank = not closed
    for at, line in enumerate(lines):
        if is_fence(line) or (blank and not belongs(line)):
            return at
        blank = not closed or not line or line.isspace()
    return len(lines)


def is_fence(line: str) -> bool:
    """Whether the line could begin or end front matter."""
    return line.startswith(("---", "+++", ";;;")) and _FENCE.fullmatch(line) is not None


def belongs(line: str) -> bool:
    """Whether a line is like one of front matter: a key, a list's item, indented, a comment."""
    found = _KEY.match(line)
    if found:
        return found["sound"] is not None or found[1].lower() in KNOWN
    return _MORE.match(line) is not None


def has_known_key(lines: list[str]) -> bool:
    """Whether a line begins with a key that means something to us."""
    return any(found[1].lower() in KNOWN for found in map(_KEY.match, lines) if found)


def key_lines(block: str) -> dict[str, int]:
    """The number, from 1, of the first line that begins with each key."""
    found: dict[str, int] = {}
    for number, line in enumerate(block.split("\n"), 1):
        if key := _KEY.match(line):
            found.setdefault(key[1], number)
    return found
