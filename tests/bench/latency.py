"""How long do indexing, opening and searching take? ``python tests/bench/latency.py FOLDER…``

Prints the rate of indexing by stage, the peak memory, the latency of ten kinds of query, and the
time from process start to output of ``souwen search``.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from souwen.index import build
from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.loading import load_document
from souwen.index.source import list_files, read_file
from souwen.search import Index, open_index

NOW = datetime(2024, 11, 1, tzinfo=UTC)
MIB = 2**20
ROUNDS = 50

KINDS: dict[str, tuple[Sequence[str], dict[str, object]]] = {
    "rare": (("慢查询", "闭包函数", "词向量"), {"sort": "relevance"}),
    "medium": (("微服务", "正则表达式", "负载均衡"), {"sort": "relevance"}),
    "common": (("数据", "使用", "问题"), {"sort": "relevance"}),
    "2-AND": (("数据库 索引", "线程 锁", "集群 部署"), {"sort": "relevance", "all": True}),
    "3-OR": (("缓存 OR 网关 OR 容器", "Go OR Java OR Python"), {"sort": "relevance"}),
    "phrase": (('"数据库的"', '"的时候"', '"使用 TiDB"'), {"sort": "relevance"}),
    "prefix": (("doc*", "java*", "my*"), {"sort": "relevance"}),
    "term, dates": (("数据", "问题"), {"sort": "relevance", "since": "2018", "until": "2020"}),
    "by date": (("数据", "问题"), {"sort": "date"}),
    "default": (("数据库 性能 优化", "如何在 Linux 上安装 docker"), {}),
}


def stages(folders: Sequence[Path]) -> None:
    """Print where the time of indexing goes, in one process."""
    analyzer, zone = Analyzer(), ZoneInfo("Asia/Shanghai")
    analyzer.analyze("先载入词典")
    spent = {"list": 0.0, "read": 0.0, "load": 0.0, "analyze": 0.0}
    size = 0
    for folder in folders:
        began = time.perf_counter()
        files = list_files(folder, exclude=(), max_bytes=32 * MIB).files
        spent["list"] += time.perf_counter() - began
        for file in files:
            began = time.perf_counter()
            data = read_file(file, max_bytes=32 * MIB)
            read = time.perf_counter()
            loaded = load_document(data, id=file.id, path=file.path, timezone=zone, now=NOW)
            parsed = time.perf_counter()
            analyze_document(loaded.document, analyzer)
            done = time.perf_counter()
            spent["read"] += read - began
            spent["load"] += parsed - read
            spent["analyze"] += done - parsed
            size += len(data)
    for name, seconds in spent.items():
        print(f"  {name:10}{seconds:8.1f} s {size / 1e6 / max(seconds, 1e-9):10.1f} MB/s")


def indexing(folders: Sequence[Path], place: str, jobs: int) -> None:
    """Print the rate of a whole build."""
    size = sum(path.stat().st_size for folder in folders for path in folder.rglob("*.m*"))
    began = time.perf_counter()
    report = build(folders, index=place, jobs=jobs, now=NOW)
    took = time.perf_counter() - began
    used = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file())
    print(
        f"{report.posts} posts, {size / 1e6:.1f} MB in {took:.1f} s with {jobs} processes: "
        f"{report.posts / took:.0f} posts/s, {size / 1e6 / took:.2f} MB/s; "
        f"index {used / 1e6:.1f} MB; skipped {len(report.skipped)}, drafts {report.drafts}, "
        f"excluded {report.excluded}, warnings {len(report.warnings)}"
    )
    began = time.perf_counter()
    build(index=place, now=NOW)
    print(f"nothing changed: {time.perf_counter() - began:.2f} s")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory: {own:.0f} MiB here, {children:.0f} MiB in the largest child")


def latency(index: Index) -> None:
    """Print p50 and p95 of each kind of query with its first ten snippets, warm, in ms."""
    print(f"{'kind':14}{'posts':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for kind, (queries, options) in KINDS.items():
        times: list[float] = []
        total = 0
        for _ in range(ROUNDS):
            for query in queries:
                began = time.perf_counter()
                results = index.search(query, now=NOW, **options)  # type: ignore[arg-type]
                for hit in results:
                    hit.load()
                times.append((time.perf_counter() - began) * 1000)
                total = results.total
        cuts = statistics.quantiles(times, n=20)
        print(f"{kind:14}{total:>8}{statistics.median(times):>9.2f}{cuts[-1]:>9.2f}")


def cold(place: str) -> None:
    """Print the time of the command, best and median of seven."""
    times = []
    for _ in range(7):
        began = time.perf_counter()
        command = [sys.executable, "-m", "souwen.cli", "--index", place, "search", "数据库 性能"]
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    print(f"cold start: best {min(times):.2f} s, median {statistics.median(times):.2f} s")


def main(folders: Sequence[Path]) -> None:
    """Print everything."""
    stages(folders)
    for jobs in (1, 2):
        with tempfile.TemporaryDirectory() as place:
            indexing(folders, place, jobs)
            if jobs == 2:
                with open_index(place) as index:
                    latency(index)
                cold(place)


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
