"""Which lines does a reader see of a post in Markdown?

CommonMark with tables and strikethrough, by markdown-it, and what ``rules`` adds to it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from souwen.index.markup.html import Page, Reader, read_html
from souwen.index.markup.rules import extend
from souwen.index.markup.templates import captions

_LANGUAGE = re.compile(
    r"^\s*[\w+#.:/-]*|\{[^{}]*\}|\b(?:lang|line_number|mark):\S*|https?://\S+", re.ASCII
)
# `**“…”**字` is bold to its author and to many a page, though not to CommonMark.
_STRAY_STRONG = re.compile(r"(?<=[^\x00-\x7f])\*\*|\*\*(?=[^\x00-\x7f])")
_COMMENT = re.compile(r"\s*<!--(?:[^-]|-(?!->))*-->\s*")
_CODE = frozenset({"fence", "code_block"})


def read_markdown(source: str) -> Page:
    """The lines of ``source``; HTML in it is read as HTML.

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
    return f"{_LANGUAGE.sub('', info)} {captions(info)}".strip() if info else ""


def _make_parser() -> MarkdownIt:
    md = _Markdown("commonmark", renderer_cls=_Renderer)
    md.enable(["table", "strikethrough"])
    extend(md)
    return md


_parser = _make_parser()
