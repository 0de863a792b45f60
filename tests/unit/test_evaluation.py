"""How good are answers, as `souwen eval` measures it?"""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.shelf import NOW, post, shelf

from souwen.index import QueryError
from souwen.search import evaluate
from souwen.search.evaluation import MEASURES, measured
from souwen.search.judgements import read_judgements, read_queries

COFFEE = "手冲咖啡的水温以九十度为宜，磨得越细水温越低。"
NOODLES = "牛肉面的汤要熬六个小时，面要当天擀。"


def named(values: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(MEASURES, values, strict=True))


def test_the_only_right_answer_in_third_place_counts_by_the_logarithm_of_its_place():
    found = named(measured([(0, 0), (0, 0), (1, 1)], [1]))
    assert found == {
        "nDCG@10": pytest.approx(1 / math.log2(4)),
        "MRR@10": pytest.approx(1 / 3),
        "recall@10": 1.0,
        "recall@100": 1.0,
        "zero results": 0.0,
    }


def test_better_grades_are_expected_first():
    worse, better = (measured(gains, [3, 1])[0] for gains in ([(1, 1), (3, 1)], [(3, 1), (1, 1)]))
    assert worse == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))
    assert better == 1.0


def test_the_eleventh_place_counts_for_recall_at_100_alone():
    found = named(measured([(0, 0)] * 10 + [(1, 1)], [1]))
    assert found == dict(zip(MEASURES, (0.0, 0.0, 0.0, 1.0, 0.0), strict=True))


def test_nothing_found_is_a_zero_result():
    assert measured([], [1]) == (0.0, 0.0, 0.0, 0.0, 1.0)


@given(st.lists(st.integers(0, 3), max_size=120), st.lists(st.integers(1, 3), max_size=5))
def test_no_measure_leaves_zero_to_one(grades: list[int], missed: list[int]):
    right = [grade for grade in grades if grade] + missed
    if right:
        found = measured([(grade, int(grade > 0)) for grade in grades], right)
        assert all(0 <= value <= 1 for value in found)


def test_means_lie_in_their_intervals_which_are_the_same_at_every_run(tmp_path: Path):
    posts = [post("咖啡", COFFEE), post("面", NOODLES), post("茶", "泡茶也要看水温。")]
    queries = {"1": "水温 磨", "2": "牛肉面", "3": "豆腐脑", "4": "没有判断过"}
    judgements = {"1": {"咖啡": 1}, "2": {"面": 2, "茶": 0}, "3": {"面": 1, "豆腐": 1}}
    with shelf(str(tmp_path / "index"), *posts) as opened:
        first, second = (evaluate(opened, queries, judgements, now=NOW) for _ in range(2))
    assert first == second
    assert (first.queries, first.unjudged, first.missing) == (3, 1, ("豆腐",))
    means = {one.name: one.mean for one in first.measures}
    assert means["nDCG@10"] == means["MRR@10"] == pytest.approx(2 / 3)
    assert means["zero results"] == pytest.approx(1 / 3)
    assert all(0 <= one.low <= one.mean <= one.high <= 1 for one in first.measures)


def test_options_are_those_of_a_search(tmp_path: Path):
    posts = [post("咖啡", COFFEE, "早晨"), post("面", NOODLES, "中午")]
    with shelf(str(tmp_path / "index"), *posts) as opened:
        found = evaluate(opened, {"1": "水温"}, {"1": {"咖啡": 1}}, now=NOW, title_only=True)
    assert {one.name: one.mean for one in found.measures}["zero results"] == 1.0


def test_without_a_right_answer_nothing_is_measured(tmp_path: Path):
    with (
        shelf(str(tmp_path / "index"), post("面", NOODLES)) as opened,
        pytest.raises(QueryError, match="none of the queries has a right answer"),
    ):
        evaluate(opened, {"1": "面"}, {"1": {"面": 0}}, now=NOW)


@pytest.mark.parametrize(
    "content",
    [
        '{"_id": "1", "text": "牛肉面"}\n\n{"_id": 2, "text": "水温", "metadata": {}}\n',
        "\ufeff1\t牛肉面\r\n2\t水温\r\n",
    ],
)
def test_queries_are_json_lines_or_columns(tmp_path: Path, content: str):
    path = tmp_path / "queries"
    path.write_text(content, encoding="utf-8", newline="")
    assert read_queries(path) == {"1": "牛肉面", "2": "水温"}


@pytest.mark.parametrize(
    "content",
    [
        "query-id\tcorpus-id\tscore\n1\ta b.md\t1\n1\tc.md\t0\n",
        "1\ta b.md\t1\n\n1\tc.md\t0",
        "1\t0\ta b.md\t1\n1\t0\tc.md\t0\n",
    ],
)
def test_judgements_are_columns_with_or_without_a_header(tmp_path: Path, content: str):
    path = tmp_path / "qrels.tsv"
    path.write_text(content, encoding="utf-8")
    assert read_judgements(path, {"1": "面"}) == {"1": {"a b.md": 1, "c.md": 0}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"_id": "1", "text": "面"}\n{"_id": "1"\n', "queries:2: this is no JSON"),
        ('{"_id": "1", "title": "面"}\n', 'queries:1: expected {"_id"'),
        ("1\t面\n\n1\t汤\n", "queries:3: there was a query '1' before"),
        ("面\n", "queries:1: expected JSON or an id, a tab and a text, found '面'"),
    ],
)
def test_a_bad_query_is_named_with_file_and_line(tmp_path: Path, content: str, message: str):
    path = tmp_path / "queries"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(QueryError) as caught:
        read_queries(path)
    assert message in str(caught.value)


def test_bytes_that_are_no_text_are_named_with_file_and_line(tmp_path: Path):
    path = tmp_path / "queries"
    path.write_bytes(b"1\tnoodles\n2\t\xff\xfe\n")
    with pytest.raises(QueryError, match="queries:2: this is not UTF-8"):
        read_queries(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1\ta.md\t1\n1\ta.md\n", "qrels:2: expected query id, post id and grade"),
        ("1\ta.md\t1\n9\ta.md\t1\n", "qrels:2: there is no query '9'"),
        ("1\ta.md\tgood\n", "qrels:1: the grade is 'good'"),
    ],
)
def test_a_bad_judgement_is_named_with_file_and_line(tmp_path: Path, content: str, message: str):
    path = tmp_path / "qrels"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(QueryError) as caught:
        read_judgements(path, {"1": "面"})
    assert message in str(caught.value)
