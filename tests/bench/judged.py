"""Do all engines rank judged queries alike? ``python tests/bench/judged.py [FOLDER]``

Asks the queries of ``cmrc2018`` and ``drcd`` in FOLDER, which is ``../shared/data/ir`` if none is
named, of Whoosh, of OpenSearch, for which three nodes are started on this machine, and of
``memory:``, with recency off. Prints nDCG@10 of each side by side, how many queries have other ten
hits than with Whoosh, and the CPU time of one query in this program. ``memory:`` tries every
document and is slow: with ``--memory N`` it is asked N queries of each set, drawn at random, and
the others are measured on these too. With ``--queries N`` no more than N of each are asked at all,
with ``--sets`` those of one set alone.
"""

import argparse
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.running import running
from quality import IR, NOW, Judged, fill, judged

from souwen.search import Index, open_index
from souwen.search.evaluation import SHALLOW, gain, measured

SETS = ("cmrc2018", "drcd")
SEED = 1


class Asked(NamedTuple):
    """nDCG@10 of one query, and its hits."""

    ndcg: float
    hits: tuple[str, ...]


class Run(NamedTuple):
    """What became of each query by its name, and the CPU time of one in milliseconds."""

    found: Mapping[str, Asked]
    each: float


_opened: list[Index] = []
"""What a process that asks has open."""


def _open(place: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _opened.append(open_index(place))


def _ask(asked: tuple[str, Mapping[str, int]]) -> Asked:
    query, grades = asked
    hits = _opened[0].search(query, limit=SHALLOW, now=NOW, recency="off").hits
    ndcg = measured([gain(hit, grades) for hit in hits], grades.values())[0]
    return Asked(ndcg, tuple(hit.id for hit in hits))


def run(place: str, one: Judged, names: Sequence[str], jobs: int) -> Run:
    """Ask these queries, by several processes."""
    asked = [(one.queries[name], one.judgements[name]) for name in names]
    # Forked, so that what memory: holds is there as well.
    forking = multiprocessing.get_context("fork")
    before = _spent()
    with ProcessPoolExecutor(jobs, forking, _open, (place,)) as pool:
        found = list(pool.map(_ask, asked, chunksize=20))
    return Run(dict(zip(names, found, strict=True)), (_spent() - before) * 1000 / len(names))


def _spent() -> float:
    """CPU seconds of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(engines: Mapping[str, Run], names: Sequence[str]) -> Iterator[str]:
    """A line for each engine that was asked these queries."""
    reference = engines["whoosh"].found
    for engine, one in engines.items():
        if all(name in one.found for name in names):
            ndcg = sum(one.found[name].ndcg for name in names) / len(names)
            other = sum(one.found[name].hits != reference[name].hits for name in names)
            yield f"  {engine:12}{ndcg:.4f}{other:8} differ{one.each:10.1f} ms"


def drawn(names: Sequence[str], count: int | None) -> list[str]:
    """So many of them, all where it is None, in their order."""
    if count is None or count >= len(names):
        return list(names)
    some = set(random.Random(SEED).sample(sorted(names), count))
    return [name for name in names if name in some]


def main() -> None:
    """Measure each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=IR)
    parser.add_argument("--memory", type=int, help="queries of each set for memory:; all of them")
    parser.add_argument("--queries", type=int, help="queries of each set; all of them")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    # Whoever ends this politely is to end the nodes as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running() as cluster, tempfile.TemporaryDirectory() as folder:
        hosts = ",".join(one.removeprefix("http://") for one in cluster.addresses)
        for name in given.sets:
            one = judged(given.folder / name)
            every = drawn([name for name in one.queries if one.judgements.get(name)], given.queries)
            few = drawn(every, given.memory)
            documents = tuple(one.documents)
            engines: dict[str, Run] = {}
            for engine, place, names in (
                ("whoosh", str(Path(folder, name)), every),
                ("opensearch", f"opensearch://{hosts}/{name}?shards=3&replicas=0", every),
                ("memory", f"memory:{name}", few),
            ):
                fill(place, documents)
                engines[engine] = run(place, one, names, given.jobs)
            for names in (every, few) if len(few) < len(every) else (every,):
                print(f"{name}: {len(names)} queries")
                print(*report(engines, names), sep="\n", flush=True)


if __name__ == "__main__":
    main()
