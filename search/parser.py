"""What does a query as typed ask for? Never fails: what cannot be parsed is plain text.

    微服务 网关      k8s OR 容器   k8s | 容器   a AND b   -广告   NOT 广告   ( … )
    "服务网格"      title:网关    tag:"a b"    title:(a OR b)
    web*  快手~     date:2022-02  date:2022..2023  date:90d..

NOT binds closest, then AND, which may be left out, then OR. Full-width signs mean the same.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from souwen.index.analysis.characters import scripts
from souwen.index.analysis.fold import fold_text
from souwen.index.errors import QueryError
from souwen.search import date_range
from souwen.search.lexer import Kind, Lexeme, is_blank, lexemes
from souwen.search.query import (
    And,
    DateExpression,
    DateField,
    Not,
    Or,
    Phrase,
    Resembles,
    StartsWith,
    Text,
    TextField,
    Words,
)

MOST = 1000
"""Parts of a query; one with more is plain text."""

LONGEST = 1000
"""Characters that are looked for, but for a single phrase, which may have any length."""

Field = TextField | DateField | None

_FIELDS: dict[str, Field] = {
    "title": "title",
    "body": "body",
    "tag": "tag",
    "tags": "tag",
    "category": "category",
    "categories": "category",
    "author": "author",
    "path": "path",
    "url": "url",
    "date": "date",
    "updated": "updated",
}
_IN_TEXT = (None, "title", "body")
_APPROXIMATE = re.compile(r"([^*~]+)([*~])")
_WHOLE_WORDS = re.compile(r".*[^!-~]", re.DOTALL)
_UNREADABLE = re.compile("[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Control characters that are no white space, and halves of characters."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query understood; ``query`` is None where there is nothing to search for.

    ``plain`` is True where all of it was taken as words, without any doubt.
    """

    query: Text | None
    warnings: tuple[str, ...] = ()
    plain: bool = False


def parse(text: str) -> Parsed:
    """The meaning of a query with operators."""
    query = _UNREADABLE.sub("", text)
    found, doubts = lexemes(query)
    parser = _Parser(query, found)
    tree = parser.either(None)
    warnings = (*doubts, *parser.warnings)
    if tree is None:
        return Parsed(None, (*warnings, _NOTHING))
    leaves = list(_leaves(tree))
    if len(leaves) > MOST:
        return Parsed(plain(text).query, (*warnings, _TOO_MANY))
    if not isinstance(tree, Phrase) and sum(map(_length, leaves)) > LONGEST:
        return Parsed(plain(text).query, (*warnings, _TOO_LONG))
    if isinstance(tree, Not):
        tree = And((tree,))
    as_typed = isinstance(tree, Words) and all(one.kind == "word" for one in found)
    return Parsed(tree, warnings, plain=as_typed and not warnings)


def plain(text: str) -> Parsed:
    """The whole text as words, whatever signs are in it."""
    words = _UNREADABLE.sub("", text).strip()
    if not _says_something(words):
        return Parsed(None, (_NOTHING,), plain=True)
    if len(words) > LONGEST:
        return Parsed(Words(_beginning(words)), (_TOO_LONG,), plain=True)
    return Parsed(Words(words), plain=True)


def exact(text: str) -> Parsed:
    """The whole text as if it stood in quotes, whatever signs are in it."""
    string = _UNREADABLE.sub("", text).strip()
    if all(map(is_blank, string)):
        return Parsed(None, (_NOTHING,))
    return Parsed(Phrase(string))


_NOTHING = "the query holds nothing to search for, only blanks or punctuation"
_TOO_MANY = f"the query has more than {MOST} parts; it is searched as plain text"
_TOO_LONG = (
    f"the query is longer than {LONGEST} characters; its beginning is searched, as plain text; "
    "a phrase in quotes may be longer"
)


def _beginning(text: str) -> str:
    """As much as is looked for, cut in no word: every post that holds the text holds it too."""
    whole = _WHOLE_WORDS.match(text, 0, LONGEST)
    return whole[0] if whole else text[:LONGEST]


def _length(leaf: Text) -> int:
    return 0 if isinstance(leaf, (And, Or, Not, DateExpression)) else len(leaf.text)


def _says_something(text: str) -> bool:
    """Whether there is more to it than blanks and punctuation."""
    return not all(is_blank(char) or unicodedata.category(char)[0] == "P" for char in text)


def _leaves(tree: Text) -> Iterator[Text]:
    match tree:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _leaves(part)
        case Not(part=part):
            yield from _leaves(part)
        case _:
            yield tree


def _approximate(text: str, sign: str, field: TextField | None) -> Text:
    """``微服务web*`` is two words."""
    node = StartsWith if sign == "*" else Resembles
    glued = _glued(text) if field in _IN_TEXT else 0
    if glued and _says_something(text[glued:]):
        return And((Words(text[:glued], field), node(text[glued:], field)))
    return node(text, field)


def _glued(text: str) -> int:
    """How much is written without blanks: up to the Latin word at the end, whose the sign is."""
    return next((end for end in range(len(text), 0, -1) if scripts()[ord(text[end - 1])]), 0)


class _Parser:
    """Reads lexemes from left to right; each method reads as much as its name says.

    ``field`` is what the words belong to unless they name their own. None stands for a part that
    says nothing.
    """

    def __init__(self, query: str, found: tuple[Lexeme, ...]) -> None:
        self._query = query
        self._lexemes = found
        self._at = 0
        self.warnings: list[str] = []

    def either(self, field: Field) -> Text | None:
        """Alternatives."""
        parts = [self._every(field)]
        while self._kind == "or":
            self._at += 1
            parts.append(self._every(field))
        said = tuple(part for part in parts if part is not None)
        return Or(said) if len(said) > 1 else next(iter(said), None)

    def _every(self, field: Field) -> Text | None:
        parts: list[Text | None] = []
        while (kind := self._kind) not in (None, "or", "close"):
            if kind == "and":
                self._at += 1
            elif kind == "word" and field in _IN_TEXT:
                parts.append(self._words(field))
            else:
                parts.append(self._negated(field))
        said = tuple(part for part in parts if part is not None)
        return And(said) if len(said) > 1 else next(iter(said), None)

    def _words(self, field: Field) -> Text | None:
        """Plain words up to the next sign, with the blanks between them."""
        first = last = self._next()
        if _APPROXIMATE.fullmatch(self._text(first)):
            return self._word(first, field)
        while self._kind == "word" and not _APPROXIMATE.fullmatch(self._text(self._lexeme)):
            last = self._next()
        return self._word(Lexeme("word", first.start, last.end), field)

    def _negated(self, field: Field) -> Text | None:
        negative = False
        while self._kind == "not":
            self._at += 1
            negative = not negative
        part = self._operand(field)
        return Not(part) if part is not None and negative else part

    def _operand(self, field: Field) -> Text | None:
        one = self._next()
        match one.kind:
            case "field":
                name = fold_text(self._query[one.start : one.end - 1])
                return self._operand(_FIELDS[name])
            case "open":
                group = self.either(field)
                self._at += 1
                return group
            case "phrase":
                return self._phrase(one, field)
            case _:
                return self._word(one, field)

    def _phrase(self, one: Lexeme, field: Field) -> Text | None:
        text = self._query[one.start + 1 : one.end - 1]
        if field == "date" or field == "updated":  # noqa: PLR1714 (mypy narrows this one)
            return self._date(text, field)
        return Phrase(text, field)

    def _word(self, one: Lexeme, field: Field) -> Text | None:
        text = self._text(one)
        if field == "date" or field == "updated":  # noqa: PLR1714
            return self._date(text, field)
        if field == "path":
            return Words(text, field)
        approximate = _APPROXIMATE.fullmatch(text)
        if approximate and _says_something(approximate[1]):
            return _approximate(approximate[1], approximate[2], field)
        if field in _IN_TEXT and not _says_something(text):
            return None
        return Words(text, field)

    def _date(self, text: str, field: DateField) -> Text:
        try:
            date_range.check(text)
        except QueryError as error:
            self.warnings.append(f"{field}: {error}; it is searched as text")
            return Words(f"{field}:{text}")
        return DateExpression(field, text)

    @property
    def _lexeme(self) -> Lexeme:
        return self._lexemes[self._at]

    @property
    def _kind(self) -> Kind | None:
        return self._lexeme.kind if self._at < len(self._lexemes) else None

    def _next(self) -> Lexeme:
        self._at += 1
        return self._lexemes[self._at - 1]

    def _text(self, one: Lexeme) -> str:
        return self._query[one.start : one.end]
