"""Which lines does a reader see of a post in Markdown?

CommonMark with tables and strikethrough, by markdown-it, and what ``rules`` adds to it. Most posts
hold little of all that there can be: ``blocks`` and ``inlines`` read them many times faster, and
leave the rest to markdown-it, paragraph by paragraph or as a whole. Both ways see the same lines.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore, text_join
from markdown_it.token import Token

from souwen.index.markup.blocks import read_blocks
from souwen.index.markup.elements import Block, Code, Group, Html, Row, Text, Unusual
from souwen.index.markup.html import GAP, Heading, Page, Reader, drop_data, join_lines, read_html
from souwen.index.markup.inlines import BREAK, HtmlFound, Inlines
from souwen.index.markup.rules import extend, is_html_body, notes, parse_inline
from souwen.index.markup.tags import STRICT
from souwen.index.markup.templates import captions

_LANGUAGE = re.compile(
    r"^\s*[\w+#.:/-]*|\{[^{}]*\}|\b(?:lang|line_number|mark):\S*|https?://\S+", re.ASCII
)
# `**“…”**字` is bold to its author and to many a page, though not to CommonMark.
_STRAY_STRONG = re.compile(r"(?<=[^\x00-\x7f])\*\*|\*\*(?=[^\x00-\x7f])")
_COMMENT = re.compile(r"\s*<!--(?:[^-]|-(?!->))*-->\s*")
_CODE = frozenset({"fence", "code_block"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CLOSED = frozenset({"code", "table"})
_WORD = re.compile(r"[ \t]*[\w+#.:/-]*[ \t]*", re.ASCII)
# No post holds these control characters.
_END = "\x03"
_HEAD = "\x04"
_HEADS = {heading: _HEAD + heading[1] for heading in _HEADINGS}
_LEFT_OUT = "\ue000"
_ODD = "\v\f\x02\x03\x04\ue000"
_HTML_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)")
_MOST_ALONE = 300
_SEVERAL = re.compile("  +")
_SPACES = "\t\n\v\f\x85\xa0\u2028\u2029"


def read_markdown(source: str) -> Page:
    """The lines of ``source``; HTML in it is read as HTML."""
    try:
        return _Quick(source).page()
    except Unusual:
        return read_slowly(source)


def read_slowly(source: str) -> Page:
    """The same with all of it read by markdown-it.

    Only a text that holds HTML takes the long way through it, as tags may begin in one paragraph
    and end in another. Both ways see the same lines.
    """
    tokens = _parser.parse(source)
    if any(map(_is_html, _flat(tokens))):
        return read_html(_parser.renderer.render(tokens, _parser.options, {}), whole=False)
    reader = Reader(whole=False)
    for token in _flat(tokens):
        _tell(reader, token)
    return reader.close()


class _Quick:
    """Reads one text; pieces of HTML are read together, with the rest left out of them."""

    def __init__(self, source: str) -> None:
        if any(map(source.__contains__, _ODD)) or is_html_body(source):
            raise Unusual
        self._source = source
        blocks = read_blocks(source)
        self._blocks = blocks
        footnotes = notes(source)
        self._inlines = Inlines(blocks.references, footnotes)
        self._env: dict[str, Any] = {"html": False, "notes": footnotes, "vain": set()}
        if blocks.references:
            self._env["references"] = blocks.references
        self._elements: set[str] = set()
        self._unclosed: dict[str, int] = {}
        # Whether there is something that HTML around it would change.
        self._broken = False

    def page(self) -> Page:
        """The lines of it all. Raises Unusual."""
        texts: list[str] = []
        html: list[str] = []
        runs: list[list[str]] = []
        groups = self._blocks.groups
        begin = 0
        for at, group in enumerate(groups):
            before = len(texts)
            try:
                if self._unclosed:
                    raise HtmlFound
                for block in group.blocks:
                    self._show(block, texts, nested=len(group.blocks) > 1)
            except HtmlFound:
                del texts[before:]
                if _parts(groups[begin:at]):
                    html.append(_left_out(len(runs)))
                    runs.append(texts)
                    texts = []
                html.append(self._render(group))
                self._close(html[-1])
                begin = at + 1
        if self._inlines.html or html:
            self._check()
        if not html:
            return _page(texts)
        if _parts(groups[begin:]):
            html.append(_left_out(len(runs)))
            runs.append(texts)
        return self._filled("".join(html), runs)

    def _close(self, html: str) -> None:
        """Remember what begins in ``html`` and does not end, as no paragraph may come before that.

        After it a paragraph may stand for a list, a table or a quote, so nothing may be open that
        makes a difference between them. Raises Unusual.
        """
        unclosed = self._unclosed
        for slash, written in _HTML_TAG.findall(html):
            name = written.lower()
            if name not in STRICT:
                continue
            left = unclosed.pop(name, 0) + (-1 if slash else 1)
            if left < 0:
                raise Unusual
            if left:
                unclosed[name] = left

    def _check(self) -> None:
        # Only there does this end a comment.
        if self._broken or self._inlines.alone > _MOST_ALONE or "--!>" in self._source:
            raise Unusual

    def _filled(self, html: str, runs: list[list[str]]) -> Page:
        """The lines of ``html`` with what was left out of it."""
        if self._inlines.code:
            self._elements.add("code")
        found = read_html(html, whole=False, closed=self._elements)
        lines: list[str] = []
        headings: list[Heading] = []
        heads = {at: heading for heading in found.headings for at in heading.lines}
        at = {}
        waiting = iter(range(len(runs)))
        for number, line in enumerate(found.lines):
            if not line.startswith(_LEFT_OUT):
                at[number] = len(lines)
                lines.append(line)
                continue
            run = next(waiting, -1)
            if line != f"{_LEFT_OUT} {run}" or number in heads:
                raise Unusual
            part = _page(runs[run])
            headings += (_moved(heading, len(lines)) for heading in part.headings)
            lines += part.lines
        if next(waiting, None) is not None:
            raise Unusual
        headings += (
            Heading(heading.level, tuple(at[line] for line in heading.lines))
            for heading in found.headings
        )
        return Page(tuple(lines), tuple(sorted(headings, key=lambda heading: heading.lines)))

    def _show(self, block: Block, texts: list[str], *, nested: bool) -> None:
        """What is seen of ``block``. Raises HtmlFound."""
        if isinstance(block, Text):
            self._show_text(block, texts)
        elif isinstance(block, Code):
            self._elements.add("code")
            if caption := _caption(block.info):
                self._broken |= "{%" in caption
                texts.append(caption)
            texts += block.lines
        elif isinstance(block, Row):
            self._elements.add("table")
            self._show_row(block, texts)
        elif _COMMENT.fullmatch(block.content):
            # In HTML the paragraphs around it may be one, and tags in it count as ends.
            self._broken |= nested or "</" in block.content
        else:
            raise HtmlFound

    def _show_text(self, block: Text, texts: list[str]) -> None:
        tag, content = block
        head = _HEADS.get(tag, "")
        try:
            text = self._inlines.read(content)
        except Unusual:
            page = self._told(block)
            heads = {at for heading in page.headings for at in heading.lines}
            texts += (head + line if at in heads else line for at, line in enumerate(page.lines))
            return
        if text is not content:
            if "{%" in text:
                self._broken = True
            if "\n" in text:
                text = join_lines(text)
            if BREAK in text:
                text = text.replace(BREAK, " " if head else _END)
                self._broken |= bool(head)
        texts.append(head + text.strip() if head else text)

    def _told(self, block: Text) -> Page:
        """A paragraph or heading as markdown-it reads it."""
        tokens = self._parsed(block.content)
        if any(map(_is_html, tokens)):
            raise HtmlFound
        broken = block.tag in _HEADINGS and any(token.type == "hardbreak" for token in tokens)
        tags = (token.content for token in tokens if token.type == "html_inline")
        self._broken |= broken or any("</" in tag for tag in tags)
        reader = Reader(whole=False)
        reader.start(block.tag, {})
        for token in tokens:
            _tell(reader, token)
        reader.end(block.tag)
        page = reader.close()
        self._broken |= any("{%" in line for line in page.lines)
        return page

    def _parsed(self, content: str) -> list[Token]:
        token = Token("inline", "", 0, content=content)
        self._finish([token])
        return token.children or []

    def _finish(self, tokens: list[Token]) -> None:
        """Read what stands in blocks."""
        state = StateCore("", _parser, self._env, tokens)
        parse_inline(state)
        text_join(state)
        self._elements.update(token.tag for token in _flat(tokens) if token.tag in _CLOSED)

    def _show_row(self, row: Row, texts: list[str]) -> None:
        try:
            cells = [self._inlines.read(cell) for cell in row.cells]
            text = GAP.join(cells).replace(BREAK, _END)
            self._broken |= "{%" in text
            texts.append(text)
        except Unusual:
            reader = Reader(whole=False)
            self._broken |= any("{%" in cell for cell in row.cells)
            for cell in row.cells:
                tokens = self._parsed(cell)
                if any(map(_is_html, tokens)):
                    raise HtmlFound from None
                reader.start("td", {})
                for token in tokens:
                    _tell(reader, token)
            texts += reader.close().lines

    def _render(self, group: Group) -> str:
        """What markdown-it makes of the lines of ``group``. Raises Unusual."""
        html = self._rendered(group)
        if "<!--" in html and "-->" not in html.rpartition("<!--")[2]:
            raise Unusual
        return html

    def _rendered(self, group: Group) -> str:
        lines = "\n".join(self._blocks.lines[group.start : group.end]) + "\n"
        match group.blocks:
            case [Html()]:
                return lines
            case [Text(tag, content)] if tag == "p" or tag in _HEADINGS:
                return f"<{tag}>{self._inline(content)}</{tag}>\n"
        rows = [block for block in group.blocks if isinstance(block, Row)]
        if rows and len(rows) == len(group.blocks):
            self._elements.add("table")
            return f"<table>\n{''.join(map(self._row, rows))}</table>\n"
        tokens: list[Token] = []
        _parser.block.parse(lines, _parser, self._env, tokens)
        return self._finished(tokens)

    def _row(self, row: Row) -> str:
        cells = (f"<td>{self._inline(cell)}</td>\n" for cell in row.cells)
        return f"<tr>\n{''.join(cells)}</tr>\n"

    def _inline(self, content: str) -> str:
        return self._finished([Token("inline", "", 0, content=content)])

    def _finished(self, tokens: list[Token]) -> str:
        self._finish(tokens)
        html: str = _parser.renderer.render(tokens, _parser.options, self._env)
        return html


def _parts(groups: list[Group]) -> bool:
    """Do these part what stands before them from what follows? Comments do not."""
    return any(not isinstance(block, Html) for group in groups for block in group.blocks)


def _left_out(number: int) -> str:
    # Where a line break counts this is no paragraph, and what it stands for was none either.
    return f"<p>{_LEFT_OUT}\n{number}</p>\n"


def _moved(heading: Heading, lines: int) -> Heading:
    return Heading(heading.level, tuple(line + lines for line in heading.lines))


def _page(texts: list[str]) -> Page:
    """Lines with single blanks, the empty ones left out."""
    whole = _END.join(texts)
    if "base64," in whole:
        whole = drop_data(whole)
    for space in _SPACES:
        whole = whole.replace(space, " ")
    if "  " in whole:
        whole = _SEVERAL.sub(" ", whole)
    lines = [stripped for line in whole.split(_END) if (stripped := line.strip())]
    return _with_headings(lines) if _HEAD in whole else Page(tuple(lines))


def _with_headings(lines: list[str]) -> Page:
    headings: list[Heading] = []
    gone = 0
    for at in [at for at, line in enumerate(lines) if line[0] == _HEAD]:
        line = lines[at]
        lines[at] = line[2:].lstrip()
        if lines[at]:
            headings.append(Heading(int(line[1]), (at - gone,)))
        else:
            gone += 1
    return Page(tuple(filter(None, lines)), tuple(headings))


class _Markdown(MarkdownIt):
    """Takes every target for a good one: none of them is followed or shown."""

    def normalizeLink(self, url: str) -> str:  # noqa: ARG002, N802
        return ""

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True


class _Renderer(RendererHTML):
    """As markdown-it does it, with the text and captions that `_tell` tells."""

    def text(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ARG002
        return escapeHtml(_text(tokens[at]))

    def fence(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ARG002
        caption, content = map(escapeHtml, (_caption(tokens[at].info), tokens[at].content))
        return f"<p>{caption}</p><pre><code>{content}</code></pre>\n"

    def image(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ARG002
        alt, title = map(escapeHtml, (_alt(tokens[at]), str(tokens[at].attrs.get("title", ""))))
        return f'<img alt="{alt}" title="{title}">'


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens in the order of the text; what an image holds is its own."""
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        else:
            yield token


def _is_html(token: Token) -> bool:
    return token.type in {"html_block", "html_inline"} and not _COMMENT.fullmatch(token.content)


def _tell(reader: Reader, token: Token) -> None:
    kind = token.type
    if kind == "text":
        reader.data(_text(token))
    elif kind == "code_inline":
        reader.data(token.content)
    elif kind in _CODE:
        _tell_code(reader, token)
    elif kind == "softbreak":
        reader.data("\n")
    elif kind == "image":
        reader.start("img", {"alt": _alt(token), "title": str(token.attrs.get("title", ""))})
    elif token.nesting < 0:
        reader.end(token.tag)
    elif token.tag:
        reader.start(token.tag, {name: str(value) for name, value in token.attrs.items()})


def _tell_code(reader: Reader, token: Token) -> None:
    reader.start("p", {})
    reader.data(_caption(token.info))
    reader.start("pre", {})
    reader.data(token.content)
    reader.end("pre")


def _text(token: Token) -> str:
    text = token.content
    return _STRAY_STRONG.sub("", text) if "**" in text else text


def _alt(image: Token) -> str:
    """The text of an image, and of the images and links in it."""
    parts = (
        " " if child.type in {"softbreak", "hardbreak"} else _alt(child) or child.content
        for child in image.children or ()
    )
    return "".join(parts)


def _caption(info: str) -> str:
    """What Hexo shows above a block of code: all that its first line says but the language."""
    if _WORD.fullmatch(info):
        return ""
    return f"{_LANGUAGE.sub('', info)} {captions(info)}".strip()


def _make_parser() -> MarkdownIt:
    md = _Markdown("commonmark", renderer_cls=_Renderer)
    md.enable(["table", "strikethrough"])
    extend(md)
    return md


_parser = _make_parser()
