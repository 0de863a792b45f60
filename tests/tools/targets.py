"""What must hold whatever bytes come in? One check for each part that meets what others wrote.

Each takes any bytes, makes of them what its part reads, and raises where a promise is broken.
Most bytes stand for a piece of text that means something to the part, some repeat what was there,
so that a mutation of the bytes is a meaningful one, and large inputs have few bytes.
"""

import re
import shutil
import tempfile
import zlib
from atexit import register
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from souwen.index import build
from souwen.index.analysis import Analyzer
from souwen.index.dates import date_in_path, name_without_date, parse_date
from souwen.index.documents import Document
from souwen.index.encodings import decode
from souwen.index.errors import PostError, QueryError, StoreCorrupt
from souwen.index.front_matter import read_front_matter
from souwen.index.front_matter.plain_yaml import read_events, read_simple
from souwen.index.loading import load_document
from souwen.index.markup.html import read_html
from souwen.index.markup.markdown import read_markdown, read_slowly
from souwen.index.metadata import read_metadata
from souwen.index.printable import printable, to_json
from souwen.search import Index, open_index
from souwen.search.date_range import date_range, since
from souwen.search.highlight import patterns, spans
from souwen.search.parser import exact, parse, plain
from souwen.search.snippet import snippet

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONGEST = 20_000
"""Characters that a few bytes may come to."""

SHORT = 2000
"""Characters up to which a quick way is compared with a slow one."""

_REPEATING = 244
_SHOWN = str.maketrans("·⏎⇥", " \n\t")
_NO_YAML = str.maketrans("\t\u2028\u2029", "   ")
"""What is gone before YAML is read."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def spelled(data: bytes, pieces: tuple[str, ...]) -> str:
    """The text that bytes stand for: as they are where the first is even, else piece by piece."""
    if not data or data[0] % 2 == 0:
        return data[1:].decode("utf-8", "replace")
    text: list[str] = []
    length = 0
    for byte in data[1:]:
        count = 1
        if byte < _REPEATING or not text:
            piece = pieces[byte % len(pieces)]
        else:
            piece, count = text[-1], 2 ** (byte - _REPEATING)
        count = min(count, (LONGEST - length) // len(piece))
        if count:
            text.append(piece * count)
            length += len(text[-1])
    return "".join(text)


def _pieces(text: str) -> tuple[str, ...]:
    """The words of a text, in which ``·`` is a blank, ``⏎`` a line end and ``⇥`` a tab."""
    return tuple(word.translate(_SHOWN) for word in re.split("[ \n]+", text.strip()))


FRONT = _pieces(
    """
---⏎ --- +++⏎ ;;;⏎ { } [#]:· title:· date:· date·=· tags: "tags":· ⏎ ⏎⏎ -· ··-· &a· *a <<:·
!!python/object:os.system· !t· :· , [ ] ' " # 春 天 x ⇥ ·· \\ | > a. 2024-05-01 null true \u3000
\u2028 \ufeff % @ ` ? ~ =
"""
)
MARKUP = _pieces(
    """
#· ⏎ ⏎⏎ ··⏎ >· -· 1.· ···· ⇥ ```⏎ ~~~⏎ ` `` * ** _ __ ~~ [ ] ( ) ![ ]( ](a) [甲]:·http://a⏎ |
|-|-|⏎ :-: < > </ <div> </div> <b> </b> <!-- --> <pre> <script> </script> <table> <tr><td>
<![CDATA[ ]]> <a·b=' " ' = & &amp; &# &#x0; ; {% %} {{< >}} {%·codeblock·%}⏎ \\ \\⏎
{%·endcodeblock·%}⏎ {:·.a} {#a} [^1] [^1]:· http://a_b <http://a> --- ===⏎ 春 天 word 。 “ ” \u3000
\xa0 \u200b ! data:a;base64, <svg> <p·hidden> <img·alt='图'> <br> <T> <summary> <style> </p> <li>
"""
)
DATES = _pieces(
    """
2024 - / . : · T Z + 0 08 1 12 31 59 99 年 月 日 时 分 秒 上午 下午 am PM Mon May mon,· 星期三
( ) th , CST UTC GMT 00000 1714521600 -0000 ٣ Ⅷ 号 \u3000 90d .. 去年 last-week 个月 x _ .md \x00 −
"""
)
QUERIES = _pieces(
    """
" “ ” 「 」 『 』 ＂ ( ) （ ） | ｜ - － : ： * ~ · \u3000 ⏎ \x00 \u200b AND OR NOT ·AND· ·OR· ·NOT·
\\ title: ｔａｇ: tag： date: path: url: author: category: body: [ ? 2022 90d .. 快手 外链 k8s 的
++ 。 é 😀 \ud800 春风 江南 明月 go sea search kuai shou xi'an a b 1 . / @ \u0301
"""
)
TEXTS = _pieces(
    """
网关 微服务 。 ， ！」 ⏎ · \u3000 ⇥ Docker 3.14 .· ;· &amp; &#20013; & 👩\u200d💻 🇨🇳 é ́ \u200b 的
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx … 繁體 \u202e \x1b[31m \x9b ﬀ ß İ ㍿ Ⅷ Ｃ＋＋ c++ k8s ｱﾞ ำ
"""
)
SPLIT = "\x1f"
"""Stands between a text and what is looked for in it."""


def loader(data: bytes) -> None:
    """Any file becomes a document of clean lines, or is told to be empty."""
    html = bool(data) and data[0] % 4 > 1
    content = spelled(data, FRONT + MARKUP).encode("utf-8", "surrogatepass")
    for one in (content, data[1:]):
        with suppress(PostError):
            found = load_document(
                one,
                id="a.html" if html else "2024/a.md",
                path="/a",
                timezone=SHANGHAI,
                now=NOW,
            )
            assert_clean(found.document)


def assert_clean(document: Document) -> None:
    """No control characters, no blanks at the ends of lines, a title of one line."""
    assert not _CONTROLS.search(document.body + document.title)
    assert document.title.strip() == document.title
    assert "\n" not in document.title
    assert all(line and line == line.strip() for line in document.body.split("\n") if document.body)


def front_matter(data: bytes) -> None:
    """The body is the end of the text, and every field means something or is doubtful."""
    text = decode(spelled(data, FRONT).encode("utf-8", "surrogatepass")).text
    found = read_front_matter(text)
    assert found.problem or text.endswith(found.body)
    assert found.line is None or 1 <= found.line <= text.count("\n") + 1
    meaning = read_metadata(found.fields, id="a.md", timezone=SHANGHAI, now=NOW)
    metadata = meaning.metadata
    shown = [meaning.title or "", *metadata.tags, *metadata.author, metadata.description or ""]
    shown += [part for path in metadata.categories for part in path]
    shown += [part for pair in metadata.extra for part in pair]
    assert not _CONTROLS.search("".join(shown))
    assert all(part == part.strip() for part in shown)
    block = text[:SHORT].translate(_NO_YAML)
    simple = read_simple(block)
    if simple is not None:
        assert list(simple.items()) == list(read_events(block).items())


def markup(data: bytes) -> None:
    """Markdown and HTML are read without a fault, and Markdown alike in both ways."""
    text = decode(spelled(data, MARKUP).encode("utf-8", "surrogatepass")).text
    for page in (read_html(text), read_markdown(text)):
        assert all(line and line == line.strip() for line in page.lines)
    if len(text) <= SHORT:
        assert read_markdown(text) == read_slowly(text)


def dates(data: bytes) -> None:
    """Any text is a date or doubtful, and so is any path and any expression."""
    text = spelled(data, DATES)
    reading = parse_date(text, timezone=SHANGHAI, now=NOW)
    assert reading.date or reading.doubt
    assert reading.date is None or reading.date.tzinfo is not None
    date_in_path(text, timezone=SHANGHAI, now=NOW)
    assert name_without_date(text) or not text
    for read in (date_range, since):
        with suppress(QueryError):
            read(text, timezone=SHANGHAI, now=NOW)


def parser(data: bytes) -> None:
    """Any query is answered, and alike by the index and by the reference."""
    text = spelled(data, QUERIES)
    for read in (parse, plain, exact):
        parsed = read(text)
        assert parsed == read(text)
        assert parsed.query is not None or parsed.warnings
    ours, reference = searched()
    assert answer(ours, text) == answer(reference, text)


def answer(index: Index, query: str) -> tuple[object, ...]:
    """All that engines must agree on, and nothing to harm a terminal."""
    found = index.search(query, limit=3, now=NOW, collapse=False)
    shown = [(hit.title, hit.snippet) for hit in found]
    assert not _HARMFUL.search(to_json([query, shown, list(found.warnings)]))
    scores = [(hit.id, round(hit.score, 4)) for hit in found]
    return found.total, found.total_relaxed, scores, shown, found.warnings, found.did_you_mean


def snippets(data: bytes) -> None:
    """A snippet is a stretch of its text with marks in order, whatever is looked for."""
    content, _, query = spelled(data, (*TEXTS, SPLIT, SPLIT)).partition(SPLIT)
    analyzer = Analyzer()
    found = spans(content, patterns(parse(query).query, "body", analyzer), analyzer)
    for length in (0, 1, 20, 160):
        fragment = snippet(content, found, length=length)
        assert len(fragment.text) <= length
        edges = [edge for highlight in fragment.highlights for edge in highlight]
        assert all(one < two for one, two in pairwise(edges))
        assert all(0 <= edge <= len(fragment.text) for edge in edges)
        assert not _HARMFUL.search(printable(fragment.text) + to_json(fragment.text))


def codec(data: bytes) -> None:
    """A file of the index with changed bytes is told to be damaged, or gives the same answers.

    Where the checksums were made right again only the process must stay sound.
    """
    if len(data) < 4:
        return
    place, whole, expected = damageable()
    name = sorted(whole)[data[0] % len(whole)]
    content = bytearray(whole[name])
    for at in range(1, len(data) - 3, 3):
        content[int.from_bytes(data[at : at + 2], "little") % len(content)] ^= data[at + 2]
    if data[-1] % 3 == 0:
        del content[int.from_bytes(data[-3:-1], "little") % len(content) :]
    forged = data[-1] % 2 == 0 and name.startswith("catalogue")
    if forged:
        line = bytes(content).partition(b"\n")[0]
        content = bytearray(b"%s\n%08x\n" % (line, zlib.crc32(line)))
    (place / name).write_bytes(content)
    try:
        found = answers(place)
    except StoreCorrupt:
        pass
    except Exception as error:
        if not forged:
            raise AssertionError(name) from error
    else:
        assert forged or found == expected
    finally:
        (place / name).write_bytes(whole[name])


def answers(place: Path) -> list[object]:
    """What an index says, to questions that touch every part of it."""
    with open_index(place) as opened:
        return [answer(opened, query) for query in ('"又绿江南岸"', "明月 sea~", "tag:诗", "go*")]


POSTS = {
    "a.md": "---\ntitle: 泊船\ndate: 2022-02-03\ntags: [诗]\n---\n春风又绿江南岸，明月何时照我还。",
    "b.md": "---\ntitle: 望月怀远\ntags: [诗]\n---\n海上生明月。The search engine of the sea.",
    "c.html": "<title>快手 外链</title><p>用 go1.22 写 k8s 的 C++ 引擎 &lt;b&gt;</p>",
    "d.md": "# 西安\n\n全文检索引擎，写在江南。a.b/c@d",
}


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp()
    register(shutil.rmtree, folder)
    for name, text in POSTS.items():
        (Path(folder) / name).write_text(text, encoding="utf-8")
    return Path(folder)


@cache
def searched() -> tuple[Index, Index]:
    """The same few posts in an index and in the reference."""
    build(_folder(), index=_folder() / "index", now=NOW)
    build(_folder(), index="memory:fuzzed", now=NOW)
    return open_index(_folder() / "index"), open_index("memory:fuzzed")


@cache
def damageable() -> tuple[Path, dict[str, bytes], list[object]]:
    """An index, the bytes of the files of it that are read, and what it says."""
    place = _folder() / "damaged"
    build(_folder(), index=place, now=NOW)
    read = [path for path in place.iterdir() if path.suffix == ".seg" or ".json." in path.name]
    return place, {path.name: path.read_bytes() for path in read}, answers(place)


Check = Callable[[bytes], None]
TARGETS: dict[str, Check] = {
    check.__name__: check
    for check in (loader, front_matter, markup, dates, parser, snippets, codec)
}
