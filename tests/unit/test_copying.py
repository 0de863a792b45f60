"""A copy of an index is the index, on whatever engine and without the posts."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tools.runs import NOW, ids, numbers, write_old

from souwen.index import (
    ConfigError,
    IndexConfig,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreOutdated,
    build,
)
from souwen.index.builder import open_store
from souwen.index.check import check
from souwen.index.manifest import NAME as MANIFEST
from souwen.index.settings import NAME as SETTINGS
from souwen.search import copy_index, open_index

LINES = ("春风又绿江南岸", "明月何时照我还", "C++ 与 node.js 之间", "快手电商上线 GPT-4")
POST = "---\ntitle: 第{}篇\ndate: 2024-05-{}\ntags: [诗, t{}]\nmood: 好\n---\n{}，{}\n"
POSTS = {
    f"{n:02}.md": POST.format(n, n % 28 + 1, n, LINES[n % 4], LINES[n // 7]) for n in range(28)
} | {"odd \ud7ff.md": "", "图.html": "<h1>京口</h1><p>瓜洲一水间<p>\0\x0b"}
DRAFT = "---\ntitle: 草\ndraft: true\n---\n没写完\n"
QUERIES = ("春风", "明月 江南", '"快手电商"', "tag:诗 GPT-4", "date:2024-05-03..", "第1?篇", "C++")


@pytest.fixture
def source(tmp_path: Path) -> str:
    """An index of some posts, a draft, and a file that is none, with a dictionary of its own."""
    write_old(tmp_path / "posts", {**POSTS, "draft.md": DRAFT})
    place = str(tmp_path / "index")
    assert build([tmp_path / "posts"], index=place, config=configured(tmp_path), now=NOW).posts
    return place


def configured(folder: Path) -> IndexConfig:
    (folder / "words.txt").write_text("又绿江南\n", "utf-8")
    return IndexConfig(dictionary=str(folder / "words.txt"), timezone="UTC")


@pytest.fixture(params=["whoosh", "memory"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place on each engine of one machine."""
    return str(tmp_path / "copy") if request.param == "whoosh" else f"memory:{tmp_path}"


def said(place: str) -> Iterator[object]:
    """All that an index says of itself and of its posts."""
    with open_index(place) as index:
        yield replace(index.info(), size=0)
        for query in QUERIES:
            found = index.search(query, limit=None, now=NOW)
            yield found.total, found.total_relaxed
            yield [(hit.id, round(hit.score, 9), hit.snippet) for hit in found]
        yield [index.document(name) for name in ids(place)]


def test_a_copy_holds_and_answers_all_that_the_index_does(source: str, target: str):
    report = copy_index(source, target)
    assert (report.posts, report.sources, report.target) == (29, (source,), target)
    assert ids(target) == ids(source)
    assert list(said(target)) == list(said(source))
    assert check(target, config=configured(Path(source).parent)).sound


def test_the_next_run_on_a_copy_finds_nothing_changed(source: str, target: str, tmp_path: Path):
    copy_index(source, target)
    config = configured(tmp_path)
    assert numbers(build(index=target, config=config, now=NOW)) == numbers(
        build(index=source, config=config, now=NOW)
    )
    write_old(tmp_path / "posts", {"new.md": "红豆生南国"})
    assert build(index=target, config=config, now=NOW).added == 1


def test_no_post_is_read_to_make_a_copy(source: str, target: str, tmp_path: Path):
    before = list(said(source))
    shutil.rmtree(tmp_path / "posts")
    copy_index(source, target)
    assert list(said(target)) == before


def test_a_copy_of_a_copy_comes_back_as_it_was(source: str, target: str, tmp_path: Path):
    copy_index(source, target)
    copy_index(target, tmp_path / "back")
    for name in (SETTINGS, MANIFEST):
        assert open_store(tmp_path / "back").kept(name) == open_store(source).kept(name)
    assert list(said(str(tmp_path / "back"))) == list(said(source))


def test_several_processes_make_the_copy_that_one_makes(target: str, tmp_path: Path):
    body = "gateway proxy 微服务 " * 3_000
    write_old(
        tmp_path / "posts", {f"{n}.md": f"# 第{n}篇\n\n{LINES[n % 4]}{body}" for n in range(40)}
    )
    build([tmp_path / "posts"], index=tmp_path / "index", now=NOW)
    seen: list[tuple[int, int]] = []
    copy_index(tmp_path / "index", target, jobs=2, progress=lambda *step: seen.append(step))
    assert seen == [(number, 40) for number in range(1, 41)]
    assert list(said(target)) == list(said(str(tmp_path / "index")))


def test_an_index_is_replaced_only_if_that_is_asked_for(source: str, target: str, tmp_path: Path):
    write_old(tmp_path / "others", {"x.md": "红豆生南国"})
    build([tmp_path / "others"], index=target, now=NOW)
    with pytest.raises(ConfigError, match="--replace"):
        copy_index(source, target)
    assert ids(target) == ["x.md"]
    copy_index(source, target, replace=True)
    assert list(said(target)) == list(said(source))


def test_an_index_can_be_put_in_its_own_place(source: str):
    before = list(said(source))
    copy_index(source, source, replace=True)
    assert list(said(source)) == before


def test_indexes_of_slices_become_the_index_of_one_run(source: str, target: str, tmp_path: Path):
    config = configured(tmp_path)
    places = [tmp_path / f"part{number}" for number in (1, 2, 3)]
    for number, place in enumerate(places, 1):
        build([tmp_path / "posts"], index=place, config=config, now=NOW, slice=f"{number}/3")
    assert copy_index(places, target).posts == 29
    assert list(said(target)) == list(said(source))
    assert build(index=target, config=config, now=NOW).unchanged == 29


@pytest.mark.parametrize(
    ("other", "timezone", "why"),
    [
        ("posts", "Asia/Shanghai", "different timezones or analyzers"),
        ("posts", "UTC", "is in another of the indexes too"),
        ("else/posts", "UTC", "index the same folders in the same order"),
    ],
)
def test_indexes_that_cannot_be_one_are_told_why(source: str, other: str, timezone: str, why: str):
    folder = Path(source).parent
    write_old(folder / "else" / "posts", {"x.md": "红豆生南国"})
    config = replace(configured(folder), timezone=timezone)
    build([folder / other], index=folder / "second", config=config, now=NOW)
    target = folder / "copy"
    with pytest.raises(ConfigError, match=why):
        copy_index([source, folder / "second"], target)
    assert not open_store(target).exists()


def test_where_there_is_no_index_there_is_nothing_to_copy(target: str, tmp_path: Path):
    with pytest.raises(StoreMissing):
        copy_index(tmp_path / "nothing", target)
    with pytest.raises(ConfigError, match="no index is named"):
        copy_index((), target)
    assert not open_store(target).exists()


def test_a_copy_waits_for_nobody_unless_told_to(source: str, target: str):
    with open_store(target).writer(), pytest.raises(StoreLocked):
        copy_index(source, target)


def keep(place: str, name: str, content: bytes) -> None:
    with open_store(place).writer() as writer:
        writer.keep(name, content)


def test_an_index_of_another_analyzer_is_not_copied(source: str, target: str):
    settings = json.loads(open_store(source).kept(SETTINGS) or b"")
    keep(source, SETTINGS, json.dumps({**settings, "fingerprint": "0" * 32}).encode())
    with pytest.raises(StoreOutdated, match="another analyzer"):
        copy_index(source, target, jobs=2)
    assert not open_store(target).exists()


def test_an_index_that_lacks_a_post_of_its_manifest_is_not_copied(source: str, target: str):
    with open_store(source).writer() as writer:
        writer.delete("03.md")
    with pytest.raises(StoreError, match=r"lacks 03\.md"):
        copy_index(source, target)
    assert not open_store(target).exists()
