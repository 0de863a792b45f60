"""Ray has two workers analyze posts: ``python tests/bench/partitions.py FOLDER [WORKERS]``

What they make is put into an index by this process. Prints how many posts a second one process and
the workers analyze, and whether the index answers as that of one run does. Needs the extra
``bench``; nothing leaves this machine.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import ray

from souwen.index import analyze_partition, build, put_partitions
from souwen.index.prepare import Outcome
from souwen.index.source import list_files
from souwen.search import open_index

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PARTITION = 500
"""Files of one task."""

QUERIES = ("服务", "数据 索引", '"配置文件"', "微服务 OR 容器", "Linux")


@ray.remote
def analyze(paths: list[str], root: str) -> list[Outcome]:
    """What a worker makes of its files, which it reads itself."""
    return list(analyze_partition(read(paths), root=root, now=NOW))


def read(paths: list[str]) -> Iterator[tuple[str, bytes]]:
    """Paths with their bytes."""
    for path in paths:
        yield path, Path(path).read_bytes()


def partitions(paths: list[str]) -> Iterator[list[str]]:
    """The files in tasks."""
    rest = iter(paths)
    while part := list(islice(rest, PARTITION)):
        yield part


def answers(index: Path) -> list[object]:
    """Everything that is found."""
    with open_index(index) as opened:
        results = [opened.search(query, limit=None, now=NOW) for query in QUERIES]
        return [(found.total, [(hit.id, hit.score) for hit in found]) for found in results]


def main(folder: Path, workers: int) -> None:
    """Measure and compare."""
    root = folder.resolve()
    files = list_files(root, exclude=(), max_bytes=32 * 2**20).files
    paths = [file.path for file in files]
    began = time.perf_counter()
    alone = sum(1 for _ in analyze_partition(read(paths), root=str(root), now=NOW))
    once = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as scratch:
        ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
        # Workers start, and load their dictionaries.
        ray.get([analyze.remote(paths[:1], str(root)) for _ in range(workers)])
        began = time.perf_counter()
        tasks = [analyze.remote(part, str(root)) for part in partitions(paths)]
        done = [outcome for task in tasks for outcome in ray.get(task)]
        spread = time.perf_counter() - began
        report = put_partitions(done, index=Path(scratch, "put"))
        ray.shutdown()
        built = build([root], index=Path(scratch, "built"), now=NOW, jobs=os.cpu_count())
        same = answers(Path(scratch, "put")) == answers(Path(scratch, "built"))
    print(f"files {len(paths)}, posts {report.posts}, by one run {built.posts}")
    print(f"one process {alone / once:.0f} files/s, {workers} workers {alone / spread:.0f} files/s")
    print("answers are the same" if same else "ANSWERS DIFFER")
    sys.exit(not same)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2)
