"""Does anything that reads what others wrote take more than linear time over it?

``python tests/bench/hostile.py [TRIES] [LAYER…]``: for each layer so many texts (300 unless told)
of one or two pieces that mean something to it (those of ``tests/tools/targets.py``), repeated in
turns or one after the other, are read at two lengths, of which the second is four times the first.
Prints those over which the time of the processor grows by more than WORST; exits with 1 where
there are any.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.targets import DATES, FRONT, MARKUP, NOW, QUERIES, SHANGHAI, TEXTS, searched

from souwen.index import durations
from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.dates import date_in_path, name_without_date, parse_date
from souwen.index.documents import Document
from souwen.index.encodings import decode
from souwen.index.errors import QueryError
from souwen.index.front_matter import read_front_matter
from souwen.index.markup import _read_loosely
from souwen.index.markup.html import one_line, read_html
from souwen.index.markup.markdown import read_markdown, read_slowly
from souwen.index.metadata import read_metadata
from souwen.index.printable import printable, to_json
from souwen.search import date_range, synonyms
from souwen.search.highlight import patterns, spans
from souwen.search.lacking import lacking
from souwen.search.parser import exact, parse
from souwen.search.snippet import snippet
from souwen.search.terminal import Screen, fit, wrap

SHORTER = 20_000
"""Characters."""

TIMES = 4
WORST = 9.0
"""Linear is four, quadratic sixteen."""

LEAST = 0.05
"""Seconds of the longer text that are worth measuring again."""

PATTERNS = ("*", "*a", "?", "[", "[!", "]", "[a-", "[]", "/", "../", "a", "春")
RULES = ("=", "=>", "#", " #", "\n", "a", "春", " ", "＝", "⇒")
COLORS = Screen(color=True, width=40)
ANALYZER = Analyzer()
Read = Callable[[str], object]


def _front_matter(text: str) -> None:
    front = read_front_matter(text)
    read_metadata(front.fields, id="a.md", timezone=SHANGHAI, now=NOW)


def _dates(text: str) -> None:
    parse_date(text, timezone=SHANGHAI, now=NOW)
    date_in_path(text, timezone=SHANGHAI, now=NOW)
    name_without_date(text)


def _snippet(text: str) -> None:
    found = spans(text, patterns(parse(text[:50]).query, "body", ANALYZER), ANALYZER)
    fragment = snippet(text, found, length=160)
    printable(text)
    to_json([text, fragment.text, one_line(text)])


def _search(text: str, **options: Any) -> None:
    # What is refused is read as well.
    with suppress(QueryError):
        searched()[0].search(text, now=NOW, **options).hits  # noqa: B018


def _highlights(text: str) -> None:
    """Words, beginnings of words and near spellings of the text, looked for in it."""
    for query in (text[:400], f"{text[:40]}* {text[:8]}~", f'"{text[:40]}" {text[40:90]}*'):
        snippet(
            text, spans(text, patterns(parse(query).query, "body", ANALYZER), ANALYZER), length=160
        )


def _phrase(text: str) -> None:
    found = spans(text, patterns(exact(text).query, "body", ANALYZER), ANALYZER)
    snippet(text, found, length=160)


def _lacking(text: str) -> None:
    lacking(parse(text).query, ANALYZER)(Document("a", "/a", text[:99], text))


def _lines(text: str) -> None:
    shown = printable(text)
    list(wrap(shown, 40))
    fit(shown, 40)
    COLORS.mark(shown, [(0, 1)])


def _values(text: str) -> None:
    """What is expected to be a date or a time."""
    for read in (date_range.since, date_range.until):
        with suppress(QueryError):
            read(text, timezone=SHANGHAI, now=NOW)
    with suppress(QueryError):
        date_range.check(text)
    with suppress(ValueError):
        durations.parse(text)


LAYERS: dict[str, tuple[Read, tuple[str, ...]]] = {
    "encodings": (lambda text: decode(text.encode("gb18030", "replace")), TEXTS + FRONT),
    "front_matter": (_front_matter, FRONT),
    "in front matter": (lambda text: _front_matter(f"---\ntitle: {text}\n---\n"), FRONT),
    "dates": (_dates, DATES),
    "markdown": (read_markdown, MARKUP),
    "markdown, slowly": (read_slowly, MARKUP),
    "html": (read_html, MARKUP),
    "loosely": (_read_loosely, MARKUP),
    "analysis": (
        lambda text: analyze_document(Document("a", "/a", text, text), ANALYZER),
        TEXTS + QUERIES,
    ),
    "queries": (_search, QUERIES),
    "whole queries": (lambda text: _search(text, exact=True), QUERIES + TEXTS),
    "quotations": (lambda text: _search(f'"{text}" {text[:9]}*'), QUERIES + TEXTS),
    "patterns": (lambda text: _search("", path=text), QUERIES + PATTERNS),
    "values": (lambda text: _search("", tag=text, since=text), QUERIES + DATES),
    "suggestions": (lambda text: searched()[0].suggest(text, now=NOW), QUERIES),
    "snippets": (_snippet, TEXTS),
    "highlights": (_highlights, TEXTS + QUERIES),
    "highlighted phrases": (_phrase, TEXTS + QUERIES),
    "lines of a terminal": (_lines, TEXTS + QUERIES),
    "dates and times": (_values, DATES + QUERIES),
    "synonyms": (synonyms.parse, QUERIES + RULES),
    "what is lacking": (_lacking, QUERIES + TEXTS),
}


def texts(pieces: tuple[str, ...], length: int, chance: random.Random) -> Iterator[str]:
    """A text of one length, and one alike of ``TIMES`` the length."""
    one, two, end = (chance.choice(pieces) for _ in range(3))
    apart = chance.random() < 0.5
    for size in (length, TIMES * length):
        if apart:
            yield one * (size // 2 // len(one)) + two * (size // 2 // len(two)) + end
        else:
            yield (one + two) * (size // len(one + two)) + end


def seconds(read: Read, text: str) -> float:
    """What the processor takes to read it."""
    began = time.process_time()
    read(text)
    return time.process_time() - began


def growth(read: Read, pair: list[str]) -> float:
    """How many times longer the second takes, at best of three; 0 where that is no time."""
    if seconds(read, pair[1]) < LEAST:
        return 0.0
    short, long = (min(seconds(read, text) for _ in range(3)) for text in pair)
    return long / max(short, 1e-4)


def main(tries: int, names: list[str]) -> int:
    """Print what grows too fast, and of each layer the worst that there was."""
    flaws = 0
    for name in names or LAYERS:
        read, pieces = LAYERS[name]
        chance, worst = random.Random(f"{name} {tries}"), (0.0, "")
        read("春天")
        for _ in range(tries):
            pair = list(texts(pieces, SHORTER, chance))
            found = growth(read, pair)
            worst = max(worst, (found, pair[0][:60] + " … " + pair[0][-20:]))
            if found > WORST:
                flaws += 1
                print(f"{name}: × {found:.1f} over {worst[1]!r}", flush=True)
        print(f"{name}: at most × {worst[0]:.1f}, over {worst[1]!r}", flush=True)
    return int(flaws > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, sys.argv[2:]))
