"""What does ``souwen eval`` print?"""

import json
from pathlib import Path

import pytest
from tools.blog import Souwen

QUERIES = '{"_id": "1", "text": "服务网格 流量"}\n{"_id": "2", "text": "快手外链"}\n'
QRELS = "query-id\tcorpus-id\tscore\n1\t2023/服务网格.md\t1\n2\t快手.md\t1\n"


@pytest.fixture
def judged(blog: Path) -> Path:
    (blog / "queries.jsonl").write_text(QUERIES, encoding="utf-8")
    (blog / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return blog


@pytest.mark.usefixtures("judged")
def test_each_measure_is_a_line_with_its_interval(indexed: Souwen):
    done = indexed("eval", "queries.jsonl", "qrels.tsv", "--recency", "off")
    assert (done.code, done.err) == (0, "")
    assert done.lines == [
        "2 queries; the mean of each, and its 95 % interval",
        "nDCG@10       1.0000  1.0000–1.0000",
        "MRR@10        1.0000  1.0000–1.0000",
        "recall@10     1.0000  1.0000–1.0000",
        "recall@100    1.0000  1.0000–1.0000",
        "zero results  0.0000  0.0000–0.0000",
    ]


@pytest.mark.usefixtures("judged")
def test_json_has_every_number(indexed: Souwen):
    done = indexed("eval", "queries.jsonl", "qrels.tsv", "--json", "--sort", "date", "--any")
    found = json.loads(done.out)
    assert (found["version"], found["queries"], found["unjudged"]) == (1, 2, 0)
    assert found["missing"] == []
    assert found["measures"]["recall@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}


def test_right_answers_that_are_not_indexed_are_told(indexed: Souwen, judged: Path):
    (judged / "qrels.tsv").write_text("1\t网格.md\t1\n", encoding="utf-8")
    done = indexed("eval", "queries.jsonl", "qrels.tsv")
    assert done.code == 0
    assert "1 right answers are not in the index, such as 网格.md" in done.err


def test_a_bad_line_is_named_and_is_wrong_usage(indexed: Souwen, judged: Path):
    (judged / "qrels.tsv").write_text("1\t快手.md\tyes\n", encoding="utf-8")
    done = indexed("eval", "queries.jsonl", "qrels.tsv")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("souwen: qrels.tsv:1: the grade is 'yes'")
