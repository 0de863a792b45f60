"""How many posts have a field, how long is it on average, and when is the newest post dated?"""

from souwen.index.engines.opensearch.mapping import WHOLE, similarity
from souwen.index.engines.opensearch.vocabulary import FIELDS
from souwen.search.engine import Weighted
from souwen.search.engines.opensearch.counting import Counting
from souwen.search.engines.opensearch.snapshot import Json
from souwen.search.engines.opensearch.translation import Translation
from souwen.search.entry import TermStatistics
from souwen.search.query import Leaf


def aggregations() -> Json:
    """What is to be known of all posts."""
    found: Json = {
        "newest": {"max": {"field": "date"}},
        "oldest": {"min": {"field": "date"}},
        "dated": {"value_count": {"field": "date"}},
        WHOLE: {"filter": {"exists": {"field": WHOLE}}},
    }
    for name in FIELDS:
        field = {"field": f"lengths.{similarity(name)}"}
        found[f"{similarity(name)}_documents"] = {"value_count": field}
        found[f"{similarity(name)}_tokens"] = {"sum": field}
    return found


class Statistics:
    """Numbers of one snapshot, which counts live documents alone.

    ``counting`` knows the ``aggregations`` of all.
    """

    def __init__(self, counting: Counting, translation: Translation) -> None:
        self._counting = counting
        self._translation = translation
        self._matching: dict[Leaf, int] = {}

    @property
    def _told(self) -> Json:
        found: Json = self._counting.all()["aggregations"]
        return found

    def _date(self, name: str) -> int | None:
        value = self._told[name]["value"]
        return None if value is None else int(value)

    @property
    def newest(self) -> int | None:
        """The newest date, in milliseconds since 1970."""
        return self._date("newest")

    @property
    def oldest(self) -> int | None:
        """The oldest one."""
        return self._date("oldest")

    @property
    def posts(self) -> int:
        """All documents."""
        return int(self._counting.all()["hits"]["total"]["value"])

    @property
    def dated(self) -> int:
        """Those with a date."""
        return int(self._told["dated"]["value"])

    def documents(self, field: str) -> int:
        """Those that have the field."""
        if field == WHOLE:
            return int(self._told[WHOLE]["doc_count"])
        return int(self._told[f"{similarity(field)}_documents"]["value"])

    def tokens(self, field: str) -> int:
        """The terms of the field in all documents, each as often as it stands."""
        if field == WHOLE:
            return self.documents(field)
        return int(self._told[f"{similarity(field)}_tokens"]["value"])

    def average(self, field: str) -> float:
        """The mean length of the field where there is one."""
        documents = self.documents(field)
        return self.tokens(field) / documents if documents else 1.0

    def of(self, weighted: tuple[Weighted, ...]) -> list[TermStatistics]:
        """What BM25 needs to know of each."""
        unknown = [one.leaf for one in weighted if one.leaf not in self._matching]
        counts = self._counting.counts([self._translation.leaf(leaf) for leaf in unknown])
        self._matching.update(zip(unknown, counts, strict=True))
        return [
            TermStatistics(
                one,
                self.documents(one.leaf.field),
                self._matching[one.leaf],
                self.average(one.leaf.field),
            )
            for one in weighted
        ]
