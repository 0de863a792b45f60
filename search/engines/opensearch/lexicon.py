"""Which terms has an index on a cluster, and in how many posts does each stand?

Terms of texts are those of the commit's layers, which count too many; the cluster counts exactly.
Values of keyword fields the cluster lists itself.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np

from souwen.index.engines.opensearch import vocabulary
from souwen.search.engine import Vocabulary
from souwen.search.engines.opensearch.counting import ASKED, Counting
from souwen.search.engines.opensearch.snapshot import Json, Snapshot


class Lexicon:
    """The terms of one snapshot."""

    def __init__(self, snapshot: Snapshot, counting: Counting) -> None:
        self._snapshot = snapshot
        self._counting = counting
        self._last: dict[tuple[str, str], int] = {}

    @cached_property
    def _layers(self) -> vocabulary.Counts:
        layers = range(len(self._snapshot.commit.layers))
        return vocabulary.merged(vocabulary.load(self._snapshot.layer(one)) for one in layers)

    def vocabulary(self, field: str) -> Vocabulary:
        """All terms of a field of texts, each at least as often as it stands."""
        found = self._layers[field]
        return Vocabulary(
            "".join(found),
            np.fromiter(map(len, found), np.int64, len(found)),
            np.fromiter(found.values(), np.int64, len(found)),
        )

    def terms(self, field: str, prefix: str) -> Iterator[tuple[str, int]]:
        """The terms with that prefix, most frequent first, then by term."""
        if field not in vocabulary.FIELDS:
            return iter(sorted(self.values(field, prefix), key=_by_frequency))
        return self.counted(field, lambda term: term.startswith(prefix))

    def values(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """The values of a keyword field, each with its number of documents."""
        query = {"prefix": {field: {"value": prefix}}} if prefix else {"match_all": {}}
        for value, count in self._snapshot.buckets(query, [source(field)]):
            if value.startswith(prefix):
                yield value, count

    def counted(
        self, field: str, accept: Callable[[str], bool], at_once: int = ASKED
    ) -> Iterator[tuple[str, int]]:
        """The terms that are accepted, most frequent first; so many are counted at once.

        No term stands in more documents than its layers say, so that the first ones are known
        before all are counted.
        """
        wanted = self.known(field, accept)
        known: list[tuple[str, int]] = []
        for begin in range(0, len(wanted), at_once):
            asked = [term for term, _ in wanted[begin : begin + at_once]]
            counts = self._counting.counts([_term(field, term) for term in asked])
            counted = [one for one in zip(asked, counts, strict=True) if one[1]]
            known = sorted([*known, *counted], key=_by_frequency)
            following = wanted[begin + at_once : begin + at_once + 1]
            most = following[0][1] if following else 0
            sure = next((at for at, one in enumerate(known) if one[1] <= most), len(known))
            yield from known[:sure]
            known = known[sure:]
        yield from known

    def known(self, field: str, accept: Callable[[str], bool]) -> list[tuple[str, int]]:
        """The terms that are accepted, each at least as often as it stands, most often first."""
        found = [one for one in self._layers[field].items() if accept(one[0])]
        return sorted(found, key=_by_frequency)

    def frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """In how many documents each of the terms stands."""
        known = self._last
        if any((field, term) not in known for term in terms):
            known = self._last = self._counted(
                [(one, term) for one in _alike(field) for term in terms]
            )
        return [known[field, term] for term in terms]

    def _counted(self, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        counts = self._counting.counts([_term(field, term) for field, term in asked])
        return dict(zip(asked, counts, strict=True))


def _term(field: str, term: str) -> Json:
    return {"term": {field: {"value": term}}}


def _alike(field: str) -> list[str]:
    """The fields of the same part, of titles and bodies: who asks for one asks for the other."""
    part = field.partition(".")[2]
    return [name for name in vocabulary.FIELDS if name.partition(".")[2] == part] or [field]


def source(field: str) -> Json:
    """A source of a composite aggregation."""
    return {"value": {"terms": {"field": field}}}


def _by_frequency(one: tuple[str, int]) -> tuple[int, str]:
    term, count = one
    return -count, term


def first(found: Iterable[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """The first ones, at most so many."""
    return [one for one, _ in zip(found, range(most), strict=False)]
