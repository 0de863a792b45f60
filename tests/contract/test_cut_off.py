"""Whenever a run is ended, and whatever fails, the index is as before or as after, and heals."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tools.faults import Case, How, Server, compiled, serving
from tools.runs import NOW, write_old

from souwen.index import build
from souwen.index.engines.whoosh.commit import latest, read_commit
from souwen.search import open_index

QUERIES = ("江南", '"明月"', "tag:诗", "title:第2首", "go")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        library = compiled(tmp_path_factory.mktemp("faults"))
    except OSError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"needs Linux and a C compiler: {error}")
    with serving(library) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Step:
    """A run that is to be disturbed: the posts, the index before it, what it says afterwards."""

    posts: Path
    index: Path
    before: object
    after: object
    full: bool


def answers(index: Path) -> object:
    """What the index says to a few queries; None where there is none."""
    if latest(index) < 0:
        return None
    with open_index(index) as opened:
        found = [opened.search(query, now=NOW) for query in QUERIES]
        return [
            (one.total, [(hit.id, hit.score, hit.title, hit.snippet) for hit in one])
            for one in found
        ]


def posts(first: int, end: int, line: str) -> dict[str, str]:
    return {
        f"{number}.md": f"---\ntitle: 第{number}首\ndate: 2024-05-01\ntags: [诗]\n---\n{line}"
        for number in range(first, end)
    }


def first_build(folder: Path) -> bool:
    write_old(folder / "posts", posts(0, 8, "江南好，风景旧曾谙。"))
    return False


def update_with_merge(folder: Path) -> bool:
    write_old(folder / "posts", posts(0, 8, "江南好，风景旧曾谙。"))
    build(folder / "posts", index=folder / "index", now=NOW)
    write_old(folder / "posts", posts(6, 12, "海上生明月，天涯共此时。go"), mtime=10**18)
    (folder / "posts/1.md").unlink()
    return False


def full_rebuild(folder: Path) -> bool:
    update_with_merge(folder)
    return True


@pytest.fixture(params=[first_build, update_with_merge, full_rebuild], scope="module")
def step(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Step:
    prepare: Callable[[Path], bool] = request.param
    folder = tmp_path_factory.mktemp("cut")
    full = prepare(folder)
    before = answers(folder / "index")
    done = folder / "done"
    if before is not None:
        shutil.copytree(folder / "index", done)
    build(folder / "posts", index=done, full=full, now=NOW)
    return Step(folder / "posts", folder / "index", before, answers(done), full)


def copied(step: Step, place: Path) -> Case:
    """The case of an undisturbed run on a copy of the index."""
    shutil.rmtree(place, ignore_errors=True)
    if step.before is not None:
        shutil.copytree(step.index, place)
    return Case(str(step.posts), str(place), full=step.full)


def named(place: Path) -> set[str]:
    commit = read_commit(place, lambda found: found)
    assert commit is not None
    return commit.files()


@pytest.mark.parametrize("how", [How.KILLED, How.TORN, How.CUT_OFF, How.FULL], ids=str)
def test_at_every_call_that_changes_a_file_the_index_is_old_or_new_and_the_next_run_heals_it(
    server: Server, step: Step, how: How, tmp_path: Path
) -> None:
    place = tmp_path / "index"
    calls = server.run(copied(step, place)).calls
    assert calls is not None
    assert answers(place) == step.after
    seen = []
    for at in range(1, calls + 1):
        end = server.run(replace(copied(step, place), at=at, how=how))
        found = answers(place)
        assert found in (step.before, step.after), (at, end)
        seen.append(found == step.after)
        if end.error not in (None, "killed"):
            assert end.error == "StoreError", end
            told = "all is written" if found == step.after else "is as it was before"
            assert told in end.message, end
        build(step.posts, index=place, now=NOW)
        assert answers(place) == step.after, (at, end)
        left = {path.name for path in place.iterdir()} - {"write.lock"}
        assert left == named(place), (at, end)
    # The new state comes with one call, and stays.
    assert seen == sorted(seen)
    assert not seen[0]
