"""How good is the ranking on judged queries? Prints what `souwen eval` measures, recency off.

``python tests/bench/quality.py [FOLDER [POSTS]]``: FOLDER holds ``cmrc2018`` and ``drcd`` in BEIR
form and is ``../shared/data/ir`` unless named. POSTS is a folder of posts: they are indexed without
their titles, and the title of each that has Han in it and is the only one of its kind is a query
whose right answer is the post.
"""

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from data.scan import is_han
from opencc import OpenCC

from souwen.index import build
from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.builder import open_store
from souwen.index.documents import Document
from souwen.index.schema import fingerprint
from souwen.index.settings import NAME, Settings, dump
from souwen.search import evaluate, open_index
from souwen.search.judgements import Judgements, read_judgements, read_queries

IR = Path(__file__).parents[3] / "shared" / "data" / "ir"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Judged(NamedTuple):
    """Documents, the queries that they answer, and which of them answers which."""

    documents: Iterable[Document]
    queries: Mapping[str, str]
    judgements: Judgements


def corpus(path: Path) -> Iterator[Document]:
    """The documents of a file in BEIR form."""
    with path.open(encoding="utf-8") as file:
        for one in map(json.loads, file):
            yield Document(one["_id"], f"/{one['_id']}", one["title"], one["text"])


def judged(folder: Path) -> Judged:
    """A set in BEIR form."""
    queries = read_queries(folder / "queries.jsonl")
    judgements = read_judgements(folder / "qrels.tsv", queries)
    return Judged(corpus(folder / "corpus.jsonl"), queries, judgements)


def titles(folder: Path) -> Judged:
    """Posts without their titles, and the titles as queries."""
    with tempfile.TemporaryDirectory() as place:
        build(folder, index=place, now=NOW)
        with open_index(place) as index:
            hits = index.search("", path="*", limit=None, collapse=False, now=NOW)
            posts = [hit.document for hit in hits]
    counts = Counter(post.title for post in posts)
    queries = {
        post.id: post.title
        for post in posts
        if counts[post.title] == 1 and any(map(is_han, post.title))
    }
    untitled = [Document(one.id, one.path, "", one.body, one.metadata) for one in posts]
    return Judged(untitled, queries, {name: {name: 1} for name in queries})


def fill(place: Path | str, documents: Iterable[Document]) -> None:
    """Index the documents."""
    analyzer = Analyzer()
    with open_store(place).writer() as writer:
        for one in documents:
            writer.put(analyze_document(one, analyzer))
        known = Settings(fingerprint(analyzer.fingerprint), "auto", "Asia/Shanghai")
        writer.keep(NAME, dump(known))


def report(label: str, one: Judged) -> None:
    """Print the measures of one set."""
    began = time.process_time()
    with tempfile.TemporaryDirectory() as place:
        fill(Path(place), one.documents)
        with open_index(place) as index:
            found = evaluate(index, one.queries, one.judgements, now=NOW, recency="off")
    print(f"{label}: {found.queries} queries, {time.process_time() - began:.1f} s of CPU time")
    for measure in found.measures:
        print(f"  {measure.name:12}{measure.mean:>8.4f}  {measure.low:.4f}–{measure.high:.4f}")
    sys.stdout.flush()


def main(ir: Path, posts: Path | None) -> None:
    """Measure each set."""
    report("cmrc2018", judged(ir / "cmrc2018"))
    drcd = judged(ir / "drcd")
    report("drcd", drcd)
    simplify = OpenCC("t2s").convert
    simplified = {name: simplify(text) for name, text in drcd.queries.items()}
    again = corpus(ir / "drcd" / "corpus.jsonl")
    report("drcd, simplified", Judged(again, simplified, drcd.judgements))
    if posts is not None:
        report(f"titles of {posts.name}", titles(posts))


if __name__ == "__main__":
    folders = list(map(Path, sys.argv[1:3]))
    main(folders[0] if folders else IR, folders[1] if len(folders) > 1 else None)
