"""What can a text in Markdown consist of?"""

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias


class Unusual(Exception):
    """What is asked of here is left to markdown-it."""


class Text(NamedTuple):
    """What stands in one element ``tag``, with its marks; nothing where the element only ends."""

    tag: str
    content: str


class Code(NamedTuple):
    """Lines of code, without their indentation, and what stands behind the fence before them."""

    info: str
    lines: list[str]


class Html(NamedTuple):
    """A piece of HTML between blocks."""

    content: str


class Row(NamedTuple):
    """A row of a table, with the marks in its cells."""

    cells: list[str]


Block: TypeAlias = Text | Code | Html | Row


class Group(NamedTuple):
    """A block at the top of a text, or all that stand in it, and its lines, counted from 0."""

    blocks: list[Block]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a text consists of, and what its references mean to markdown-it."""

    lines: list[str]
    groups: list[Group] = field(default_factory=list)
    references: dict[str, dict[str, str]] = field(default_factory=dict)
