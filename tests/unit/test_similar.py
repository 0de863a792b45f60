"""Are the posts found that are like a given one, on both engines?"""

from collections.abc import Iterator

import pytest
from tools.shelf import ENGINES, address, ids, post, shelf

from souwen.index import QueryError
from souwen.search import Index
from souwen.search.hits import Match, Matches, TermScore
from souwen.search.similar import strongest

BREAD = """周日在家烤全麦面包。高筋面粉三百克，全麦粉一百克，酵母四克，水二百六十克。揉到扩展阶段，
盖上湿布发酵一小时，体积变成两倍大再排气。整形以后放进模具，第二次发酵四十分钟，
烤箱预热到二百二十度，入炉以后降到一百九十度，烤三十五分钟。出炉马上脱模，
放在架子上晾凉再切片。全麦面包的麸皮吸水慢，所以面团要比平时湿一点，揉好以后静置二十分钟。
酵母遇到盐会变慢，两样东西不要放在一起。吃不完的面包切片冷冻，吃的时候直接进烤箱。"""

POSTS = (
    post("面包.md", BREAD, "全麦面包"),
    post("转载/面包.md", "转载自烘焙笔记，侵删。\n" + BREAD, "转：怎么烤全麦面包"),
    post("转载/节选.md", BREAD[:180], "全麦面包（节选）"),
    post("吐司.md", "北海道吐司也要高筋面粉和酵母，发酵两次，烤箱预热好再入炉。", "吐司"),
    post("披萨.md", "披萨的面团只发酵一次，烤箱要热。", "披萨"),
    post("马拉松.md", "跑完三十公里，膝盖疼了两天。", "马拉松训练"),
    post("空.md", "", "只有标题"),
)


@pytest.fixture(scope="module", params=ENGINES)
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    with shelf(address(request.param, tmp_path_factory.mktemp("index")), *POSTS) as opened:
        yield opened


def test_near_duplicates_come_first_then_posts_on_the_subject(index: Index) -> None:
    results = index.similar("面包.md", collapse=False)
    assert set(ids(results)[:2]) == {"转载/面包.md", "转载/节选.md"}
    assert ids(results)[2:] == ["吐司.md", "披萨.md"]
    assert [hit.duplicate for hit in results] == [True, True, False, False]
    assert not any(hit.relaxed for hit in results)
    assert (results.total, results.total_relaxed, results.more) == (4, 4, False)


def test_near_duplicates_stand_under_the_best_of_them(index: Index) -> None:
    first, *others = index.similar("面包.md")
    assert {first.id, *first.duplicates} == {"转载/面包.md", "转载/节选.md"}
    assert first.duplicate
    assert [hit.id for hit in others] == ["吐司.md", "披萨.md"]


def test_a_page_is_a_slice(index: Index) -> None:
    every = ids(index.similar("面包.md", limit=None))
    assert ids(index.similar("面包.md", limit=1, offset=1)) == every[1:2]
    assert index.similar("面包.md", limit=1, offset=1).more


def test_the_words_that_made_it_similar_are_highlighted(index: Index) -> None:
    toast = next(hit for hit in index.similar("面包.md") if hit.id == "吐司.md")
    marked = {toast.snippet[start:end] for start, end in toast.highlights}
    assert {"酵母", "发酵"} <= marked


def test_scores_are_explained(index: Index) -> None:
    hit = index.similar("面包.md", explain=True).hits[-1]
    assert hit.text_score == pytest.approx(sum(term.score for term in hit.explanation))


@pytest.mark.parametrize("name", ["马拉松.md", "空.md"])
def test_a_post_may_be_like_no_other(index: Index, name: str) -> None:
    assert index.similar(name).hits == ()


def test_an_unknown_post_is_an_error(index: Index) -> None:
    with pytest.raises(QueryError, match=r"没有\.md: there is no such post"):
        index.similar("没有.md")


def term(name: str, score: float, matching: int) -> TermScore:
    return TermScore("body.words", name, 1.0, 1.0, 1.0, score, 1.0, 1.0, 1.0, 9, matching)


def matches(explained: list[TermScore], copies: int = 1) -> Matches:
    match = Match("a.md", 1.0, 1.0, 1.0, False, lambda: POSTS[0], tuple(explained))
    return Matches((match,), 1, copies)


def test_the_strongest_words_weigh_most_over_all_fields_and_stand_elsewhere_too() -> None:
    explained = [term("酵母", 2.0, 3), term("面包", 1.5, 4), term("面包", 1.0, 4)]
    explained += [term("酵母粉", 9.0, 1), term("烤箱", 2.0, 5)]
    assert strongest(matches(explained)) == ("面包", "烤箱", "酵母")
    assert strongest(matches(explained, copies=3)) == ("面包", "烤箱")
    many = [term(f"词{number}", number, 2) for number in range(1, 90)]
    assert strongest(matches(many))[24:] == ("词65",)
