"""Does a search keep its promises, on both engines, from the typed query to the hits?"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from tools.shelf import ENGINES, NOW, address, fill, ids, post, shelf

from souwen.index import QueryError, StoreError, build
from souwen.search import Index, Results, open_index, search

POSTS = (
    post("2021/快手.md", "快手电商的商家都在卖橙子。年度报告里写了5G手机。", "橙子"),
    post("2021/手电.md", "一支手电，两节电池。快 手 分开写。", "手电"),
    post(
        "2022/网格.md",
        "服务网格把 k8s 里的流量管了起来。",
        "服务网格一年记",
        tags=("Go 语言", "k8s"),
    ),
    post("2022/网关.md", "网关是微服务的大门，服务的网格另说。", "網關選型", tags=("Go",)),
    post("2022/cpp.md", "C++ 和 C# 都不难，docker 也是。foo\n  bar", "写给程序员"),
    post("2022/c.md", "只讲 C 语言，DOCKER　compose。A 股大涨。", "C 语言"),
    post(
        "2023/vector.md", "std::vector 在 10:30 讲。微服务web开发，webpack 打包。", "杂 - 记（上）"
    ),
    post("2023/后.md", "了解皇后與後面的著作。Ｇｏ　ｗｅｂ", "皇后"),
    post("2023/问.md", "什么都没有。", "？？！"),
)


@pytest.fixture(scope="module", params=ENGINES)
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    with shelf(address(request.param, tmp_path_factory.mktemp("index")), *POSTS) as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return address(request.param, tmp_path)


def found(index: Index, query: str, **options: Any) -> set[str]:
    """What is found without relaxing, by names without folder and suffix."""
    results = index.search(query, **{"limit": None, "relax": False, "now": NOW, **options})
    return {Path(hit.id).stem for hit in results}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        # Cut across words, over blanks, over what is a technical token.
        ("快手", {"快手"}),
        ("电商", {"快手"}),
        ("手电商", {"快手"}),
        ("手电", {"快手", "手电"}),
        ("商的商", {"快手"}),
        ("年度", {"快手"}),
        ("度", {"快手"}),
        ("5G手机", {"快手"}),
        ("了5G手", {"快手"}),
        ("A股", {"c"}),
        ("股大", {"c"}),
        ("的", {"快手", "网格", "网关", "后"}),
        ("服务web", {"vector"}),
        # A chunk of Han needs its characters together, or all of its words.
        ("网格服务", {"网格", "网关"}),
        ("格的流", set()),
        ("支节", set()),
    ],
)
def test_p1_what_stands_in_a_post_finds_it(index: Index, query: str, names: set[str]):
    assert found(index, query) == names


def test_p1_every_substring_of_han_finds_its_post(index: Index):
    text = "快手电商的商家都在卖橙子"
    for start, end in product(range(len(text)), range(len(text) + 1)):
        if start < end:
            assert "快手" in found(index, text[start:end])
            assert found(index, f'"{text[start:end]}"') >= {"快手"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('"服务网格"', {"网格"}),
        ("“服務網格”", {"网格"}),
        ("「服务的网格」", {"网关"}),
        ('"C"', {"c"}),
        ('"C++"', {"cpp"}),
        ('"c#"', {"cpp"}),
        ('"ocke"', set()),
        ('"docker"', {"cpp", "c"}),
        ('"docker compose"', {"c"}),
        ('"foo bar"', {"cpp"}),
        ('"foo　 \n bar"', {"cpp"}),
        ('"foobar"', set()),
        ('"A股大涨"', {"c"}),
        ('"快手分"', set()),
        ('"快 手 分"', {"手电"}),
        ('"都不难，docker"', {"cpp"}),
        ('"电商" "橙子"', {"快手"}),
        ('"std::vector"', {"vector"}),
        ('"::vec"', set()),
    ],
)
def test_p2_a_quoted_string_finds_exactly_what_holds_it(index: Index, query: str, names: set[str]):
    results = index.search(query, limit=None, now=NOW)
    assert {Path(hit.id).stem for hit in results} == names
    assert results.total == results.total_relaxed == len(names)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("C", {"c"}),
        ("C++", {"cpp"}),
        ("c#", {"cpp"}),
        ("网关 微服务", {"网关"}),
        ("k8s OR 手电", {"网格", "快手", "手电"}),
        ("k8s | 橙子", {"网格", "快手"}),
        ("docker -C++", {"c"}),
        ("docker NOT C++", {"c"}),
        ('docker -"C++"', {"c"}),
        ("(网关 OR 网格) -大门", {"网格"}),
        ("-的", {"手电", "cpp", "c", "vector", "问"}),
        ("title:网关", {"网关"}),
        ("body:皇后 title:皇后", {"后"}),
        ("title:大门", set()),
        ("tag:Go", {"网格", "网关"}),
        ("tag:语言", {"网格"}),
        ("tag:k*", {"网格"}),
        ("tag:k8x~", {"网格"}),
        ("path:2022/*", {"网格", "网关", "cpp", "c"}),
        ("path:cpp", {"cpp"}),
        ("path:*.m?", {Path(one.id).stem for one in POSTS}),
        ("web*", {"vector", "后"}),
        ("webp*", {"vector"}),
        ("微服务web*", {"vector"}),
        ("微服务we*", {"vector"}),
        ("title:微服务web*", set()),
        ("手电商*", {"快手"}),
        ("手电商~", {"快手", "手电"}),
        ("dokcer~", {"cpp", "c"}),
        ("都在dokcer~", set()),
        ("？？！", {"问"}),
        ("std::vector", {"vector"}),
        ("10:30", {"vector"}),
        ("杂 - 记（上）", {"vector"}),
        ("title：（网关｜網格）", {"网关", "网格"}),
        ("ＴＩＴＬＥ：网关", {"网关"}),
        ("(网关 OR 网格)-大门", {"网格"}),
        ('"网格"-另说', {"网格"}),
        ("－的　皇后", set()),
        ("？！", set()),
        ("", set()),
    ],
)
def test_the_query_language_means_what_it_says(index: Index, query: str, names: set[str]):
    assert found(index, query) == names


def test_a_star_and_a_tilde_never_lose_what_the_text_alone_finds(index: Index):
    for text in ("手电", "手电商", "网", "k8s", "C", "docker", "服务网格", "std::vector"):
        assert found(index, text) <= found(index, f"{text}*")
        assert found(index, text) <= found(index, f"{text}~")


def test_an_exact_query_is_one_quoted_string(index: Index):
    for query in ("k8s OR 手电", "docker -C++", "服务的流量", "ocke"):
        assert index.search(query, exact=True, now=NOW).total_relaxed == 0
    assert found(index, " foo bar", exact=True) == {"cpp"}
    assert found(index, "std::vector 在", exact=True) == {"vector"}
    assert found(index, "？？！", exact=True) == {"问"}
    assert found(index, "服务網格", exact=True) == found(index, '"服务网格"') == {"网格"}
    assert found(index, "服务网格", exact=True, title_only=True) == {"网格"}


def test_title_only_looks_in_titles(index: Index):
    assert found(index, "皇后", title_only=True) == {"后"}
    assert found(index, "网格 -选型", title_only=True) == {"网格"}
    assert found(index, '"服务网格" | 网*', title_only=True) == {"网格", "网关"}
    assert found(index, "橙子~ tag:Go", title_only=True) == set()
    assert found(index, "大门", title_only=True) == set()


@pytest.mark.parametrize(
    ("query", "variants"),
    [
        ("网关选型", ["網關選型", "網关選型"]),
        ("docker", ["DOCKER", "ｄｏｃｋｅｒ", "Ｄocker"]),
        ("A股大涨", ["a 股大涨", "Ａ股大漲", "A　股大涨"]),
        ("皇后 后面", ["皇後 後面", "皇后　後面"]),
        ("了解著作", ["瞭解着作", "了解着作"]),
        ("5G手机", ["5g 手機", "５Ｇ手机"]),
        ("title:网关 | k8s", ["title：網關 ｜ Ｋ８Ｓ"]),
    ],
)
def test_p4_script_width_case_and_blanks_change_nothing(
    index: Index, query: str, variants: list[str]
):
    expected = [(hit.id, hit.relaxed) for hit in index.search(query, limit=None, now=NOW)]
    assert expected
    for variant in variants:
        hits = index.search(variant, limit=None, now=NOW)
        assert [(hit.id, hit.relaxed) for hit in hits] == expected


def test_p5_equal_scores_come_newer_first_then_undated_then_by_id(place: str):
    days = {"d": NOW, "b": NOW, "a": NOW - timedelta(1), "c": None, "0": None}
    with shelf(place, *(post(name, "甲乙", date=when) for name, when in days.items())) as opened:
        for sort in ("relevance", "date"):
            assert ids(opened.search("甲乙", sort=sort, now=NOW)) == ["b", "d", "a", "0", "c"]
        assert ids(opened.search("甲乙", sort="date-asc", now=NOW)) == ["a", "b", "d", "0", "c"]
        assert ids(opened.search("甲乙", now=NOW)) == ["b", "d", "a", "0", "c"]


@pytest.mark.parametrize(
    "title",
    [
        "NOT 什么 OR 什么",
        "-广告",
        '他说"不对',
        "title: 怎么写",
        "title:网关（上）",
        "（全）——“微服务” | 网关 - 2022",
        "C++：std::vector<int>* 与 ~T()",
        "web*",
        "？！",
        "（）",
        "甲" * 300 + " OR 乙",
    ],
)
def test_p6_a_whole_title_finds_its_post_first_whatever_signs_are_in_it(place: str, title: str):
    others = (post(f"{number}", f"{title} 广告 网关 {number}", "网关") for number in range(15))
    with shelf(place, post("wanted", "正文", title), *others) as opened:
        results = opened.search(title, now=NOW)
        assert results.hits[0].id == "wanted"
        assert results.warnings == ()
        assert not results.hits[0].relaxed


def test_posts_with_some_words_come_after_those_with_all(index: Index):
    results = index.search("网关 微服务 大门", limit=None, now=NOW)
    assert results.hits[0].id == "2022/网关.md"
    assert [hit.relaxed for hit in results] == [False] + [True] * (len(results) - 1)
    assert (results.total, results.total_relaxed) == (1, len(results))
    assert results.relaxed
    assert not index.search("网关 微服务 大门", limit=1, now=NOW).relaxed
    assert len(results) > 1


def test_a_long_question_is_answered_though_one_word_is_absent(index: Index):
    results = index.search("请问服务网格是怎么把犰狳管起来的呢", now=NOW)
    assert results.total == 0
    assert results.hits[0].id == "2022/网格.md"
    assert results.hits[0].relaxed


@pytest.mark.parametrize(
    "query",
    [
        "「服务网格，流量全管」这句话是谁说的？",
        '"服务网格，流量全管" 是谁说的',
        "“服务网格、流量全管”说的是k8s还是别的（答案）？",
        "流量全管 犰狳*",
        "流量全管 -犰狳",
        "流量全管 OR 犰狳",
    ],
)
def test_a_question_never_comes_back_empty_because_of_a_sign(index: Index, query: str):
    results = index.search(query, now=NOW)
    assert results.total == 0
    assert results.hits[0].id == "2022/网格.md"
    assert results.hits[0].highlights


def test_characters_that_merely_stand_somewhere_are_no_match_in_either_tier(index: Index):
    assert ids(index.search("支节", now=NOW)) == []
    assert ids(index.search("格的流", now=NOW)) == ["2022/网格.md"]
    assert [hit.relaxed for hit in index.search("格的流", now=NOW)] == [True]
    assert "2021/手电.md" not in ids(index.search("快手", now=NOW))


def test_a_character_typed_alone_is_a_word_that_may_be_all_there_is(index: Index):
    assert ids(index.search("犰狳 股", now=NOW)) == ["2022/c.md"]
    assert ids(index.search("犰狳 C和Java", relax=True, now=NOW)) == ["2022/c.md"]
    assert ids(index.search("股ハ", now=NOW)) == ["2022/c.md"]


def test_a_phrase_stays_whole_in_both_tiers_where_it_stands_at_all(index: Index):
    results = index.search('"网关" 犰狳 流量', now=NOW)
    assert (results.total, ids(results)) == (0, ["2022/网关.md"])
    assert index.search('"网关犰狳"', now=NOW).total_relaxed == 0
    assert index.search('"网关犰狳" "橙子"', now=NOW).total_relaxed == 0


def test_filters_hold_in_both_tiers(index: Index):
    results = index.search("服务 犰狳 tag:Go path:2022/*关*", now=NOW)
    assert ids(results) == ["2022/网关.md"]
    assert ids(index.search("服务 犰狳", tag="k8s", now=NOW)) == ["2022/网格.md"]


@pytest.mark.parametrize("options", [{"all": True}, {"relax": False}, {"sort": "date"}])
def test_what_never_relaxes_finds_only_posts_with_all_words(index: Index, options: dict[str, Any]):
    assert ids(index.search("网关 犰狳", now=NOW, **options)) == []
    relaxed = index.search("网关 犰狳", now=NOW, **{**options, "relax": True})
    assert ids(relaxed)[0] == "2022/网关.md"


def test_any_is_content_with_one_word(index: Index):
    results = index.search("k8s 橙子", any=True, now=NOW)
    assert {Path(hit.id).stem for hit in results} == {"网格", "快手"}
    assert results.total == results.total_relaxed == 2
    assert {hit.relaxed for hit in results} == {False}
    assert found(index, '"橙子" k8s', any=True) == {"网格", "快手"}
    assert found(index, "橙* k8s", any=True) == {"网格", "快手"}
    assert found(index, "橙子 k8s tag:Go", any=True) == {"网格"}
    assert found(index, '"橙子"', any=True) == {"快手"}
    assert found(index, "橙子 k8s -流量", any=True) == {"快手"}
    assert found(index, "tag:Go -流量", any=True) == {"网关"}


def test_a_page_is_what_was_asked_for(index: Index):
    whole = ids(index.search("服务 C 手", limit=None, now=NOW))
    assert len(whole) == 4
    page = index.search("服务 C 手", limit=2, offset=1, now=NOW)
    assert ids(page) == whole[1:3]
    assert [hit.rank for hit in page] == [2, 3]
    assert len(page) == 2
    assert ids(index.search("服务 C 手", limit=0, now=NOW)) == []
    assert index.search("服务 C 手", limit=0, now=NOW).total_relaxed == len(whole)


def test_the_query_is_given_back_with_what_was_doubtful_about_it(index: Index):
    results = index.search("(网关 ", now=NOW)
    assert results.query == "(网关 "
    assert len(results.warnings) == 1
    assert results.total == 1
    assert results.took_ms > 0
    assert repr(results.hits[0]).startswith("<Hit 1: 2022/网关.md ")


DATED = (
    post("a", "甲乙", date=datetime(2022, 2, 22, 15, 59, 59, tzinfo=UTC)),
    post("b", "甲乙", date=datetime(2022, 2, 22, 16, tzinfo=UTC), updated=NOW),
    post("c", "甲乙", date=datetime(2022, 12, 31, 16, tzinfo=UTC)),
    post("d", "甲乙"),
)


@pytest.mark.parametrize(
    ("query", "options", "expected"),
    [
        ("甲乙", {"since": "2022-02-23"}, "bc"),
        ("甲乙", {"until": "2022-02-22"}, "a"),
        ("甲乙", {"since": date(2022, 2, 23), "until": date(2022, 2, 23)}, "b"),
        ("甲乙", {"since": datetime(2022, 2, 23)}, "bc"),
        ("甲乙", {"since": datetime(2022, 2, 23, tzinfo=UTC)}, "c"),
        ("甲乙", {"until": datetime(2022, 2, 22, 16, tzinfo=UTC)}, "a"),
        ("甲乙", {"since": "2022", "until": "2022"}, "ab"),
        ("", {"since": "去年"}, "c"),
        ("", {"since": "2年"}, "c"),
        ("甲乙 date:2022-02-23", {}, "b"),
        ("date:2022", {}, "ab"),
        ("甲乙 date:..2022-03", {}, "ab"),
        ("甲乙 date:2023..2022", {}, "abc"),
        ("甲乙 date:1000d..", {}, "abc"),
        ("甲乙 -date:2022", {}, "cd"),
        ("甲乙 updated:2024", {}, "b"),
        ("甲乙 犰狳 date:2023", {}, "c"),
    ],
)
def test_dates_are_days_in_the_time_zone_of_the_index(
    place: str, query: str, options: dict[str, Any], expected: str
):
    with shelf(place, *DATED) as opened:
        assert sorted(ids(opened.search(query, now=NOW, **options))) == list(expected)


SHELVED = (
    post(
        "a/1", "甲乙", tags=("Go", "网络"), categories=(("编程", "Go"), ("随笔",)), author=("林",)
    ),
    post("a/2", "甲乙", tags=("go",), categories=(("编程",),), author=("林", "Ｚoe"), date=NOW),
    post(
        "b/3", "甲乙 甲乙", categories=(("编程语言",),), date=datetime(2022, 12, 31, 20, tzinfo=UTC)
    ),
    post("b/4", "甲 丙", tags=("Golang",), categories=(("旅行", "编程"),)),
)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"tag": "GO"}, "12"),
        ({"tag": ["网络", "Golang"]}, "1"),
        ({"category": "编程"}, "12"),
        ({"category": "編程/go"}, "1"),
        ({"category": ("旅行", "随笔")}, "1"),
        ({"author": "ZOE"}, "2"),
        ({"path": "b/*"}, "3"),
        ({"path": ["*1", "?/2"]}, "12"),
        ({"tag": "Go", "author": ["Zoe", "无"]}, "2"),
        ({"tag": "Go", "path": "b/*"}, ""),
        ({"tag": "无"}, ""),
    ],
)
def test_filters_narrow_what_is_found(place: str, options: dict[str, Any], expected: str):
    with shelf(place, *SHELVED) as opened:
        results = opened.search("甲乙", relax=False, now=NOW, **options)
        assert sorted(hit.id[-1] for hit in results) == list(expected)


def test_a_filter_alone_is_a_query(place: str):
    with shelf(place, *SHELVED) as opened:
        assert ids(opened.search("", category="编程", now=NOW)) == ["a/2", "a/1"]
        assert opened.search("", now=NOW).total == 0
        assert opened.search("。", path="*", now=NOW).total == 4
        assert sorted(ids(opened.search("category:编程/Go", now=NOW))) == ["a/1"]
        assert sorted(ids(opened.search("category:编程 -path:a", now=NOW))) == ["b/3", "b/4"]
        assert ids(opened.search("author:林 tag:网*", now=NOW)) == ["a/1"]


@pytest.mark.parametrize("pattern", ["[" * 40_000, "*[" * 20_000, "[!" * 20_000, "*a" * 20_000])
@pytest.mark.parametrize("engine", ["memory", "whoosh"])
def test_a_hostile_path_is_read_in_linear_time(engine: str, pattern: str, tmp_path: Path):
    """In quadratic time the first one takes minutes."""
    with shelf(address(engine, tmp_path), *SHELVED) as opened:
        began = time.process_time()
        assert opened.search("", path=pattern, now=NOW).total == 0
        assert time.process_time() - began < 20


def test_only_a_search_without_words_and_filters_is_warned_of(place: str):
    with shelf(place, *SHELVED) as opened:
        assert opened.search(" ", category="编程").warnings == ()
        assert "nothing to search for" in opened.search(" ").warnings[0]
        assert "nothing to search for" in opened.search("。", category="编程").warnings[0]


def test_facets_count_the_first_tier_most_frequent_first(place: str):
    with shelf(place, *SHELVED) as opened:
        names = ("category", "tag", "author", "year")
        results = opened.search("甲乙", facets=names, limit=1, now=NOW)
        assert results.total_relaxed >= results.total == 3
        assert opened.search("甲乙", facets="tag").facets == results.facets[1:2]
        counted = {name: [(f.value, f.count) for f in facets] for name, facets in results.facets}
        assert counted == {
            "category": [("编程", 2), ("编程/Go", 1), ("编程语言", 1), ("随笔", 1)],
            "tag": [("Go", 1), ("go", 1), ("网络", 1)],
            "author": [("林", 2), ("Ｚoe", 1)],
            "year": [("2024", 1), ("2023", 1)],
        }


@pytest.mark.parametrize("recency", ["off", "low", "normal", "high"])
def test_an_explanation_multiplies_out_to_the_score(index: Index, recency: Any):
    for query in (
        "服务网格 流量",
        "docker -C",
        "web* 微服务",
        "dokcer~",
        '"皇后"',
        "服务网格一年记",
    ):
        for hit in index.search(query, explain=True, recency=recency, now=NOW):
            for one in hit.explanation:
                assert one.score == pytest.approx(one.weight * one.idf * one.tf_weight)
                assert one.tf >= 1
                assert one.length >= 1
                assert 1 <= one.matching <= one.documents
            total = sum(one.score for one in hit.explanation)
            assert hit.text_score == pytest.approx(total)
            assert hit.score == pytest.approx(total * hit.recency_factor)
            assert hit.text_score > 0


def test_nothing_is_explained_unasked(index: Index):
    assert index.search("服务", now=NOW).hits[0].explanation == ()


def test_scores_are_what_is_worked_out_by_hand(place: str):
    with shelf(place, post("a", "猫 猫 dog"), post("b", "dog"), post("c", "鸟")) as opened:
        (hit,) = opened.search("猫", recency="off", explain=True, now=NOW, relax=False)
        # Of three bodies with words of 3, 1 and 1 terms one holds 猫, twice.
        words = 0.980829253 * 2 / (2 + 1.2 * (0.25 + 0.75 * 3 / (5 / 3)))
        # Of two bodies with single characters, 2 and 1 of them, one holds it, twice.
        chars = 0.3 * 0.693147181 * 2 / (2 + 1.2 * (0.25 + 0.75 * 2 / 1.5))
        assert [one.field for one in hit.explanation] == ["body.words", "body.chars"]
        assert hit.score == pytest.approx(words + chars, rel=1e-8)


def test_the_default_order_prefers_the_newer_of_equals_by_the_formula(place: str):
    days = (0, 365, 730, None)
    posts = [
        post(str(at), "甲乙", date=None if ago is None else NOW - timedelta(ago))
        for at, ago in enumerate(days)
    ]
    with shelf(place, *posts) as opened:
        results = opened.search("甲乙", now=NOW + timedelta(1000))
        factors = {hit.id: hit.recency_factor for hit in results}
        assert factors == {"0": 1.25, "1": 1.125, "2": 1.0625, "3": 1.0}
        assert ids(results) == ["0", "1", "2", "3"]
        assert results.recency.origin == NOW
        assert (results.recency.weight, results.recency.half_life_days) == (0.25, 365.0)
        early = opened.search("甲乙", now=NOW - timedelta(365), recency="low")
        assert early.recency.origin == NOW - timedelta(365)
        assert [hit.recency_factor for hit in early] == pytest.approx([1.1, 1.1, 1.05, 1.0])
        assert {hit.recency_factor for hit in opened.search("甲乙", sort="relevance", now=NOW)} == {
            1
        }
        assert opened.search("甲乙", recency="off", now=NOW).recency.origin is None


def test_a_naive_now_is_in_the_time_zone_of_the_index(place: str):
    with shelf(place, *DATED) as opened:
        naive, aware = datetime(2022, 2, 23), datetime(2022, 2, 22, 16, tzinfo=UTC)
        first, second = (opened.search("甲乙", since="1d", now=now) for now in (naive, aware))
        assert ids(first) == ids(second)
        assert first.recency == second.recency
        assert opened.timezone.key == "Asia/Shanghai"


def test_snippets_and_titles_show_the_original_with_what_matched(index: Index):
    hit = index.search("网关选型 ｗｅＢ | 網關", now=NOW).hits[0]
    assert hit.title == "網關選型"
    assert shown(hit.title, hit.title_highlights) == ["網關選型"]
    assert "网关" in shown(hit.snippet, hit.highlights)
    hit = index.search("go web", now=NOW).hits[0]
    assert shown(hit.snippet, hit.highlights) == ["Ｇｏ", "ｗｅｂ"]


def shown(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_the_length_of_snippets_can_be_chosen(place: str):
    with shelf(
        place, post("a", "前面一句话很长很长。" * 30 + "快手在这里。" + "后面。" * 50)
    ) as opened:
        for length in (0, 1, 20, 160):
            (hit,) = opened.search("快手", snippet=length, now=NOW)
            assert len(hit.snippet) <= length
        assert "快手在这里。" in opened.search("快手", snippet=20, now=NOW).hits[0].snippet


def test_hits_are_loaded_when_they_are_asked_for(place: str):
    with shelf(place, *POSTS) as opened:
        loaded, other = opened.search("docker", limit=2, now=NOW)
        loaded.load()
    assert "ocker" in loaded.snippet.lower()
    assert loaded.path == f"/posts/{loaded.id}"
    assert loaded.date is None
    assert other.score > 0
    for late in (lambda: other.title, lambda: other.snippet, lambda: opened.search("docker")):
        with pytest.raises(StoreError, match="closed"):
            late()


def test_search_opens_searches_and_closes(place: str):
    fill(place, *POSTS)
    results = search("服务网格", index=place, limit=1, now=NOW)
    assert [(hit.title, hit.snippet[:4]) for hit in results] == [("服务网格一年记", "服务网格")]
    with pytest.raises(QueryError, match="sort"):
        search("服务网格", index=place, sort="newest")


def test_a_post_is_found_by_its_id_and_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
):
    posts = tmp_path / "posts"
    posts.mkdir()
    for name in ("a[1].md", "a1.md", "单.md"):
        (posts / name).write_text(f"# {name}\n\n正文", encoding="utf-8")
    single = tmp_path / "single.md"
    single.write_text("# single\n\n正文", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for place in (address(engine, tmp_path) for engine in ENGINES):
        build([posts, single], index=place, now=NOW)
        with open_index(place) as opened:
            for name in ("a[1].md", str(posts / "a[1].md"), "posts/a[1].md", "./posts/a[1].md"):
                document = opened.document(name)
                assert document is not None
                assert document.title == "a[1].md"
            assert opened.document(str(single)) == opened.document("single.md") is not None
            for name in ("a*.md", "b.md", "/etc/a1.md", str(tmp_path), "", "a\0.md"):
                assert opened.document(name) is None


def test_a_pattern_of_paths_is_one_of_ids_or_of_paths_as_they_are_seen_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    base = tmp_path / "blog[1]"
    for name in ("posts/2022/a.md", "posts/b.md", "notes/2022/a.md", "notes/c.md"):
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(f"# {name}\n\n甲乙", encoding="utf-8")
    monkeypatch.chdir(base)
    cases = {
        "posts/*": {"posts/2022/a.md", "posts/b.md"},
        "./notes/2022/*": {"notes/2022/a.md"},
        f"{tmp_path}/*/c.md": {"notes/c.md"},
        "2022/*": {"posts/2022/a.md"},
        "notes/2022/a.md": {"notes/2022/a.md"},
        "post/*": set(),
        "\0*": set(),
    }
    for place in (address(engine, tmp_path) for engine in ENGINES):
        build(["posts", "notes"], index=place, now=NOW)
        with open_index(place) as opened:
            for pattern, names in cases.items():
                assert {hit.title for hit in opened.search("甲乙", path=pattern)} == names
            assert {hit.title for hit in opened.search("path:posts/*")} == cases["posts/*"]
            monkeypatch.chdir(base / "posts")
            assert {hit.title for hit in opened.search("", path="../notes/c.*")} == {"notes/c.md"}
            monkeypatch.chdir(base)


@pytest.mark.parametrize("engine", ["memory", "whoosh"])
def test_an_open_index_knows_the_paths_and_the_runs_of_its_commit_after_later_ones(
    engine: str, tmp_path: Path
):
    posts, place = tmp_path / "posts", address(engine, tmp_path)
    posts.mkdir()
    (posts / "a.md").write_text("甲乙", encoding="utf-8")
    build([posts], index=place, now=NOW)
    with open_index(place) as opened:
        (posts / "a.md").write_text("甲乙丙", encoding="utf-8")
        build(index=place, now=NOW)
        assert opened.search("甲乙", path=f"{posts}/*", now=NOW).total == 1
        assert len(opened.history().runs) == 1


def test_an_index_tells_what_it_holds_and_how_it_cuts(place: str):
    with shelf(place, *DATED) as opened:
        info = opened.info()
        assert (info.posts, info.undated, info.roots) == (4, 1, ("/posts",))
        assert dict(info.analyzer)["fingerprint"]
        assert [token.term for token in opened.analyze("5G手机")["words"]] == ["5g", "手机"]


def test_refresh_takes_the_newest_commit_and_leaves_the_old_one_as_it_was(place: str):
    with shelf(place, post("a", "甲乙")) as opened:
        assert opened.refresh() is opened
        fill(place, post("b", "甲乙"))
        assert ids(opened.search("甲乙", now=NOW)) == ["a"]
        with opened.refresh() as newest:
            assert ids(newest.search("甲乙", now=NOW)) == ["a", "b"]
        assert ids(opened.search("甲乙", now=NOW)) == ["a"]


QUERIES = ("服务网格", "快手 外链", '"C++"', "docker -C", "web* 微服务", "title:网*", "的", "皇后~")


def test_many_threads_search_one_index_as_one_would(index: Index):
    def run(query: str) -> object:
        results = index.search(query, limit=5, facets=("tag", "year"), explain=True, now=NOW)
        hits = [(h.id, h.score, h.title, h.snippet, h.highlights, h.explanation) for h in results]
        return hits, results.total, results.total_relaxed, results.facets

    expected = {query: run(query) for query in QUERIES}
    queries = [QUERIES[number % len(QUERIES)] for number in range(400)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(run, queries))
    assert answers == [expected[query] for query in queries]


@pytest.mark.parametrize(
    "query", ["搜" * 100_000, "-" * 100_000, "a " * 50_000, "甲\0乙", "\ud800"]
)
def test_a_hostile_query_has_a_sensible_answer(index: Index, query: str):
    assert isinstance(index.search(query, now=NOW), Results)
