"""Which stretches of a query stand for one thing, and how else may each be worded?

Only stretches with synonyms have other wordings. A synonym may take the place of a part of a word,
as in 网络 of 网络安全: then it is the whole word that is worded otherwise.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from souwen.index.analysis import Chunk
from souwen.index.analysis.fold import fold_text
from souwen.search.query import Synonym

MOST = 16
"""Other wordings of one stretch."""


class Element(NamedTuple):
    """The stretch ``[start, end)`` of a folded query that is looked for as one string or token.

    ``words`` are the words in it.
    """

    start: int
    end: int
    kind: str
    words: tuple[str, ...]


class Unit(NamedTuple):
    """Elements, side by side in a query, and the folded texts that may stand for all of them."""

    elements: tuple[Element, ...]
    others: tuple[str, ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.elements[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.elements[-1].end


def groups(chunks: tuple[Chunk, ...]) -> Iterator[tuple[Chunk, ...]]:
    """Chunks that stand without anything between them."""
    group: list[Chunk] = []
    for chunk in chunks:
        if group and group[-1].end != chunk.start:
            yield tuple(group)
            group = []
        group.append(chunk)
    if group:
        yield tuple(group)


def gathered(
    found: Iterable[tuple[Chunk, ...]], synonyms: Sequence[Synonym]
) -> Iterator[tuple[tuple[Chunk, ...], ...]]:
    """The groups, those together in which one word with synonyms stands, as in machine learning."""
    together: list[tuple[Chunk, ...]] = []
    for group in found:
        if together and not _joined(together[-1][-1], group[0], synonyms):
            yield tuple(together)
            together = []
        together.append(group)
    if together:
        yield tuple(together)


def units(folded: str, chunks: Iterable[Chunk], synonyms: Sequence[Synonym]) -> list[Unit]:
    """The units of some chunks of a folded query, in order."""
    found: list[Unit] = []
    together: list[Element] = []
    for element in (element for chunk in chunks for element in _elements(chunk)):
        if together and not _joined(together[-1], element, synonyms):
            found.append(_unit(folded, together, synonyms))
            together = []
        together.append(element)
    return [*found, _unit(folded, together, synonyms)] if together else found


def _elements(chunk: Chunk) -> Iterator[Element]:
    """The words of a run of Han; the run, where its words are single characters: they say little.

    A technical token is one.
    """
    if chunk.kind == "technical" or len(chunk.words) == 1 or max(map(len, chunk.words)) == 1:
        yield Element(chunk.start, chunk.end, chunk.kind, chunk.words)
        return
    start = chunk.start
    for word in chunk.words:
        yield Element(start, start + len(word), chunk.kind, (word,))
        start += len(word)


def _joined(one: Element | Chunk, other: Element | Chunk, synonyms: Sequence[Synonym]) -> bool:
    """Whether a word that has synonyms reaches from one element into the next."""
    return any(each.start < one.end and other.start < each.end for each in synonyms)


def _unit(folded: str, elements: Sequence[Element], synonyms: Sequence[Synonym]) -> Unit:
    start, end = elements[0].start, elements[-1].end
    inside = [one for one in synonyms if start <= one.start and one.end <= end]
    return Unit(tuple(elements), tuple(_wordings(folded, start, end, inside)) if inside else ())


def _wordings(folded: str, start: int, end: int, synonyms: Sequence[Synonym]) -> Iterator[str]:
    """The stretch with some of its words replaced by synonyms."""
    parts: list[tuple[str, ...]] = []
    at = start
    for one in synonyms:
        parts += [(folded[at : one.start],), (folded[one.start : one.end], *one.others)]
        at = one.end
    parts.append((folded[at:end],))
    worded = dict.fromkeys(fold_text("".join(each)) for each in product(*parts))
    return islice((text for text in worded if text != folded[start:end]), MOST)
