"""Which words does a relaxed hit say that it lacks?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools.shelf import ENGINES, NOW, address, post, shelf

from souwen.search import Index

POSTS = (
    post("网关.md", "网关是微服务的大门。", "選型", date=NOW),
    post("快手.md", "快手电商的商家在用 node.js 写 C++ 的网页。", "直播", date=NOW),
    post("手机.md", "一支５Ｇ手机，两块电池。", "开箱", date=NOW - timedelta(400)),
    post("集群.md", "docker 与集群管理。", "Kubernetes"),
)


@pytest.fixture(scope="module", params=ENGINES)
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    with shelf(address(request.param, tmp_path_factory.mktemp("index")), *POSTS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "lacks"),
    [
        ("微服务 网关 選型", {"网关": ()}),
        ("微服務 橙子", {"网关": ("橙子",)}),
        ("橙子 Docker 集群", {"集群": ("橙子",)}),
        ("橙子 ＤＯＣＫＥＲ 电池", {"集群": ("橙子", "电池"), "手机": ("橙子", "ＤＯＣＫＥＲ")}),
        ("微服务网关监控", {"网关": ("监控",)}),
        ("块手 直播", {"快手": ("块手",)}),
        ("5G手机 直播", {"手机": ("直播",), "快手": ("5G", "手机")}),
        ("C 直播", {"快手": ("C",)}),
        ("node.js 电池", {"快手": ("电池",), "手机": ("node.js",)}),
        ("橙子 橙子 网关", {"网关": ("橙子",)}),
        ("kuber* 橙子", {"集群": ("橙子",)}),
        ("kuber* 微服务", {"集群": ("微服务",), "网关": ("kuber*",)}),
        ("dokcer~ 微服务", {"集群": ("微服务",), "网关": ("dokcer~",)}),
        ("微服务 监控 OR 网关 监控 报警", {"网关": ("监控",)}),
        ("title:選型 橙子", {"网关": ("橙子",)}),
        ("title:微服务 大门", {"网关": ("微服务",)}),
    ],
)
def test_a_relaxed_hit_names_the_words_it_lacks_as_they_were_typed(
    index: Index, query: str, lacks: dict[str, tuple[str, ...]]
):
    hits = index.search(query, now=NOW).hits
    assert {Path(hit.id).stem: hit.lacks for hit in hits} == lacks


WORDS = ("网关", "微服务", "快手", "电商", "块手", "的", "C", "C++", "node.js", "5G手机", "集群")


@given(st.lists(st.sampled_from((*WORDS, "手电", "橙子", "docker")), min_size=1, max_size=5))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_hit_lacks_something_exactly_where_it_is_relaxed(index: Index, words: list[str]):
    for query in (" ".join(words), "".join(words)):
        for hit in index.search(query, limit=None, now=NOW):
            assert bool(hit.lacks) == hit.relaxed
