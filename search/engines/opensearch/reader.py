"""How is a request answered by a cluster? It finds, scores and orders; the rest is done here."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from souwen.index.documents import Document
from souwen.index.engines.opensearch.address import Address
from souwen.index.engines.opensearch.vocabulary import FIELDS
from souwen.index.schema import FORMAT, TERM_FIELDS
from souwen.search.duplicates import Group, collapse
from souwen.search.engine import Request, StoreInfo, Vocabulary, moment
from souwen.search.engines.opensearch import facets
from souwen.search.engines.opensearch.completeness import Completeness
from souwen.search.engines.opensearch.holdings import Bounds, Holdings
from souwen.search.engines.opensearch.ranking import Tier
from souwen.search.engines.opensearch.reranking import Complete, Reranker
from souwen.search.engines.opensearch.scoring import Found, Scoring
from souwen.search.engines.opensearch.snapshot import Json, Snapshot, open_newest
from souwen.search.engines.opensearch.translation import any_of
from souwen.search.entry import term_score
from souwen.search.hits import Match, Matches, TermScore

BOUNDS = Bounds()


class ClusterReader:
    """A snapshot of an index on a cluster; see ``souwen.search.engine.Reader``."""

    def __init__(self, snapshot: Snapshot, bounds: Bounds = BOUNDS) -> None:
        self._snapshot = snapshot
        self._bounds = bounds
        self._holdings = Holdings(snapshot, bounds)

    def search(self, request: Request, /) -> Matches:
        """The page that the request asks for."""
        snapshot = self._snapshot
        snapshot.must_be_open()
        scoring = Scoring(request, self._holdings)
        selections = self._selections(request)
        first = Completeness(selections[0], snapshot)
        reranker = Reranker(request, self._holdings, first.among)
        rerank = reranker.best if request.reranks else None
        ranked = [any_of(selections)] if request.merges else _apart(selections)
        tiers = [Tier(one, scoring, snapshot, rerank) for one in ranked]
        found, groups, ids = self._groups(request, tiers)
        strict = Tier(selections[0], scoring, snapshot, None) if request.merges else tiers[0]
        complete = first.among if request.merges else tiers[0].among
        total = sum(tier.total for tier in tiers)
        shown = [
            (group.place, tuple(sorted(ids[number] for number in group.under)))
            for group in groups[request.offset :]
        ]
        explain = partial(self._explain, request, reranker) if request.explain else None
        exact = strict.exact and all(tier.exact for tier in tiers)
        return Matches(
            tuple(self._matches(found, shown, complete, explain)),
            total=strict.total,
            total_relaxed=total,
            facets=tuple(
                (name, facets.count(snapshot, name, strict.selecting, request.timezone))
                for name in request.facets
            ),
            origin=self._origin(request),
            more=not exact or total > sum(1 + len(group.under) for group in groups),
            exact=exact,
        )

    def _selections(self, request: Request) -> list[Json]:
        """What is asked for, and what does where that is not to be had."""
        queries = [request.query] if request.relaxed is None else [request.query, request.relaxed]
        return list(map(self._holdings.translation.selection, queries))

    def _groups(
        self, request: Request, tiers: Sequence[Tier]
    ) -> tuple[list[Found], list[Group], list[str]]:
        """The hits up to the end of the page, by their places among those that were fetched.

        Those that stand under a hit are numbers, of which the last list has the ids.
        """
        end = None if request.limit is None else request.offset + request.limit
        if not request.collapse:
            found = _first(tiers, end)
            return found, [Group(place, ()) for place in range(len(found))], []
        numbers: dict[str, int] = {}
        every = any_of([tier.selecting for tier in tiers])
        found = []
        signatures: dict[str, bytes] = {}

        def ranked(count: int | None) -> Sequence[int]:
            nonlocal found
            found = _first(tiers, count)
            signatures.update((one.id, one.signature) for one in found)
            return [numbers.setdefault(one.id, len(numbers)) for one in found]

        def near(some: Sequence[int]) -> list[list[int]]:
            ids = list(numbers)
            own = {ids[number]: signatures[ids[number]] for number in some}
            alike = self._holdings.duplicates.among(own, every)
            return [[numbers.setdefault(other, len(numbers)) for other in one] for one in alike]

        groups = collapse(ranked, near, end)
        return found, groups, list(numbers)

    def _matches(
        self,
        found: Sequence[Found],
        shown: Sequence[tuple[int, tuple[str, ...]]],
        among: Complete,
        explain: Callable[[Document], tuple[TermScore, ...]] | None,
    ) -> Iterable[Match]:
        """The hits; those that are not of the first tier are relaxed."""
        chosen = [found[place] for place, _ in shown]
        complete = set(among([one.id for one in chosen]))
        loaders = self._holdings.posts.loaders([one.id for one in chosen])
        for (_, under), one, fetch in zip(shown, chosen, loaders, strict=True):
            explanation = explain(fetch()) if explain is not None else ()
            text, score = one.text, one.score
            if explain is not None:
                text = 0.0
                for each in explanation:
                    text += each.score
                score = text * one.factor
            yield Match(
                id=one.id,
                score=score,
                text_score=text,
                recency_factor=one.factor,
                relaxed=one.id not in complete,
                load=fetch,
                explanation=explanation,
                duplicates=under,
            )

    def _explain(
        self, request: Request, reranker: Reranker, document: Document
    ) -> tuple[TermScore, ...]:
        """What made up the text score of a post."""
        entry = self._holdings.posts.entry(document)
        scores = (term_score(one, entry) for one in self._holdings.statistics.of(request.scoring))
        pairs = reranker.explain(entry) if request.reranks else []
        return (*(score for score in scores if score is not None), *pairs)

    def _origin(self, request: Request) -> datetime | None:
        newest = None if request.recency is None else self._holdings.statistics.newest
        if request.recency is None or newest is None:
            return None
        return moment(min(request.recency.now, newest))

    def terms(self, field: str, prefix: str, /) -> Iterable[tuple[str, int]]:
        """The field's terms with that prefix, most frequent first."""
        return self._holdings.lexicon.terms(field, prefix)

    def vocabulary(self, field: str, /) -> Vocabulary:
        """All terms of the field."""
        return self._holdings.lexicon.vocabulary(field)

    def frequencies(self, field: str, terms: Sequence[str], /) -> list[int]:
        """In how many live documents each of the terms stands."""
        return self._holdings.lexicon.frequencies(field, terms)

    def kept(self, name: str, /) -> bytes | None:
        """A side file of this snapshot's commit."""
        return self._snapshot.kept(name)

    def info(self) -> StoreInfo:
        """Statistics of this snapshot; its terms are those of its vocabulary."""
        statistics, settings = self._holdings.statistics, self._snapshot.settings
        return StoreInfo(
            format=FORMAT,
            fingerprint=settings.fingerprint,
            posts=statistics.posts,
            terms=sum(len(self.vocabulary(name).lengths) for name in FIELDS),
            tokens=sum(statistics.tokens(field.name) for field in TERM_FIELDS),
            size=self._snapshot.size(),
            oldest=_moment(statistics.oldest),
            newest=_moment(statistics.newest),
            undated=statistics.posts - statistics.dated,
            roots=tuple(root.path for root in settings.roots),
            analyzer=(),
        )

    def refresh(self) -> "ClusterReader":
        """The newest commit; this reader where it is the newest."""
        self._snapshot.must_be_open()
        if self._snapshot.is_newest():
            return self
        return open_reader(self._snapshot.cluster.address, self._bounds)

    def close(self) -> None:
        """Let go of the snapshot and of connections."""
        self._snapshot.close()


def _apart(selections: list[Json]) -> list[Json]:
    """What each tier selects, where the second comes behind the first."""
    first, *others = selections
    return [first, *({"bool": {"filter": [one], "must_not": [first]}} for one in others)]


def _first(tiers: Sequence[Tier], count: int | None) -> list[Found]:
    """The first ones of all tiers, one tier after the other."""
    found: list[Found] = []
    for tier in tiers:
        found += tier.first(None if count is None else count - len(found))
    return found


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else moment(milliseconds)


def open_reader(address: Address, bounds: Bounds = BOUNDS) -> ClusterReader:
    """The newest commit. Raises StoreMissing, StoreOutdated or StoreCorrupt, and EngineError for
    what the cluster does not permit."""
    snapshot = open_newest(address)
    try:
        _ = snapshot.settings
    except BaseException:
        snapshot.close()
        raise
    return ClusterReader(snapshot, bounds)
