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
    TextLeaf,
    Words,
    changed,
    leaves,
)


def in_title(text: Text) -> Text:
    """The same query of titles alone, wherever it names no field."""
    return changed(text, _in_title)


def _in_title(leaf: TextLeaf) -> Text:
    match leaf:
        case Not(part=part):
            return Not(in_title(part))
        case (
            Words(field=None) | Phrase(field=None) | StartsWith(field=None) | Resembles(field=None)
        ):
            return replace(leaf, field="title")
        case _:
            return leaf


def unquoted(text: Text) -> Text:
    """The same query with the words of its phrases in place of them."""
    return changed(text, _unquoted)


def _unquoted(leaf: TextLeaf) -> Text:
    match leaf:
        case Phrase(text=words, field=None | "title" | "body" as field):
            return Words(words, field)
        case _:
            return leaf


def any_of(text: Text) -> Text:
    """One of what is asked of title and body is enough; the rest stays as it is."""
    if not isinstance(text, And):
        return text
    wanted = tuple(any_of(part) for part in text.parts if asks_for_text(part))
    others = tuple(part for part in text.parts if not asks_for_text(part))
    return And((*others, Or(wanted))) if wanted else text


def asks_for_text(text: Text) -> bool:
    """Whether it is something that title or body must hold, not a filter."""
    return any(
        leaf.field in (None, "title", "body")
        for leaf in leaves(text)
        if not isinstance(leaf, Not | DateExpression)
    )
