"""What is measured, part by part? Every result is plain data, to be kept as JSON."""

import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from race import files
from race.agreement import DEEP, dated, equal_tens, equal_totals
from race.corpus import Corpus
from race.engine import ENTRIES, Answer, Entry
from race.kinds import KINDS, draw
from race.making import mixed
from race.memory import Memory, Watch, measure
from race.process import Remote, Worker, mean, percentiles
from race.users import UserWorker

Result = dict[str, Any]

SLOW = 2.0
"""Seconds for all questions of a kind; an engine that takes longer is asked them once."""

CHECKED = 10
"""Questions of each kind that an engine is asked whose answers are checked alone."""

UPDATES = 5
UPDATED = 10


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure of a corpus, and where. ``sample`` posts are given to ChineseAnalyzer.

    ``known`` are peers that need not build again, with what was measured when they did.
    """

    corpus: Corpus
    place: Path
    engines: Sequence[str]
    rounds: int
    jobs: int
    sample: int
    queries: int
    known: Mapping[str, Result]

    @property
    def size(self) -> int:
        """The number of posts."""
        return len(self.corpus)

    def entries(self) -> list[Entry]:
        """The engines that take part."""
        return [ENTRIES[name] for name in self.engines]

    def directory(self, name: str) -> Path:
        """Where the index of an engine lies."""
        return self.place / name

    def fresh(self, name: str) -> Path:
        """The same, empty."""
        directory = self.directory(name)
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        return directory

    def remote(self, name: str) -> Remote:
        """A process with that engine."""
        return Remote(Worker, name, self.corpus.place)


def build(plan: Plan) -> Result:
    """Indexing words that are ready: seconds, memory beyond what held them, size."""
    found: Result = {}
    for entry in plan.entries():
        if entry.index is not None:
            continue
        if entry.name in plan.known and plan.directory(entry.name).is_dir():
            found[entry.name] = plan.known[entry.name]
            continue
        say(f"{plan.size}: {entry.name} builds")
        directory = plan.fresh(entry.name)
        with plan.remote(entry.name) as remote:
            remote.call("ready")
            before = measure(remote.pid)
            with Watch(remote.pid) as watch:
                seconds = remote.call("build", directory)
        found[entry.name] = {
            "seconds": seconds,
            "memory": watch.peak.own - before.own,
            "files": watch.peak.files - before.files,
            "size": files.size_of(directory),
        }
        say(f"  {plan.size / seconds:.0f} posts/s, {found[entry.name]['size'] / 1e6:.1f} MB")
    return found


def from_files(plan: Plan) -> Result:
    """Indexing files as users do: souwen all of them, Whoosh with ChineseAnalyzer a sample."""
    folder = plan.corpus.folder
    assert folder is not None
    say(f"{plan.size}: souwen builds from files")
    built = files.build_souwen(folder, plan.fresh("users"), jobs=plan.jobs)
    found = {"souwen": asdict(built)}
    say(f"  {built.read / 1e6 / built.seconds:.2f} MB/s, {built.memory.own / 1e6:.0f} MB")
    paths = files.list_posts(folder)[: plan.sample]
    read = sum(path.stat().st_size for path in paths)
    for processes in (1, 2):
        say(f"{plan.size}: Whoosh builds from {len(paths)} files with {processes} processes")
        directory = plan.fresh(f"chinese-{processes}")
        with Remote(files.ChineseAnalyzerWorker) as remote:
            before = measure(remote.pid)
            with Watch(remote.pid) as watch:
                seconds = remote.call("build", paths, directory, processes)
        memory = Memory(watch.peak.own - before.own, watch.peak.files - before.files)
        size = files.size_of(directory)
        one = files.Built(len(paths), read, seconds, size, memory)
        found[f"ChineseAnalyzer-{processes}"] = asdict(one)
        say(f"  {read / 1e6 / seconds:.2f} MB/s")
    return found


def query(plan: Plan) -> Result:
    """Latencies in ms, rounds of all engines by turns; first whether they find the same."""
    newest = plan.corpus.newest
    with ExitStack() as stack:
        remotes: dict[str, Remote] = {}
        result: Result = {"open": {}, "agreement": {}, "kinds": {}, "memory": {}}
        for entry in plan.entries():
            if entry.part == "build":
                continue
            directory = plan.directory(entry.index or entry.name)
            remote = remotes[entry.name] = stack.enter_context(plan.remote(entry.name))
            result["open"][entry.name] = remote.call("open", directory, newest) * 1000
        for kind in KINDS:
            say(f"{plan.size}: {kind}")
            able = [name for name in remotes if kind not in ENTRIES[name].cannot]
            raced = [name for name in able if ENTRIES[name].part == "race"]
            first = {name: remotes[name].call("times", kind) for name in raced}
            result["agreement"][kind] = _agreement(plan.corpus, kind, remotes, able)
            result["kinds"][kind] = _latencies(kind, remotes, first, plan.rounds)
        for name, remote in remotes.items():
            result["memory"][name] = asdict(measure(remote.pid))
    return result


def _agreement(
    corpus: Corpus, kind: str, remotes: dict[str, Remote], able: Sequence[str]
) -> Result:
    """How many best tens, and how many totals, are as ours."""

    def answers(name: str, limit: int, most: int | None = None) -> list[Answer]:
        found = remotes[name].call("answers", kind, limit, most)
        return [dated(one, corpus) for one in found] if kind == "by date" else found

    if "souwen" not in able:
        return {}
    ours = answers("souwen", DEEP)
    found: Result = {}
    for name in able:
        if name != "souwen":
            most = CHECKED if ENTRIES[name].part == "check" else None
            theirs = answers(name, 10, most)
            found[name] = {
                "tens": equal_tens(ours, theirs),
                "expected": kind in ENTRIES[name].exact,
                "totals": equal_totals(ours, theirs),
            }
    return found


def _latencies(
    kind: str, remotes: dict[str, Remote], first: dict[str, list[float]], rounds: int
) -> dict[str, Result]:
    """Percentiles of what is asked again, and of what was asked the first time."""
    times: dict[str, list[float]] = {name: [] for name in first}
    for name in _by_turns(first, rounds):
        times[name] += remotes[name].call("times", kind)
    return {
        name: percentiles(times[name] or first[name])
        | {"first": percentiles(first[name])["p50"], "questions": len(first[name])}
        for name in first
    }


def _by_turns(first: dict[str, list[float]], rounds: int) -> Iterator[str]:
    for _ in range(rounds):
        yield from (name for name, seconds in first.items() if sum(seconds) < SLOW)


def threads(plan: Plan) -> Result:
    """The same queries on one thread and on four that share an open index, in both modes.

    As users get it they take longer, and are a twentieth as many.
    """
    with plan.remote("souwen") as remote:
        say(f"{plan.size}: threads, words only")
        remote.call("open", plan.directory("souwen"), plan.corpus.newest)
        words = _threads(remote, plan.queries)
    with Remote(UserWorker, plan.corpus.place) as remote:
        say(f"{plan.size}: threads, as users get it")
        remote.call("open", plan.directory("users"))
        return {"words": words, "users": _threads(remote, plan.queries // 20)}


def _threads(remote: Remote, queries: int) -> Result:
    found = {}
    for count in (1, 4):
        seconds, wrong = remote.call("threads", count, queries)
        found[str(count)] = {"seconds": seconds, "wrong": wrong, "queries": queries}
        say(f"  {count}: {queries / seconds:.0f} queries/s, {wrong} wrong")
    return found


def users(plan: Plan) -> Result:
    """Latencies in ms of queries as they are typed, with snippets, and memory after 1,000."""
    with Remote(UserWorker, plan.corpus.place) as remote:
        empty = measure(remote.pid)
        opened = remote.call("open", plan.directory("users"))
        kinds, asked = {}, 0
        for kind in KINDS:
            say(f"{plan.size}: {kind}, as users ask it")
            rounds = [remote.call("times", kind) for _ in range(2)]
            kinds[kind] = percentiles(rounds[-1]) | {"first": percentiles(rounds[0])["p50"]}
            asked += sum(map(len, rounds))
        return {
            "open": opened * 1000,
            "kinds": kinds,
            "queries": asked,
            "memory": asdict(measure(remote.pid)),
            "empty": asdict(empty),
        }


def scaling(work: Path, sizes: Sequence[int], *, jobs: int) -> list[Result]:
    """souwen with words alone at growing sizes."""
    found = []
    for size in sizes:
        corpus = mixed(work, size, jobs=jobs)
        draw(corpus)
        directory = work / "indexes" / f"scaling-{size}"
        shutil.rmtree(directory, ignore_errors=True)
        found.append(_scaled(corpus, directory))
        shutil.rmtree(directory)
    return found


def _scaled(corpus: Corpus, directory: Path) -> Result:
    size = len(corpus)
    say(f"{size}: scaling, builds")
    with Remote(Worker, "souwen", corpus.place) as remote:
        remote.call("load")
        before = measure(remote.pid)
        with Watch(remote.pid) as watch:
            seconds = remote.call("build_stream", directory)
        row: Result = {
            "posts": size,
            "seconds": seconds,
            "memory": watch.peak.own - before.own,
            "size": files.size_of(directory),
        }
    say(f"  {size / seconds:.0f} posts/s")
    with Remote(Worker, "souwen", corpus.place) as remote:
        row["open"] = remote.call("open", directory, corpus.newest) * 1000
        kinds = {kind: [remote.call("times", kind) for _ in range(3)] for kind in KINDS}
        row["kinds"] = {
            kind: percentiles([one for times in rounds[1:] for one in times])
            for kind, rounds in kinds.items()
        }
        row["p50"] = mean([one["p50"] for one in row["kinds"].values()])
        row["p95"] = mean([one["p95"] for one in row["kinds"].values()])
        row["searching"] = asdict(measure(remote.pid))
    say(f"{size}: scaling, updates")
    with Remote(Worker, "souwen", corpus.place) as remote:
        updates = [
            remote.call("update", directory, size + number * UPDATED, UPDATED)
            for number in range(UPDATES)
        ]
        row["update"] = sorted(updates)[UPDATES // 2] * 1000
    return row
