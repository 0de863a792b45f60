"""Which words of a query does a post lack?"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import accumulate, islice

from souwen.index.analysis import Analyzer, Chunk
from souwen.index.analysis.fold import Folded, find, fold, fold_text
from souwen.index.analysis.grams import stretches
from souwen.index.analysis.technical import DATED, LONGEST, stretch_terms
from souwen.index.documents import Document
from souwen.search.highlight import Patterns, folded_once, spans
from souwen.search.hits import Lacking
from souwen.search.query import And, Or, Phrase, Resembles, StartsWith, Text, Words
from souwen.search.wording import groups, units

MOST = 50
"""Places of one technical token that are looked at in one text."""

_Texts = tuple[str, ...]
_Cut = Callable[[str], tuple[Folded, tuple[tuple[Chunk, ...], ...]]]
"""A query folded, and its groups of glued chunks."""


def lacking(query: Text | None, analyzer: Analyzer) -> Lacking:
    """What tells the words that a post lacks, as they were typed, in their order, each once.

    A post has a word that matches in its title or body as analysis has it: a technical token as
    a term, another word as it stands; where it holds a whole chunk, nothing of that is lacking. Of
    alternatives, those count that lack least. Filters and dates are no words.
    """

    @cache
    def cut(text: str) -> tuple[Folded, tuple[tuple[Chunk, ...], ...]]:
        folded = fold(text)
        return folded, tuple(groups(analyzer.chunks(folded.text)))

    def found(document: Document) -> tuple[str, ...]:
        texts = {
            "title": folded_once(document.title).text,
            "body": folded_once(document.body).text,
        }
        return tuple(dict.fromkeys(_of(query, texts, analyzer, cut)))

    return found


def _of(query: Text | None, texts: dict[str, str], analyzer: Analyzer, cut: _Cut) -> Iterable[str]:
    match query:
        case And(parts=parts):
            return [word for part in parts for word in _of(part, texts, analyzer, cut)]
        case Or(parts=parts):
            return min(
                (list(_of(part, texts, analyzer, cut)) for part in parts), key=len, default=[]
            )
        case Words() | Phrase() | StartsWith() | Resembles() if query.field in (
            None,
            "title",
            "body",
        ):
            places = tuple(texts.values()) if query.field is None else (texts[query.field],)
            return _of_leaf(query, places, analyzer, cut)
        case _:
            return ()


def _of_leaf(
    leaf: Words | Phrase | StartsWith | Resembles, texts: _Texts, analyzer: Analyzer, cut: _Cut
) -> Iterable[str]:
    match leaf:
        case Words():
            return _of_words(leaf, texts, cut)
        case Phrase(text=text):
            return () if _stands(fold_text(text), texts) else (f'"{text}"',)
        case StartsWith(text=text):
            wanted, sign = Patterns(prefixes=(fold_text(text),)), "*"
        case Resembles(text=text):
            wanted, sign = Patterns(near=(fold_text(text),)), "~"
    held = any(spans(one, wanted, analyzer) for one in texts)
    return () if held or _stands(fold_text(leaf.text), texts) else (leaf.text + sign,)


def _of_words(typed: Words, texts: _Texts, cut: _Cut) -> Iterator[str]:
    folded, glued = cut(typed.text)
    if not glued and not _stands(folded.text, texts):
        yield typed.text.strip()
    worded = _worded_otherwise(typed, folded, glued, texts)
    for group in glued:
        whole = folded.text[group[0].start : group[-1].end]
        if len(group) == 1 or not _stands(whole, texts, strict=False):
            for start, end in _missing(group, folded.text, texts, worded):
                begin, stop = folded.span(start, end)
                yield typed.text[begin:stop]


def _worded_otherwise(
    typed: Words, folded: Folded, glued: Iterable[tuple[Chunk, ...]], texts: _Texts
) -> frozenset[int]:
    """Where in the folded query characters stand in place of which a text has synonyms."""
    if not typed.synonyms:
        return frozenset()
    every = (chunk for group in glued for chunk in group)
    return frozenset(
        at
        for unit in units(folded.text, every, typed.synonyms)
        if any(_stands(other, texts) for other in unit.others)
        for at in range(unit.start, unit.end)
    )


def _missing(
    group: tuple[Chunk, ...], folded: str, texts: _Texts, worded: frozenset[int]
) -> Iterator[tuple[int, int]]:
    """Where in the folded query the words stand that no text has."""
    for chunk in group:
        if chunk.kind == "technical":
            if chunk.start not in worded and not any(
                _has_term(one, chunk.words[0]) for one in texts
            ):
                yield chunk.start, chunk.end
        elif not _stands(folded[chunk.start : chunk.end], texts):
            yield from _words(chunk, texts, worded)


def _words(chunk: Chunk, texts: _Texts, worded: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The words of a run that no text has; the run, where it has none or no words that tell."""
    starts = [*accumulate(map(len, chunk.words), initial=chunk.start)]
    held = [
        start in worded or _stands(word, texts)
        for start, word in zip(starts, chunk.words, strict=False)
    ]
    if not any(held) or (max(map(len, chunk.words)) == 1 and chunk.start not in worded):
        yield chunk.start, chunk.end
        return
    for start, word, is_held in zip(starts, chunk.words, held, strict=False):
        if not is_held:
            yield start, start + len(word)


def _stands(folded: str, texts: _Texts, *, strict: bool = True) -> bool:
    return any(next(find(text, folded, strict=strict), -1) >= 0 for text in texts)


def _has_term(text: str, term: str) -> bool:
    """Whether a technical token is a term of the folded text, not a part of one alone."""
    for at in islice(find(text, term.rstrip(DATED)), MOST):
        near = text[max(0, at - LONGEST) : at + 2 * LONGEST]
        for start, end, is_run in stretches(near):
            dated = near[end : end + 1] in DATED
            if not is_run and any(
                term == one for _, one in stretch_terms(near[start : end + dated])
            ):
                return True
    return False
