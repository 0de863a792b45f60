"""How does Whoosh's own searcher come to Lucene's scores? By a weighting model on our statistics.

``index.searcher(weighting=LuceneWeighting(snapshot))`` scores as ``Weighted(term, 1.0)`` does:
over live documents, where Whoosh by itself counts deleted ones too.
"""

from typing import Any

import numpy as np
from whoosh.scoring import BaseScorer, WeightingModel

from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.schema import FIELD
from souwen.search.ranking import frequency_weight, idf


class LuceneWeighting(WeightingModel):  # type: ignore[misc]  # Whoosh has no types
    """BM25 for the term fields of a snapshot of the same commit."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._ours = {name.replace(".", "_"): name for name in FIELD}

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: float = 1) -> Any:  # noqa: ARG002
        """What scores the postings of one term in one segment. Raises KeyError for other fields."""
        field = self._ours[fieldname]
        found = self._snapshot.term(field, text.decode("utf-8", "surrogatepass"))
        statistics = self._snapshot.field(field)
        matching = 0 if found is None else found.count
        return _Scorer(
            searcher,
            fieldname,
            idf(statistics.documents, matching),
            statistics.average,
            FIELD[field].b,
        )


class _Scorer(BaseScorer):  # type: ignore[misc]
    def __init__(
        self, searcher: Any, fieldname: str, rarity: float, average: float, b: float
    ) -> None:
        self._length = searcher.reader().doc_field_length
        self._field = fieldname
        self._rarity = rarity
        self._average = average
        self._b = b

    def score(self, matcher: Any) -> float:
        """The score of the posting that the matcher stands at."""
        length = np.array([self._length(matcher.id(), self._field)], float)
        tf = np.array([matcher.weight()])
        return float(self._rarity * frequency_weight(tf, length, self._average, self._b)[0])

    def max_quality(self) -> float:
        """No posting is worth more than its term is rare."""
        return self._rarity

    def block_quality(self, matcher: Any) -> float:  # noqa: ARG002
        """No block is better than another as far as is known here."""
        return self._rarity
