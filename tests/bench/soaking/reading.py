"""Is every answer that of a scan? A reader asks again and again, of the newest commit each time.

For each commit it lists all posts first, and notes what is new; the answers must then be those
that a scan of just these posts gives.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from soaking.posts import TAGS, Version, serial_of, version, word
from souwen.search import Hit, Index, open_index

PAUSE = 0.1
"""Seconds between two questions of a reader."""

PHRASES = ("又绿江南岸", "明月", "春风不度玉门关", "全文检索引擎", "search engine", "天涯共此时")
_BODIES = 3

Files = dict[str, Version]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and of which posts a scan finds it true."""

    query: str
    true: Callable[[str, Version], bool]
    given: dict[str, Any] = field(default_factory=dict)


def questions(chance: random.Random, serials: list[int]) -> Iterator[Question]:
    """One of each kind; ``serials`` are those of the posts that are there, and of some that were
    there."""
    one, two = chance.sample(PHRASES, 2)
    year = chance.randrange(2010, 2024)
    tag, folder, found = chance.choice(TAGS), chance.randrange(40), word(chance.choice(serials))
    yield Question(f'"{one}"', lambda _, post: one in post.body)
    yield Question(f'"{one}" "{two}"', lambda _, post: one in post.body and two in post.body)
    yield Question(f'"{one}" -"{two}"', lambda _, post: one in post.body and two not in post.body)
    yield Question(f'"{one}" OR "{two}"', lambda _, post: one in post.body or two in post.body)
    yield Question(f'"{found}"', lambda _, post: found in post.body)
    yield Question(f"tag:{tag}", lambda _, post: post.tag == tag)
    yield Question(f"path:{folder}/*", lambda name, _: fnmatchcase(name, f"{folder}/*"))
    yield Question(
        f'"{two}"',
        lambda _, post: two in post.body and post.day >= date(year, 1, 1),
        {"since": date(year, 1, 1), "sort": "date"},
    )


def wrong(index: Index, files: Files, question: Question) -> str | None:
    """What is wrong with the answer to a question, None where nothing is."""
    found = index.search(question.query, limit=None, relax=False, collapse=False, **question.given)
    expected = {name for name, post in files.items() if question.true(name, post)}
    ids = [hit.id for hit in found]
    if set(ids) != expected or len(ids) != len(expected) or found.total != len(expected):
        return f"found {len(ids)} of {found.total}, a scan {len(expected)}"
    if question.given:
        days = [files[name].day for name in ids]
        if days != sorted(days, reverse=True):
            return "not in the order of dates"
    held = next((hit.id for hit in found.hits[:_BODIES] if not _holds(hit, files[hit.id])), None)
    return None if held is None else f"{held} does not say what its file says"


def _holds(hit: Hit, post: Version) -> bool:
    return (hit.title, hit.document.body) == (post.title, post.body)


@dataclass
class Reader:
    """One that asks, and notes commits and what is wrong in a file of its own."""

    log: Path
    chance: random.Random
    serials: dict[str, int] = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    answers: int = 0

    def run(self, place: Path, stop: Path) -> None:
        """Ask until there is a file called ``stop``."""
        index = open_index(place)
        self._take(index)
        while not stop.exists():
            for question in questions(self.chance, [*self.serials.values(), *self.gone]):
                if (newer := index.refresh()) is not index:
                    index.close()
                    index = newer
                    self._take(index)
                if (flaw := wrong(index, self.files, question)) is not None:
                    self._note({"wrong": f"{question.query} {question.given}: {flaw}"})
                self.answers += 1
                time.sleep(PAUSE)
        index.close()
        self._note({"answers": self.answers})

    def _take(self, index: Index) -> None:
        """List the posts of a commit, and note how they differ from those of the last."""
        seen = time.monotonic()
        hits = index.search("", path="*", limit=None, collapse=False)
        serials = {hit.id: serial_of(hit.title) for hit in hits}
        before = self.serials
        changed: dict[str, int | None] = {
            name: serial for name, serial in serials.items() if before.get(name) != serial
        }
        changed.update(dict.fromkeys(before.keys() - serials.keys()))
        self.gone = [before[name] for name in changed if name in before][:50]
        self.serials = serials
        self.files = {
            name: self.files[name] if before.get(name) == serial else version(serial)
            for name, serial in serials.items()
        }
        self._note({"seen": seen, "files": changed})

    def _note(self, said: dict[str, Any]) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            print(json.dumps(said), file=log)


def read(place: Path, log: Path, stop: Path, seed: int) -> None:
    """Ask, of the index in a folder, until there is a file called ``stop``."""
    Reader(log, random.Random(seed)).run(place, stop)
