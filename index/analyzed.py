"""Which terms does a document have? From plain text to everything that an engine stores."""

from collections.abc import Iterable

from souwen.index.analysis import Analyzer, whole
from souwen.index.analysis.fold import fold_text
from souwen.index.documents import AnalyzedDocument, Document, Keyword


def analyze_document(document: Document, analyzer: Analyzer) -> AnalyzedDocument:
    """Cut a document's texts into terms and fold its keywords."""
    metadata = document.metadata
    return AnalyzedDocument(
        document=document,
        title=analyzer.analyze(document.title),
        body=analyzer.analyze(document.body),
        whole=whole(document.title),
        tags=keywords(metadata.tags),
        categories=keywords(branches(metadata.categories)),
        author=keywords(metadata.author),
        url=keywords((metadata.url,) if metadata.url else ()),
    )


def keywords(values: Iterable[str]) -> tuple[Keyword, ...]:
    """Each distinct value with its folded form; empty ones are left out."""
    folded = ((value, fold_text(value)) for value in dict.fromkeys(values))
    return tuple(Keyword(value, form) for value, form in folded if form)


def branches(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Every category path and each of its parents, joined by ``/``."""
    every = ("/".join(path[:end]) for path in paths for end in range(1, len(path) + 1))
    return tuple(dict.fromkeys(every))
