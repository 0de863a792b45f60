"""Does a query ask for what is new?"""

from collections.abc import Iterator

from souwen.index.analysis import Analyzer
from souwen.index.analysis.fold import fold
from souwen.search.query import And, Or, Text, Words

FRESH = frozenset(("最新", "最近", "近期", "今年", "latest"))
"""Words that ask for it, folded; the number of the current year does as well."""


def fresh_word(query: Text | None, analyzer: Analyzer, *, year: int) -> str | None:
    """The first word that asks for what is new, as typed; None where there is none.

    Of plain words alone, as the analyzer cuts them: what is quoted, excluded or looked for in one
    field is only text. ``year`` is the current one.
    """
    wanted = FRESH | {str(year), f"{year}年"}
    return next((word for text in _texts(query) for word in _of(text, analyzer, wanted)), None)


def _texts(query: Text | None) -> Iterator[str]:
    match query:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _texts(part)
        case Words(text=text, field=None):
            yield text


def _of(text: str, analyzer: Analyzer, wanted: frozenset[str]) -> Iterator[str]:
    folded = fold(text)
    for chunk in analyzer.chunks(folded.text):
        start = chunk.start
        for word in chunk.words:
            if word in wanted:
                begin, end = folded.span(start, min(start + len(word), len(folded.text)))
                yield text[begin:end]
            start += len(word)
