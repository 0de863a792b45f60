"""Do words that follow one another bring a post forward?"""

import pytest
from tools.shelf import ENGINES, NOW, address, ids, post, shelf

from souwen.index.analysis import Analyzer
from souwen.search.hits import PAIRS
from souwen.search.pairs import RERANKED, Pair, follows, meeting, pairs_of
from souwen.search.query import Term

ANALYZER = Analyzer()


def pair(first: str, second: str) -> Pair:
    return Pair(Term("body.words", first), Term("body.words", second), 0.5)


def pairs(query: str) -> list[tuple[str, str]]:
    return [(one.first.term, one.second.term) for one in pairs_of(query, ANALYZER)]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("数据库索引", 1),
        ("数据库的一个索引，数据库索引", 2),
        ("索引在数据库里", 0),
        ("数据库里，先写日志再建一个索引", 0),
        ("", 0),
    ],
)
def test_the_second_word_must_come_soon_after_the_first(text: str, times: int):
    assert follows(text, pair("数据库", "索引")) == times


def test_latin_words_count_as_whole_words_alone():
    assert follows("docker compose", pair("docker", "compose")) == 1
    assert follows("mydocker compose", pair("docker", "compose")) == 0
    assert follows("docker composer", pair("docker", "compose")) == 0


def test_words_that_say_little_are_passed_over():
    assert pairs("数据库的索引是什么") == [("数据库", "索引")]
    assert pairs("数据库 网关 数据库 网关") == [("数据库", "网关"), ("网关", "数据库")]
    assert pairs("如何") == pairs("网关") == []


def test_a_pair_is_as_rare_as_its_words_would_meet_by_chance():
    assert meeting(1000, 100, 50) == 5
    assert meeting(1000, 3, 2) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_post_with_the_words_side_by_side_comes_first(engine: str, tmp_path):
    apart = "数据库要预热。这里说的是另外一些事情，与它无关的索引。"
    together = "索引要预热。这里说的是另外一些事情，与它有关的数据库索引。"
    with shelf(address(engine, tmp_path), post("a", apart), post("b", together)) as opened:
        results = opened.search("数据库 索引", recency="off", explain=True, now=NOW)
        assert ids(results) == ["b", "a"]
        (found,) = (one for one in results.hits[0].explanation if one.field == PAIRS)
        assert (found.term, found.tf) == ("数据库 索引", 1)
        assert all(one.field != PAIRS for one in results.hits[1].explanation)


@pytest.mark.parametrize("engine", ENGINES)
def test_only_the_best_gain_and_every_page_is_a_part_of_the_same_order(engine: str, tmp_path):
    posts = [
        post(f"{at:03}", "数据库" * (1 + at % 7) + "，以及索引。" + "数据库索引" * (at % 3))
        for at in range(RERANKED + 30)
    ]
    with shelf(address(engine, tmp_path), *posts) as opened:
        options = {"now": NOW, "recency": "off", "explain": True, "collapse": False}
        whole = opened.search("数据库 索引", limit=None, **options)
        gained = [any(one.field == PAIRS for one in hit.explanation) for hit in whole]
        assert any(gained[:RERANKED])
        assert not any(gained[RERANKED:])
        scores = [hit.score for hit in whole]
        assert scores == sorted(scores, reverse=True)
        for offset, limit in ((0, 1), (0, 10), (7, 40), (95, 10), (110, 50)):
            page = opened.search("数据库 索引", limit=limit, offset=offset, **options)
            assert ids(page) == ids(whole)[offset : offset + limit]
            assert [hit.score for hit in page] == scores[offset : offset + limit]
