"""Left alone with a busy archive: does a watch keep its memory, its disk, and to the truth?

``python tests/bench/soak.py [MINUTES]``: 30 minutes unless told. A generator adds, rewrites,
renames and deletes posts 20 times a second while ``souwen watch`` runs and 4 readers search. Each
answer is compared with a scan of the posts that its commit holds, and each commit with the files
as the generator's log says that they were (see ``soaking/history.py``). In the end the index must
hold what the files say. Prints figures, and exits with 1 where anything is wrong.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from race.memory import measure
from soaking.history import Change, History
from soaking.posts import serial_of
from soaking.reading import read
from soaking.writing import write

from souwen.index.engines.whoosh.commit import read_commit
from souwen.search import open_index

READERS = 4
SAMPLE = 2.0
"""Seconds between two looks at memory and disk."""

BACK = 60.0
"""Seconds: no commit may be of files that were so before its run by more than this."""

FLAT = 0.05
"""How much more memory the last sixth of the time may take than the first after warming up."""

SWING = 0.25
"""How much more disk: it swings, as segments are merged."""

SEGMENTS = 12
LATE = 1.0
"""Seconds that the system may take to tell of a change."""

MB = 1e6
PATIENCE = 120.0
Process = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """How it was at a moment: bytes of memory and disk, and how many segments."""

    at: float
    watch: int
    readers: int
    disk: int
    segments: int


@dataclass
class Outcome:
    """What was seen. ``windows`` are the seconds of those of commits, ``lags`` how long after a
    change a reader saw it."""

    samples: list[Sample] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    windows: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    answers: int = 0
    changes: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is."""

    folder: Path

    @property
    def posts(self) -> Path:
        return self.folder / "posts"

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def log(self) -> Path:
        return self.folder / "changes"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def said(self) -> Path:
        return self.folder / "said"

    @property
    def stop(self) -> Path:
        return self.folder / "stop"

    def reader(self, number: int) -> Path:
        return self.folder / f"reader{number}"


def soak(folder: Path, seconds: float) -> Outcome:
    """Let it run for so long in an empty folder, and look at what happened."""
    places, outcome = Places(folder), Outcome()
    with ExitStack() as ending:
        generator = _start(ending, "write", places.posts, places.log, seconds, stdin=True)
        assert generator.stdout is not None
        assert generator.stdin is not None
        generator.stdout.readline()
        watch = ending.enter_context(_watch(places))
        ending.callback(watch.kill)
        _until(lambda: _lines(places.runs))
        readers = [
            _start(ending, "read", places.index, places.reader(at), places.stop, at)
            for at in range(READERS)
        ]
        generator.stdin.write("\n")
        generator.stdin.flush()
        began = time.monotonic()
        while generator.poll() is None:
            outcome.samples.append(_sample(places, watch, readers, time.monotonic() - began))
            time.sleep(SAMPLE)
        outcome.errors += _settled(places)
        places.stop.touch()
        for process in (generator, *readers):
            said = process.communicate()
            outcome.errors += [text for text in said if text and process is not generator]
        watch.send_signal(signal.SIGTERM)
        if watch.wait(PATIENCE):
            outcome.errors.append(f"the watch ended with {watch.returncode}")
    _compare(places, outcome)
    return outcome


def _start(ending: ExitStack, *arguments: object, stdin: bool = False) -> Process:
    process = ending.enter_context(
        subprocess.Popen(
            [sys.executable, __file__, *map(str, arguments)],
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    )
    ending.callback(process.kill)
    return process


def _watch(places: Places) -> Process:
    command = ["-m", "souwen.cli", "--quiet", "--index", str(places.index), "watch", "--json"]
    with places.runs.open("w") as log, places.said.open("w") as said:
        return subprocess.Popen(
            [sys.executable, *command, str(places.posts)], stdout=log, stderr=said, text=True
        )


def _until(done: Any) -> None:
    latest = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > latest:
            raise TimeoutError("nothing happened for too long")
        time.sleep(0.1)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _sample(places: Places, watch: Process, readers: list[Process], at: float) -> Sample:
    commit = read_commit(places.index, lambda found: found)
    sizes = []
    for entry in os.scandir(places.index):
        try:
            sizes.append(entry.stat().st_size)
        except FileNotFoundError:
            continue
    return Sample(
        at,
        measure(watch.pid).own,
        sum(measure(one.pid).own for one in readers),
        sum(sizes),
        len(commit.segments) if commit else 0,
    )


def _settled(places: Places) -> list[str]:
    """Whether the index comes to hold what the files say, once these rest."""
    files = {
        path.relative_to(places.posts).as_posix(): serial_of(
            path.read_text("utf-8").partition("title: ")[2].partition("\n")[0]
        )
        for path in places.posts.rglob("*.md")
        if not path.name.startswith(".")
    }

    def held() -> bool:
        with open_index(places.index) as index:
            hits = index.search("", path="*", limit=None, collapse=False)
            return {hit.id: serial_of(hit.title) for hit in hits} == files

    try:
        _until(held)
    except TimeoutError:
        return ["the index does not hold what the files say"]
    # For the readers to see it.
    time.sleep(2)
    return []


def _compare(places: Places, outcome: Outcome) -> None:
    """Every commit that a reader saw with the history of the files."""
    changes = [Change(**line) for line in _lines(places.log)]
    outcome.runs = _lines(places.runs)
    outcome.changes = len(changes)
    outcome.errors += places.said.read_text("utf-8").splitlines()
    back = BACK + max(run["took_ms"] for run in outcome.runs) / 1000
    outcome.errors += [f"a run failed: {run}" for run in outcome.runs if run.get("error")]
    for reader in range(READERS):
        history, shown = History(changes), 0
        for seen, state in _commits(places.reader(reader), outcome):
            window = history.window(state, until=seen, back=back)
            if window is None:
                outcome.errors.append(f"reader {reader}: no files of any moment at {seen}")
                continue
            outcome.windows.append(history.seconds(window))
            outcome.lags += [seen - one.ended for one in changes[shown : window.first]]
            shown = max(shown, window.first)


def _commits(log: Path, outcome: Outcome) -> Iterator[tuple[float, dict[str, int]]]:
    """When a reader saw each commit, and what it holds; the rest of its log goes to the outcome."""
    state: dict[str, int] = {}
    for line in _lines(log):
        if "wrong" in line:
            outcome.errors.append(line["wrong"])
        elif "answers" in line:
            outcome.answers += line["answers"]
        else:
            changed = line["files"]
            state = {name: at for name, at in state.items() if name not in changed}
            state |= {name: at for name, at in changed.items() if at is not None}
            yield line["seen"], state


def judge(outcome: Outcome) -> tuple[list[str], list[str]]:
    """The figures, and what is wrong with them: the first sixth of the time is for warming up, the
    second is compared with the last."""
    samples, runs, lags = outcome.samples, outcome.runs, sorted(outcome.lags)
    end = samples[-1].at
    first = [one for one in samples if end / 6 <= one.at < end / 3]
    last = [one for one in samples if one.at >= end * 5 / 6]
    wrong, figures = [], [f"changes {outcome.changes}, runs {len(runs)}, answers {outcome.answers}"]
    for name in ("watch", "readers"):
        early, late = (
            statistics.mean(getattr(one, name) for one in part) for part in (first, last)
        )
        figures.append(f"memory of {name}: {early / MB:.1f} MB, in the end {late / MB:.1f} MB")
        if late > early * (1 + FLAT):
            wrong.append(f"the memory of {name} grew by {late / early - 1:.1%}")
    early, late = (max(one.disk for one in part) for part in (first, last))
    segments = max(one.segments for one in samples)
    figures.append(f"disk: at most {early / MB:.1f} MB, in the end {late / MB:.1f} MB")
    figures.append(f"segments: at most {segments}")
    if late > early * (1 + SWING) or segments > SEGMENTS:
        wrong.append("the disk or the number of segments is not bounded")
    took = sorted(run["took_ms"] / 1000 for run in runs)
    widest, moments = max(outcome.windows), outcome.windows.count(0.0)
    figures.append(f"commits seen {len(outcome.windows)}: of one moment {moments}")
    figures.append(f"seconds of the others: at most {widest:.2f}")
    if widest > took[-1] + LATE:
        wrong.append("a commit is not of the time of its run")
    figures.append(
        f"seconds of a run: median {statistics.median(took):.2f}, at most {took[-1]:.2f}"
    )
    figures.append(
        f"seconds from a change to its answer: median {statistics.median(lags):.1f}, "
        f"at most {lags[-1]:.1f}"
    )
    return figures, wrong


def main(minutes: float) -> int:
    """Print what happened; 1 where anything is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = soak(Path(folder).resolve(), minutes * 60)
    figures, wrong = judge(outcome)
    wrong = outcome.errors + wrong
    print(*figures, f"wrong: {len(wrong)}", *wrong[:20], sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", posts, log, seconds]:
            write(Path(posts), Path(log), float(seconds))
        case ["read", place, log, stop, seed]:
            read(Path(place), Path(log), Path(stop), int(seed))
        case arguments:
            sys.exit(main(float(*arguments or ["30"])))
