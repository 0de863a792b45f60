"""How may what is being typed go on?"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.shelf import ENGINES, NOW, address, post, shelf

from souwen.index.builder import open_store
from souwen.index.errors import StoreError
from souwen.search import Index

OLD, NEW = datetime(2014, 1, 1, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)

POSTS = (
    *(post(f"快手{n}.md", "快手主播带货。", f"快手见闻{n}", date=NEW) for n in range(4)),
    *(post(f"快递{n}.md", "快递到得很快，快速又便宜。", date=OLD) for n in range(5)),
    post(
        "k8s.md",
        "Kubernetes 集群，网关和网格。",
        "K8s 手记",
        date=NEW,
        tags=("Kubernetes", "云原生"),
    ),
    post("网关.md", "网关与网络。网络不通。", "网关选型", date=OLD, tags=("网关",)),
)


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return shelf(address(request.param, tmp_path), *POSTS)


def texts(index: Index, typed: str, limit: int = 10) -> list[str]:
    return [one.text for one in index.suggest(typed, limit, now=NOW)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("快", "快手"),
        ("快", "快递"),
        ("ks", "快手"),
        ("KS", "快手"),
        ("kuaish", "快手"),
        ("kuaishou", "快手"),
        ("kuài", "快递"),
        ("wg", "网关"),
        ("wangl", "网络"),
        ("kube", "kubernetes"),
        ("云", "云原生"),
        ("快手见", "快手见闻1"),
        ("k8s 手", "K8s 手记"),
    ],
)
def test_words_tags_and_titles_are_completed(index: Index, typed: str, meant: str):
    assert meant in texts(index, typed)


def test_newer_words_come_before_older_ones_that_are_a_little_more_frequent(index: Index):
    found = texts(index, "快")
    assert found.index("快手") < found.index("快递")


def test_the_last_of_several_words_is_completed(index: Index):
    assert "云原生 网关" in texts(index, "云原生 网")


def test_each_says_what_it_is_and_how_many_posts_have_it(index: Index):
    found = {one.text: one for one in index.suggest("网", now=NOW)}
    assert (found["网关"].kind, found["网关"].count) in {("word", 2), ("tag", 1)}
    assert (found["网络"].kind, found["网络"].count) == ("word", 1)
    assert found["网关选型"].kind == "title"


def test_nothing_comes_twice_and_no_more_than_was_asked_for(index: Index):
    for limit in (0, 1, 3, 10):
        found = texts(index, "快", limit)
        assert len(found) == len(set(found)) <= limit


@pytest.mark.parametrize("typed", ["", " ", "龘", "zzzz", "!?", "快手快手快手快手"])
def test_nothing_is_suggested_where_nothing_goes_on_so(index: Index, typed: str):
    assert texts(index, typed) == []


def test_a_last_word_without_width_is_not_completed(index: Index):
    found = index.suggest("网关 \u200b", now=NOW)
    assert [(one.text, one.kind) for one in found] == [("网关", "tag"), ("网关选型", "title")]


def test_a_naive_now_is_in_the_time_zone_of_the_index(tmp_path: Path):
    # In the year before 2024 in Shanghai, which begins and ends eight hours later in UTC.
    moment = datetime(2022, 12, 31, 17, tzinfo=UTC)
    posts = (post("a.md", "网关", date=OLD), post("b.md", "网络", date=moment))
    with shelf(f"memory:{tmp_path}", *posts, post("c.md", "春风", date=NEW)) as index:
        for now in (datetime(2024, 1, 1), datetime(2023, 12, 31, 16, tzinfo=UTC)):
            assert [one.text for one in index.suggest("网", now=now)] == ["网络", "网关"]


def test_a_deleted_post_suggests_nothing(tmp_path: Path):
    place = str(tmp_path / "index")
    with shelf(place, *POSTS) as before:
        assert "云原生" in texts(before, "云")
    with open_store(place).writer() as writer:
        writer.delete("k8s.md")
    with shelf(place, post("x.md", "无关")) as after:
        assert "云原生" not in texts(after, "云")
        assert "kubernetes" not in texts(after, "kube")


def test_a_closed_index_says_so(tmp_path: Path):
    index = shelf(str(tmp_path / "index"), *POSTS)
    index.close()
    with pytest.raises(StoreError):
        index.suggest("快")


@given(typed=st.text(max_size=12))
def test_whatever_is_typed_may_be_completed_or_not(
    tmp_path_factory: pytest.TempPathFactory, typed: str
):
    place = f"memory:{tmp_path_factory.getbasetemp()}/typed"
    with shelf(place, POSTS[0]) as index:
        assert len(index.suggest(typed)) <= 10
