"""What do the fields of front matter mean?"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from souwen.index.dates import date_in_path, parse_date
from souwen.index.documents import Metadata
from souwen.index.front_matter.fields import (
    AUTHOR,
    CATEGORIES,
    DATE,
    DESCRIPTION,
    DRAFT,
    KNOWN,
    LANG,
    TAGS,
    TITLE,
    UPDATED,
    URL,
    Field,
    Fields,
    Value,
)
from souwen.index.markup import one_line

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_COMMA = re.compile("[,，]")
_LONGEST = 2000
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value that is not what it should be, and its line."""

    reason: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """The title, where there is one, whether it is a draft, the rest, and what is doubtful."""

    title: str | None
    draft: bool
    metadata: Metadata
    doubts: tuple[Doubt, ...]


def read_metadata(fields: Fields, *, id: str, timezone: ZoneInfo, now: datetime) -> Meaning:
    """Understand the fields of the post with this id, whose path may say its date."""
    last = {key.lower(): field for key, field in fields.items()}
    known = {key: field for key, field in last.items() if field.value not in (None, "", ())}
    doubts: list[Doubt] = []
    written = _date(known, DATE, doubts, timezone=timezone, now=now)
    updated = _date(known, UPDATED, doubts, timezone=timezone, now=now)
    if written is None:
        reading = date_in_path(id, timezone=timezone, now=now)
        written = reading.date
        doubts += [Doubt(reading.doubt)] if reading.doubt else []
    metadata = Metadata(
        date=written,
        updated=updated,
        tags=_words(_first(known, TAGS)),
        categories=_categories(_first(known, CATEGORIES)),
        author=_authors(_first(known, AUTHOR)),
        url=_optional(_first(known, URL)),
        description=_optional(_first(known, DESCRIPTION)),
        lang=_optional(_first(known, LANG)),
        extra=tuple(_extra(fields)),
    )
    return Meaning(_title(known), _draft(known), metadata, tuple(doubts))


def clean(text: str) -> str:
    """One line of text, its entities decoded: a lone ``&copy`` of an address is none."""
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return one_line(text)


def _first(known: Fields, names: tuple[str, ...]) -> Field | None:
    """The first of the keys that has a value."""
    for name in names:
        if name in known:
            return known[name]
    return None


def _title(known: Fields) -> str | None:
    field = _first(known, TITLE)
    return (clean(_text(field)) or None) if field else None


def _text(field: Field) -> str:
    """The value as one text; what a title makes look like a list is a text as written."""
    value = field.value
    if isinstance(value, tuple):
        return field.written or ", ".join(_flat(value))
    return _scalar(value)


def _scalar(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _flat(value: Value) -> Iterator[str]:
    if isinstance(value, tuple):
        for part in value:
            yield from _flat(part)
    else:
        yield _scalar(value)


def _optional(field: Field | None) -> str | None:
    text = clean(_text(field)) if field else ""
    return None if text.lower() in ("", "null") else text


def _date(
    known: Fields, names: tuple[str, ...], doubts: list[Doubt], *, timezone: ZoneInfo, now: datetime
) -> datetime | None:
    """The first of the keys that holds a date; every other attempt is doubtful."""
    for name in names:
        field = known.get(name)
        if field is None or str(value := field.value).strip().lower() == "null":
            continue
        read = value if isinstance(value, date) else _text(field)
        reading = parse_date(read, timezone=timezone, now=now)
        if reading.doubt:
            doubts.append(Doubt(reading.doubt, field.line))
        if reading.date:
            return reading.date
    return None


def _words(field: Field | None) -> tuple[str, ...]:
    """A list's elements, or those of a text with commas; a text without is a single one."""
    if field is None or field.value == "null":
        return ()
    value = field.value
    parts = _flat(value) if isinstance(value, tuple) else _COMMA.split(_scalar(value))
    return tuple(dict.fromkeys(filter(None, map(clean, parts))))


def _authors(field: Field | None) -> tuple[str, ...]:
    """Several only where they are a list: ``Lee, Tom`` is one."""
    if field is None or isinstance(field.value, tuple):
        return _words(field)
    author = _optional(field)
    return (author,) if author else ()


def _categories(field: Field | None) -> tuple[tuple[str, ...], ...]:
    """A flat list is one path from the root down, a list of lists several."""
    if field is None:
        return ()
    value = field.value
    if isinstance(value, tuple) and any(isinstance(part, tuple) for part in value):
        paths = [_words(Field(part)) for part in value]
    else:
        paths = [_words(field)]
    return tuple(dict.fromkeys(filter(None, paths)))


def _draft(known: Fields) -> bool:
    draft, published = (str(known[name].value).lower() if name in known else "" for name in DRAFT)
    return draft in _TRUE or published in _FALSE


def _extra(fields: Fields) -> Iterator[tuple[str, str]]:
    for key, field in fields.items():
        if key.lower() in KNOWN:
            continue
        if text := _shortened(", ".join(_flat(field.value))):
            yield _shortened(key), text


def _shortened(text: str) -> str:
    return clean(text)[:_LONGEST].rstrip()
