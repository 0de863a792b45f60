"""What does the command do? It reads what is asked for, measures, keeps and prints."""

import argparse
import json
import os
import platform
import re
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from race import measuring
from race.engine import ENTRIES
from race.kinds import draw
from race.making import prepare
from race.plot import picture
from race.report import PICTURE, into_readme, report

README = Path(__file__).parents[3] / "README.md"
PARTS = {
    "build": ("build", measuring.build),
    "files": ("files", measuring.from_files),
    "query": ("query", measuring.query),
    "threads": ("threads", measuring.threads),
    "users": ("users", measuring.users),
}


def arguments(description: str) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--work", type=Path, required=True, help="folder for corpora and indexes")
    parser.add_argument(
        "--sizes", type=_numbers, default=[10_000, 100_000], help="numbers of posts"
    )
    parser.add_argument("--posts", type=int, help="one small size, for development")
    parser.add_argument("--parts", type=_names(PARTS), default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument(
        "--engines", type=_names(ENTRIES), default=list(ENTRIES), help=", ".join(ENTRIES)
    )
    parser.add_argument("--rounds", type=int, default=5, help="of every question")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--sample",
        type=int,
        default=2_000,
        help="posts for ChineseAnalyzer; as many as there are give it what souwen gets",
    )
    parser.add_argument(
        "--queries", type=int, default=100_000, help="asked on each of 1, 4 threads"
    )
    parser.add_argument("--scaling", type=_numbers, default=[], help="sizes to draw a picture of")
    parser.add_argument("--readme", action="store_true", help="put the tables into the README")
    parser.add_argument("--keep", action="store_true", help="keep earlier results of other parts")
    parser.add_argument("--reuse", action="store_true", help="with --keep: peers build only once")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.replace("_", "").split(",") if one]


def _names(known: Any) -> Any:
    def names(text: str) -> list[str]:
        chosen = [one.strip() for one in text.split(",") if one.strip()]
        strange = [one for one in chosen if one not in known]
        if strange:
            raise argparse.ArgumentTypeError(f"{strange}: choose from {', '.join(known)}")
        return chosen

    return names


def about() -> dict[str, Any]:
    """Machine, versions and commit."""
    processor = platform.processor() or platform.machine()
    memory = ""
    if Path("/proc/cpuinfo").exists():
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
        processor = found[1] if found else processor
        total = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
        memory = f"，{int(total[1]) / 2**20:.0f} GiB 内存" if total else ""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
        cwd=README.parent,
    )
    packages = ("numpy", "rjieba", "Whoosh", "jieba", "tantivy", "bm25s")
    return {
        "machine": f"{processor}，{os.cpu_count()} 核{memory}，{platform.system()}",
        "versions": {
            "Python": platform.python_version(),
            **{name: version(name) for name in packages},
            "SQLite": sqlite3.sqlite_version,
        },
        "commit": commit.stdout.strip() or "?",
        "date": datetime.now(UTC).date().isoformat(),
    }


def main(asked: argparse.Namespace) -> None:
    """Measure, keep, print."""
    kept = asked.work / "results.json"
    results: dict[str, Any] = {"sizes": {}, "scaling": []}
    if asked.keep and kept.exists():
        results = json.loads(kept.read_text())
    results["about"] = about() | {"kept": asked.keep}
    for size in [asked.posts] if asked.posts else asked.sizes:
        measuring.say(f"{size}: the corpus")
        corpus = prepare(asked.work, size, jobs=asked.jobs, files="files" in asked.parts)
        draw(corpus)
        one = results["sizes"].setdefault(str(size), {})
        known = {
            name: found
            for name, found in one.get("build", {}).items()
            if asked.reuse and name != "souwen"
        }
        plan = measuring.Plan(
            corpus=corpus,
            place=asked.work / "indexes" / str(size),
            engines=asked.engines,
            rounds=asked.rounds,
            jobs=asked.jobs,
            sample=asked.sample,
            queries=asked.queries,
            known=known,
        )
        one["posts"] = len(corpus)
        for part in asked.parts:
            name, measured = PARTS[part]
            one[name] = measured(plan)
            kept.write_text(json.dumps(results, ensure_ascii=False, indent=1))
    if asked.scaling:
        results["scaling"] = measuring.scaling(asked.work, asked.scaling, jobs=asked.jobs)
        picture(results["scaling"], README.parent / PICTURE)
        kept.write_text(json.dumps(results, ensure_ascii=False, indent=1))
    text = report(results)
    print(text)
    if asked.readme:
        into_readme(README, text)
