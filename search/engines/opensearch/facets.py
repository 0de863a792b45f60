"""How many posts of a cluster's answer have each value? All are counted, none is estimated."""

from souwen.search.engines.opensearch.lexicon import source
from souwen.search.engines.opensearch.snapshot import Json, Snapshot
from souwen.search.hits import Facet, FacetField

_SHOWN = {"category": "categories", "tag": "tags", "author": "author"}


def count(
    snapshot: Snapshot, name: FacetField, selecting: Json, timezone: str
) -> tuple[Facet, ...]:
    """Each value with its number of posts, most frequent first; years newest first."""
    if name == "year":
        years = snapshot.buckets(selecting, [_year(timezone)])
        return tuple(Facet(year, count) for year, count in sorted(years, reverse=True))
    found = snapshot.buckets(selecting, [source(f"shown.{_SHOWN[name]}")])
    ranked = sorted(found, key=lambda one: (-one[1], one[0]))
    return tuple(Facet(value, count) for value, count in ranked)


def _year(timezone: str) -> Json:
    year = {
        "field": "date",
        "calendar_interval": "year",
        "time_zone": timezone,
        "format": "u",
    }
    return {"value": {"date_histogram": year}}
