"""What else may a query mean? From a tree of text to another one."""

from dataclasses import replace

from souwen.search.query import (
    And,
    DateExpression,
    Not,
    Or,
    Phrase,
    Resembles,
    StartsWith,
    Text,
    Words,
)


def in_title(text: Text) -> Text:
    """The same query of titles alone, wherever it names no field."""
    match text:
        case And(parts=parts):
            return And(tuple(in_title(part) for part in parts))
        case Or(parts=parts):
            return Or(tuple(in_title(part) for part in parts))
        case Not(part=part):
            return Not(in_title(part))
        case (
            Words(field=None) | Phrase(field=None) | StartsWith(field=None) | Resembles(field=None)
        ):
            return replace(text, field="title")
        case _:
            return text


def unquoted(text: Text) -> Text:
    """The same query with the words of its phrases in place of them."""
    match text:
        case And(parts=parts):
            return And(tuple(unquoted(part) for part in parts))
        case Or(parts=parts):
            return Or(tuple(unquoted(part) for part in parts))
        case Phrase(text=words, field=None | "title" | "body" as field):
            return Words(words, field)
        case _:
            return text


def any_of(text: Text) -> Text:
    """One of what is asked of title and body is enough; the rest stays as it is."""
    if not isinstance(text, And):
        return text
    wanted = tuple(any_of(part) for part in text.parts if asks_for_text(part))
    others = tuple(part for part in text.parts if not asks_for_text(part))
    return And((*others, Or(wanted))) if wanted else text


def asks_for_text(text: Text) -> bool:
    """Whether it is something that title or body must hold, not a filter."""
    match text:
        case And(parts=parts) | Or(parts=parts):
            return any(map(asks_for_text, parts))
        case Not() | DateExpression():
            return False
        case _:
            return text.field in (None, "title", "body")
