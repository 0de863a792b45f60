"""Many runs, each with a slice of the posts, come to what one run comes to."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.runs import NOW, OLD, ids, numbers, write_old

from souwen.index import ConfigError, IndexConfig, IndexReport, build, summary
from souwen.index.builder import open_store
from souwen.index.manifest import Manifest, load
from souwen.index.slices import Slice, parse_slice

POSTS = {f"{name}/{number}.md": f"第{number}篇，{name}" for name in "ab" for number in range(15)}
SLICES = ("1/3", "2/3", "3/3")


@pytest.fixture(params=["whoosh", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for an index, on each engine of one machine."""
    return str(tmp_path / "index") if request.param == "whoosh" else f"memory:{tmp_path}"


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    """A folder of thirty old posts, and a file that cannot be one."""
    write_old(tmp_path / "posts", {**POSTS, "empty.md": ""})
    return tmp_path / "posts"


def run(index: str, *paths: Path, **options: object) -> IndexReport:
    return build(paths, index=index, now=NOW, **options)  # type: ignore[arg-type]


def manifest(index: str) -> Manifest:
    return load(open_store(index).kept, place=index)


@given(st.text(), st.integers(1, 50))
def test_every_id_is_in_exactly_one_slice(id: str, count: int):
    assert sum(Slice(number, count).holds(id) for number in range(1, count + 1)) == 1


def test_which_ids_a_slice_holds_is_the_same_on_every_machine_and_for_ever():
    assert [number for number in range(40) if Slice(3, 16).holds(f"2024/{number}.md")] == [8, 26]


@pytest.mark.parametrize("text", ["3", "0/3", "4/3", "1/0", "-1/3", "a/b", "1/2/3", "", "1/９"])
def test_a_slice_that_there_is_not_is_an_error(text: str, posts: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match="such as 3/16"):
        run(str(tmp_path / "index"), posts, slice=text)


def test_a_slice_is_written_as_it_is_read():
    assert str(parse_slice("3/16")) == "3/16"


def test_all_slices_one_after_the_other_make_the_index_of_one_run(
    index: str, posts: Path, tmp_path: Path
):
    reports = [run(index, posts, slice=one) for one in SLICES]
    assert [report.posts for report in reports][-1] == sum(report.added for report in reports) == 30
    assert sum(len(report.skipped) for report in reports) == 1
    run(str(tmp_path / "other"), posts)
    assert ids(index) == ids(tmp_path / "other") == sorted(POSTS)
    assert manifest(index) == manifest(str(tmp_path / "other"))
    assert numbers(run(index)) == {"posts": 30, "unchanged": 30, "skipped": 1}


def test_a_slice_removes_and_updates_posts_of_its_own_alone(index: str, posts: Path):
    run(index, posts)
    shutil.rmtree(posts / "a")
    write_old(posts, {name: "别的话" for name in POSTS if name[0] == "b"}, mtime=OLD + 1)
    first, second = (Slice(number, 2) for number in (1, 2))
    report = run(index, slice="1/2")
    assert report.removed == sum(first.holds(name) for name in POSTS if name[0] == "a")
    assert report.updated == sum(first.holds(name) for name in POSTS if name[0] == "b")
    assert set(ids(index)) == {name for name in POSTS if name[0] == "b" or second.holds(name)}
    run(index, slice="2/2")
    assert numbers(run(index)) == {"posts": 15, "unchanged": 15, "skipped": 1}


def test_the_posts_of_a_forgotten_folder_are_gone_whichever_slice_runs(index: str, posts: Path):
    run(index, posts / "a", posts / "b")
    others = [name for name in ids(index) if name.startswith("b/")]
    run(index, forget=posts / "a", slice="1/3")
    assert ids(index) == others
    assert len(others) == 15


def test_posts_of_the_same_name_in_two_folders_have_the_ids_of_one_run(
    index: str, posts: Path, tmp_path: Path
):
    for one in SLICES:
        run(index, posts / "a", posts / "b", slice=one)
    run(str(tmp_path / "other"), posts / "a", posts / "b")
    assert ids(index) == ids(tmp_path / "other")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"full": True}, "--full: all posts"),
        ({"config": IndexConfig(timezone="UTC")}, "the timezone changed from Asia/Shanghai: all"),
    ],
)
def test_what_needs_all_posts_again_is_no_matter_for_a_slice(
    tmp_path: Path, posts: Path, options: dict[str, object], why: str
):
    index = str(tmp_path / "index")
    run(index, posts)
    with pytest.raises(ConfigError, match=why):
        run(index, slice="1/3", **options)
    assert len(ids(index)) == 30


def test_a_changed_dictionary_needs_all_posts_that_hold_the_word(
    index: str, posts: Path, tmp_path: Path
):
    run(index, posts)
    words = tmp_path / "words.txt"
    words.write_text("第5篇\n", "utf-8")
    with pytest.raises(ConfigError, match="words of the dictionary changed"):
        run(index, slice="1/3", config=IndexConfig(dictionary=str(words)))


# Engines whose new index many runs can fill at once.


@pytest.fixture
def gathering(tmp_path: Path) -> str:
    """A place for an index on such an engine."""
    return f"memory:{tmp_path}"


def test_a_new_index_is_there_once_its_last_slice_is(gathering: str, posts: Path):
    first = run(gathering, posts, slice="1/3")
    assert (first.posts, first.waiting) == (first.added, ("2/3", "3/3"))
    assert not open_store(gathering).exists()
    assert run(gathering, posts, slice="3/3").waiting == ("2/3",)
    last = run(gathering, posts, slice="2/3")
    assert (last.posts, last.waiting) == (30, ())
    assert numbers(run(gathering)) == {"posts": 30, "unchanged": 30, "skipped": 1}


def test_the_old_index_serves_until_the_last_slice_is_there(gathering: str, posts: Path):
    run(gathering, posts)
    write_old(posts, {"new.md": "红豆"})
    shutil.rmtree(posts / "b")
    config = IndexConfig(timezone="UTC")
    for one in ("3/3", "1/3"):
        run(gathering, slice=one, config=config)
        assert ids(gathering) == sorted(POSTS)
    run(gathering, slice="2/3", config=config)
    assert ids(gathering) == sorted([*(name for name in POSTS if name[0] == "a"), "new.md"])


def test_a_slice_that_is_run_again_finds_what_it_has_done(gathering: str, posts: Path):
    before = run(gathering, posts, slice="1/2")
    again = run(gathering, posts, slice="1/2")
    assert (again.unchanged, again.added, again.waiting) == (before.added, 0, ("2/2",))
    run(gathering, posts, slice="2/2")
    assert numbers(run(gathering, posts, slice="1/2"))["posts"] == 30


def test_full_by_slices_builds_all_anew(gathering: str, posts: Path):
    run(gathering, posts)
    reports = [run(gathering, slice=one, full=True) for one in SLICES]
    assert sum(report.added for report in reports) == reports[-1].posts == 30


def test_a_dry_run_of_a_slice_gathers_nothing(gathering: str, posts: Path):
    run(gathering, posts, slice="1/2")
    assert run(gathering, posts, slice="2/2", dry_run=True).dry_run
    assert not open_store(gathering).exists()


def test_slices_of_different_configurations_do_not_become_one_index(
    gathering: str, posts: Path, tmp_path: Path
):
    run(gathering, posts, slice="1/2")
    with pytest.raises(ConfigError, match="slice 2/2 and slice 1/2 were built with different"):
        run(gathering, posts, slice="2/2", config=IndexConfig(timezone="UTC"))
    assert not open_store(gathering).exists()
    # The one that is wrong is run again.
    assert run(gathering, posts, slice="2/2").posts == 30


def test_the_lacking_slices_are_told(gathering: str, posts: Path):
    report = run(gathering, posts, slice="1/16")
    told = list(summary.lines(report, str))
    assert "still lacks 15 slices: 2/16, 3/16, 4/16, 5/16, 6/16, 7/16, 8/16, 9/16, …" in told[-2]
    assert summary.as_json(report, str)["waiting"] == [f"{number}/16" for number in range(2, 17)]
