"""What is found among the sample posts that travel in the package?"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from souwen.index import build
from souwen.search import Index, open_index

NOW = datetime(2024, 6, 1, tzinfo=UTC)

ORANGES = "news/财经/快手电商开设助农专场，青石村的橙子两天卖空.md"
REPORT = "news/财经/远山轴承发布 2022 年度报告.md"
PHONES = "news/数码/5G手机进入千元档，城南数码城迎来换机潮.md"
GARAGE = "news/新能源汽车下乡，修车铺先学会了看电路图.md"
CHARGING_2020 = "travel/新能源汽车长途充电指南（2020 版）.md"
CHARGING_2023 = "travel/新能源汽车长途充电指南（2023 版）.md"
GATEWAY = "_posts/2021-03-08-微服务网关选型笔记.md"
MESH = "_posts/2022-05-17-service-mesh-after-one-year.md"
FULL_TEXT = "tech/搜索/全文检索是怎么工作的.md"
SEGMENTING = "tech/搜索/中文分词的三条路.md"
FULL_TEXT_TRADITIONAL = "tech/搜索/全文檢索入門.md"
FIRST_PROGRAM = "archive/2008/我的第一个 C++ 程序.md"
LISTS = "tech/文档/动态数组.md"
BACKUP = "tech/文档/还原数据库备份.md"
CRAWLER = "tech/译文/20220506 用 node.js 写一个小爬虫.md"
GPT = "tech/让 GPT-4 替我写周报.md"
HANDSHAKE = "tech/网络/tcp-ip-handshake.html"
UPGRADE = "tech/运维/k8s 升级手记.md"
TAINAN = "travel/台南小旅行.md"
DOOR = "life/404.md"
COFFEE = "life/手冲咖啡入门.md"
WIND = "travel/风从苍山来.md"


@pytest.fixture(scope="module", params=["directory", "memory"])
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(Path(str(files("souwen.index"))) / "samples", folder / "posts")
    place = str(folder / "index") if request.param == "directory" else f"memory:{folder}"
    build([folder / "posts"], index=place, now=NOW)
    with open_index(place) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("全文检索", [FULL_TEXT_TRADITIONAL, FULL_TEXT]),
        ("全文檢索", [FULL_TEXT_TRADITIONAL, FULL_TEXT]),
        ("快手电商", [ORANGES]),
        ("电商", [ORANGES]),
        ("5G手机", [PHONES]),
        ("５ｇ 手機", [PHONES]),
        ("新能源汽车 充电", [CHARGING_2023, GARAGE, CHARGING_2020]),
        ("新能源汽车 充电 -修车铺", [CHARGING_2023, CHARGING_2020]),
        ('"服务网格"', [MESH]),
        ("C++", [FIRST_PROGRAM]),
        ("node.js", [CRAWLER]),
        ("GPT-4", [GPT]),
        ("TCP/IP", [HANDSHAKE]),
        ("foo_bar", [BACKUP]),
        ("v1.24.0", [UPGRADE]),
        ("List<String>", [LISTS]),
        ("2022年度报告", [REPORT]),
        ("年度报告", [REPORT]),
        ("A股上市公司", [REPORT]),
        ("自行车", [WIND]),
        ("title:404", [DOOR]),
        ("tag:小吃", [TAINAN]),
        ("author:沈知秋", [MESH]),
        ("category:架构 date:2021", [GATEWAY]),
        ("category:台湾", [TAINAN]),
        ("咖啡 title:手冲", [COFFEE]),
        ("中文分词的三条路", [SEGMENTING]),
        ("还未发布的草稿", []),
    ],
)
def test_what_is_asked_for_is_what_is_found(index: Index, query: str, wanted: list[str]):
    results = index.search(query, relax=False, now=NOW)
    assert [hit.id for hit in results] == wanted
    assert results.warnings == ()


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("为什么三次握手不能只握两次？", HANDSHAKE),
        ("新手第一次手冲咖啡，水温应该是多少度？", COFFEE),
        ("「這句沒有人說過」是在全文檢索入門裡說的嗎", FULL_TEXT_TRADITIONAL),
        ("服务网格到底值不值得用？花了多少内存", MESH),
        ("怎么从备份还原数据库 犰狳", BACKUP),
        ("大理骑行要骑多远", WIND),
    ],
)
def test_a_natural_question_finds_its_answer_first(index: Index, question: str, wanted: str):
    assert index.search(question, now=NOW).hits[0].id == wanted


def test_every_title_finds_its_post_first(index: Index):
    posts = index.search("", path="*", limit=None, now=NOW)
    assert posts.total == 27
    for post in posts:
        assert index.search(post.title, now=NOW).hits[0].id == post.id


def test_the_newer_of_two_guides_comes_first_unless_the_text_alone_counts(index: Index):
    query = "新能源汽车长途充电指南"
    assert [hit.id for hit in index.search(query, limit=2, now=NOW)] == [
        CHARGING_2023,
        CHARGING_2020,
    ]
    by_date = index.search(query, sort="date-asc", now=NOW)
    assert [hit.id for hit in by_date] == [CHARGING_2020, CHARGING_2023]
    factors = {hit.id: hit.recency_factor for hit in index.search(query, recency="off", now=NOW)}
    assert set(factors.values()) == {1.0}


def test_drafts_are_not_found(index: Index):
    assert index.search("明年的写作计划", relax=False, now=NOW).total == 0


def test_facets_tell_where_there_is_more(index: Index):
    results = index.search("搜索 OR 微服务", facets=("category", "year"), relax=False, now=NOW)
    facets = {name: {one.value: one.count for one in counted} for name, counted in results.facets}
    assert facets["category"]["架构"] == 2
    assert list(facets["year"]) == sorted(facets["year"], reverse=True)
    assert sum(facets["year"].values()) <= results.total
