"""What does a search give back?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal, NamedTuple

from souwen.index.documents import Document

Span = tuple[int, int]
Sort = Literal["blend", "relevance", "date", "date-asc"]
FacetField = Literal["category", "tag", "author", "year"]

PAIRS = "body.pairs"
"""The field by which an explanation names what pairs of words add."""

LEAD = "body.lead"
"""What a word of a sentence adds to a post that begins with it."""

ALL_WORDS = "sentence"
"""What a post gains that lacks nothing of a sentence."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of original text; ``highlights`` are ``[start, end)`` in its code points."""

    text: str
    highlights: tuple[Span, ...] = ()


Cut = Callable[[Document], tuple[Fragment, Fragment]]
"""Makes a post's title and snippet."""

Lacking = Callable[[Document], tuple[str, ...]]
"""Tells which words of the query a post lacks."""


def _nothing(_: Document) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class TermScore:
    """What one term added to a text score: ``weight · idf · tf_weight = score``.

    ``field`` and ``term`` name it; ``tf``, ``length`` (quantised) and ``average`` are the numbers
    that make ``tf_weight``; ``documents`` and ``matching`` those that make ``idf``. For a pair of
    words, whose field is ``PAIRS``, ``matching`` is how many hold both by chance. For ``LEAD`` and
    ``ALL_WORDS`` ``tf_weight`` is a share that depends on no lengths, of the latter 1, and its idf
    is the sum of those of the words, of which the rarest stands in ``matching``.
    """

    field: str
    term: str
    weight: float
    idf: float
    tf_weight: float
    score: float
    tf: float
    length: float
    average: float
    documents: int
    matching: int


class Match(NamedTuple):
    """One post as an engine found it: ``score = text_score · recency_factor``.

    ``load`` fetches the document from the engine's snapshot; ``explanation`` is there on request.
    ``duplicates`` are the ids, ascending, of the posts that stand under it; ``duplicate`` is True
    for a near-duplicate of the post whose like was asked for.
    """

    id: str
    score: float
    text_score: float
    recency_factor: float
    relaxed: bool
    load: Callable[[], Document]
    explanation: tuple[TermScore, ...] = ()
    duplicates: tuple[str, ...] = ()
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A value and the number of posts of the first tier that have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Matches:
    """A page of an engine's answer, and how many there are in all.

    ``total`` counts the first tier, ``total_relaxed`` both. ``facets`` are most frequent first,
    then by value (years newest first). ``origin`` is what ages were counted from. ``more`` says
    whether there are hits behind the page. Where ``exact`` is False there are more posts than the
    totals say.
    """

    matches: tuple[Match, ...]
    total: int
    total_relaxed: int
    facets: tuple[tuple[str, tuple[Facet, ...]], ...] = ()
    origin: datetime | None = None
    more: bool = False
    exact: bool = True


class Hit:
    """One post of the results, with its text loaded and its snippet cut only when asked for."""

    __slots__ = (
        *("_cut", "_document", "_lacking", "_lacks", "_match", "_snippet", "_title"),
        "rank",
    )

    def __init__(
        self,
        rank: int,
        match: Match,
        cut: Cut,
        lacking: Lacking = _nothing,
    ) -> None:
        self.rank = rank
        self._match = match
        self._cut = cut
        self._lacking = lacking
        self._lacks: tuple[str, ...] | None = None
        self._document: Document | None = None
        self._title: Fragment | None = None
        self._snippet: Fragment | None = None

    def __repr__(self) -> str:
        return f"<Hit {self.rank}: {self.id} {self.score:.4f}>"

    @property
    def id(self) -> str:
        """The post's id."""
        return self._match.id

    @property
    def score(self) -> float:
        """``text_score · recency_factor``."""
        return self._match.score

    @property
    def text_score(self) -> float:
        """BM25, summed over terms and fields."""
        return self._match.text_score

    @property
    def recency_factor(self) -> float:
        """1 for an undated post, up to 1 + weight for a new one."""
        return self._match.recency_factor

    @property
    def relaxed(self) -> bool:
        """True where the post does not match all that was asked."""
        return self._match.relaxed

    @property
    def lacks(self) -> tuple[str, ...]:
        """The words that a relaxed hit is without, as typed; empty where it is not relaxed."""
        if self._lacks is None:
            self._lacks = self._lacking(self.document) if self.relaxed else ()
        return self._lacks

    @property
    def explanation(self) -> tuple[TermScore, ...]:
        """The terms of ``text_score``; empty unless asked for with ``explain=True``."""
        return self._match.explanation

    @property
    def duplicates(self) -> tuple[str, ...]:
        """The ids of its near-duplicates that were found as well and are no hits of their own."""
        return self._match.duplicates

    @property
    def duplicate(self) -> bool:
        """Whether it is nearly the text of the post that ``Index.similar`` was asked about."""
        return self._match.duplicate

    @property
    def document(self) -> Document:
        """The whole post. Raises StoreError once the index is closed."""
        if self._document is None:
            self._document = self._match.load()
        return self._document

    @property
    def path(self) -> str:
        """Where the post's file lay when it was indexed, absolute."""
        return self.document.path

    @property
    def title(self) -> str:
        """The title as written."""
        return self.document.title

    @property
    def date(self) -> datetime | None:
        """The post's date in UTC; None where it is undated."""
        return self.document.metadata.date

    @property
    def title_highlights(self) -> tuple[Span, ...]:
        """Where the title holds what was searched."""
        return self._fragments()[0].highlights

    @property
    def snippet(self) -> str:
        """The stretch of the body that shows best why the post was found."""
        return self._fragments()[1].text

    @property
    def highlights(self) -> tuple[Span, ...]:
        """Where the snippet holds what was searched."""
        return self._fragments()[1].highlights

    def load(self) -> None:
        """Fetch the post and cut its snippet now, so that the index can be closed."""
        self._fragments()
        _ = self.lacks

    def _fragments(self) -> tuple[Fragment, Fragment]:
        if self._title is None or self._snippet is None:
            self._title, self._snippet = self._cut(self.document)
        return self._title, self._snippet


@dataclass(frozen=True, slots=True)
class RecencyUsed:
    """How age counted: see ``souwen.search.ranking.Recency``.

    ``because`` is the word of the query that made it count more than usual.
    """

    weight: float
    half_life_days: float
    origin: datetime | None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to one search; iterating gives the hits of the page.

    ``total`` counts the posts that match all that was asked, ``total_relaxed`` those that match
    some of it as well; both count near-duplicates. ``relaxed`` is True where the page holds any of
    the latter, ``more`` where there are hits behind the page. ``did_you_mean`` are queries that may
    have been meant, best first. Where ``exact`` is False there are more posts than the totals say:
    a cluster counts 100,000 and no further, unless ``limit`` is 0.
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    total_relaxed: int
    warnings: tuple[str, ...]
    took_ms: float
    sort: Sort
    recency: RecencyUsed
    facets: tuple[tuple[str, tuple[Facet, ...]], ...] = ()
    did_you_mean: tuple[str, ...] = ()
    more: bool = False
    exact: bool = True

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    @property
    def relaxed(self) -> bool:
        """True where the page holds hits that match only some of what was asked."""
        return any(hit.relaxed for hit in self.hits)

    @property
    def mixed(self) -> bool:
        """True where such hits come before others that match all, as they may for a sentence."""
        return any(one.relaxed and not other.relaxed for one, other in pairwise(self.hits))
