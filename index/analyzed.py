"""Which terms does a document have? From plain text to everything that an engine stores."""

from collections.abc import Iterable
from functools import lru_cache

from souwen.index.analysis import LONGEST_TITLE, Analyzer
from souwen.index.analysis.fold import fold_text
from souwen.index.documents import AnalyzedDocument, Document, Keyword
from souwen.index.signature import signature


def analyze_document(document: Document, analyzer: Analyzer) -> AnalyzedDocument:
    """Cut a document's texts into terms and fold its keywords."""
    metadata = document.metadata
    title, body = analyzer.analyze_all((document.title, document.body))
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
