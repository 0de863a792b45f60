"""Which stretch of a text shows best why it was found?"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from souwen.index.analysis.characters import is_alnum
from souwen.search.hits import Fragment, Span

_SENTENCE = re.compile(r"[。！？!?…]+[”’」』）》\"')]*|\n|\.(?=\s)")
_CLAUSE = re.compile(r"[，、；：]|[,;:](?=\s)")
_ENTITY = re.compile(r"&(?:#?[0-9A-Za-z]{1,31});")
_LINE_ENDS = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"), " ")
_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
"""Letters of which two make a flag."""

NEAR = 20
"""Characters that may be given up so that no word is cut."""


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted spans with those joined that overlap or touch."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def snippet(text: str, spans: Sequence[Span], *, length: int) -> Fragment:
    """At most ``length`` code points of the text, around the densest of the sorted, merged spans.

    The stretch with the most different matches wins, then the one with the most, then the first;
    without spans it is the beginning. It begins and ends with a sentence where one is near, else
    with a clause or a word, and cuts no character (with its marks), no flag, no emoji and no
    ``&amp;``. Line ends and tabs are shown as one blank each; all else stands as in the text, and
    offsets count alike. Looks at the spans and their surroundings, not at the whole text.
    """
    if length <= 0:
        return Fragment("")
    core = _densest(text, spans, length) if spans else _first(text)
    start = _skipped(text, _start(text, core, length), core[1])
    if _splits(text, start):  # one character with more marks than there is room for
        return Fragment("")
    end = _stripped(text, start, _end(text, start, core[1], length))
    return Fragment(
        text[start:end].translate(_LINE_ENDS),
        tuple(
            (max(begin, start) - start, min(stop, end) - start)
            for begin, stop in spans
            if max(begin, start) < min(stop, end)
        ),
    )


def _first(text: str) -> Span:
    """The place of the first character that shows."""
    found = re.search(r"\S", text)
    return (found.start(), found.start()) if found else (0, 0)


def _densest(text: str, spans: Sequence[Span], length: int) -> Span:
    """From the first to the last span of the best stretch; one longer span is cut."""
    strings = [text[start:end].lower() for start, end in spans]
    inside: Counter[str] = Counter()
    best, core, first = (0, 0), spans[0], 0
    for last, (_, end) in enumerate(spans):
        inside[strings[last]] += 1
        while first < last and end - spans[first][0] > length:
            inside[strings[first]] -= 1
            if not inside[strings[first]]:
                del inside[strings[first]]
            first += 1
        score = len(inside), last - first + 1
        if score > best:
            best, core = score, (spans[first][0], end)
    return core[0], min(core[1], core[0] + length)


def _start(text: str, core: Span, length: int) -> int:
    """Where to begin so that the core still fits: with its sentence, or with as many as fill the
    rest where the text ends soon."""
    first, last = core
    lowest = max(0, last - length)
    starts = [] if lowest else [0]
    starts += _cuts(_SENTENCE, text, lowest, first)
    if starts:
        enough = min(len(text) - length, starts[-1])
        return next(start for start in starts if start >= enough)
    middle = first - (length - (last - first)) // 2
    clauses = _cuts(_CLAUSE, text, middle, first)
    return clauses[0] if clauses else _whole(text, range(middle, last + 1))


def _end(text: str, start: int, least: int, length: int) -> int:
    """Where to end: with a sentence or clause in the second half, behind ``least``."""
    limit = start + length
    if limit >= len(text):
        return len(text)
    for boundary in (_SENTENCE, _CLAUSE):
        if ends := _cuts(boundary, text, max(least, start + length // 2), limit):
            return ends[-1]
    return _whole(text, range(limit, start - 1, -1))


def _cuts(boundary: re.Pattern[str], text: str, first: int, last: int) -> list[int]:
    """Ends of the boundaries from ``first`` to ``last``."""
    found = (match.end() for match in boundary.finditer(text, max(0, first - 1), last))
    return [at for at in found if at >= first and not _splits(text, at)]


def _whole(text: str, places: range) -> int:
    """The first of the places that cuts no word, or if none is near no character."""
    for at in places[: min(NEAR, len(places) // 2)]:
        if not _splits(text, at) and not _in_word(text, at):
            return at
    return next((at for at in places if not _splits(text, at)), places[-1])


def _in_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and is_alnum(text[at - 1]) and is_alnum(text[at])


def _splits(text: str, at: int) -> bool:
    """Whether a cut here would go through a character as people see it, or an entity."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return (
        _extends(after)
        or before == "\u200d"
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
        or (before in _FLAGS and after in _FLAGS and _letters_before(text, at) % 2 == 1)
        or before + after == "\r\n"
        or _in_entity(text, at)
    )


def _extends(char: str) -> bool:
    """Whether it is shown together with the character before."""
    return (
        unicodedata.category(char)[0] == "M"
        or char == "\u200d"
        or "\u1160" <= char <= "\u11ff"
        or "\uff9e" <= char <= "\uff9f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _letters_before(text: str, at: int) -> int:
    """How many letters of flags stand before; rows of more than 1000 are guessed at."""
    before = text[max(0, at - 1000) : at]
    return len(before) - len(before.rstrip(_FLAGS))


def _in_entity(text: str, at: int) -> bool:
    ampersand = text.rfind("&", max(0, at - 33), at)
    found = _ENTITY.match(text, ampersand) if ampersand >= 0 else None
    return found is not None and found.end() > at


def _skipped(text: str, start: int, end: int) -> int:
    """The start without the blanks there."""
    while start < end and text[start].isspace() and not _splits(text, start + 1):
        start += 1
    return start


def _stripped(text: str, start: int, end: int) -> int:
    """The end without the blanks before it."""
    while start < end and text[end - 1].isspace() and not _splits(text, end - 1):
        end -= 1
    return end
