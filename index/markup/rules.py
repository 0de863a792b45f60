"""What is Markdown to the blogs that is not so to CommonMark?

Rules for markdown-it, each beside or instead of one of its own. They take template tags out, join
words that the mark of a footnote parts, and never drop text: markdown-it drops table cells beyond
the width of the header and all that is nested too deep. Every rule takes linear time.
"""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim, normalizeReference
from markdown_it.rules_block import StateBlock, blockquote, code, list_block, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from souwen.index.markup.templates import read_template
from souwen.index.scripts import HAN

_BlockRule = Callable[[StateBlock, int, int, bool], bool]

# Beyond this depth of quotes and lists a marker is text.
DEEPEST = 24
# Where an inline rule can begin or end; the fewer, the faster.
_TERMINATORS = re.compile(r"[\n!&*<\[\\\]_`{~]")
# What a line of a paragraph cannot begin with if it is to be one without further looking.
BLOCK_MARKS = frozenset("#>-+*_=~`<[|:{0123456789 \t")
_HTML_BODY = re.compile(
    r"\s*<(?:!doctype|article|body|div|dl|figure|h[1-6]|html|main|ol|p|section|table|ul)[\s>]",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    rf"\[((?:[^\[\]\\\n]|\\.){{1,999}})\]:[ \t]*(?![{HAN}])(?:<[^<>\n]*>|[^\s<]\S*)"
    r"""(?:[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|\(([^()\n]*)\)))?[ \t]*$"""
)
_NOTE = re.compile(r"^[ \t>]*\[\^([^\]\s]{1,100})\]:", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^([^\]\s]{1,100})\]:?")
CODE_TAG = re.compile(r"\{%-?\s*(codeblock|code|highlight)\b([^%\n]*)%\}")
# A pipe in code or behind a backslash ends no cell.
_CELL_END = re.compile(r"\\.|`+[^`]*`+|(\|)")


def extend(md: MarkdownIt) -> None:
    """Give ``md`` the rules of this module."""
    blocks, inlines = md.block.ruler, md.inline.ruler
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    blocks.before("table", "plain", _plain)
    blocks.at("table", _table, {"alt": interrupts[:2]})
    blocks.at("code", _indented)
    blocks.before("fence", "template_code", _template_code, {"alt": interrupts})
    blocks.at("blockquote", _shallow(blockquote), {"alt": interrupts})
    blocks.at("list", _shallow(list_block), {"alt": interrupts[:3]})
    blocks.at("reference", _reference)
    inlines.before("link", "note", _note)
    inlines.before("link", "template", _template)
    md.core.ruler.at("inline", parse_inline)
    md.core.ruler.before("block", "prepare", _prepare)
    md.inline.terminator_re = _TERMINATORS
    md.options["maxNesting"] = DEEPEST + 4


def _prepare(state: StateCore) -> None:
    """What rules have to know of the whole text."""
    state.env.update(html=is_html_body(state.src), notes=notes(state.src), vain=set())


def is_html_body(source: str) -> bool:
    """Is ``source`` HTML from its beginning?"""
    return _HTML_BODY.match(source) is not None


def notes(source: str) -> frozenset[str]:
    """The names of the footnotes that ``source`` holds."""
    return frozenset(_NOTE.findall(source) if "[^" in source else ())


def _plain(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001
    """Most paragraphs are one line between two empty ones and need no other rule."""
    first = state.bMarks[start] + state.tShift[start]
    if silent or state.src[first] in BLOCK_MARKS or state.is_code_block(start):
        return False
    if start + 1 < state.lineMax and not state.isEmpty(start + 1):
        return False
    state.push("paragraph_open", "p", 1)
    _push_inline(state, mdTrim(state.src[first : state.eMarks[start]]))
    state.push("paragraph_close", "p", -1)
    state.line = start + 1
    return True


def _push_inline(state: StateBlock, content: str) -> None:
    token = state.push("inline", "", 0)
    token.content, token.children = content, []


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A table begins where markdown-it says so, and each of its rows keeps all of its cells."""
    if not _silently(table, state, start, end):
        return False
    if not silent:
        state.push("table_open", "table", 1)
        _push_row(state, start)
        state.line = start + 2
        while state.line < end and _is_row(state, state.line, end):
            _push_row(state, state.line)
            state.line += 1
        state.push("table_close", "table", -1)
    return True


def _silently(rule: _BlockRule, state: StateBlock, start: int, end: int) -> bool:
    return rule(state, start, end, True)  # noqa: FBT003


def _is_row(state: StateBlock, line: int, end: int) -> bool:
    if state.sCount[line] < state.blkIndent or state.isEmpty(line) or state.is_code_block(line):
        return False
    ends = state.md.block.ruler.getRules("blockquote")
    return not any(_silently(rule, state, line, end) for rule in ends)


def _push_row(state: StateBlock, line: int) -> None:
    state.push("tr_open", "tr", 1)
    for cell in cells(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]):
        state.push("td_open", "td", 1)
        _push_inline(state, cell)
        state.push("td_close", "td", -1)
    state.push("tr_close", "tr", -1)


def cells(row: str) -> list[str]:
    """What stands between the pipes of a row, without what is empty."""
    ends = [found.start() for found in _CELL_END.finditer(row) if found[1]]
    starts = [0, *(end + 1 for end in ends)]
    cells = [row[a:b].strip() for a, b in zip(starts, [*ends, len(row)], strict=True)]
    return [cell.replace("\\|", "|") for cell in cells if cell]


def _shallow(rule: _BlockRule) -> _BlockRule:
    def shallow(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        return state.level < DEEPEST and rule(state, start, end, silent)

    return shallow


def _indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Indented lines are code, but in a body of HTML they are more of it."""
    if not (state.env["html"] and state.is_code_block(start)):
        return code(state, start, end, silent)
    line = start + 1
    while line < end and not state.isEmpty(line):
        line += 1
    _push(state, "html_block", line, f"<p>{_lines(state, start, line)}")
    return True


def _template_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """``{% codeblock %}`` to ``{% endcodeblock %}``: code as it stands, as in a fence."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("{%", first) or not (tag := CODE_TAG.match(state.src, first)):
        return False
    closing = closing_tag(tag)
    line = _line_that_matches(state, closing, start, end)
    if line is None:
        return False
    if not silent:
        content = _lines(state, start + 1, line)
        _push(state, "fence", line + 1, content).info = f" {tag[2]}"
    return True


def closing_tag(opening: re.Match[str]) -> re.Pattern[str]:
    """What ends the code that a `CODE_TAG` begins."""
    return re.compile(rf"\{{%-?\s*end{opening[1]}\s*-?%\}}")


def _line_that_matches(
    state: StateBlock, closing: re.Pattern[str], start: int, end: int
) -> int | None:
    """The first line after ``start`` that begins so; a search in vain is not made twice."""
    vain: set[str] = state.env["vain"]
    if closing.pattern in vain:
        return None
    for line in range(start + 1, end):
        if closing.match(state.src, state.bMarks[line] + state.tShift[line]):
            return line
    vain.add(closing.pattern)
    return None


def _lines(state: StateBlock, start: int, end: int) -> str:
    return state.getLines(start, end, state.blkIndent, keepLastLF=True)


def _push(state: StateBlock, kind: str, end: int, content: str) -> Token:
    token = state.push(kind, "", 0)
    token.content, state.line = content, end
    return token


def _reference(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001
    """``[label]: target "title"`` on one line; what looks like a sentence is one, not a target."""
    first = state.bMarks[start] + state.tShift[start]
    if silent or not state.src.startswith("[", first) or state.src.startswith("[^", first):
        return False
    found = REFERENCE.match(state.src[first : state.eMarks[start]])
    if not found or not found[1].strip() or state.is_code_block(start):
        return False
    title = found[2] or found[3] or found[4] or ""
    references = state.env.setdefault("references", {})
    references.setdefault(normalizeReference(found[1]), {"href": "", "title": title})
    state.line = start + 1
    return True


def _template(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if state.src[state.pos] != "{" or not (found := read_template(state.src, state.pos)):
        return False
    if not silent and found[0]:
        state.append_pending(found[0])
    state.pos = found[1]
    return True


def _note(state: StateInline, silent: bool) -> bool:  # noqa: ARG001, FBT001
    """The marks of footnotes stand between words that belong together."""
    if not state.env["notes"] or not state.src.startswith("[^", state.pos):
        return False
    found = _NOTE_MARK.match(state.src, state.pos)
    if not found or found[1] not in state.env["notes"]:
        return False
    state.pos = found.end() if state.pos == 0 else found.end(1) + 1
    return True


def parse_inline(state: StateCore) -> None:
    """As markdown-it does it, but text without any mark need not be parsed."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if _TERMINATORS.search(token.content):
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            token.children.append(Token("text", "", 0, content=token.content))
