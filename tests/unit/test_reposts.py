"""What becomes of reposts in a search, on both engines?"""

from collections.abc import Iterator
from typing import Any

import pytest
from tools.shelf import ENGINES, NOW, address, ids, post, shelf

from souwen.search import Index

STORY = """小区门口的修车铺开了二十三年。老板姓梁，左手少一截指头，说是年轻时在机械厂落下的。
他修自行车不看价钱看交情，学生来补胎只收一块，外卖骑手换刹车线他常常摆摆手说下次一起算。
铺子里挂着一台收音机，整天放评书，讲到精彩处他会停下扳手听完这一段再继续拧。
去年冬天这条街要拓宽，通知贴在电线杆上，限期三个月搬走。街坊们写了一封联名信，
有人帮他拍了短视频，三天里来了两百多个陌生人，有的专程骑车过来，只为让他打一次气。
后来社区在菜市场旁边给他留了一间小房，比原来宽敞，还有暖气。搬家那天下着小雪，
我们十几个人推着手推车，把他的零件盒子一箱一箱运过去。他给每个人的车都上了油，
收音机里评书正讲到长坂坡。现在路过菜市场，远远就能听见那台收音机的声音。"""

NOTICE = "转载自晚报副刊，作者梁记街坊，版权归原作者所有。\n\n"

POSTS = (
    post("原文.md", STORY, "修车铺", date=NOW.replace(year=2020), tags=("街坊",)),
    post("转载.md", NOTICE + STORY, "一间修车铺", date=NOW.replace(year=2023), tags=("转载",)),
    post("节选.md", STORY[: len(STORY) * 2 // 3], "修车铺（节选）", date=NOW.replace(year=2021)),
    post("别的.md", "城东也有一间修车铺，只修汽车。师傅听收音机。", "修车铺两间", date=NOW),
    post("无关.md", "评书和收音机的历史，从话匣子说起。", "收音机"),
)
ALIKE = {"原文.md", "转载.md", "节选.md"}


@pytest.fixture(scope="module", params=ENGINES)
def index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Index]:
    with shelf(address(request.param, tmp_path_factory.mktemp("index")), *POSTS) as opened:
        yield opened


def found(index: Index, query: str, **options: Any) -> dict[str, tuple[str, ...]]:
    results = index.search(query, **{"now": NOW, **options})
    return {hit.id: hit.duplicates for hit in results}


@pytest.mark.parametrize("query", ["修车铺", "收音机 评书", "修车铺 OR 话匣子", "修车铺 汽车 历史"])
def test_reposts_stand_under_the_best_of_them(index: Index, query: str) -> None:
    shown = found(index, query)
    (best,) = ALIKE & set(shown)
    assert set(shown[best]) == ALIKE - {best}
    every = ids(index.search(query, collapse=False, now=NOW))
    assert next(one for one in every if one in ALIKE) == best
    assert [one for one in every if one not in shown[best]] == list(shown)


def test_totals_and_facets_count_them(index: Index) -> None:
    one = index.search("修车铺", facets="tag", now=NOW)
    every = index.search("修车铺", facets="tag", collapse=False, now=NOW)
    assert (one.total, one.total_relaxed) == (every.total, every.total_relaxed) == (4, 4)
    assert one.facets == every.facets
    assert len(one) == 2
    assert not one.more


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ('"修车铺"', {}),
        ('收音机 "修车铺"', {}),
        # What is quoted stands nowhere, and its words do.
        ('收音机 "评书修车铺"', {}),
        ("修车铺", {"exact": True}),
        ("修车铺", {"sort": "date"}),
        ("修车铺", {"sort": "date-asc"}),
        ("修车铺", {"collapse": False}),
    ],
)
def test_nothing_is_collapsed_that_is_asked_for_as_it_is(
    index: Index, query: str, options: dict[str, Any]
) -> None:
    shown = found(index, query, **options)
    assert set(shown) >= ALIKE
    assert not any(shown.values())


@pytest.mark.parametrize("options", [{"exact": True}, {"sort": "date"}])
def test_what_is_asked_for_is_collapsed_anywhere(index: Index, options: dict[str, Any]) -> None:
    assert len(ALIKE & set(found(index, "修车铺", collapse=True, **options))) == 1


def test_only_what_is_found_stands_under_a_hit(index: Index) -> None:
    assert found(index, "修车铺", tag=("街坊", "转载"))["原文.md"] in [("转载.md",), ()]
    shown = found(index, "修车铺", since=NOW.replace(year=2021))
    assert set(shown) | {one for under in shown.values() for one in under} == {
        "转载.md",
        "节选.md",
        "别的.md",
    }


def test_pages_follow_one_another(index: Index) -> None:
    every = found(index, "修车铺 收音机")
    pages = [index.search("修车铺 收音机", limit=1, offset=at, now=NOW) for at in range(4)]
    assert [one for page in pages for one in ids(page)] == list(every)
    assert [page.more for page in pages] == [True, True, False, False]
    assert [hit.rank for page in pages for hit in page] == [1, 2, 3]
