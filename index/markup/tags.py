"""Which of the ``<…>`` of a text are markup, and which are words of the post?

Posts are full of ``List<String>``, ``git add <path>`` and ``a < b``. To an HTML parser each of
them begins an element, and what follows disappears. Here everything that is no tag of HTML
becomes text again, and what nobody reads (comments, scripts, styles) is taken out, so that the
parser behind sees nothing but sound HTML.
"""

import re
from collections.abc import Collection, Iterator

from souwen.index.markup.templates import drop_templates


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li"
    " main menu nav ol optgroup option p pre search section select summary table tbody textarea"
    " tfoot thead title tr ul xmp"
)
# Alone and without attributes these show nothing: in a post, `<path>` is a word.
_MUTE = _names(
    "area base circle col embed ellipse frame img line link meta param path polygon polyline rect"
    " source stop track use"
)
# Written on purpose these are closed again; where one is not, somebody wrote about it.
_PAIRED = _names(
    "address applet article audio button canvas code data details dialog figure footer form header"
    " iframe kbd label main map menu nav noscript object output samp script search section select"
    " slot style summary table template textarea time title var video xmp"
)
_INLINE = _names(
    "a abbr acronym b basefont bdi bdo big br cite colgroup datalist defs del dfn em font g i input"
    " ins mark marquee meter nobr noframes picture progress q rp rt ruby s small span strike strong"
    " sub sup svg td th tt u wbr"
)
_KNOWN = BLOCKS | _MUTE | _PAIRED | _INLINE
BREAKING = BLOCKS | {"br"}
"""Tags that begin a new line."""
_VOID = frozenset({"br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"})
_LOOSE = _names("article aside center details div figure footer header main nav p section")
STRICT = _KNOWN - _VOID - _LOOSE
"""Elements that do not hold just any other, or end with them."""
# As browsers do it: what is nested deeper is not nested. Unbounded, an end tag costs its depth.
_DEEPEST = 500
_UNREAD = frozenset({"iframe", "noscript", "script", "style"})
_CODE = frozenset({"code", "pre", "samp", "xmp"})

# Quoted values may hold `>` but no tag: a quote left open must not swallow the text after it.
_VALUES = r"""(?:[^<>"']++|"(?:[^"<]|<(?![A-Za-z/!]))*+"|'(?:[^'<]|<(?![A-Za-z/!]))*+')*+"""
_VALUE = re.compile(r""""[^"]*"|'[^']*'""")
_QUOTES = frozenset("\"'")
_NAME = r"[A-Za-z][\w:.-]*+"
_MARK = re.compile(
    rf"<(?:(?P<comment>!--)|(?P<doctype>!doctype\b[^<>]*>)|(?P<cdata>!\[CDATA\[)"
    rf"|(?P<close>/?)(?P<name>{_NAME})(?P<rest>(?=[\s/>]){_VALUES}>|(?=[\s/>])[^<>]*>)?)?",
    re.ASCII | re.IGNORECASE,
)
_CLOSED = re.compile(rf"</({_NAME})", re.ASCII)
_OPENED = re.compile(rf"<({_NAME})", re.ASCII)
_COMMENT_END = re.compile(r"--!?>")


def only_markup(html: str, *, closed: Collection[str] = ()) -> str:
    """``html`` with every ``<`` that begins no element as ``&lt;``, and unread parts gone.

    ``closed`` are names of elements that are known to end somewhere.
    """
    return "".join(_Scan(html, closed).pieces()) if "<" in html else drop_templates(html)


class _Scan:
    """One pass over a text; it remembers what is certain not to come any more."""

    def __init__(self, html: str, closed: Collection[str]) -> None:
        self._html = html
        self._exactly_closed = set(_CLOSED.findall(html)).union(closed)
        self._closed = {name.lower() for name in self._exactly_closed}
        self._elements = self._exactly_closed & set(_OPENED.findall(html))
        self._bare = "{%" not in html
        self._code = 0
        self._seen: dict[str, tuple[str, str, int]] = {}
        self._open: dict[str, int] = {}
        self._depth = 0
        self._no_end_after: set[str] = set()

    def pieces(self) -> Iterator[str]:
        html, at = self._html, 0
        while mark := _MARK.search(html, at):
            start = mark.start()
            if start > at:
                yield self._text(html[at:start])
            piece, at = self._piece(mark)
            yield piece
        yield self._text(html[at:])

    def _text(self, text: str) -> str:
        return text if self._code or self._bare else drop_templates(text)

    def _piece(self, mark: re.Match[str]) -> tuple[str, int]:
        """What stands in the place of one ``<``, and where reading goes on."""
        if known := self._seen.get(mark[0]):
            return self._nested(*known), mark.end()
        comment, doctype, cdata, close, written, rest = mark.groups()
        if comment:
            return self._unread("-->", _COMMENT_END, mark)
        if doctype or cdata:
            return "", mark.end()
        if not rest:
            return "&lt;", mark.start() + 1
        name = written.lower()
        if self._is_text(mark, name):
            return "&lt;", mark.start() + 1
        if name in _UNREAD and not close:
            return self._unread(name, re.compile(rf"</{name}\s*>", re.IGNORECASE), mark)
        return self._tag(mark, name), mark.end()

    def _unread(self, name: str, end: re.Pattern[str], mark: re.Match[str]) -> tuple[str, int]:
        """Nothing up to the end; without an end it is text, as nothing may be lost."""
        found = None if name in self._no_end_after else end.search(self._html, mark.end())
        if found:
            return "", found.end()
        self._no_end_after.add(name)
        return "&lt;", mark.start() + 1

    def _is_text(self, mark: re.Match[str], name: str) -> bool:
        if name not in _KNOWN:
            return "-" not in name and (self._code > 0 or mark["name"] not in self._elements)
        if mark["close"] or mark["rest"].strip(" \t\n/>"):
            return False
        return (
            name in _MUTE or (name in _PAIRED and name not in self._closed) or self._generic(mark)
        )

    def _generic(self, mark: re.Match[str]) -> bool:
        """``List<A>``: an upper-case letter after a name, and nothing closes it."""
        name, before = mark["name"], self._html[max(mark.start() - 1, 0) : mark.start()]
        one = len(name) == 1 and name in "ABIQSU" and name not in self._exactly_closed
        return one and before.isascii() and before.isalnum()

    def _tag(self, mark: re.Match[str], name: str) -> str:
        if name not in _KNOWN:
            return ""
        _, _, _, close, _, rest = mark.groups()
        if name in _CODE:
            self._code = max(0, self._code + (-1 if close else 1))
        tag = "<br>" if name == "br" else mark[0]
        if rest != ">" and name != "br" and not _QUOTES.isdisjoint(_VALUE.sub("", rest)):
            tag = f"<{close}{name}>"
        known = tag, name, 0 if name in _VOID else -1 if close else 1
        # What a single letter means may depend on what is before it.
        if name not in _CODE and len(name) > 1:
            self._seen[mark[0]] = known
        return self._nested(*known)

    def _nested(self, tag: str, name: str, step: int) -> str:
        """The tag, or what breaks the line as it would where it cannot be nested."""
        if step and not self._nest(name, step):
            return "<hr>" if name in BLOCKS else ""
        return tag

    def _nest(self, name: str, step: int) -> bool:
        """Is this the begin of an element that is not too deep, or the end of one that began?"""
        if not (self._depth < _DEEPEST if step > 0 else self._open.get(name)):
            return False
        self._open[name] = self._open.get(name, 0) + step
        self._depth += step
        return True
