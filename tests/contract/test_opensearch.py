"""What a cluster promises beyond what every engine does."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tools.clusters import asking, cluster_address
from tools.runs import write_old
from tools.scores import alike
from tools.shelf import ANALYZER, NOW, address, fill, ids, post, shelf

from souwen.index import build
from souwen.index.analysis.fold import fold_text
from souwen.index.analyzed import analyze_document
from souwen.index.builder import open_store
from souwen.index.check import check
from souwen.index.documents import Document
from souwen.index.engines.opensearch import indices, mapping
from souwen.index.engines.opensearch.address import parse
from souwen.index.engines.opensearch.bulk import Bulk
from souwen.index.engines.opensearch.lock import ID, locked
from souwen.index.engines.opensearch.records import key, record
from souwen.index.engines.opensearch.slices import slice_lock
from souwen.index.engines.opensearch.snapshots import close_snapshot
from souwen.index.engines.opensearch.state import Commit, Pending, State
from souwen.index.engines.opensearch.vocabulary import LAYERS
from souwen.index.engines.opensearch.writer import RETIRED
from souwen.index.errors import (
    EngineUnavailable,
    StoreCorrupt,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreOutdated,
)
from souwen.index.schema import FORMAT, TERM_FIELDS
from souwen.index.settings import Settings
from souwen.index.slices import Slice
from souwen.search import open_index
from souwen.search.engine import Request, Weighted
from souwen.search.engines.opensearch.holdings import Bounds
from souwen.search.engines.opensearch.reader import open_reader
from souwen.search.engines.opensearch.scoring import TOGETHER
from souwen.search.engines.opensearch.snapshot import Snapshot
from souwen.search.query import Contiguous, Everything, Glob, Query, Term


@pytest.fixture
def place(tmp_path: Path) -> str:
    """The address of an empty store on the cluster."""
    return cluster_address(tmp_path)


def live(place: str) -> str:
    """The index behind the alias."""
    with asking(place) as cluster:
        found = indices.live(cluster)
        assert found is not None
        return found.index


def newest(state: State, place: str) -> Commit:
    """The commit of the index behind the alias."""
    found = state.commit(live(place))
    assert found is not None
    return found


def names(place: str) -> set[str]:
    with asking(place) as cluster:
        return indices.every(cluster)


def rebuild(place: str, *posts: Document, keep_old: bool = False) -> None:
    with open_store(place, keep_old=keep_old).writer() as writer:
        writer.clear()
        for one in posts:
            writer.put(analyze_document(one, ANALYZER))


# How it is kept.


def test_the_mapping_is_strict_and_tells_what_the_index_was_built_with(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        ((index, about),) = cluster.ask("GET", f"/{cluster.address.name}").items()
        found = about["mappings"]
        assert index == live(place)
        assert found["dynamic"] == "strict"
        assert found["_meta"]["souwen"]["format"] == FORMAT
        assert found["_meta"]["souwen"]["timezone"] == "Asia/Shanghai"
        assert len(found["_meta"]["souwen"]["fingerprint"]) == 32
        assert about["settings"]["index"]["number_of_shards"] == "3"
        assert about["settings"]["index"]["codec"] == "best_compression"
        told = about["settings"]["index"]["similarity"]
        for field in TERM_FIELDS:
            assert told[mapping.similarity(field.name)] == {
                "type": "BM25",
                "k1": "1.2",
                "b": str(field.b),
            }
        unknown = {"id": "x", "colour": "red"}
        answer = cluster.ask("POST", f"/{index}/_bulk", b'{"index":{}}\n' + _line(unknown))
        assert "strict_dynamic_mapping_exception" in json.dumps(answer)


def _line(content: Any) -> bytes:
    return json.dumps(content).encode() + b"\n"


def test_a_manifest_that_is_lost_is_learnt_from_the_posts_that_the_cluster_holds(
    place: str, tmp_path: Path
):
    posts = {f"{number}.md": f"快手电商{number}" for number in range(20)}
    write_old(tmp_path / "posts", posts)
    build(tmp_path / "posts", index=place, now=NOW)
    with asking(place) as cluster:
        state = State(cluster)
        commit = newest(state, place)
        state.drop_files([commit.files["manifest.json"]])
    write_old(tmp_path / "posts", {"3.md": "改过的一篇"})
    mended = check(place, now=NOW, repair=True)
    assert [flaw.part for flaw in mended.flaws] == ["manifest.json"]
    assert mended.reread == 1
    assert check(place, now=NOW).flaws == ()
    with open_index(place) as opened:
        assert (opened.search("快手电商").total, opened.search("改过的一篇").total) == (19, 1)


def test_a_field_that_was_added_by_hand_is_named(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        body = {"properties": {"body": {"properties": {"colour": {"type": "keyword"}}}}}
        cluster.ask("PUT", f"/{live(place)}/_mapping", {"dynamic": False, **body})
    with pytest.raises(StoreCorrupt, match=r"by hand: body\.colour, dynamic;.*index --full"):
        open_index(place)
    store = open_store(place)
    with pytest.raises(StoreCorrupt, match="by hand"):
        store.check()
    assert [flaw.whole for flaw in store.verify()] == [True]
    rebuild(place, post("a.md", "快手电商"))
    assert store.check()
    assert not list(store.verify())


def test_an_index_of_another_layout_is_outdated(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        meta = {"_meta": {"souwen": {"format": FORMAT, "layout": 0}}}
        cluster.ask("PUT", f"/{live(place)}/_mapping", meta)
    with pytest.raises(StoreOutdated, match="rebuilds it") as caught:
        open_index(place)
    assert (caught.value.found, caught.value.expected) == ("0", str(mapping.LAYOUT))


def test_an_index_of_another_analyzer_is_outdated(place: str):
    fill(place, post("a.md", "快手电商"), settings=Settings("0" * 32, "auto", "Asia/Shanghai"))
    with pytest.raises(StoreOutdated, match=r"another analyzer.*rebuilds it"):
        open_index(place)


def test_an_index_that_somebody_else_made_is_left_alone(place: str):
    with asking(place) as cluster:
        name = cluster.address.name
        cluster.ask("PUT", f"/{name}")
        try:
            with pytest.raises(StoreError, match="souwen did not make; choose another name"):
                fill(place, post("a.md", "快手电商"))
            with pytest.raises(StoreError, match="souwen did not make"):
                open_index(place)
        finally:
            cluster.ask("DELETE", f"/{name}")


def test_where_there_is_no_index_the_command_that_builds_one_is_told(place: str):
    with pytest.raises(StoreMissing, match=r"`souwen --index opensearch://\S+ index FOLDER`"):
        open_index(place)
    assert list(open_store(place).ids()) == []
    assert open_store(place).kept("settings.json") is None
    assert not list(open_store(place).verify())


# How it is built anew.


def test_what_is_built_anew_takes_the_place_of_the_old_one_at_once(place: str):
    fill(place, post("a.md", "快手电商"))
    before = live(place)
    with open_store(place).writer() as writer:
        writer.clear()
        writer.put(analyze_document(post("b.md", "全文检索"), ANALYZER))
        assert live(place) == before
        with open_index(place) as index:
            assert ids(index.search("快手")) == ["a.md"]
    assert live(place) != before
    assert names(place) == {live(place)}
    with open_index(place) as index:
        assert ids(index.search("检索")) == ["b.md"]


def test_an_old_index_is_kept_where_that_is_asked_for(place: str):
    fill(place, post("a.md", "快手电商"))
    before = live(place)
    rebuild(place, post("b.md", "全文检索"), keep_old=True)
    after = live(place)
    assert names(place) == {before, after}
    with asking(place) as cluster:
        assert indices.kept(cluster) == {before}
        # Whoever wants it back swaps the aliases.
        name = cluster.address.name
        actions = [
            {"remove": {"index": after, "alias": name}},
            {"add": {"index": before, "alias": name}},
        ]
        cluster.ask("POST", "/_aliases", {"actions": actions})
    with open_index(place) as index:
        assert ids(index.search("快手")) == ["a.md"]
        assert index.info().roots == ("/posts",)


def test_of_what_is_put_before_clear_no_staging_index_is_left(place: str):
    fill(place, post("a.md", "快手电商"))
    with open_store(place).writer() as writer:
        writer.put(analyze_document(post("b.md", "全文检索"), ANALYZER))
        writer.clear()
    assert names(place) == {live(place)}


def test_a_state_that_is_gone_is_not_taken_for_another_one(place: str):
    fill(place, post("a.md", "快手电商"))
    with open_index(place) as index:
        rebuild(place, post("b.md", "全文检索"))
        with pytest.raises(StoreError, match=r"has let go of the state.*refresh"):
            index.search("快手")
        with index.refresh() as newest:
            assert ids(newest.search("检索")) == ["b.md"]


def test_a_state_that_the_cluster_let_go_of_is_taken_again_where_it_is_the_same(place: str):
    fill(place, post("a.md", "快手电商"))
    with open_index(place) as index, asking(place) as cluster:
        assert ids(index.search("快手")) == ["a.md"]
        reader: Any = index._reader
        close_snapshot(cluster, reader._snapshot._time)
        assert ids(index.search("电商")) == ["a.md"]


def test_an_open_index_has_what_its_commit_kept_after_others(place: str, tmp_path: Path):
    write_old(tmp_path / "posts", {"a/1.md": "快手电商", "b/2.md": "全文检索"})
    build((tmp_path / "posts",), index=place, now=NOW)
    with open_index(place) as index:
        for number in range(3):
            write_old(tmp_path / "posts", {f"a/{number + 3}.md": f"第{number}篇新的"})
            build(index=place, now=NOW)
        assert ids(index.search("path:a/*")) == ["a/1.md"]
        assert ids(index.search("快*")) == ["a/1.md"]
        assert len(index.history().runs) == 1


def test_what_an_open_index_kept_is_let_go_of_in_time(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        state = State(cluster)
        fill(place, post("b.md", "快手电商"))
        commit = newest(state, place)
        assert commit.retired
        old = tuple(replace(one, time=one.time - RETIRED) for one in commit.retired)
        state.write(replace(commit, retired=old))
        fill(place, post("c.md", "快手电商"))
        after = newest(state, place)
        assert {one.file for one in after.retired}.isdisjoint(one.file for one in old)
        with pytest.raises(StoreCorrupt, match="missing or damaged"):
            state.get_file(old[0].file, "settings.json")


def test_words_of_a_dictionary_are_looked_for_however_many(place: str):
    fill(place, post("a.md", "快手电商"), post("b.md", "全文检索"), post("c.md", "GPT微服务"))
    words = {chr(0x4E00 + n) + chr(0x5E00 + n) for n in range(2_000)}
    found = open_store(place).ids(words | {"手电", "检索", "gpt微"})
    assert sorted(found) == ["a.md", "b.md", "c.md"]


# Whose answer got lost.


def test_a_commit_that_is_written_twice_is_the_same_and_another_one_is_not_taken_for_it(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        state = State(cluster)
        read = newest(state, place)
        ours = replace(read, generation=read.generation + 1)
        first = state.write(ours)
        assert state.write(ours) == first
        with pytest.raises(StoreError, match="another process has written"):
            state.write(replace(read, generation=read.generation + 2))


def test_aliases_that_were_swapped_may_be_swapped_again(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        old, new = live(place), indices.make_posts(cluster, {})
        for _ in range(2):
            indices.swap(cluster, new, old, keep_old=False)
        assert live(place) == new
        with pytest.raises(StoreMissing):
            indices.swap(cluster, f"{new}-not", new, keep_old=False)


# Who was cut off.


def test_what_was_decided_on_is_done_by_the_next_writer(place: str):
    fill(place, post("a.md", "快手电商"), post("b.md", "全文检索"))
    store = open_store(place)
    with asking(place) as cluster:
        state = State(cluster)
        commit = newest(state, place)
        stage = indices.make(cluster, "stage-", mapping.staging(replicas=0))
        bulk = Bulk(cluster, stage)
        content, _ = record(analyze_document(post("c.md", "微服务网关"), ANALYZER))
        bulk.put(key("c.md"), "c.md", content)
        bulk.flush()
        files = {**commit.files, "manifest.json": state.put_file(b"new")}
        deleted = state.put_file(b'["a.md"]')
        state.write(
            replace(commit, pending=Pending(stage, deleted, files, commit.layers, {"words": 7}))
        )
    assert not store.check()
    assert sorted(store.ids()) == ["a.md", "b.md"]
    assert store.kept("manifest.json") is None
    with store.writer():
        pass
    assert store.check()
    assert sorted(store.ids()) == ["b.md", "c.md"]
    assert store.kept("manifest.json") == b"new"
    assert names(place) == {live(place)}


def test_what_was_not_decided_on_is_swept_away(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        indices.make(cluster, "stage-", mapping.staging(replicas=0))
        indices.make_posts(cluster, {})
        State(cluster).put_file(b"lost")
    store = open_store(place)
    assert not store.check()
    with store.writer():
        pass
    assert store.check()
    assert names(place) == {live(place)}
    with asking(place) as cluster:
        state = State(cluster)
        cluster.ask("POST", f"/{state.index}/_refresh")
        hits = cluster.ask("GET", f"/{state.index}/_search", size=100)["hits"]["hits"]
        commit = newest(state, place)
        assert {hit["_id"].partition(":")[0] for hit in hits} == {"commit", "file"}
        assert len(hits) == 1 + sum(one.chunks for one in commit.all_files())


def test_files_of_slices_that_are_being_written_are_not_swept_away(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        state = State(cluster)
        file = state.put_file("一片".encode())
        commit = newest(state, place)
        with locked(state, slice_lock(Slice(1, 2)), wait=0):
            state.sweep([commit])
            assert state.get_file(file, "manifest.json") == "一片".encode()
        state.sweep([commit])
        with pytest.raises(StoreCorrupt):
            state.get_file(file, "manifest.json")


def test_whoever_was_swept_away_and_goes_on_can_commit_no_more(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        state = State(cluster)
        slow = newest(state, place)
        stage = indices.make(cluster, "stage-", mapping.staging(replicas=0))
    with open_store(place).writer():
        pass
    with asking(place) as cluster:
        pending = Pending(stage, None, slow.files, slow.layers, {})
        with pytest.raises(StoreError, match="another process has written"):
            State(cluster).write(replace(slow, pending=pending))


def test_where_posts_on_their_way_are_gone_only_building_anew_helps(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        state = State(cluster)
        commit = newest(state, place)
        gone = f"{cluster.address.name}~stage-gone"
        state.write(replace(commit, pending=Pending(gone, None, commit.files, commit.layers, {})))
    with pytest.raises(StoreCorrupt, match=f"{gone}.*is gone.*index --full.*builds the index anew"):
        fill(place, post("b.md", "全文检索"))
    rebuild(place, post("b.md", "全文检索"))
    assert list(open_store(place).ids()) == ["b.md"]


HOLDS = """
import sys, time
from souwen.index.builder import open_store
from souwen.index.check import check
with open_store(sys.argv[1]).writer():
    print("held", flush=True)
    time.sleep(600)
"""


def test_the_lock_of_a_process_that_was_killed_here_is_taken_at_once(place: str):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, place], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked, match=f"process {process.pid} on .*--wait") as caught:
            fill(place, post("a.md", "快手电商"))
        assert caught.value.pid == process.pid
        process.kill()
    assert not open_store(place).check()
    fill(place, post("a.md", "快手电商"))
    assert open_store(place).check()


def foreign(state: State, **changed: Any) -> None:
    """Somebody on another machine who holds the lock."""
    now = time.time()
    about = {"token": "x", "pid": 1, "host": "far", "machine": "far", "began": "1"}
    state.put(ID, {**about, "since": now, "time": now, **changed})


def test_a_lock_that_nobody_renews_is_taken_over(place: str):
    with asking(place) as cluster:
        state = State(cluster)
        state.make()
        foreign(state)
        with pytest.raises(StoreLocked, match="process 1 on far"), locked(state, wait=0.3):
            pass
        with locked(state, wait=60, abandoned=0.5):
            pass
        # By its clock it is long gone: then it is watched even if nobody wants to wait.
        foreign(state, time=time.time() - 3600)
        with locked(state, wait=0, abandoned=0.5):
            pass


def test_whoever_lost_the_lock_commits_nothing(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        state = State(cluster)

        def lose() -> None:
            with open_store(place).writer() as writer:
                writer.put(analyze_document(post("b.md", "全文检索"), ANALYZER))
                state.delete(ID)
                foreign(state)

        with pytest.raises(StoreError, match="another one took over"):
            lose()
        state.delete(ID)
    assert list(open_store(place).ids()) == ["a.md"]


# What people must mend.


def test_a_read_only_index_is_told_and_left_as_it_was(place: str):
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        block = {"index.blocks.read_only_allow_delete": True}
        cluster.ask("PUT", f"/{State(cluster).index}/_settings", block)
        with pytest.raises(StoreError, match=r"read-only.*flood stage"):
            fill(place, post("b.md", "全文检索"))
        cluster.ask("PUT", f"/{State(cluster).index}/_settings", dict.fromkeys(block))
    assert list(open_store(place).ids()) == ["a.md"]
    fill(place, post("b.md", "全文检索"))
    assert len(list(open_store(place).ids())) == 2


def test_a_red_index_is_told(place: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOUWEN_OPENSEARCH_PATIENCE", "0")
    fill(place, post("a.md", "快手电商"))
    with asking(place) as cluster:
        state = State(cluster)
        commit = newest(state, place)
        made = mapping.settings(shards=2, replicas=0)
        made["index"]["routing.allocation.require.box"] = "none"
        body = {"settings": made, "mappings": mapping.mappings({})}
        index = f"{cluster.address.name}~nowhere"
        cluster.ask("PUT", f"/{index}", body, wait_for_active_shards="0")
        state.write(replace(commit, index=index, seen=None))
        indices.swap(cluster, index, commit.index, keep_old=False)
    with pytest.raises(EngineUnavailable, match="cluster is red"):
        open_index(place)
    assert any("on no node" in flaw.reason for flaw in open_store(place).verify())


# What is found.

ODD = (
    *("c", "c++", "c#", "c c c++", "c+", "+c", "5g", "5g手机", "手机5g", "a-b", "foo_bar", "·"),
    *(
        "一 二",
        "一二三",
        "三二一",
        "𠮷野家",
        "\ue000e000",
        "\ue000",
        "\ue001",
        "\u2028x",
        "x\u0085y",
    ),
    *(
        "\ufffe",
        "\uffff",
        "e\u0301te\u0301",
        "a" * 300,
        "a" * 64,
        "a" * 65,
        "한국어",
        "ひらがな",
        "％50%",
    ),
)


def odd_posts(count: int) -> Iterator[Document]:
    dice = random.Random(5)
    for number in range(count):
        body = "".join(dice.choice(ODD) + dice.choice(["", "", " ", "，"]) for _ in range(12))
        yield post(f"{number}.md", body, dice.choice(ODD))


def test_what_stands_in_a_text_is_found_whatever_it_is_made_of(tmp_path: Path):
    places = [address("memory", tmp_path), cluster_address(tmp_path)]
    posts = list(odd_posts(60))
    dice = random.Random(6)
    wanted = [fold_text(one) for one in ODD]
    for one in posts:
        folded = fold_text(one.body)
        begin = dice.randrange(len(folded))
        wanted.append(folded[begin : begin + dice.randint(1, 9)].strip(" "))
    found: list[list[object]] = []
    for where in places:
        with shelf(where, *posts) as index:
            found.append(
                [
                    (text, place, strict, answered(index._reader, text, place, strict=strict))
                    for text in wanted
                    for place in ("title", "body")
                    for strict in (True, False)
                ]
            )
    for expected, one in zip(*found, strict=True):
        assert one == expected


def answered(reader: Any, text: str, place: Any, *, strict: bool) -> list[str]:
    query = Contiguous(place, text, (), strict=strict)
    return [match.id for match in reader.search(Request(query, sort="date", limit=None)).matches]


NAMES = (
    *("a/1.md", "a/b/2.md", "A/1.md", "目录/名 字.md", "x[1].md", "x1.md", "x!.md", "q?.md"),
    *("a*b.md", "back\\slash.md", "~tilde&and@at<>.md", '"quoted".md', "#hash.md", "line\nend.md"),
    *("lone\udc80.md", "\ud7ff.md", "{1,2}.md", "a|b.md", "(p).md", "a.b+c.md", "x-1.md", "_u_.md"),
)
PATTERNS = (
    *("*", "*.md", "a/*", "?/1.md", "*/[0-9].md", "x[[]1].md", "x[!1]*", "x[1!].md", "[a-b]/*"),
    *("*名 字*", "q[?].md", "a[*]b.md", "*\\*", "*~*&*@*", '"*', "#*", "line?end.md", "lone*.md"),
    *(
        "[]",
        "[",
        "x[",
        "[!",
        "*[]x]*",
        "[z-a]*",
        "{*",
        "*|*",
        "(?).md",
        "a.b+c.md",
        "[^a]*",
        "_?_*",
    ),
    *("*[-x]1*", "**1**", "", "?", "[!a-z]*", "x[.-1]*", "[a-]*"),
)


def test_patterns_of_paths_mean_what_they_mean_everywhere(tmp_path: Path):
    found = []
    for where in (address("memory", tmp_path), cluster_address(tmp_path)):
        with shelf(where, *(post(name, "字") for name in NAMES)) as index:
            found.append({pattern: named(index._reader, Glob(pattern)) for pattern in PATTERNS})
            assert sorted(open_store(where).ids()) == sorted(NAMES)
    for pattern in PATTERNS:
        assert found[1][pattern] == found[0][pattern], pattern


def named(reader: Any, query: Query) -> list[str]:
    return [match.id for match in reader.search(Request(query, sort="date", limit=None)).matches]


def test_a_document_with_lone_surrogates_comes_back(place: str):
    document = post("\udcff.md", "正文 \ud7ff \ud800 𠮷", "标题\udc80", tags=("标\ud800签",))
    with shelf(place, document) as index:
        (hit,) = index.search("正文").hits
        assert hit.document == document
        assert index.search("正文", facets="tag").facets[0][1][0].value == "标\ud800签"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Posts of few words, many of them level, in the reference engine and on the cluster."""
    folder = tmp_path_factory.mktemp("many")
    dice = random.Random(7)
    places = address("memory", folder), cluster_address(folder)
    posts = [
        post(
            f"{dice.randrange(10**6)}.md",
            " ".join(dice.choices(("搜索", "dock", "docker", "dockers"), k=dice.randint(1, 4))),
            date=NOW if dice.random() < 0.5 else None,
        )
        for _ in range(150)
    ]
    for where in places:
        fill(where, *posts)
    return places


@pytest.mark.parametrize("sort", ["blend", "date", "date-asc"])
@pytest.mark.parametrize("query", ["搜索", "dock*", "搜索 docker"])
@pytest.mark.parametrize("page", [7, 1000])
def test_pages_of_any_size_are_read_on_one_after_the_other(
    many: tuple[str, str], sort: Any, query: str, page: int
):
    reader = open_reader(parse(many[1]), Bounds(page=page))
    with open_index(many[0]) as reference, open_index(many[1]) as index:
        index._reader = reader
        expected, found = (
            [
                (hit.id, hit.score, hit.relaxed)
                for hit in one.search(query, limit=None, sort=sort, now=NOW)
            ]
            for one in (reference, index)
        )
        assert len(expected) > 30
        assert found == alike(expected, many[1])


def test_totals_are_exact_up_to_a_bound_and_honest_beyond_it(many: tuple[str, str]):
    reader = open_reader(parse(many[1]), Bounds(totals=20))
    query = Request(Everything(), (Weighted(Term("body.words", "搜索"), 1.0),))
    found = reader.search(query)
    assert (found.total, found.exact, found.more) == (20, False, True)
    found = reader.search(replace(query, limit=0))
    assert (found.total, found.exact) == (150, True)
    found = reader.search(replace(query, limit=None))
    assert (found.total, found.exact, found.more) == (150, True, False)
    found = reader.search(replace(query, query=Term("body.words", "nowhere")))
    assert (found.total, found.exact, found.more) == (0, True, False)
    reader.close()


def test_a_query_may_be_as_long_as_it_likes(tmp_path: Path):
    dice = random.Random(8)
    body = "".join(chr(dice.randrange(0x4E00, 0x9FA0)) for _ in range(3000))
    texts = [body[at : at + 40] for at in range(0, 3000, 40)]
    queries = [body, "，".join(texts), " ".join(texts), f'"{body}"', " OR ".join(texts)]
    found = []
    for where in (address("memory", tmp_path), cluster_address(tmp_path)):
        with shelf(where, post("a.md", body), post("b.md", body[1000:1400]), post("c.md")) as index:
            found.append(
                [
                    [(hit.id, hit.score, hit.relaxed) for hit in index.search(query, now=NOW)]
                    for query in queries
                ]
            )
    assert found[1] == alike(found[0], cluster_address(tmp_path))
    assert found[0][0][0][0] == "a.md"


@pytest.mark.parametrize("each", [8, 80])
def test_words_that_begin_alike_count_as_one_be_they_more_than_a_query_takes(
    tmp_path: Path, each: int
):
    dice = random.Random(each)
    words = iter(f"doc{number}" for number in range(30 * each))
    posts = [
        post(
            f"{number:02}.md",
            " ".join((*islice(words, each), *dice.choices(("doc0", "docs"), k=number % 7))),
            date=NOW,
        )
        for number in range(30)
    ]
    found = []
    for where in (address("memory", tmp_path), cluster_address(tmp_path)):
        with shelf(where, *posts) as index:
            hits = index.search("doc*", limit=30, sort="relevance", now=NOW)
            found.append([(hit.id, hit.score, hit.relaxed) for hit in hits])
    assert (each * len(posts) > TOGETHER) == (each == 80)
    assert found[1] == alike(found[0], cluster_address(tmp_path))


# How it is updated.


WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]


def test_a_question_of_many_words_takes_no_more_searches_than_one_of_two(tmp_path: Path):
    place = cluster_address(tmp_path, shards=1)
    words = ("数据库", "性能", "优化", "缓存", "网络")
    posts = (post(f"{at}.md", f"{'，'.join(words)}，之{at}。", date=NOW) for at in range(20))
    with shelf(place, *posts) as index:
        index.search(words[0], now=NOW)
        begun = searches(place)
        assert index.search(" ".join(words[:2]), now=NOW).total == 20
        two = searches(place)
        assert index.search(" ".join(words), now=NOW).total == 20
        assert 0 < searches(place) - two <= two - begun


def searches(place: str) -> int:
    """How often the one shard of an index was searched so far."""
    with asking(place) as cluster:
        told: Any = cluster.ask("GET", f"/{live(place)}/_stats/search")
        return int(told["_all"]["total"]["search"]["query_total"])


def test_layers_of_terms_are_made_into_one_before_they_are_too_many(place: str):
    for number in range(LAYERS + 2):
        fill(place, post(f"{number}.md", f"引擎 {WORDS[number]}"))
    with asking(place) as cluster:
        commit = State(cluster).commit(live(place))
        assert commit is not None
        assert len(commit.layers) == 2
    with open_index(place) as index:
        counts = dict(index._reader.terms("body.words", ""))
        assert counts == {"引擎": LAYERS + 2, **dict.fromkeys(WORDS, 1)}


def test_processes_fill_an_index_as_one_does_and_an_update_too(tmp_path: Path, place: str):
    posts = tmp_path / "posts"
    posts.mkdir()
    line = "微服务 gateway 网关 " * 2_000
    for number in range(120):
        (posts / f"{number:03}.md").write_text(f"# 第{number}篇\n\n{line}{number}\n", "utf-8")
    first = build(posts, index=place, jobs=2)
    assert (first.added, first.posts) == (120, 120)
    for number in range(0, 120, 2):
        (posts / f"{number:03}.md").write_text(f"# 第{number}篇\n\n{line}改{number}\n", "utf-8")
    (posts / "001.md").unlink()
    second = build(posts, index=place, jobs=2)
    assert (second.updated, second.removed, second.posts) == (60, 1, 119)
    assert (build(posts, index=place, jobs=2).unchanged, open_store(place).check()) == (119, True)
    with open_index(place) as index:
        assert index.info().posts == 119
        assert ids(index.search('"改118"')) == ["118.md"]
        assert not index.search('"网关 1"').hits


# How often it is asked.


def test_a_page_of_words_that_begin_alike_takes_few_requests(
    place: str, monkeypatch: pytest.MonkeyPatch
):
    dice = random.Random(1)
    words = [f"doc{letter}" for letter in "abcdefghijkl"]
    posts = [
        post(f"{number:03}.md", " ".join((*dice.choices(words, k=dice.randrange(1, 4)), other)))
        for number in range(200)
        for other in ("".join(map(chr, dice.choices(range(0x4E00, 0x9FA0), k=100))),)
    ]
    asked = 0
    search = Snapshot.search

    def counting(self: Snapshot, *given: Any, **more: Any) -> Any:
        nonlocal asked
        asked += 1
        return search(self, *given, **more)

    with shelf(place, *posts) as index:
        index.search("docker*")
        monkeypatch.setattr(Snapshot, "search", counting)
        assert len(index.search("doc*", sort="relevance")) == 10
    assert asked <= 7
