"""Does a sentence find the post that it is about, though that lacks a word?"""

import pytest
from tools.shelf import ENGINES, NOW, address, ids, post, shelf

from souwen.index.analysis import Analyzer
from souwen.search.hits import ALL_WORDS, LEAD
from souwen.search.pairs import RERANKED
from souwen.search.query import Term
from souwen.search.sentence import ALL_WEIGHT, HALF, LEAD_WEIGHT, lead_share, sentence_of

ANALYZER = Analyzer()

ASKED = "橙子网关如何平滑迁移数据库"
"""橙子, 网关, 平滑, 迁移 and 数据库 tell something."""

MEANT = "网关要平滑迁移数据库，先双写，再平滑迁移数据库的流量。"
BY_CHANCE = (
    "今天买了橙子。" + "天气很好，路上人多。" * 60 + "网关坏了。"
    "窗外的树长高了，" * 20 + "路面平滑。搬家叫作迁移。书里讲到数据库。"
)


def words(text: str) -> list[str] | None:
    found = sentence_of(text, ANALYZER)
    return None if found is None else [word.term for word in found.words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("网关平滑迁移", ["网关", "平滑", "迁移"]),
        ("如何用网关迁移数据库？", ["网关", "迁移", "数据库"]),
        ("网关 平滑迁移数据库", ["网关", "平滑", "迁移", "数据库"]),
        ("在 docker 上部署 k8s", ["docker", "部署", "k8s"]),
        ("在docker上部署k8s", ["docker", "部署", "k8s"]),
        ("网关迁移，网关平滑", None),
        ("快手电商", None),
        ("数据库 docker 网关", None),
        ("数据库docker网关", None),
        ("网关 平滑 迁移 数据库", None),
        ("什么是网关", None),
        ("docker compose network", None),
        ("", None),
    ],
)
def test_a_sentence_has_three_telling_words_with_no_sign_between_them(
    text: str, expected: list[str] | None
):
    assert words(text) == expected


def test_a_word_weighs_less_the_later_it_stands():
    word = Term("body.words", "网关")
    assert lead_share("网关" + "。" * 900, word) == pytest.approx(2 ** (-2 / HALF))
    assert lead_share("。" * (HALF - 2) + "网关", word) == 0.5
    assert lead_share("。" * 2000 + "网关", word) == lead_share("没有", word) == 0.0


@pytest.mark.parametrize("engine", ENGINES)
def test_the_post_that_is_meant_comes_before_one_that_has_all_words_by_chance(
    engine: str, tmp_path
):
    with shelf(address(engine, tmp_path), post("meant", MEANT), post("chance", BY_CHANCE)) as it:
        results = it.search(ASKED, now=NOW)
        assert [(hit.id, hit.relaxed, hit.lacks) for hit in results] == [
            ("meant", True, ("橙子", "如何")),
            ("chance", False, ()),
        ]
        assert (results.total, results.total_relaxed, results.relaxed) == (1, 2, True)
        assert ids(it.search(ASKED, all=True, now=NOW)) == ["chance"]
        assert ids(it.search(ASKED, sort="date", now=NOW)) == ["chance"]
        keywords = it.search("橙子 网关 平滑 迁移 数据库", now=NOW)
        assert [(hit.id, hit.relaxed) for hit in keywords] == [("chance", False), ("meant", True)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_sentence_that_stands_in_a_post_finds_that_post_first(engine: str, tmp_path):
    quoting = "天气很好，路上人多。" * 60 + f"有人问：{ASKED}？" + "窗外的树长高了，" * 60
    with shelf(address(engine, tmp_path), post("meant", MEANT), post("quoting", quoting)) as it:
        results = it.search(ASKED, now=NOW)
        assert [(hit.id, hit.relaxed) for hit in results] == [("quoting", False), ("meant", True)]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_explanation_tells_what_a_sentence_adds(engine: str, tmp_path):
    posts = (
        post("a", "橙子网关平滑迁移数据库"),
        post("b", "。" * 98 + "迁移数据库"),
        post("c", "树"),
    )
    with shelf(address(engine, tmp_path), *posts) as opened:
        for hit in opened.search(ASKED, explain=True, now=NOW):
            total = 0.0
            for one in hit.explanation:
                total += one.score
            assert total == hit.text_score
            lead = {one.term: one for one in hit.explanation if one.field == LEAD}
            whole = [one for one in hit.explanation if one.field == ALL_WORDS]
            if hit.id == "a":
                assert list(lead) == words(ASKED)
                (gain,) = whole
                assert gain.score == ALL_WEIGHT * sum(one.idf for one in lead.values())
            else:
                assert list(lead) == ["迁移", "数据库"]
                assert lead["迁移"].tf_weight == pytest.approx(2 ** (-100 / HALF))
                assert lead["迁移"].weight == LEAD_WEIGHT
                assert not whole


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_of_a_sentence_is_a_slice_of_the_whole_order(engine: str, tmp_path):
    some = [
        post(f"{number:03}", "。" * number + ("橙子" if number % 3 else "") + "网关平滑迁移数据库")
        for number in range(RERANKED + 20)
    ]
    with shelf(address(engine, tmp_path), *some) as opened:
        every = opened.search(ASKED, limit=None, collapse=False, now=NOW)
        assert len(every) == every.total_relaxed == len(some)
        assert {hit.id for hit in every if hit.relaxed} == {one.id for one in some[::3]}
        expected = [(hit.id, hit.relaxed, hit.score) for hit in every]
        for offset, limit in ((0, 1), (3, 10), (95, 10), (110, 30)):
            page = opened.search(ASKED, limit=limit, offset=offset, collapse=False, now=NOW)
            found = [(hit.id, hit.relaxed, hit.score) for hit in page]
            assert found == expected[offset : offset + limit]
