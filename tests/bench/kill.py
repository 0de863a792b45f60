"""Killed at random moments, again and again: is the index as before or as after, and does it heal?

``python tests/bench/kill.py [TIMES] [KIND…]``: 500 times unless told, each kind of moment as often:
build, rebuild, update, merge, swap. Each time posts are written, changed and deleted, ``souwen
index`` is started with one process or two, and killed with SIGKILL at a random moment after a file
of its index shows that it is at work on what the kind is about. Then the index must hold exactly
the old or exactly the new posts without any repair and be sound to the last number, no process may
be left, and the next run must finish and leave no file that is not part of the index.
"""

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from souwen.index.builder import open_store
from souwen.index.engines.whoosh.commit import CATALOGUE, latest, read_commit
from souwen.index.engines.whoosh.lock import HOLDER
from souwen.search import open_index

POSTS = 800
"""Enough for more than one process to be started."""

TEXT = "春风又绿江南岸，明月何时照我还。羌笛何须怨杨柳，不度玉门关。" * 40
SEED = 20240601
LOOK = 0.001
"""Seconds between two looks at the files of a run."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Moments of one kind: how many posts change, and when a run has come so far.

    ``reached`` is told which names in the directory of the index are new. ``fresh`` runs begin
    without an index, ``full`` ones build all of it anew beside the old one.
    """

    changes: int
    reached: Callable[[set[str]], bool]
    fresh: bool = False
    full: bool = False
    jobs: tuple[str, ...] = ("1", "2")


def _writes(new: set[str]) -> bool:
    return HOLDER in new


def _merges(new: set[str]) -> bool:
    """Whether a second segment is written, of one and those that there were."""
    return sum(name.endswith(".seg") for name in new) > 1


def _swaps(new: set[str]) -> bool:
    """Whether all is written but the table of contents, or even that."""
    return any(name.startswith(CATALOGUE) for name in new)


KINDS = {
    "build": Kind(20, _writes, fresh=True),
    "rebuild": Kind(20, _writes, full=True),
    "update": Kind(20, _writes),
    # More than half of the posts: too many for the segment that is there to stay as it is.
    "merge": Kind(500, _merges, jobs=("1",)),
    "swap": Kind(20, _swaps),
}


@dataclass
class Blog:
    """Posts, each with a version in its text, and the index of them."""

    folder: Path
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def index(self) -> Path:
        return self.folder / "index"

    def change(self, count: int) -> None:
        """Write so many posts, new ones or anew, and delete a few."""
        for number in self.chance.sample(range(POSTS), count):
            path = self.folder / "posts" / f"{number % 40}" / f"{number}.md"
            name = f"{number % 40}/{number}.md"
            if name in self.versions and self.chance.random() < 0.2:
                path.unlink()
                del self.versions[name]
                continue
            self.versions[name] = self.versions.get(name, 0) + 1
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"第 {self.versions[name]} 版\n\n{name} {TEXT}", encoding="utf-8")

    def held(self) -> dict[str, int]:
        """What the index says that the posts are."""
        if latest(self.index) < 0:
            return {}
        with open_index(self.index) as opened:
            hits = opened.search("", path="*", limit=None, collapse=False)
            return {hit.id: int(hit.document.body.split()[1]) for hit in hits}

    def command(self, kind: Kind) -> list[str]:
        """A run, with one process or two."""
        full = ["--full"] if kind.full else []
        posts = str(self.folder / "posts")
        run = [sys.executable, "-m", "souwen.cli", "--quiet", "--index", str(self.index), "index"]
        return [*run, posts, "--jobs", self.chance.choice(kind.jobs), *full]

    def names(self) -> set[str]:
        """The files in the directory of the index."""
        with suppress(FileNotFoundError):
            return {path.name for path in self.index.iterdir()}
        return set()


@dataclass
class Moments:
    """When to kill runs of a kind: at random within the time that they took from there on."""

    kind: Kind
    rest: float = 0.0

    def run(self, blog: Blog, *, kill: bool) -> bool:
        """Run it, and kill it unless it is to be timed; False where it ended before that."""
        before, began = blog.names(), 0.0
        with subprocess.Popen(
            blog.command(self.kind), stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            while process.poll() is None and not self.kind.reached(blog.names() - before):
                time.sleep(LOOK)
            began = time.monotonic()
            with suppress(subprocess.TimeoutExpired):
                process.wait(blog.chance.uniform(0, self.rest) if kill else None)
            ended = process.poll() is not None
            if not kill:
                assert not process.returncode
                self.rest = time.monotonic() - began
            process.send_signal(signal.SIGKILL)
            process.wait()
            # The processes that it started see the end of their pipes.
            deadline = time.monotonic() + 10
            while _group(process.pid) and time.monotonic() < deadline:
                time.sleep(0.01)
            assert not _group(process.pid), "a process is left"
        return not ended


def _group(leader: int) -> bool:
    found = subprocess.run(["pgrep", "-g", str(leader)], capture_output=True, check=False)
    return found.returncode == 0


def round_of(blog: Blog, moments: Moments) -> str:
    """One round; returns what the kill met."""
    if moments.kind.fresh:
        shutil.rmtree(blog.index)
    before = {} if moments.kind.fresh else dict(blog.versions)
    blog.change(moments.kind.changes)
    killed = moments.run(blog, kill=True)
    found = blog.held()
    assert found in (before, blog.versions), "neither the old nor the new posts"
    if latest(blog.index) >= 0:
        flaws = list(open_store(blog.index).verify())
        assert not flaws, flaws
    subprocess.run(blog.command(KINDS["update"]), check=True)
    assert blog.held() == blog.versions
    commit = read_commit(blog.index, lambda one: one)
    assert commit is not None
    left = blog.names() - {"write.lock"} - commit.files()
    assert not left, left
    if not killed:
        return "had ended"
    return "new" if found == blog.versions else "old"


def main() -> None:
    """Print of each kind how often the index was old or new, or the run had ended before."""
    names = sys.argv[2:] or list(KINDS)
    times = (int(sys.argv[1]) if len(sys.argv) > 1 else 500) // len(names)
    with tempfile.TemporaryDirectory() as folder:
        blog = Blog(Path(folder))
        blog.change(POSTS)
        subprocess.run(blog.command(KINDS["build"]), check=True)
        for name in names:
            kind = KINDS[name]
            moments, met = Moments(kind), Counter[str]()
            if kind.fresh:
                shutil.rmtree(blog.index)
            blog.change(kind.changes)
            moments.run(blog, kill=False)
            while met.total() - met["had ended"] < times:
                met[round_of(blog, moments)] += 1
                print(f"\r{name}: {dict(met)}", end="", file=sys.stderr)
            print(
                f"\r{name}: killed {times} times within {moments.rest:.2f} s of its beginning: "
                f"{dict(met)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
