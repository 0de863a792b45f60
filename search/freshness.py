"""Does a query ask for what is new?"""

from collections.abc import Iterator

from souwen.index.analysis import Analyzer
from souwen.index.analysis.fold import fold
from souwen.search.query import Text, Words, leaves

FRESH = frozenset(("最新", "最近", "近期", "今年", "latest"))
"""Words that ask for it, folded; the number of the current year does as well."""


def fresh_word(query: Text | None, analyzer: Analyzer, *, year: int) -> str | None:
    """The first word that asks for what is new, as typed; None where there is none.

    Of plain words alone, as the analyzer cuts them: what is quoted, excluded or looked for in one
    field is only text. ``year`` is the current one.
    """
    wanted = FRESH | {str(year), f"{year}年"}
    plain = (one for one in leaves(query) if isinstance(one, Words) and one.field is None)
    return next((word for one in plain for word in _of(one.text, analyzer, wanted)), None)


def _of(text: str, analyzer: Analyzer, wanted: frozenset[str]) -> Iterator[str]:
    folded = fold(text)
    for chunk in analyzer.chunks(folded.text):
        start = chunk.start
        for word in chunk.words:
            if word in wanted:
                begin, end = folded.span(start, min(start + len(word), len(folded.text)))
                yield text[begin:end]
            start += len(word)
