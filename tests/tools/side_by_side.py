"""What became of the tests that every engine must pass? A line for each, a column an engine."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tools.shelf import ENGINES

_TEST = re.compile(r"(?P<path>[^:]+)::(?P<name>.+?)\[(?P<parameters>.+)\]$")
_WIDTH = 28


def table(outcomes: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Lines for those of the tests that have an engine among their parameters.

    ``outcomes`` are their ids and what became of them, as ``passed``. A test with other parameters
    too counts once for each of them.
    """
    found: defaultdict[str, dict[str, Counter[str]]] = defaultdict(
        lambda: {engine: Counter() for engine in ENGINES}
    )
    for test, outcome in outcomes:
        parts = _TEST.match(test)
        engines = set(ENGINES).intersection(parts["parameters"].split("-") if parts else ())
        if parts and len(engines) == 1:
            label = f"{PurePosixPath(parts['path']).stem}::{parts['name']}"
            found[label][engines.pop()][outcome] += 1
    wide = max(map(len, found), default=0)
    yield " " * wide + "".join(engine.rjust(_WIDTH) for engine in ENGINES)
    for label in sorted(found):
        yield label.ljust(wide) + _columns(found[label])
    totals = {engine: sum((one[engine] for one in found.values()), Counter()) for engine in ENGINES}
    yield "all".ljust(wide) + _columns(totals)


def _columns(counted: dict[str, Counter[str]]) -> str:
    return "".join(
        (", ".join(f"{count} {outcome}" for outcome, count in sorted(one.items())) or "–").rjust(
            _WIDTH
        )
        for one in (counted[engine] for engine in ENGINES)
    )
