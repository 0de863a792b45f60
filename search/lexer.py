"""Which parts of a query are words, and which are signs that mean something?

A sign that cannot mean anything where it stands, such as a parenthesis without partner, is part of
a word. All of it takes time in proportion to the query.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Literal, cast

Kind = Literal["word", "phrase", "field", "open", "close", "and", "or", "not"]

FIELDS = (
    *("title", "body", "tag", "tags", "category", "categories", "author", "path", "url"),
    *("date", "updated"),
)
"""What may stand before a colon, in letters of any case and width."""

DEEPEST = 20
"""Groups inside each other."""

_HALF_WIDTH = {
    ord(letter) + ord("Ａ") - ord("A"): letter for letter in ascii_uppercase + ascii_lowercase
}
"""Letters of full width, of which patterns would be slow to compile."""
_QUOTES = '"＂“”「」『』'
_CLOSING = {
    '"': ('"＂', "“”"),
    "＂": ('"＂', "“”"),
    "“": ("”", '"＂'),
    "「": ("」",),
    "『": ("』",),
}
"""What ends a quotation: the first that is there at all."""

_BLANK = frozenset(("Cc", "Cf", "Cs", "Me", "Mn", "Zl", "Zp", "Zs"))
_END = rf"\s()（）|｜{_QUOTES}"
_EDGE = rf"(?=[{_END}]|$)"
_LEXEME = re.compile(
    rf"""
      (?P<field> (?<![:：])(?ai:{"|".join(FIELDS)})[:：](?![:：]) )
    | (?P<and>   (?<![:：])AND{_EDGE} )
    | (?P<or>    (?<![:：])OR{_EDGE} | [|｜]++ )
    | (?P<not>   (?<![:：])NOT{_EDGE} | (?<![^{_END}])[-－](?=[^\s－-]) )
    | (?P<open>  [(（] )
    | (?P<close> [)）] )
    | (?P<quote> [{_QUOTES}] )
    | (?P<word>  [^{_END}]++(?:[(（][^{_END}]*+[)）][^{_END}]*+)*+ )
    """,
    re.VERBOSE,
)
"""In a query whose letters are of half width. Each alternative but ``quote`` is a kind.

Parentheses without a blank inside, glued to a word, belong to it, and what is glued to them:
``print(x)-1``."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A word, a sign, or a quoted phrase with its quotes: ``[start, end)`` of the query."""

    kind: Kind
    start: int
    end: int


Doubts = dict[str, Lexeme]
"""What is wrong, and the first sign of which it is true."""


def lexemes(query: str) -> tuple[tuple[Lexeme, ...], tuple[str, ...]]:
    """The lexemes in order, and a warning for each way in which signs were misused.

    Parentheses are paired and not empty, ``and`` and ``or`` stand between operands, ``not`` before
    one, and ``field`` before its value without a blank.
    """
    doubts: Doubts = {}
    found = _settled(_paired(list(_scan(query, doubts)), doubts), doubts)
    return tuple(_glued(found)), tuple(
        f"{query[one.start : one.end][:20]!r} at character {one.start + 1} {doubt}; "
        "it is searched as text"
        for doubt, one in doubts.items()
    )


def is_blank(char: str) -> bool:
    """Whether nothing is seen of the character where it stands alone: it is never looked for."""
    return unicodedata.category(char) in _BLANK


def _doubt(doubts: Doubts, doubt: str, one: Lexeme) -> Lexeme:
    """Note what is wrong with a sign, and make it a word."""
    if doubt not in doubts or one.start < doubts[doubt].start:
        doubts[doubt] = one
    return Lexeme("word", one.start, one.end)


def _scan(query: str, doubts: Doubts) -> Iterator[Lexeme]:
    last = {quote: query.rfind(quote) for quote in _QUOTES}
    shown, at = query.translate(_HALF_WIDTH), 0
    while found := _LEXEME.search(shown, at):
        if found.lastgroup == "quote":
            one = _quoted(query, found.start(), _closing(query, found.start(), last), doubts)
        else:
            one = Lexeme(cast(Kind, found.lastgroup), *found.span())
        yield one
        at = one.end


def _closing(query: str, start: int, last: dict[str, int]) -> int | None:
    """Where the quotation ends that begins at ``start``; ``last`` says where each quote is last,
    so that nothing is looked for in vain."""
    for quotes in _CLOSING.get(query[start], ()):
        if any(last[quote] > start for quote in quotes):
            found = re.compile(f"[{quotes}]").search(query, start + 1)
            return found.start() if found else None
    return None


def _quoted(query: str, start: int, closing: int | None, doubts: Doubts) -> Lexeme:
    if closing is None:
        return _doubt(doubts, "has no partner", Lexeme("word", start, start + 1))
    phrase = Lexeme("phrase", start, closing + 1)
    if all(map(is_blank, query[start + 1 : closing])):
        return _doubt(doubts, "holds nothing", phrase)
    return phrase


def _paired(found: list[Lexeme], doubts: Doubts) -> list[Lexeme]:
    paired = list(found)
    for at, doubt in _stray(found):
        paired[at] = _doubt(doubts, doubt, found[at])
    return paired


def _stray(found: list[Lexeme]) -> Iterator[tuple[int, str]]:
    """Parentheses without partner or content, or too deep inside others."""
    opened: list[int] = []
    for at, one in enumerate(found):
        if one.kind == "open":
            opened.append(at)
        elif one.kind == "close" and not opened:
            yield at, "has no partner"
        elif one.kind == "close":
            partner = opened.pop()
            if partner == at - 1:
                yield from ((partner, "holds nothing"), (at, "holds nothing"))
            elif len(opened) >= DEEPEST:
                yield from ((partner, "is nested too deep"), (at, "is nested too deep"))
    yield from ((at, "has no partner") for at in opened)


def _settled(found: list[Lexeme], doubts: Doubts) -> list[Lexeme]:
    """Operators without operands, and fields without value, become words."""
    settled: list[Lexeme] = []
    for at in range(len(found) - 1, -1, -1):
        one = found[at]
        before = found[at - 1] if at else None
        after = settled[-1] if settled else None
        if one.kind == "field" and not _has_value(one, after):
            one = _doubt(doubts, "names a field without a value", one)
        elif one.kind == "not" and _is_hyphen(one, before):
            one = Lexeme("word", one.start, one.end)
        elif one.kind in ("and", "or", "not") and not _joins(one, before, after):
            one = _doubt(doubts, "has nothing to join", one)
        settled.append(one)
    return settled[::-1]


def _has_value(one: Lexeme, after: Lexeme | None) -> bool:
    return after is not None and after.kind in ("word", "phrase", "open") and after.start == one.end


def _is_hyphen(one: Lexeme, before: Lexeme | None) -> bool:
    """Whether it is glued to a word, as behind a parenthesis without partner."""
    return before is not None and before.kind == "word" and before.end == one.start


def _joins(one: Lexeme, before: Lexeme | None, after: Lexeme | None) -> bool:
    if after is None or after.kind in ("and", "or", "close"):
        return False
    return one.kind == "not" or (before is not None and before.kind in ("word", "phrase", "close"))


def _glued(found: list[Lexeme]) -> Iterator[Lexeme]:
    """Words with nothing between them are one word."""
    word: Lexeme | None = None
    for one in found:
        if word and one.kind == "word" and word.end == one.start:
            word = Lexeme("word", word.start, one.end)
            continue
        if word:
            yield word
        word = one if one.kind == "word" else None
        if word is None:
            yield one
    if word:
        yield word
