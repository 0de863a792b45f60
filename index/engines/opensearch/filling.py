"""Which new index are several processes filling at once, each with a slice of the posts?

It stands in the state until it is the one that is searched. What a slice keeps is a commit of its
own, beside that of the index.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from souwen.index.engines.opensearch import indices
from souwen.index.engines.opensearch.client import Cluster, Refused
from souwen.index.engines.opensearch.state import State
from souwen.index.errors import ConfigError

ID = "filling"


@dataclass(frozen=True, slots=True)
class Filling:
    """An index, and how many slices there are to fill it."""

    index: str
    count: int

    def commit(self, number: int) -> str:
        """What the commit of a slice is called by."""
        return f"{self.index}:{number}"

    def commits(self) -> Iterator[str]:
        """Those of all slices."""
        return (self.commit(number) for number in range(1, self.count + 1))


def filling(cluster: Cluster, state: State) -> Filling | None:
    """The index that is being filled; None where there is none, or it is searched by now."""
    found = state.get(ID)
    known = None if found is None else _read(found[0])
    return None if known is None or _is_live(cluster, known) else known


def begin(cluster: Cluster, state: State, count: int) -> Filling:
    """The index that so many slices fill; made by whoever comes first.

    Raises ConfigError where another number of them fill one.
    """
    found = _begun(cluster, state, count)
    if found.count != count:
        raise ConfigError(
            f"{cluster.address}: {found.count} slices, not {count}, are filling a new index; index "
            "all of those, or give them up with --full and without --slice"
        )
    indices.must_be_there(cluster, found.index, indices.posts(cluster, {}))
    return found


def _begun(cluster: Cluster, state: State, count: int) -> Filling:
    while True:
        found = state.get(ID)
        known = None if found is None else _read(found[0])
        if known is not None and not _is_live(cluster, known):
            return known
        begun = Filling(indices.new_name(cluster), count)
        try:
            # In the place of what was seen and of nothing else: others may begin as well.
            state.put(ID, asdict(begun), None if found is None else found[1])
        except Refused as refused:
            if refused.status != 409:
                raise


def _read(content: dict[str, Any]) -> Filling:
    return Filling(content["index"], content["count"])


def _is_live(cluster: Cluster, known: Filling) -> bool:
    live = indices.live(cluster)
    return live is not None and live.index == known.index


def give_up(state: State) -> None:
    """Nobody is to fill an index any more; the next writer removes what there is of it."""
    state.delete(ID)
