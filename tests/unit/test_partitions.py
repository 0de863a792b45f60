"""Posts that other engines have analyzed make the index that ``build`` makes."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.runs import NOW, ids, numbers, write_old

from souwen.index import ConfigError, IndexConfig, analyze_partition, build, put_partitions
from souwen.index.prepare import Outcome
from souwen.search import open_index

POSTS = {
    **{
        f"{n:02}.md": f"---\ntitle: 第{n}篇\ndate: 2024-05-{n + 1}\n---\n春风又绿\n"
        for n in range(20)
    },
    "bad.md": "---\ntitle: 戊\ndate: 2024-13-45\n---\n正文\n",
    "empty.md": "",
    "_drafts/next.md": "没写完",
    "draft.md": "---\ndraft: true\n---\n没写完\n",
}
USUAL = IndexConfig()
FILES = [(f"/data/posts/{name}", text.encode()) for name, text in sorted(POSTS.items())]


@pytest.fixture(params=["whoosh", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "index") if request.param == "whoosh" else f"memory:{tmp_path}"


def workers(files: list[tuple[str, bytes]], config: IndexConfig = USUAL) -> Iterator[Outcome]:
    """What several workers send back, each of which has some of the files."""
    for first in range(3):
        found = analyze_partition(files[first::3], root="/data/posts", config=config, now=NOW)
        for outcome in found:
            yield pickle.loads(pickle.dumps(outcome))


def said(place: str) -> list[object]:
    with open_index(place) as opened:
        found = opened.search("春风 正文", limit=None, now=NOW)
        return [(hit.id, hit.score, hit.title, hit.snippet, hit.date) for hit in found]


def test_what_workers_make_is_the_index_that_one_run_builds(index: str, tmp_path: Path):
    report = put_partitions(workers(FILES), index=index)
    write_old(tmp_path / "posts", POSTS)
    built = build([tmp_path / "posts"], index=tmp_path / "other", now=NOW)
    assert numbers(report) == {"posts": 21, "added": 21, "drafts": 2, "skipped": 1, "warnings": 1}
    assert numbers(report) == numbers(built)
    assert ids(index) == ids(tmp_path / "other")
    assert said(index) == said(str(tmp_path / "other"))


def test_later_outcomes_are_added_replace_and_remove_and_leave_the_rest(index: str):
    put_partitions(workers(FILES), index=index)
    files = {"00.md": "明月何时", "01.md": "", "02.md": POSTS["draft.md"], "new.md": "红豆"}
    later = [(f"/data/posts/{name}", text.encode()) for name, text in files.items()]
    report = put_partitions(workers(later), index=index)
    counts = {"posts": 20, "added": 1, "updated": 1, "removed": 2, "unchanged": 18}
    assert numbers(report) == {**counts, "drafts": 3, "skipped": 1, "warnings": 1}
    assert {"00.md", "new.md"} < set(ids(index)).difference({"01.md", "02.md"}) == set(ids(index))


def test_all_can_be_built_anew(index: str):
    put_partitions(workers(FILES), index=index)
    report = put_partitions(workers(FILES[5:8]), index=index, full=True)
    assert numbers(report) == {"posts": 3, "added": 3}
    assert report.reason == "--full"
    assert len(ids(index)) == 3


def test_two_files_with_the_same_id_are_refused_and_the_index_stays(index: str):
    put_partitions(workers(FILES), index=index)
    for second in (b"\xe6\x98\x8e", b""):
        files = (("/p", "/p/a.md", b"x"), ("/q", "/q/a.md", second))
        outcomes = [
            outcome
            for root, path, data in files
            for outcome in analyze_partition([(path, data)], root=root, now=NOW)
        ]
        with pytest.raises(ConfigError, match=r"/p/a\.md and /q/a\.md both have the id a\.md"):
            put_partitions(outcomes, index=index)
    assert len(ids(index)) == 21
    assert "a.md" not in ids(index)


def test_a_file_that_comes_twice_counts_once_and_the_later_outcome_is_kept(index: str):
    put_partitions(workers(FILES[:3]), index=index)
    empty = [(path, b"") for path, _ in FILES[2:4]]
    later = [*FILES[2:5], *FILES[2:5], *empty, *FILES[2:3]]
    report = put_partitions(
        analyze_partition(later, root="/data/posts", now=NOW),
        index=index,
    )
    assert numbers(report) == {"posts": 4, "added": 1, "updated": 1, "unchanged": 2, "skipped": 1}
    assert ids(index) == ["00.md", "01.md", "02.md", "04.md"]


def test_a_file_that_lies_elsewhere_later_is_updated(index: str):
    put_partitions(workers(FILES), index=index)
    moved = analyze_partition([("/else/00.md", b"x")], root="/else", now=NOW)
    assert numbers(put_partitions(moved, index=index))["updated"] == 1


def test_a_path_outside_of_the_root_is_an_id_of_its_own():
    found = [
        one.found.id for one in analyze_partition([("/else/a.md", b"x")], root="/data", now=NOW)
    ]
    assert found == ["/else/a.md"]
    found = [one.found.id for one in analyze_partition([("/else/a.md", b"x")], now=NOW)]
    assert found == ["else/a.md"]


def test_a_file_that_is_too_large_is_skipped():
    config = IndexConfig(max_file_mib=1)
    (outcome,) = analyze_partition([("a.md", b"x" * (2**20 + 1))], config=config, now=NOW)
    assert outcome.skipped is not None
    assert "max_file_mib allows 1" in outcome.skipped.reason


def test_drafts_are_analyzed_where_that_is_configured(index: str):
    config = IndexConfig(drafts=True)
    report = put_partitions(workers(FILES, config), index=index, config=config)
    assert (report.posts, report.drafts) == (23, 0)


def test_an_index_of_folders_takes_no_outcomes_unless_it_is_built_anew(index: str, tmp_path: Path):
    write_old(tmp_path / "posts", {"x.md": "红豆生南国"})
    build([tmp_path / "posts"], index=index, now=NOW)
    with pytest.raises(ConfigError, match="an index of folders"):
        put_partitions(workers(FILES), index=index)
    assert ids(index) == ["x.md"]
    assert put_partitions(workers(FILES), index=index, full=True).posts == 21


def test_outcomes_of_another_configuration_are_not_mixed_with_those_that_are_there(
    index: str, tmp_path: Path
):
    put_partitions(workers(FILES), index=index)
    words = tmp_path / "words.txt"
    words.write_text("又绿江南\n", "utf-8")
    for config, why in (
        (IndexConfig(timezone="UTC"), "the timezone changed"),
        (IndexConfig(dictionary=str(words)), "words of the dictionary changed"),
    ):
        with pytest.raises(ConfigError, match=why):
            put_partitions(workers(FILES, config), index=index, config=config)
        assert put_partitions(workers(FILES, config), index=index, config=config, full=True).posts
        put_partitions(workers(FILES), index=index, full=True)
