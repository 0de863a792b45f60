"""An index moves to a cluster and back without its posts, and is what it was."""

import shutil
from pathlib import Path

import pytest
from tools.clusters import cluster_address
from tools.runs import NOW, ids, numbers, write_old

from souwen.index import ConfigError, build
from souwen.index.builder import open_store
from souwen.index.manifest import NAME as MANIFEST
from souwen.index.settings import NAME as SETTINGS
from souwen.search import copy_index, open_index

LINES = ("春风又绿江南岸", "明月何时照我还", "C++ 与 node.js 之间", "快手电商上线 GPT-4")
POST = "---\ntitle: 第{}篇\ndate: 2024-05-{}\ntags: [诗, t{}]\nmood: 好\n---\n{}，{}\n"
POSTS = {
    f"{n:02}.md": POST.format(n, n % 28 + 1, n, LINES[n % 4], LINES[n // 7]) for n in range(28)
}
QUERIES = ("春风", "明月 江南", '"快手电商"', "tag:诗 GPT-4", "date:2024-05-03..", "C++")


@pytest.fixture
def source(tmp_path: Path) -> str:
    """An index of some posts in a directory."""
    write_old(tmp_path / "posts", {**POSTS, "draft.md": "---\ndraft: true\n---\n没写完\n"})
    build([tmp_path / "posts"], index=tmp_path / "index", now=NOW)
    return str(tmp_path / "index")


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    """A place on the cluster."""
    return cluster_address(tmp_path)


def said(place: str, digits: int = 9) -> list[object]:
    with open_index(place) as index:
        results = [index.search(query, limit=None, now=NOW) for query in QUERIES]
        documents = [index.document(name) for name in ids(place)]
    hits = [[(hit.id, f"{hit.score:.{digits}g}") for hit in found] for found in results]
    return [hits, [found.total for found in results], documents]


def test_an_index_goes_to_a_cluster_and_comes_back_as_it_was(
    source: str, cluster: str, tmp_path: Path
):
    before, back = said(source), str(tmp_path / "back")
    shutil.rmtree(tmp_path / "posts")
    assert copy_index(source, cluster).posts == 28
    assert said(cluster, 4) == said(source, 4)
    assert copy_index(cluster, back).posts == 28
    assert said(back) == before
    for name in (SETTINGS, MANIFEST):
        assert open_store(back).kept(name) == open_store(source).kept(name)


def test_the_next_run_on_a_copy_on_a_cluster_finds_nothing_changed(
    source: str, cluster: str, tmp_path: Path
):
    copy_index(source, cluster)
    assert numbers(build(index=cluster, now=NOW)) == {"posts": 28, "unchanged": 28, "drafts": 1}
    write_old(tmp_path / "posts", {"new.md": "红豆生南国"})
    assert build(index=cluster, now=NOW).added == 1


def test_an_index_on_a_cluster_is_replaced_only_if_that_is_asked_for(source: str, cluster: str):
    copy_index(source, cluster)
    with pytest.raises(ConfigError, match="--replace"):
        copy_index(source, cluster)
    copy_index(cluster, cluster, replace=True)
    assert said(cluster, 4) == said(source, 4)


def test_several_processes_copy_to_a_cluster_what_one_does(cluster: str, tmp_path: Path):
    body = "gateway proxy 微服务 " * 3_000
    write_old(
        tmp_path / "posts", {f"{n}.md": f"# 第{n}篇\n\n{LINES[n % 4]}{body}" for n in range(40)}
    )
    build([tmp_path / "posts"], index=tmp_path / "index", now=NOW)
    assert copy_index(tmp_path / "index", cluster, jobs=2).posts == 40
    assert said(cluster, 4) == said(str(tmp_path / "index"), 4)
