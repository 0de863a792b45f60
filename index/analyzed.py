"""Which terms does a document have? From plain text to everything that an engine stores."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from souwen.index.analysis import LONGEST_TITLE, Analyzer
from souwen.index.analysis.fold import fold_text
from souwen.index.documents import AnalyzedDocument, AnalyzedText, Document, Keyword
from souwen.index.signature import signature

ENOUGH = 60_000
"""Characters of documents that are analyzed together, more or less."""

MOST = 32
"""Documents that are analyzed together."""

T = TypeVar("T")


def analyze_document(document: Document, analyzer: Analyzer) -> AnalyzedDocument:
    """Cut a document's texts into terms and fold its keywords."""
    return analyze_documents((document,), analyzer)[0]


def analyze_documents(documents: Sequence[Document], analyzer: Analyzer) -> list[AnalyzedDocument]:
    """What ``analyze_document`` makes of each document, in less time."""
    texts = [text for one in documents for text in (one.title, one.body)]
    analyzed = analyzer.analyze_all(texts) if texts else []
    pairs = zip(documents, analyzed[::2], analyzed[1::2], strict=True)
    return [_analyzed(document, title, body) for document, title, body in pairs]


def together(items: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """Documents, or what holds them, that are best analyzed together: few enough for their arrays
    to fit a processor's cache. ``size`` gives the characters of one."""
    group: list[T] = []
    characters = 0
    for one in items:
        group.append(one)
        characters += size(one)
        if characters >= ENOUGH or len(group) >= MOST:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _analyzed(document: Document, title: AnalyzedText, body: AnalyzedText) -> AnalyzedDocument:
    metadata = document.metadata
    return AnalyzedDocument(
        document=document,
        title=title,
        body=body,
        whole=title.folded[:LONGEST_TITLE],
        signature=signature(document.id, title.folded, body.folded),
        tags=keywords(metadata.tags),
        categories=keywords(branches(metadata.categories)),
        author=keywords(metadata.author),
        url=keywords((metadata.url,) if metadata.url else ()),
    )


def keywords(values: Iterable[str]) -> tuple[Keyword, ...]:
    """Each distinct value with its folded form; empty ones are left out."""
    folded = ((value, _folded(value)) for value in dict.fromkeys(values))
    return tuple(Keyword(value, form) for value, form in folded if form)


_folded = lru_cache(1 << 14)(fold_text)


def branches(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Every category path and each of its parents, joined by ``/``."""
    every = ("/".join(path[:end]) for path in paths for end in range(1, len(path) + 1))
    return tuple(dict.fromkeys(every))
