"""Many processes read and write one index at once: is every answer that of a committed state?

Each transaction replaces, adds and deletes a few posts, and a post whose title is the number of the
state. Readers ask for that number and then a few questions of the same open index; afterwards the
reference engine answers the same questions on that state.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.runs import NOW

from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.builder import open_store
from souwen.index.documents import Document
from souwen.index.schema import fingerprint
from souwen.index.settings import NAME, Settings, dump
from souwen.search import Index, open_index

TESTS = Path(__file__).parents[1]
STATE = "state"
POSTS = 60
QUERIES = ("春风 明月", '"又绿江南岸"', "title:第7首", "春风 -海上", "天涯 OR 玉门", "sea*")
LINES = (
    "京口瓜洲一水间，钟山只隔数重山。",
    "春风又绿江南岸，明月何时照我还。",
    "海上生明月，天涯共此时。",
    "羌笛何须怨杨柳，春风不度玉门关。",
    "The search engine of the sea, by season.",
)

Versions = Mapping[str, int]
"""Which version of each post a state holds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went: transactions, answers, distinct states that were read, and what was wrong."""

    commits: int
    answers: int
    states: int
    errors: tuple[str, ...]


def document(name: str, version: int) -> Document:
    """A version of a post, always the same."""
    if name == STATE:
        return Document(STATE, f"/{STATE}", f"{STATE} {version}", "")
    chance = random.Random(f"{name} {version}")
    body = "\n".join(chance.choices(LINES, k=chance.randrange(1, 6)))
    return Document(name, f"/{name}", f"第{name}首", body)


def write(place: str, seconds: float, seed: int, log: Path) -> None:
    """Commit one small transaction after the other, and note each state before it is visible."""
    analyzer, chance = Analyzer(), random.Random(seed)
    settings = dump(Settings(fingerprint(analyzer.fingerprint), "auto", "Asia/Shanghai"))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        # Whatever the last writer noted was committed: the lock is free.
        with open_store(place).writer(wait=60) as writer, log.open("a+", encoding="utf-8") as notes:
            notes.seek(0)
            versions: dict[str, int] = json.loads(([*notes] or ["{}"])[-1])
            for name in map(str, chance.sample(range(POSTS), 5)):
                if name in versions and chance.random() < 0.3:
                    del versions[name]
                    writer.delete(name)
                else:
                    versions[name] = versions.get(name, 0) + chance.randrange(1, 9)
                    writer.put(analyze_document(document(name, versions[name]), analyzer))
            versions[STATE] = versions.get(STATE, 0) + 1
            writer.put(analyze_document(document(STATE, versions[STATE]), analyzer))
            writer.keep(NAME, settings)
            print(json.dumps(versions), file=notes, flush=True)


def read(place: str, seconds: float, log: Path) -> None:
    """Ask again and again, of the newest commit each time, and note the answers."""
    end = time.monotonic() + seconds
    index = open_index(place)
    with log.open("w", encoding="utf-8") as notes:
        while time.monotonic() < end:
            newer = index.refresh()
            if newer is not index:
                index.close()
                index = newer
            state = int(index.search(f"title:{STATE}", now=NOW).hits[0].title.split()[1])
            for query in QUERIES:
                print(json.dumps([state, query, answer(index, query)]), file=notes)
    index.close()


def answer(index: Index, query: str) -> list[object]:
    """All that is to be the same."""
    found = index.search(query, limit=20, recency="off", now=NOW)
    hits = [[hit.id, hit.score, hit.relaxed, hit.title, hit.snippet] for hit in found]
    return [found.total, found.total_relaxed, hits]


def run(folder: Path, *, seconds: float, readers: int, writers: int) -> Outcome:
    """Let them all loose on one index in the folder, and compare afterwards."""
    place, states = str(folder / "index"), folder / "states"
    write(place, 0.01, 0, states)
    jobs = [
        *(["write", place, str(seconds), str(seed), str(states)] for seed in range(1, writers + 1)),
        *(["read", place, str(seconds), str(folder / f"read{at}")] for at in range(readers)),
    ]
    # A script finds what lies beside it, not this package.
    paths = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, *job],
            env={**os.environ, "PYTHONPATH": paths},
            stderr=subprocess.PIPE,
            text=True,
        )
        for job in jobs
    ]
    errors = [said for process in processes for said in (process.communicate()[1],) if said]
    if errors:
        return Outcome(0, 0, 0, tuple(errors))
    known = [json.loads(line) for line in states.read_text("utf-8").splitlines()]
    by_number = {versions[STATE]: versions for versions in known}
    answers = 0
    seen: set[int] = set()
    expected: dict[tuple[int, str], object] = {}
    for state, query, found in _noted(folder, readers):
        answers, seen = answers + 1, seen | {state}
        if (state, query) not in expected:
            expected |= _reference(state, by_number[state])
        if found != expected[state, query]:
            errors.append(f"state {state}, {query}: {found}, expected {expected[state, query]}")
    return Outcome(len(known), answers, len(seen), tuple(errors))


def _noted(folder: Path, readers: int) -> Iterator[tuple[int, str, object]]:
    for at in range(readers):
        for line in (folder / f"read{at}").read_text("utf-8").splitlines():
            yield json.loads(line)


def _reference(state: int, versions: Versions) -> dict[tuple[int, str], object]:
    """What the reference engine says of one state."""
    analyzer, place = Analyzer(), f"memory:together-{state}"
    with open_store(place).writer() as writer:
        for name, version in versions.items():
            writer.put(analyze_document(document(name, version), analyzer))
        writer.keep(
            NAME, dump(Settings(fingerprint(analyzer.fingerprint), "auto", "Asia/Shanghai"))
        )
    with open_index(place) as index:
        # As it comes back from the notes.
        return {(state, query): json.loads(json.dumps(answer(index, query))) for query in QUERIES}


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", place, seconds, seed, log]:
            write(place, float(seconds), int(seed), Path(log))
        case ["read", place, seconds, log]:
            read(place, float(seconds), Path(log))
