"""How good is the ranking on judged queries? Prints nDCG@10 with recency off.

``python tests/bench/quality.py [FOLDER]``: FOLDER holds ``cmrc2018`` and ``drcd`` in BEIR form and
is ``../shared/data/ir`` unless named.
"""

import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from opencc import OpenCC

from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.builder import open_store
from souwen.index.documents import Document
from souwen.index.schema import fingerprint
from souwen.index.settings import NAME, Settings, dump
from souwen.search import Index, open_index

IR = Path(__file__).parents[3] / "shared" / "data" / "ir"
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Judged = Mapping[str, Mapping[str, int]]


def lines(path: Path) -> Iterator[dict[str, str]]:
    """The objects of a file with one JSON object a line."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def judgements(path: Path) -> Judged:
    """The relevant documents of each query and their grades."""
    found: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        found.setdefault(query, {})[document] = int(grade)
    return found


def build(corpus: Path, place: Path) -> None:
    """Index the documents of a corpus."""
    analyzer = Analyzer()
    with open_store(place).writer() as writer:
        for one in lines(corpus):
            document = Document(one["_id"], f"/{one['_id']}", one["title"], one["text"])
            writer.put(analyze_document(document, analyzer))
        known = Settings(fingerprint(analyzer.fingerprint), "auto", "Asia/Shanghai")
        writer.keep(NAME, dump(known))


def ndcg(found: Sequence[str], relevant: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), gain = grade."""
    gain = sum(relevant.get(one, 0) / math.log2(at + 2) for at, one in enumerate(found[:depth]))
    best = sorted(relevant.values(), reverse=True)[:depth]
    return gain / sum(grade / math.log2(at + 2) for at, grade in enumerate(best))


def evaluate(index: Index, queries: Mapping[str, str], judged: Judged) -> tuple[float, int]:
    """Mean nDCG@10 over the judged queries, and how many found nothing."""
    total, empty = 0.0, 0
    for name, relevant in judged.items():
        results = index.search(queries[name], limit=10, recency="off", now=NOW)
        total += ndcg([hit.id for hit in results], relevant)
        empty += not results.hits
    return total / len(judged), empty


def main(folder: Path) -> None:
    """Print the table."""
    simplify = OpenCC("t2s").convert
    print(f"{'set':24}{'queries':>8}{'nDCG@10':>9}{'empty':>7}{'seconds':>9}")
    for name, convert in (("cmrc2018", None), ("drcd", None), ("drcd", simplify)):
        queries = {one["_id"]: one["text"] for one in lines(folder / name / "queries.jsonl")}
        judged = judgements(folder / name / "qrels.tsv")
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as place:
            build(folder / name / "corpus.jsonl", Path(place))
            if convert is not None:
                queries = {key: convert(text) for key, text in queries.items()}
            with open_index(place) as index:
                score, empty = evaluate(index, queries, judged)
        label = name if convert is None else f"{name}, simplified"
        took = time.perf_counter() - began
        print(f"{label:24}{len(judged):>8}{score:>9.4f}{empty:>7}{took:>9.1f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IR)
