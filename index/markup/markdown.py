"""Which HTML does a post's Markdown stand for?

CommonMark with tables and strikethrough by markdown-it, and what blogs add to it: template tags,
footnotes, bodies of indented HTML. Link targets are dropped on the way, as nobody reads them.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, normalizeReference
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, blockquote, code, list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from souwen.index.markup.html import HAN
from souwen.index.markup.templates import captions, read_template

_BlockRule = Callable[[StateBlock, int, int, bool], bool]

# Beyond this depth of quotes and lists a marker is text; markdown-it would drop the rest.
_DEEPEST = 40
# Where an inline rule can begin or end; the fewer, the faster.
_TERMINATORS = re.compile(r"[\n!&*<\[\\\]_`{~]")
_HTML_BODY = re.compile(
    r"\s*<(?:!doctype|article|body|div|dl|figure|h[1-6]|html|main|ol|p|section|table|ul)[\s>]",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    rf"\[((?:[^\[\]\\\n]|\\.){{1,999}})\]:[ \t]*(?![{HAN}])(?:<[^<>\n]*>|[^\s<]\S*)"
    r"""(?:[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|\(([^()\n]*)\)))?[ \t]*$"""
)
_NOTE = re.compile(r"^[ \t>]*\[\^([^\]\s]{1,100})\]:", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^([^\]\s]{1,100})\]:?")
_CODE_TAG = re.compile(r"\{%-?\s*(codeblock|code|highlight)\b([^%\n]*)%\}")
_LANGUAGE = re.compile(
    r"^[\w+#.:/-]*|\{[^{}]*\}|\b(?:lang|line_number|mark):\S*|https?://\S+", re.ASCII
)
# `**“…”**字` is bold to its author and to many a page, though not to CommonMark.
_STRAY_STRONG = re.compile(r"(?<=[^\x00-\x7f])\*\*|\*\*(?=[^\x00-\x7f])")


def to_html(source: str) -> str:
    """The HTML of ``source``; raw HTML in it is passed on as it stands."""
    env: dict[str, Any] = {
        "html": _HTML_BODY.match(source) is not None,
        "notes": frozenset(_NOTE.findall(source)) if "[^" in source else frozenset(),
    }
    html: str = _parser.render(source, env)
    return html


class _Markdown(MarkdownIt):
    """Takes every target for a good one: none of them is followed or shown."""

    def normalizeLink(self, url: str) -> str:  # noqa: ARG002, N802
        return ""

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True


def _shallow(rule: _BlockRule) -> _BlockRule:
    def shallow(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        return state.level < _DEEPEST and rule(state, start, end, silent)

    return shallow


def _indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Indented lines are code, but in a body of HTML they are more of it."""
    if not (state.env["html"] and state.is_code_block(start)):
        return code(state, start, end, silent)
    line = start + 1
    while line < end and not state.isEmpty(line):
        line += 1
    _push(state, "html_block", start, line, _lines(state, start, line))
    return True


def _template_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """``{% codeblock %}`` to ``{% endcodeblock %}``: code as it stands, as in a fence."""
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("{%", first) or not (tag := _CODE_TAG.match(state.src, first)):
        return False
    closing = re.compile(rf"\{{%-?\s*end{tag[1]}\s*-?%\}}")
    line = _line_that_matches(state, closing, start, end)
    if line is None:
        return False
    if not silent:
        content = _lines(state, start + 1, line)
        _push(state, "fence", start, line + 1, content).info = f" {tag[2]}"
    return True


def _line_that_matches(
    state: StateBlock, closing: re.Pattern[str], start: int, end: int
) -> int | None:
    """The first line after ``start`` that begins so; a search in vain is not made twice."""
    vain: set[str] = state.env.setdefault("vain", set())
    if closing.pattern in vain:
        return None
    for line in range(start + 1, end):
        if closing.match(state.src, state.bMarks[line] + state.tShift[line]):
            return line
    vain.add(closing.pattern)
    return None


def _lines(state: StateBlock, start: int, end: int) -> str:
    return state.getLines(start, end, state.blkIndent, keepLastLF=True)


def _push(state: StateBlock, kind: str, start: int, end: int, content: str) -> Token:
    token = state.push(kind, "", 0)
    token.map, token.content, state.line = [start, end], content, end
    return token


def _reference(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # noqa: FBT001
    """``[label]: target "title"`` on one line; what looks like a sentence is one, not a target."""
    first = state.bMarks[start] + state.tShift[start]
    if silent or not state.src.startswith("[", first) or state.src.startswith("[^", first):
        return False
    found = _REFERENCE.match(state.src[first : state.eMarks[start]])
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


def _inline(state: StateCore) -> None:
    """As markdown-it does it, but text without any mark need not be parsed."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if _TERMINATORS.search(token.content):
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        else:
            token.children.append(Token("text", "", 0, content=token.content))


class _Renderer(RendererHTML):
    def text(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ARG002
        content = tokens[at].content
        if "**" in content:
            content = _STRAY_STRONG.sub("", content)
        return escapeHtml(content)

    def fence(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ARG002
        """With the caption that Hexo shows above it."""
        info = tokens[at].info
        caption = f"{_LANGUAGE.sub('', info)} {captions(info)}".strip() if info else ""
        shown = f"<p>{escapeHtml(caption)}</p>" if caption else ""
        return f"{shown}<pre><code>{escapeHtml(tokens[at].content)}</code></pre>\n"


def _make_parser() -> MarkdownIt:
    md = _Markdown("commonmark", {"maxNesting": 2 * _DEEPEST}, renderer_cls=_Renderer)
    md.enable(["table", "strikethrough"])
    blocks, inlines = md.block.ruler, md.inline.ruler
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    blocks.at("blockquote", _shallow(blockquote), {"alt": interrupted})
    blocks.at("list", _shallow(list_block), {"alt": interrupted[:3]})
    blocks.at("code", _indented)
    blocks.at("reference", _reference)
    blocks.before("fence", "template_code", _template_code, {"alt": interrupted})
    inlines.before("link", "note", _note)
    inlines.before("link", "template", _template)
    md.core.ruler.at("inline", _inline)
    md.inline.terminator_re = _TERMINATORS
    return md


_parser = _make_parser()
