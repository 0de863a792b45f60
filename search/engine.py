"""What must an engine be able to do to be searched? The read half of the seam."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from souwen.search.hits import FacetField, Matches, Sort
from souwen.search.pairs import Pair
from souwen.search.query import Leaf, Query
from souwen.search.ranking import Recency
from souwen.search.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Weighted:
    """A term that adds ``weight`` times its BM25 to the score of the posts that hold it."""

    leaf: Leaf
    weight: float


@dataclass(frozen=True, slots=True)
class Request:
    """One question to an engine, complete: same request, same index, same answer.

    ``relaxed``, where given, selects a second tier that is ranked after all posts of ``query``.
    ``scoring`` says what makes up the text score of either, summed in the order given. Where posts
    are ordered by score, the first ``RERANKED`` of each tier then gain what ``pairs`` add, in the
    order given, and are ordered anew, however few are asked for. With a ``sentence`` both tiers are
    ranked as one where posts are ordered by score, and the first ones also gain what its words add
    that they begin with, in their order, then what it adds to posts of ``query``.
    ``recency`` is None where date does not count. ``limit`` None means all. ``timezone`` decides
    in which year a post falls. With ``collapse`` near-duplicates stand under the first of them, as
    of ``souwen.search.duplicates.collapse``, and are no hits of their own.
    """

    query: Query
    scoring: tuple[Weighted, ...] = ()
    relaxed: Query | None = None
    recency: Recency | None = None
    sort: Sort = "blend"
    offset: int = 0
    limit: int | None = 10
    facets: tuple[FacetField, ...] = ()
    timezone: str = "UTC"
    explain: bool = False
    collapse: bool = False
    pairs: tuple[Pair, ...] = ()
    sentence: Sentence | None = None

    @property
    def reranks(self) -> bool:
        """Whether the best posts are ordered once more."""
        return bool(self.pairs or self.sentence) and self.sort in ("blend", "relevance")

    @property
    def merges(self) -> bool:
        """Whether both tiers are ranked as one."""
        return self.reranks and self.sentence is not None


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """A piece of an index, written at once: its posts, deleted ones still in it, its bytes."""

    name: str
    posts: int
    deleted: int
    size: int


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What an index says of itself. ``roots`` are the folders indexed; sizes are in bytes.

    ``parts`` are the sizes of what it is made of, largest first; of ``size``, nothing is left out.
    Both they and ``segments`` are empty where an engine does not know of such things. They say
    where posts lie, not which: indexes of the same posts may differ in them.
    """

    format: str
    fingerprint: str
    posts: int
    terms: int
    tokens: int
    size: int
    oldest: datetime | None
    newest: datetime | None
    undated: int
    roots: tuple[str, ...]
    analyzer: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, int], ...] = field(default=(), compare=False)
    segments: tuple[SegmentInfo, ...] = field(default=(), compare=False)


class Vocabulary(NamedTuple):
    """Terms one after the other in one text, how long each is, and in how many posts it stands.

    A term may come several times, each with some of its posts. Posts that have been deleted may
    be counted: this is for guessing what is meant, not for statistics.
    """

    text: str
    lengths: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]


class Reader(Protocol):
    """A snapshot of an index: a commit by another process changes nothing here.

    Every method may be called from many threads at once and raises StoreError after ``close``.
    """

    def search(self, request: Request, /) -> Matches:
        """The hits in the order: tier, score (or date), newer first, id.

        A hit is relaxed that is not of the first tier, in whatever order they come.
        """
        ...

    def terms(self, field: str, prefix: str, /) -> Iterable[tuple[str, int]]:
        """The terms of ``field`` that begin with ``prefix`` and in how many posts each stands,
        most frequent first, then by term."""
        ...

    def vocabulary(self, field: str, /) -> Vocabulary:
        """All terms of a term field, for those who look through them at once."""
        ...

    def frequencies(self, field: str, terms: Sequence[str], /) -> list[int]:
        """In how many posts each of these terms stands in ``field``."""
        ...

    def kept(self, name: str, /) -> bytes | None:
        """A side file of the snapshot's commit; None where there is none."""
        ...

    def info(self) -> StoreInfo:
        """Format, fingerprint and statistics."""
        ...

    def refresh(self) -> "Reader":
        """The newest snapshot; this one where nothing has changed. This one stays usable."""
        ...

    def close(self) -> None:
        """Let go of files and memory."""
        ...


def moment(date: int) -> datetime:
    """Milliseconds since 1970 UTC, as engines keep dates, as an aware date."""
    return datetime.fromtimestamp(date / 1000, UTC)
