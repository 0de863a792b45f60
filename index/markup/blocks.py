"""Of which blocks does a text in Markdown consist?

The rules are those of markdown-it (4.3) with what ``rules`` adds to it, told line by line instead
of character by character: most lines begin with a letter and need no rule at all. Where they would
differ the text is `Unusual`, and markdown-it itself has to read it.
"""

import re
from collections.abc import Callable
from itertools import repeat
from operator import sub
from typing import ClassVar

from markdown_it.common.utils import MD_TRIM_CHARS, normalizeReference
from markdown_it.rules_block.html_block import HTML_SEQUENCES
from markdown_it.rules_block.table import escapedSplit, headerLineRe

from souwen.index.markup.elements import Block, Blocks, Code, Group, Html, Row, Text, Unusual
from souwen.index.markup.rules import (
    BLOCK_MARKS,
    CODE_TAG,
    DEEPEST,
    REFERENCE,
    cells,
    closing_tag,
)

_HEADING = re.compile(r"(#{1,6})(?!#)(?=[ \t]|$)")
_RULE = re.compile(r"([*_-])[ \t]*+(?:\1[ \t]*+){2,}$")
_FENCE = re.compile(r"(`{3,}+)([^`]*)$|(~{3,}+)(.*)$")
_MARKER = re.compile(r"(?:[*+-]|(\d{1,9})[.)])(?=[ \t]|$)", re.ASCII)
_UNDERLINE = re.compile(r"(?:-+|=+)[ \t]*$")
_DELIMITERS = re.compile(r"(?=[-:|]{2}|[:|][ \t])[-:| \t]+$")
_TABBED = re.compile(r" *\t")


def read_blocks(source: str) -> Blocks:
    """The blocks of ``source``. Raises Unusual."""
    return _Lines(source).blocks()


def _has_code_in_lines(content: str) -> bool:
    """Is it certain that no code of ``content`` begins in one line and ends in another?"""
    if any(map(content.__contains__, ("``", "\\", "<", "[", "{"))):
        return False
    return all(line.count("`") % 2 == 0 for line in content.split("\n"))


class _Lines:
    """One pass over the lines; what a list or a quote takes off them is not there any more."""

    def __init__(self, source: str) -> None:
        lines = source.split("\n")
        self._texts = list(map(str.lstrip, lines, repeat(" \t")))
        self._indents = list(map(sub, map(len, lines), map(len, self._texts)))
        self._tabbed: set[int] = set()
        if "\t" in source:
            self._expand(lines)
        self._found = Blocks(lines)
        self._last = len(lines)
        self._blocks: list[Block] = []
        self._begin = 0
        self._list_begin = -1
        self._level = 0
        self._quotes = 0
        self._piped = "|" in source
        self._in_paragraph = False
        self._vain: set[str] = set()

    def _expand(self, lines: list[str]) -> None:
        for at, line in enumerate(lines):
            if _TABBED.match(line):
                self._tabbed.add(at)
                blanks = line[: len(line) - len(self._texts[at])]
                self._indents[at] = len(blanks.expandtabs(4))

    def blocks(self) -> Blocks:
        line, end = 0, len(self._texts)
        while line < end:
            if not self._texts[line]:
                line += 1
                continue
            self._blocks = []
            start, line = line, self._block(line, end)
            self._found.groups.append(Group(self._blocks, start, line))
        return self._found

    def _nested(self, line: int, end: int) -> int:
        """Read what stands in a list or a quote; the line that does not belong to it."""
        texts, indents, begin = self._texts, self._indents, self._begin
        while line < end:
            if not texts[line]:
                line += 1
            elif indents[line] < begin:
                break
            else:
                line = self._block(line, end)
        return line

    def _block(self, line: int, end: int) -> int:
        """Read the block that begins at ``line``; the line after it."""
        if self._indents[line] - self._begin >= 4:
            return self._indented(line, end)
        text = self._texts[line]
        if text[0] not in BLOCK_MARKS and (line + 1 == end or not self._texts[line + 1]):
            self._blocks.append(Text("p", text.strip(MD_TRIM_CHARS)))
            return line + 1
        if "|" in text and self._is_table(line, end):
            return self._table(line, end)
        rule = self._RULES.get(text[0])
        after = rule(self, line, end) if rule else 0
        return after or self._paragraph(line, end)

    def _paragraph(self, line: int, end: int) -> int:
        """A paragraph, or the heading that its underline makes of it."""
        texts, indents, begin = self._texts, self._indents, self._begin
        tag, after = "p", line + 1
        while after < end:
            text = texts[after]
            if not text:
                break
            indent = indents[after]
            if indent - begin < 4:
                if indent >= begin and text[0] in "-=" and _UNDERLINE.match(text):
                    tag = "h1" if text[0] == "=" else "h2"
                    break
                if indent >= 0 and self._interrupts(after, end):
                    break
            after += 1
        content = texts[line] if after == line + 1 else self._content(line, after)
        # As markdown-it leaves it, and asks for it where it looks for the end of a table.
        if self._piped and tag == "p" and not self._is_plain(line, after):
            self._in_paragraph = True
        self._blocks.append(Text(tag, content.strip(MD_TRIM_CHARS)))
        return after if tag == "p" else after + 1

    def _content(self, line: int, after: int) -> str:
        """The lines of a paragraph; blanks at their beginnings count within code."""
        texts, begin = self._texts, self._begin
        lazy = self._quotes and min(self._indents[line:after]) < 0
        if lazy or not self._tabbed.isdisjoint(range(line + 1, after)):
            content = "\n".join(texts[line:after])
            if "`" in content and not _has_code_in_lines(content):
                raise Unusual
            return content
        return "\n".join(" " * (self._indents[at] - begin) + texts[at] for at in range(line, after))

    def _is_plain(self, line: int, after: int) -> bool:
        """Is it one line between empty ones, for which no rule of markdown-it is asked?"""
        return (
            after == line + 1
            and self._texts[line][0] not in BLOCK_MARKS
            and (after >= self._last or not self._texts[after])
        )

    def _interrupts(self, line: int, end: int) -> bool:
        """Does something else begin at this line of a paragraph?"""
        text = self._texts[line]
        if "|" in text and self._is_table(line, end):
            return True
        return text[0] in BLOCK_MARKS and self._begins(line, end, paragraph=True)

    def _begins(self, line: int, end: int, *, paragraph: bool = False) -> bool:
        """Does anything begin at this line that ends a quote, a table or a ``paragraph``?"""
        if self._ends_item(line, end):
            return True
        text = self._texts[line]
        if self._indents[line] - self._begin >= 4:
            return False
        if text[0] == "<":
            return any(start.search(text) and ends for start, _, ends in HTML_SEQUENCES)
        if text[0] == "#":
            return _HEADING.match(text) is not None
        return self._is_list(line, paragraph=paragraph)

    def _ends_item(self, line: int, end: int) -> bool:
        """Does anything begin at this line that ends an item of a list, but another item?"""
        text = self._texts[line]
        first = text[0]
        if first == "{":
            tag = CODE_TAG.match(text)
            return tag is not None and self._end_of_template(tag, line, end) > 0
        if self._indents[line] - self._begin >= 4:
            return False
        if first in "`~":
            return _FENCE.match(text) is not None
        if first == ">":
            return self._level < DEEPEST
        return first in "*_-" and _RULE.match(text) is not None

    def _is_list(self, line: int, *, paragraph: bool = False) -> bool:
        marker = _MARKER.match(self._texts[line])
        indent = self._indents[line]
        if marker is None or self._level >= DEEPEST or self._is_far(indent):
            return False
        if not paragraph or indent < self._begin:
            return True
        empty = not self._texts[line][marker.end() :].strip(" \t")
        return not empty and (marker[1] is None or int(marker[1]) == 1)

    def _is_far(self, indent: int) -> bool:
        return 0 <= self._list_begin <= indent - 4 and indent < self._begin

    def _indented(self, line: int, end: int) -> int:
        after = last = line + 1
        while after < end:
            if self._texts[after]:
                if self._indents[after] - self._begin < 4:
                    break
                last = after + 1
            after += 1
        self._blocks.append(Code("", self._texts[line:last]))
        return last

    def _template_code(self, line: int, end: int) -> int:
        tag = CODE_TAG.match(self._texts[line])
        after = self._end_of_template(tag, line, end) if tag else 0
        if tag and after:
            self._blocks.append(Code(f" {tag[2]}", self._texts[line + 1 : after]))
            after += 1
        return after

    def _end_of_template(self, tag: re.Match[str], line: int, end: int) -> int:
        """The line that ends code, 0 where none does; a search in vain is not made twice."""
        closing = closing_tag(tag)
        if closing.pattern in self._vain:
            return 0
        for after in range(line + 1, end):
            if closing.match(self._texts[after]):
                return after
        self._vain.add(closing.pattern)
        return 0

    def _fence(self, line: int, end: int) -> int:
        opening = _FENCE.match(self._texts[line])
        if opening is None:
            return 0
        fence, info = opening[1] or opening[3], opening[2] or opening[4] or ""
        texts, indents, begin = self._texts, self._indents, self._begin
        after, closed = line + 1, 0
        while after < end:
            text = texts[after]
            if text and indents[after] < begin:
                break
            if text.startswith(fence) and self._closes(after, fence):
                closed = 1
                break
            after += 1
        self._blocks.append(Code(info, texts[line + 1 : after]))
        return after + closed

    def _closes(self, line: int, fence: str) -> bool:
        rest = self._texts[line].lstrip(fence[0])
        return self._indents[line] - self._begin < 4 and not rest.strip(" \t")

    def _quote(self, line: int, end: int) -> int:
        if self._level >= DEEPEST:
            return 0
        texts, indents, begin = self._texts, self._indents, self._begin
        before = []
        after = line
        terminated = False
        while after < end:
            text, indent = texts[after], indents[after]
            if not text:
                break
            inside = text[0] == ">" and (after == line or indent >= begin)
            if not inside:
                if not texts[after - 1]:
                    break
                if self._begins(after, end):
                    terminated = True
                    break
            before.append((text, indent))
            if inside:
                rest = text[1:]
                texts[after] = rest.lstrip(" \t")
                blanks = rest[: len(rest) - len(texts[after])]
                if "\t" in blanks:
                    raise Unusual
                indents[after] = len(blanks) - 1 if blanks else 0
            else:
                indents[after] = -1
            after += 1
        last = self._last
        if terminated:
            self._last = after
            if begin:
                before.append((texts[after], indents[after]))
                indents[after] -= begin
        self._level += 1
        self._quotes += 1
        self._begin = 0
        in_paragraph, self._in_paragraph = self._in_paragraph, False
        reached = self._nested(line, after)
        self._blocks.append(Text("blockquote", ""))
        self._in_paragraph = in_paragraph
        self._last = last
        self._begin = begin
        self._quotes -= 1
        self._level -= 1
        for at, (text, indent) in enumerate(before, line):
            texts[at], indents[at] = text, indent
        return reached

    def _rule_or_list(self, line: int, end: int) -> int:
        return self._rule(line, end) or self._list(line, end)

    def _rule(self, line: int, end: int) -> int:  # noqa: ARG002
        if not _RULE.match(self._texts[line]):
            return 0
        self._blocks.append(Text("hr", ""))
        return line + 1

    def _list(self, line: int, end: int) -> int:
        if not self._is_list(line):
            return 0
        texts, indents, begin = self._texts, self._indents, self._begin
        marker = _MARKER.match(texts[line])
        kind = marker[0][-1] if marker else ""
        in_paragraph, self._in_paragraph = self._in_paragraph, False
        self._level += 1
        while marker:
            line = self._item(line, end, marker.end())
            if line >= end or not 0 <= indents[line] - begin < 4:
                break
            if not texts[line] or self._ends_item(line, end):
                break
            marker = _MARKER.match(texts[line])
            if marker and marker[0][-1] != kind:
                break
        self._level -= 1
        self._in_paragraph = in_paragraph
        self._blocks.append(Text("li", ""))
        return line

    def _item(self, line: int, end: int, width: int) -> int:
        """One item, whose marker is so wide."""
        texts, indents = self._texts, self._indents
        text, indent, begin, list_begin = texts[line], indents[line], self._begin, self._list_begin
        rest = text[width:]
        content = rest.lstrip(" \t")
        start = indent + width
        blanks = rest[: len(rest) - len(content)]
        if "\t" in blanks:
            if self._quotes:
                raise Unusual
            offset = len((" " * start + blanks).expandtabs(4))
        else:
            offset = start + len(blanks)
        after = 1 if not content or offset - start > 4 else offset - start
        if content and start + after == offset and self._is_single(line, end, content):
            self._in_paragraph |= self._piped
            self._blocks.append(Text("p", content.strip(MD_TRIM_CHARS)))
            return line + 1
        self._list_begin, self._begin = begin, start + after
        texts[line], indents[line] = content, offset
        self._level += 1
        if not content and (line + 1 >= len(texts) or not texts[line + 1]):
            reached = min(line + 2, end)
        else:
            reached = self._nested(line, end)
        self._level -= 1
        texts[line], indents[line] = text, indent
        self._begin, self._list_begin = begin, list_begin
        return reached

    def _is_single(self, line: int, end: int, content: str) -> bool:
        """Is this ``content`` all of an item, because the next line begins another like it?"""
        return (
            line + 1 < end
            and content[0] not in BLOCK_MARKS
            and "|" not in content
            and self._indents[line + 1] == self._indents[line]
            and self._level + 1 < DEEPEST
            and _MARKER.match(self._texts[line + 1]) is not None
        )

    def _reference(self, line: int, end: int) -> int:  # noqa: ARG002
        text = self._texts[line]
        found = None if text.startswith("[^") or "]:" not in text else REFERENCE.match(text)
        if not found or not found[1].strip():
            return 0
        title = found[2] or found[3] or found[4] or ""
        label = normalizeReference(found[1])
        self._found.references.setdefault(label, {"href": "", "title": title})
        return line + 1

    def _html(self, line: int, end: int) -> int:
        texts, indents, begin = self._texts, self._indents, self._begin
        text = texts[line]
        ending = next((close for start, close, _ in HTML_SEQUENCES if start.search(text)), None)
        if ending is None:
            return 0
        blank_ends = ending.search("") is not None
        after = line + 1
        if not ending.search(text):
            while after < end:
                text = texts[after]
                if indents[after] < begin and (blank_ends or text):
                    break
                if ending.search(text):
                    after += 1 if text else 0
                    break
                after += 1
        self._blocks.append(Html("\n".join(texts[line:after]) + "\n"))
        return after

    def _heading(self, line: int, end: int) -> int:  # noqa: ARG002
        text = self._texts[line]
        marks = _HEADING.match(text)
        if marks is None:
            return 0
        content = text[marks.end() :].rstrip(" \t")
        rest = content.rstrip("#")
        if rest and rest[-1] in " \t":
            content = rest
        self._blocks.append(Text(f"h{marks.end()}", content.strip(MD_TRIM_CHARS)))
        return line + 1

    def _is_table(self, line: int, end: int) -> bool:
        """Does a table begin at this line, which holds a pipe?"""
        if line + 1 >= end or not 0 <= self._indents[line + 1] - self._begin < 4:
            return False
        if not _DELIMITERS.match(self._texts[line + 1]) or self._indents[line] - self._begin >= 4:
            return False
        columns = [column.strip(MD_TRIM_CHARS) for column in self._texts[line + 1].split("|")]
        inner = columns[1:-1]
        outer = [column for column in (columns[0], *columns[1:][-1:]) if column]
        if not all(map(headerLineRe.search, [*inner, *outer])):
            return False
        heads = escapedSplit(self._texts[line].strip(MD_TRIM_CHARS))
        heads = heads[1:] if heads and not heads[0] else heads
        heads = heads[:-1] if heads and not heads[-1] else heads
        return 0 < len(heads) == len(inner) + len(outer)

    def _table(self, line: int, end: int) -> int:
        self._blocks.append(Row(cells(self._texts[line])))
        line += 2
        while line < end and self._is_row(line, end):
            self._blocks.append(Row(cells(self._texts[line])))
            line += 1
        return line

    def _is_row(self, line: int, end: int) -> bool:
        if not self._texts[line] or not 0 <= self._indents[line] - self._begin < 4:
            return False
        if self._texts[line][0] not in BLOCK_MARKS:
            return True
        return not self._begins(line, end, paragraph=self._in_paragraph)

    _RULES: ClassVar[dict[str, Callable[["_Lines", int, int], int]]] = {
        "#": _heading,
        ">": _quote,
        "-": _rule_or_list,
        "*": _rule_or_list,
        "+": _list,
        "_": _rule,
        "`": _fence,
        "~": _fence,
        "<": _html,
        "[": _reference,
        "{": _template_code,
        **dict.fromkeys("0123456789", _list),
    }
