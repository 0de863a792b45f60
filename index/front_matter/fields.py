"""What can stand in front matter?"""

from datetime import date
from typing import NamedTuple, TypeAlias, Union

Value: TypeAlias = Union[str, date, "tuple[Value, ...]", None]
"""Texts as written, whatever a format would make of them; days and moments where TOML gives one;
lists as tuples; None for nothing."""


class Field(NamedTuple):
    """One key's value; ``written`` is its source, ``line`` counts from 1 within the block."""

    value: Value
    written: str = ""
    line: int | None = None


Fields: TypeAlias = dict[str, Field]
"""By key as written, in order; of a key that comes twice, the last."""

TITLE = ("title",)
DATE = ("date", "ms.date", "pubdate")
UPDATED = ("updated", "lastmod", "last_modified_at", "modified")
TAGS = ("tags", "tag")
CATEGORIES = ("categories", "category")
AUTHOR = ("author", "authors")
URL = ("permalink", "url", "link", "slug")
DESCRIPTION = ("description", "excerpt", "summary")
DRAFT = ("draft", "published")
LANG = ("lang",)
KNOWN = frozenset(
    TITLE + DATE + UPDATED + TAGS + CATEGORIES + AUTHOR + URL + DESCRIPTION + DRAFT + LANG
)
"""The keys that mean something to us, in lower case."""


class FrontMatterError(ValueError):
    """A block of front matter cannot be read; ``line`` counts from 1 within it."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
