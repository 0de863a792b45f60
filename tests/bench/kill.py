"""Killed at random moments, again and again: is the index as before or as after, and does it heal?

``python tests/bench/kill.py [TIMES]``: 500 times unless told. Each time some posts are written,
changed and deleted, ``souwen index`` (now and then ``--full``, with one process or two) is started
and killed with SIGKILL at a random moment of its run; then the index must hold exactly the old or
exactly the new posts without any repair and be sound to the last number, no process may be left,
and the next run must finish and leave no file that is not part of the index.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from souwen.index.builder import open_store
from souwen.index.engines.whoosh.commit import latest, read_commit
from souwen.search import open_index

POSTS = 1500
"""Enough for more than one process to be started."""

TEXT = "春风又绿江南岸，明月何时照我还。羌笛何须怨杨柳，不度玉门关。" * 30
SEED = 20240601


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
            hits = opened.search("", path="*", limit=None)
            return {hit.id: int(hit.document.body.split()[1]) for hit in hits}

    def command(self) -> list[str]:
        """A run: of everything now and then, with one process or two."""
        jobs = self.chance.choice(("1", "2"))
        full = ["--full"] if self.chance.random() < 0.2 else []
        posts = str(self.folder / "posts")
        run = [sys.executable, "-m", "souwen.cli", "--quiet", "--index", str(self.index), "index"]
        return [*run, posts, "--jobs", jobs, *full]


def killed(command: list[str], after: float) -> bool:
    """Start a command and kill it after so many seconds; False where it ended before that."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(after)
        ended = process.poll() is not None
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


def round_of(blog: Blog, longest: float) -> str:
    """One round; returns what the kill met."""
    before = dict(blog.versions)
    blog.change(blog.chance.choice((3, 30, 600)))
    # Small updates are over soon: half of the moments are early ones.
    longest = blog.chance.choice((0.5, longest))
    ended = not killed(blog.command(), blog.chance.uniform(0.05, longest))
    found = blog.held()
    assert found in (before, blog.versions), "neither the old nor the new posts"
    flaws = list(open_store(blog.index).verify())
    assert not flaws, flaws
    subprocess.run(blog.command(), check=True)
    assert blog.held() == blog.versions
    commit = read_commit(blog.index, lambda one: one)
    assert commit is not None
    left = {path.name for path in blog.index.iterdir()} - {"write.lock"} - commit.files()
    assert not left, left
    if ended:
        return "had ended"
    return "new" if found == blog.versions else "old"


def main() -> None:
    """Print how often the index was old, new, or the run had ended before it could be killed."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    met: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        blog = Blog(Path(folder))
        blog.change(POSTS)
        began = time.monotonic()
        subprocess.run(blog.command(), check=True)
        longest = (time.monotonic() - began) * 1.1
        while met.total() - met["had ended"] < times:
            met[round_of(blog, longest)] += 1
            print(f"\r{dict(met)}", end="", file=sys.stderr)
    print(f"\nkilled {times} times: {dict(met)}")


if __name__ == "__main__":
    main()
