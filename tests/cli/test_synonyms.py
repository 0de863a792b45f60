"""How are synonyms asked for on the command line, and in souwen.toml?"""

from pathlib import Path

import pytest
from tools.blog import Souwen


@pytest.fixture
def configured(blog: Path, indexed: Souwen) -> Souwen:
    """The configuration, and its file of synonyms, stand above the folder of the call."""
    (blog / "synonyms.txt").write_text("入口 = 网关\n入口\n", encoding="utf-8")
    (blog / "souwen.toml").write_text('[search]\nsynonyms = "synonyms.txt"\n', encoding="utf-8")
    return indexed


def test_without_any_a_word_is_what_it_is(indexed: Souwen):
    assert indexed("search", "-l", "入口").code == 1


def test_the_configured_file_counts_wherever_souwen_runs(configured: Souwen):
    done = configured("-C", "posts", "search", "-l", "入口")
    assert (done.code, sorted(done.lines)) == (0, ["2022/网关.md", "2023/服务网格.md"])
    assert "synonyms.txt:2: expected `word = word`" in done.err
    assert configured("search", "-c", "入口").out == "2\n"


def test_a_flag_wins_over_a_variable_and_that_over_the_file(
    blog: Path, configured: Souwen, monkeypatch: pytest.MonkeyPatch
):
    (blog / "other.txt").write_text("入口 => 程序员\n", encoding="utf-8")
    assert configured("search", "-l", "入口", "--synonyms", "none").code == 1
    assert configured("search", "-l", "入口", "--synonyms", "other.txt").lines == [
        "posts/手机.html"
    ]
    monkeypatch.setenv("SOUWEN_SYNONYMS", "other.txt")
    assert configured("search", "-l", "入口").lines == ["posts/手机.html"]


def test_the_words_of_taiwan_and_the_mainland_can_be_switched_on_and_off(
    indexed: Souwen, monkeypatch: pytest.MonkeyPatch
):
    assert indexed("search", "-c", "程式設計師").out == "0\n"
    assert indexed("search", "-c", "程式設計師", "--regional").out == "1\n"
    monkeypatch.setenv("SOUWEN_REGIONAL", "true")
    assert indexed("search", "-c", "程式設計師").out == "1\n"
    assert indexed("search", "-c", "程式設計師", "--no-regional").out == "0\n"


def test_a_file_that_is_not_there_is_wrong_usage_and_named(indexed: Souwen):
    done = indexed("search", "入口", "--synonyms", "missing.txt")
    assert (done.code, done.out) == (2, "")
    assert "missing.txt" in done.err


def test_queries_can_be_judged_with_and_without_them(blog: Path, configured: Souwen):
    (blog / "queries.jsonl").write_text('{"_id": "1", "text": "大门 入口"}\n', encoding="utf-8")
    (blog / "qrels.tsv").write_text("1\t2023/服务网格.md\t1\n", encoding="utf-8")
    found = configured("eval", "queries.jsonl", "qrels.tsv", "--all")
    assert found.lines[4].startswith("recall@100    0.0000")
    assert configured("eval", "queries.jsonl", "qrels.tsv").lines[4].startswith("recall@100    1.0")
    assert "synonyms.txt:2: " in found.err
