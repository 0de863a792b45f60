"""Many runs fill a new index on a cluster at once: it is the index that one run makes."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.clusters import asking, cluster_address, remove_made
from tools.runs import NOW, ids, numbers, write_old

from souwen.index import ConfigError, IndexConfig, IndexReport, StoreError, StoreLocked, build
from souwen.index.builder import open_store
from souwen.index.engines.opensearch.filling import filling
from souwen.index.engines.opensearch.lock import locked
from souwen.index.engines.opensearch.slices import slice_lock
from souwen.index.engines.opensearch.state import Commit, State
from souwen.index.slices import Slice
from souwen.search import open_index

LINES = ("春风又绿江南岸", "明月何时照我还", "京口瓜洲一水间")
POSTS = {f"{n:02}.md": f"# 第{n}篇\n\n{LINES[n % 3]}，{LINES[n // 10]}" for n in range(30)}
SLICES = ("1/3", "2/3", "3/3")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    yield cluster_address(tmp_path)
    remove_made()


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    write_old(tmp_path / "posts", POSTS)
    return tmp_path / "posts"


def run(index: str, *paths: Path, **options: object) -> IndexReport:
    return build(paths, index=index, now=NOW, **options)  # type: ignore[arg-type]


def said(place: str) -> list[object]:
    with open_index(place) as opened:
        found = opened.search("春风 明月", limit=None, now=NOW)
        return [(hit.id, round(hit.score, 4), hit.snippet) for hit in found]


def left(index: str) -> list[str]:
    """The kinds of indices that there are on the cluster beside that of the state."""
    with asking(index) as cluster:
        found = cluster.ask("GET", f"/{cluster.address.name}~*/_alias", expand_wildcards="all")
        return sorted(name for name in found if not name.endswith("~state"))


def test_slices_that_are_filled_at_once_become_one_index(index: str, posts: Path, tmp_path: Path):
    reports: dict[str, IndexReport] = {}

    def fill(one: str) -> None:
        reports[one] = run(index, posts, slice=one, wait=60)

    threads = [threading.Thread(target=fill, args=(one,)) for one in SLICES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.added for report in reports.values()) == 30
    # Where the last ones end at once, each of them may find that all are there.
    assert {report.posts for report in reports.values() if not report.waiting} == {30}
    run(f"memory:{tmp_path}", posts)
    assert ids(index) == sorted(POSTS)
    assert said(index) == said(f"memory:{tmp_path}")
    assert numbers(run(index)) == {"posts": 30, "unchanged": 30}
    assert len(left(index)) == 1


def test_the_old_index_serves_until_the_last_slice_is_there(index: str, posts: Path):
    run(index, posts)
    (posts / "00.md").unlink()
    for one in SLICES[:2]:
        assert run(index, slice=one, full=True).waiting
        assert ids(index) == sorted(POSTS)
    # Another run leaves alone what is being filled.
    write_old(posts, {"01.md": "红豆"})
    assert numbers(run(index))["removed"] == 1
    assert run(index, slice="3/3", full=True).posts == 29
    assert ids(index) == sorted(POSTS)[1:]
    assert len(left(index)) == 1


def test_what_a_run_that_failed_has_put_is_gone_in_the_end(index: str, posts: Path):
    def stop(done: int, total: int) -> None:
        if done == total:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run(index, posts, slice="1/2", progress=stop)
    gone = sorted(POSTS)[:10]
    for name in gone:
        (posts / name).unlink()
    run(index, posts, slice="1/2")
    assert run(index, posts, slice="2/2").posts == 20
    assert ids(index) == sorted(POSTS)[10:]


def test_another_number_of_slices_does_not_mix_with_those_that_are_there(index: str, posts: Path):
    run(index, posts, slice="1/2")
    with pytest.raises(ConfigError, match="2 slices, not 3, are filling"):
        run(index, posts, slice="1/3")
    # Without slices all is built anew, and what was filled is given up.
    assert run(index, posts, full=True).posts == 30
    assert run(index, full=True, slice="1/3").waiting == ("2/3", "3/3")


def test_slices_whose_gathering_was_cut_off_become_the_index_when_one_is_run_again(
    index: str, posts: Path
):
    run(index, posts, slice="1/2")
    with asking(index) as cluster:
        # As it is where the alias could not be swapped.
        state = State(cluster)
        filled = filling(cluster, state)
        assert filled is not None
        state.write(Commit(filled.index, 1, {"settings.json": state.put_file(b"{}")}))
    assert run(index, posts, slice="2/2").posts == 30
    assert numbers(run(index)) == {"posts": 30, "unchanged": 30}


def test_what_a_slice_is_writing_again_is_not_gathered(index: str, posts: Path):
    run(index, posts, slice="1/2")
    with (
        asking(index) as cluster,
        locked(State(cluster), slice_lock(Slice(1, 2)), wait=0),
        pytest.raises(StoreLocked, match=r"is writing.*--wait"),
    ):
        run(index, posts, slice="2/2")
    assert run(index, posts, slice="1/2").posts == 30


def test_a_slice_that_is_overtaken_says_so(index: str, posts: Path):
    def overtake(done: int, total: int) -> None:
        if done == total:
            run(index, posts, full=True)

    with pytest.raises(StoreError, match="has built the index anew meanwhile"):
        run(index, posts, slice="1/2", progress=overtake)
    assert ids(index) == sorted(POSTS)


def test_a_slice_that_begins_anew_replaces_what_it_had(index: str, posts: Path):
    run(index, posts, slice="1/2")
    utc = IndexConfig(timezone="UTC")
    run(index, posts, slice="1/2", config=utc)
    assert run(index, posts, slice="2/2", config=utc).posts == 30
    assert open_store(index).exists()
    assert numbers(run(index, config=utc)) == {"posts": 30, "unchanged": 30}
