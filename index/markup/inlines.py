"""Which words does a reader see of one block of Markdown, without its marks?

The rules are those of markdown-it (4.3) with what ``rules`` adds to it, for what posts are full
of: code, links, images, emphasis, simple tags. Whatever else there is, is `Unusual`.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import ClassVar, NamedTuple

from markdown_it.common.entities import entities
from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.common.utils import (
    fromCodePoint,
    isMdAsciiPunct,
    isPunctChar,
    isValidEntityCode,
    isWhiteSpace,
    normalizeReference,
)
from markdown_it.rules_inline.balance_pairs import processDelimiters
from markdown_it.rules_inline.state_inline import Delimiter

from souwen.index.markup.elements import Unusual
from souwen.index.markup.html import GAP
from souwen.index.markup.templates import read_template

BREAK = "\x02"
"""Stands in what is read for the end of a line that is written on purpose."""

# All that can begin a mark; in `snake_case` there is none.
_MARK = re.compile(
    r"[\n!&*<\[\\_`{~](?:(?<=[\n&*<\[\\`{])|(?<=!)(?=\[)|(?<=~)(?=~)"
    r"|(?<=_)(?:(?<![0-9A-Za-z]_)|(?![0-9A-Za-z])))"
)
_TICKS = re.compile("`+")
_STARS = re.compile(r"\*+|_+")
_BLANKS = re.compile("[ \t]*")
_SIGNS = r"[^\s()\\\x00-\x1f\x7f]"
_TARGET = rf"\([ \t\n]*+(?:(?!<){_SIGNS}++(?:\({_SIGNS}*+\){_SIGNS}*+)*+)?+[ \t\n]*+"
_TITLE = r"""(?:(?<=[ \t\n])(?:"([^"\\&]*+)"|'([^'\\&]*+)')[ \t\n]*+)?"""
_IMAGE = re.compile(rf"!\[([^\[\]\\`<{{!&*\n~]*+)\]{_TARGET}{_TITLE}\)")
_ANY_IMAGE = re.sub(r"(?<!\\)\((?!\?)", "(?:", _IMAGE.pattern)
_CODE = r"`[^`]++`(?!`)"
_LABEL = rf"\[((?:[^\[\]\\`<{{!]++|!(?!\[)|\\[^\n]|{_CODE}|{_ANY_IMAGE})*+)"
_LINK = re.compile(rf"{_LABEL}\]{_TARGET}\)")
_OUTER = re.compile(_LABEL)
_ALT = re.compile(r"!\[([^\[\]\\`<{!&*\n~]*+)\]")
_LABELLED = re.compile(rf"\[((?:[^\[\]\\`<{{]++|\\[^\n]|{_CODE})*+)\]")
_NAMED = re.compile(r"\[([^\[\]\\`<{]*+)\]")
# The same marks with what most of them begin, where that holds no other. The groups are: code, the
# label of a link, the blanks after a line end, what stands between two stars and between one, the
# label of a reference and its name, what an image says and its title in either kind of quotes; the
# last one is for what it takes a `_Scan` to read.
_BARE = r"[^\[\]\\`<{&*_\n~]"
_SIMPLE = re.compile(
    r"[\n!&*<\[\\_`{~](?:(?<=`)([^`]++)`(?!`)"
    rf"|(?<=\[)(?!\^)({_BARE}*+)\]{_TARGET}\)"
    r"|(?<=\n)(?<!  \n)([ \t]*+)"
    rf"|(?<=\*)(?:\*(?=[^\W_])({_BARE}++)(?<=[^\W_])\*\*|(?=[^\W_])({_BARE}++)(?<=[^\W_])\*)(?!\*)"
    rf"|(?<=\[)(?!\^)({_BARE}*+)\](?:\[(?!\^)({_BARE}*+)\])?+(?![(\[])"
    rf"|(?<=!)\[({_BARE}*+)\]{_TARGET}{_TITLE}\)"
    r"|(?:(?<=[\n&*<\[\\`{])|(?<=!)(?=\[)|(?<=~)(?=~)"
    r"|(?<=_)(?:(?<![0-9A-Za-z]_)|(?![0-9A-Za-z])))())"
)
_AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.\-]{1,31}:[^<>\x00-\x20]*)>")
_ADDRESS = re.compile(r"<[^<>\s]*@[^<>\s]*>")
_ENTITY = re.compile(r"&(?:#([xX][a-fA-F0-9]{1,6}|[0-9]{1,7})|([a-zA-Z][a-zA-Z0-9]{1,31}));")
_TO_LINE_END = re.compile(" *\n")
_ESCAPED = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

_INLINE_TAG = re.compile(
    r"<(/?)(a|abbr|b|big|cite|del|em|font|i|ins|kbd|mark|q|rb|rp|rt|ruby|s|small|span|strike"
    r"|strong|sub|sup|tt|u|var)"
    r"((?:\s+[a-z_:][\w:.-]*(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>=`]+))?)*)\s*(/?)>",
    re.ASCII,
)
_BR = re.compile(r"</?br(?=[\s/>])[^<>]*>", re.IGNORECASE | re.ASCII)
_SEEN_ATTRIBUTE = re.compile("hidden|title", re.IGNORECASE)


class HtmlFound(Exception):
    """There is a tag that may reach beyond its block."""


class _Run(NamedTuple):
    """Stars or low lines, where they stand in the text and among its parts."""

    marks: str
    at: int
    part: int
    opens: bool
    closes: bool


class Inlines:
    """Reads what stands in the blocks of one text, which has these references and footnotes."""

    def __init__(self, references: Mapping[str, Mapping[str, str]], notes: frozenset[str]) -> None:
        self.references = references
        self.notes = notes
        self.html = False
        """Whether there was any tag."""
        self.code = False
        """Whether there was any code."""
        self.alone = 0
        """Elements that begin and never end."""

    def read(self, content: str, *, before: str = " ") -> str:
        """What is seen of ``content``, with its blanks, `GAP` around images and `BREAK`.

        ``before`` is the character in front of it. Raises Unusual, or HtmlFound for tags that are
        not known to be harmless.
        """
        parts = _SIMPLE.split(content)
        if len(parts) == 1:
            return content
        simple = self._read_simple(parts)
        return _Scan(self, content, before).text() if simple is None else simple

    def _read_simple(self, parts: list[str]) -> str | None:
        """What is seen where nothing but simple marks stands between the parts, else None."""
        if "" in parts[11::12]:
            return None
        for at in range(1, len(parts), 12):
            if (code := parts[at]) is not None:
                parts[at] = _code(code)
                self.code = True
            elif parts[at + 2] is not None:
                parts[at + 2] = "\n"
            elif (label := parts[at + 5]) is not None:
                seen = self._referred(label, parts[at + 6])
                if seen is None:
                    return None
                parts[at + 5], parts[at + 6] = seen, None
            elif (alt := parts[at + 7]) is not None:
                title = parts[at + 8] or parts[at + 9] or ""
                parts[at + 7 : at + 10] = _seen(alt, title), None, None
        return "".join(filter(None, parts))

    def _referred(self, label: str, name: str | None) -> str | None:
        """What is seen of brackets, a reference or not; None where a title belongs to it."""
        reference = self.references.get(_key(name or label)) if self.references else None
        if reference is None:
            return f"[{label}]" if name is None else f"[{label}][{name}]"
        return None if reference["title"] else label


class _Scan:
    """One pass over one content."""

    __slots__ = (
        "_all",
        "_before",
        "_bound",
        "_content",
        "_done",
        "_open",
        "_parts",
        "_runs",
        "_stars",
        "_templates",
        "_ticks",
    )

    def __init__(self, every: Inlines, content: str, before: str) -> None:
        self._all = every
        self._content = content
        self._before = before
        self._parts: list[str] = []
        self._runs: list[_Run] = []
        self._open: list[str] = []
        self._ticks: list[tuple[int, int]] | None = None
        self._done = 0
        self._bound: dict[str, int] = {}
        self._stars = 0
        self._templates = False

    def text(self) -> str:
        """What is seen of the content."""
        content, parts = self._content, self._parts
        search, rules = _MARK.search, self._RULES
        at = 0
        mark = search(content, at)
        while mark:
            start = mark.start()
            if start > at:
                parts.append(content[at:start])
            self._done = at
            at = rules[content[start]](self, start)
            mark = search(content, at)
        parts.append(content[at:])
        if self._open:
            raise HtmlFound
        if self._runs:
            self._balance()
        text = "".join(parts)
        if self._stars > 1 and "**" in text:
            raise Unusual
        return text

    def _last(self, mark: str) -> int:
        """Where the last one is, -1 where there is none; looked for once."""
        if mark not in self._bound:
            self._bound[mark] = self._content.rfind(mark)
        return self._bound[mark]

    def _literal(self, at: int) -> int:
        self._parts.append(self._content[at])
        return at + 1

    def _newline(self, at: int) -> int:
        hard = at - self._done >= 2 and self._content.startswith("  ", at - 2)
        self._parts.append(BREAK if hard else "\n")
        return self._after_blanks(at + 1)

    def _after_blanks(self, at: int) -> int:
        blanks = _BLANKS.match(self._content, at)
        return blanks.end() if blanks else at

    def _escape(self, at: int) -> int:
        char = self._content[at + 1 : at + 2]
        if char == "\n":
            self._parts.append(BREAK)
            return self._after_blanks(at + 2)
        if char == "*":
            raise Unusual
        self._parts.append(char if char in _ESCAPED else f"\\{char}")
        return at + 2

    def _entity(self, at: int) -> int:
        found = _ENTITY.match(self._content, at)
        if found is None or (found[2] and found[2] not in entities):
            return self._literal(at)
        if found[2]:
            char = entities[found[2]]
        else:
            digits = found[1]
            code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
            char = fromCodePoint(code if isValidEntityCode(code) else 0xFFFD)
        if char in "*\t\n\f\r":
            raise Unusual
        self._parts.append(char)
        return found.end()

    def _code(self, at: int) -> int:
        if self._ticks is None:
            self._ticks = [(run.start(), run.end()) for run in _TICKS.finditer(self._content)]
            self._ticks.reverse()
        ticks = self._ticks
        while ticks and ticks[-1][0] < at:
            ticks.pop()
        start, end = ticks.pop() if ticks else (0, 0)
        if start != at:
            raise Unusual
        # What stands in code, and so do the marks in it, is no mark.
        for index in range(len(ticks) - 1, -1, -1):
            begin, after = ticks[index]
            if after - begin == end - start:
                del ticks[index:]
                self._parts.append(_code(self._content[end:begin]))
                self._all.code = True
                return after
        if len(ticks) > 50:
            raise Unusual
        self._parts.append(self._content[start:end])
        return end

    def _link(self, at: int) -> int:
        content, every = self._content, self._all
        if every.notes and content.startswith("[^", at):
            raise Unusual
        link = _LINK.match(content, at)
        if link:
            self._parts.append(self._inner(link[1]))
            return link.end()
        if every.references:
            return self._reference(at)
        if self._last("](") > at and not self._begins_no_link(at):
            raise Unusual
        return self._literal(at)

    def _begins_no_link(self, at: int) -> bool:
        """Is this bracket closed before anything but a target, or is there a link behind it?"""
        label = _LABELLED.match(self._content, at)
        if label:
            return not self._content.startswith("(", label.end())
        outer = _OUTER.match(self._content, at)
        return outer is not None and _LINK.match(self._content, outer.end()) is not None

    def _inner(self, label: str) -> str:
        return self._all.read(label, before="[")

    def _reference(self, at: int) -> int:
        content, references = self._content, self._all.references
        if self._last("]") < at:
            return self._literal(at)
        label = _LABELLED.match(content, at)
        if label is None:
            raise Unusual
        name, end = label[1], label.end()
        after = content[end : end + 1]
        if after == "(":
            raise Unusual
        if after == "[":
            named = _NAMED.match(content, end)
            if named is None:
                raise Unusual
            name, end = named[1] or name, named.end()
        reference = references.get(_key(name))
        if reference is None:
            return self._literal(at)
        if reference["title"]:
            raise Unusual
        self._parts.append(self._inner(label[1]))
        return end

    def _image(self, at: int) -> int:
        content, every = self._content, self._all
        image = _IMAGE.match(content, at)
        if image:
            return self._seen(image[1], image[2] or image[3] or "", image.end())
        if self._last("]" if every.references else "](") < at:
            return self._literal(at)
        alt = _ALT.match(content, at) if every.references else None
        named = _NAMED.match(content, alt.end()) if alt else None
        if alt is None or named is None:
            raise Unusual
        reference = every.references.get(_key(named[1] or alt[1]))
        if reference is None:
            return self._literal(at)
        return self._seen(alt[1], reference["title"], named.end())

    def _seen(self, alt: str, title: str, end: int) -> int:
        """What an image says, which ends there."""
        if "_" in alt:
            alt = self._all.read(alt)
        self._parts.append(_seen(alt, title))
        return end

    def _tag(self, at: int) -> int:
        content = self._content
        known = _INLINE_TAG.match(content, at)
        if known and not (known[1] and known[3]):
            self._known_tag(known)
            self._all.html = True
            return known.end()
        if self._last(">") < at:
            return self._literal(at)
        if link := _AUTOLINK.match(content, at):
            self._parts.append(link[1])
            return link.end()
        if _ADDRESS.match(content, at) or content[at + 1] in "!?":
            raise Unusual
        tag = HTML_TAG_RE.match(content, at)
        if tag is None:
            return self._literal(at)
        if not _BR.fullmatch(tag[0]):
            raise HtmlFound
        self._parts.append(BREAK)
        self._all.html = True
        return tag.end()

    def _known_tag(self, tag: re.Match[str]) -> None:
        slash, name, attributes, alone = tag.groups()
        if attributes and _SEEN_ATTRIBUTE.search(attributes):
            raise HtmlFound
        self._parts.append("")
        if slash:
            if not self._open or self._open.pop() != name:
                raise HtmlFound
        elif alone:
            if not attributes:
                raise HtmlFound
            self._all.alone += 1
        else:
            self._open.append(name)

    def _template(self, at: int) -> int:
        found = read_template(self._content, at)
        if found is None:
            return self._literal(at)
        if self._content[at - 1 : at] == " " and _TO_LINE_END.match(self._content, found[1]):
            raise Unusual
        self._templates = True
        self._parts.append(found[0])
        return found[1]

    def _strike(self, at: int) -> int:  # noqa: ARG002
        raise Unusual

    def _emphasis(self, at: int) -> int:
        content = self._content
        found = _STARS.match(content, at)
        end = found.end() if found else at + 1
        before = content[at - 1] if at else self._before
        after = content[end] if end < len(content) else " "
        opens, closes = _flanks(before, after, in_words=content[at] == "*")
        self._runs.append(_Run(content[at:end], at, len(self._parts), opens, closes))
        self._parts.append(content[at:end])
        return end

    def _balance(self) -> None:
        """Take the marks out that belong together; the others are text."""
        if self._templates:
            raise Unusual
        runs, parts = self._runs, self._parts
        pairs = zip(runs[::2], runs[1::2], strict=False)
        if len(runs) % 2 == 0 and all(
            a.opens and b.closes and a.marks == b.marks for a, b in pairs
        ):
            for run in runs:
                parts[run.part] = ""
            return
        delimiters = [
            Delimiter(ord(run.marks[0]), len(run.marks), run.at + index, -1, run.opens, run.closes)
            for run in runs
            for index in range(len(run.marks))
        ]
        processDelimiters(None, delimiters)  # type: ignore[arg-type]  # which it does not use
        closed = {delimiter.end for delimiter in delimiters}
        at = 0
        for run in runs:
            own = range(at, at + len(run.marks))
            left = sum(delimiters[index].end < 0 and index not in closed for index in own)
            parts[run.part] = run.marks[:left]
            self._stars += left if run.marks[0] == "*" else 0
            at = own.stop

    _RULES: ClassVar[dict[str, Callable[["_Scan", int], int]]] = {
        "\n": _newline,
        "!": _image,
        "&": _entity,
        "*": _emphasis,
        "<": _tag,
        "[": _link,
        "\\": _escape,
        "_": _emphasis,
        "`": _code,
        "{": _template,
        "~": _strike,
    }


@lru_cache(maxsize=1 << 14)
def _flanks(before: str, after: str, *, in_words: bool) -> tuple[bool, bool]:
    """Can a mark between these two characters open, can it close?"""
    blank_before, blank_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    sign_before, sign_after = _is_sign(before), _is_sign(after)
    left = not (blank_after or (sign_after and not (blank_before or sign_before)))
    right = not (blank_before or (sign_before and not (blank_after or sign_after)))
    opens = left and (in_words or not right or sign_before)
    closes = right and (in_words or not left or sign_after)
    return opens, closes


def _seen(alt: str, title: str) -> str:
    """What is seen of an image."""
    seen = alt if title in alt else f"{alt} {title}"
    return f"{GAP}{seen}{GAP}" if seen.strip() else ""


_key = lru_cache(maxsize=1 << 12)(normalizeReference)


def _code(content: str) -> str:
    content = content.replace("\n", " ")
    bare = content.startswith(" ") and content.endswith(" ") and content.strip(" ")
    return content[1:-1] if bare else content


def _is_sign(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)
