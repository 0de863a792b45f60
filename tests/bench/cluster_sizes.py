"""What does a post cost on a cluster? ``python tests/bench/cluster_sizes.py FOLDER…``

Starts a cluster of three nodes on this machine and indexes posts made of the paragraphs of those in
the folders: as a single shard for each of ``--sizes``, and at ``--beside`` posts also over three
shards with a replica, and with the embedded engine. Prints, as lines of JSON, bytes of a post, as
it was written and after all segments were merged, CPU time for a post in this process (analysis and
sending) and in the nodes, and of ten kinds of query, as users have them with ten snippets, p50, p95
and the CPU time of one in this process and the nodes, which other work on the machine does not
change.
"""

import argparse
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.node import Node
from cluster.running import Cluster, running
from latency import KINDS, NOW

from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_documents, together
from souwen.index.builder import open_store
from souwen.index.documents import Document, Metadata
from souwen.index.errors import PostError
from souwen.index.loading import load_document
from souwen.index.manifest import Manifest
from souwen.index.merging import kept
from souwen.index.schema import fingerprint
from souwen.index.settings import Settings
from souwen.index.source import list_files, read_file
from souwen.search import open_index

JAVA = ("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC")
MOST = 32 * 2**20
ROUNDS = 6
FIRST = datetime(2014, 1, 1, tzinfo=UTC)
PARAGRAPHS = 12
"""Of a post, more or less."""


class Corpus:
    """Posts made of real paragraphs; the first ones are the same however many there are."""

    def __init__(self, folders: Sequence[Path], files: int) -> None:
        zone = ZoneInfo("Asia/Shanghai")
        self.titles: list[str] = []
        self.paragraphs: list[str] = []
        for folder in folders:
            for file in list_files(folder, exclude=(), max_bytes=MOST).files[:files]:
                try:
                    data = read_file(file, max_bytes=MOST)
                    loaded = load_document(data, id=file.id, path=file.path, timezone=zone, now=NOW)
                except PostError:
                    continue
                self.titles.append(loaded.document.title)
                self.paragraphs += [one for one in loaded.document.body.split("\n") if len(one) > 9]

    def documents(self, count: int) -> Iterator[Document]:
        """So many posts."""
        for number in range(count):
            dice = random.Random(number)
            body = "\n".join(dice.choices(self.paragraphs, k=dice.randint(4, 2 * PARAGRAPHS - 4)))
            date = FIRST + timedelta(days=dice.randrange(3900))
            title = dice.choice(self.titles)
            yield Document(f"{number:07}.md", f"/{number:07}.md", title, body, Metadata(date=date))


def fill(place: str, corpus: Corpus, count: int) -> dict[str, Any]:
    """Index so many posts in one transaction, by this process alone."""
    analyzer = Analyzer()
    settings = Settings(fingerprint(analyzer.fingerprint), "auto", "Asia/Shanghai")
    made = analyzing = text = 0.0
    began, wall = time.process_time(), time.perf_counter()
    with open_store(place).writer() as writer:
        documents = corpus.documents(count)
        while True:
            start = time.process_time()
            group = next(together(documents, lambda one: len(one.body)), [])
            made += time.process_time() - start
            if not group:
                break
            start = time.process_time()
            analyzed = analyze_documents(group, analyzer)
            analyzing += time.process_time() - start
            text += sum(len((one.title + one.body).encode()) for one in group)
            for one in analyzed:
                writer.put(one)
        for name, content in kept(settings, Manifest()).items():
            writer.keep(name, content)
    used = time.process_time() - began - made
    return {
        "text_bytes_a_post": round(text / count),
        "analysis_ms_a_post": round(analyzing / count * 1000, 3),
        "client_ms_a_post": round(used / count * 1000, 3),
        "wall_s": round(time.perf_counter() - wall, 1),
    }


def latencies(place: str, spent: Callable[[], float]) -> dict[str, list[float]]:
    """p50 and p95 of each kind in ms, warm, and the CPU time of one, ``spent`` by all processes."""
    found = {}
    with open_index(place) as index:
        for kind, (queries, options) in KINDS.items():
            times: list[float] = []
            start = spent()
            for turn in range(ROUNDS + 1):
                for query in queries:
                    began = time.perf_counter()
                    for hit in index.search(query, now=NOW, **options):  # type: ignore[arg-type]
                        hit.load()
                    if turn:
                        times.append((time.perf_counter() - began) * 1000)
            each = (spent() - start) / len(queries) / (ROUNDS + 1)
            cuts = statistics.quantiles(times, n=20)
            found[kind] = [round(one, 2) for one in (statistics.median(times), cuts[-1], each)]
    return found


def on_cluster(cluster: Cluster, corpus: Corpus, count: int, how: str) -> dict[str, Any]:
    """One index on the cluster, removed when it was measured."""
    name = f"size-{count}"
    hosts = ",".join(one.removeprefix("http://") for one in cluster.addresses)
    place = f"opensearch://{hosts}/{name}?{how}"
    before = busy(cluster)
    filled = fill(place, corpus, count)
    node = cluster.nodes[0]
    node.get(f"/{name}/_flush", 600, method="POST")
    nodes_ms = busy(cluster) - before
    sizes = node.get(f"/{name}/_stats/store,segments")["_all"]["primaries"]
    found: dict[str, Any] = {
        "engine": f"opensearch {how}",
        "posts": count,
        **filled,
        "nodes_ms_a_post": round(nodes_ms / count, 3),
        "bytes_a_post": round(sizes["store"]["size_in_bytes"] / count),
        "segments": sizes["segments"]["count"],
        "latency_ms": latencies(place, lambda: busy(cluster) + own()),
    }
    found["merged_bytes_a_post"] = round(merged(node, name) / count)
    node.get(f"/{name}~*?expand_wildcards=all", 600, method="DELETE")
    return found


def merged(node: Node, name: str) -> int:
    """Bytes of one copy of an index, once each shard is one segment.

    Until segments are merged each keeps what was sent a second time, for copies that lag behind.
    """
    node.get(f"/{name}/_forcemerge?max_num_segments=1", 600, method="POST")
    node.get(f"/{name}/_refresh", 600, method="POST")
    (about,) = node.get(f"/{name}/_segments")["indices"].values()
    copies = (copy for shard in about["shards"].values() for copy in shard)
    return sum(
        segment["size_in_bytes"]
        for copy in copies
        if copy["routing"]["primary"]
        for segment in copy["segments"].values()
        if segment["search"]
    )


def busy(cluster: Cluster) -> float:
    """CPU time that all nodes have taken, in ms."""
    nodes = cluster.nodes[0].get("/_nodes/stats/process")["nodes"].values()
    return float(sum(one["process"]["cpu"]["total_in_millis"] for one in nodes))


def own() -> float:
    """CPU time that this process has taken, in ms."""
    return time.process_time() * 1000


def embedded(corpus: Corpus, count: int) -> dict[str, Any]:
    """The same posts in a directory."""
    with tempfile.TemporaryDirectory() as place:
        filled = fill(place, corpus, count)
        size = sum(one.stat().st_size for one in Path(place).rglob("*") if one.is_file())
        about = {"engine": "embedded", "posts": count, **filled}
        return {**about, "bytes_a_post": round(size / count), "latency_ms": latencies(place, own)}


def main() -> None:
    """Measure, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sizes", default="10000,50000")
    parser.add_argument("--beside", type=int, default=50_000)
    parser.add_argument("--files", type=int, default=3_000, help="of each folder")
    given = parser.parse_args()
    # Whoever ends this politely is to end the nodes as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    corpus = Corpus(given.folders, given.files)
    with running(java=JAVA) as cluster:
        for count in map(int, given.sizes.split(",")):
            say(on_cluster(cluster, corpus, count, "shards=1&replicas=0"))
            if count == given.beside:
                say(embedded(corpus, count))
                say(on_cluster(cluster, corpus, count, "shards=3&replicas=1"))


def say(found: dict[str, Any]) -> None:
    """One line."""
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
