"""What is found by a word that means the same?"""

import os
import runpy
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools.shelf import ENGINES, NOW, address, ids, post, shelf

from souwen.index.errors import ConfigError
from souwen.search import Index, Results
from souwen.search.synonyms import parse

ROOT = Path(__file__).parents[2]
RULES = """
# 网络的几种叫法
网络 = 網路 = network
手机 => 行动电话
机器学习 = machine learning
操作系统 = 作业系统
C# = csharp   # 一种语言
5G手机 = 五代机
旧闻 = 新闻 => 报道
"""
POSTS = (
    post("网络.md", "家里的网络总断。", date=NOW - timedelta(3)),
    post("網路.md", "校園網路安全嗎？", date=NOW - timedelta(2)),
    post("network.md", "The network is down, says the network."),
    post("电话.md", "行动电话没电了。", date=NOW),
    post("手机.md", "手机没电了。"),
    post("学习.md", "A machine learning course.", date=NOW - timedelta(9)),
    post("机器.md", "机器在学习，人也在学习。"),
    post("系统.md", "作業系統換了。", "作業系統"),
    post("作业.md", "作业写完了，系统也装好了。"),
    post("五代.md", "五代机很快。"),
    post("语言.md", "csharp 与 C。"),
    post("报道.md", "一篇报道。"),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "synonyms.txt"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return shelf(address(request.param, tmp_path_factory.mktemp("index")), *POSTS)


def stems(results: Results) -> list[str]:
    return [Path(one).stem for one in ids(results)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # Both ways, in any script; and what was typed comes first.
        ("网络", ["网络", "network", "網路"]),
        ("網絡", ["网络", "network", "網路"]),
        ("网路", ["網路", "网络", "network"]),
        ("NETWORK", ["network", "网络", "網路"]),
        # One way, from either of two words.
        ("手机", ["手机", "电话"]),
        ("行动电话", ["电话"]),
        ("新闻", ["报道"]),
        ("旧闻", ["报道"]),
        ("报道", ["报道"]),
        # Several words stand as they are, whichever side they are on.
        ("机器学习", ["机器", "学习"]),
        ("machine  learning", ["学习"]),
        ("操作系统", ["系统"]),
        ("c#", ["语言"]),
        # A word within a longer one, and one that reaches over letters and Han.
        ("网络安全", ["網路"]),
        ("5G 手机", ["五代"]),
        # Every word may be another one.
        ("网络 校園", ["網路"]),
        ("network 校园 -csharp", ["網路"]),
        ("title:网络 OR title:操作系统", ["系统"]),
    ],
)
def test_a_post_that_has_a_synonym_has_the_word(
    index: Index, file: Path, query: str, found: list[str]
):
    results = index.search(query, synonyms=file, recency="off", now=NOW, all=True)
    assert stems(results)[0] == found[0]
    assert sorted(stems(results)) == sorted(found)
    assert results.total == len(found)


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ('"网络"', {}),
        ("“network”", {}),
        ("网络", {"exact": True}),
        ("netw*", {}),
        ("网络~", {}),
        ("tag:网络", {}),
        ("path:网络*", {}),
        ("断 -network", {}),
        ("报道", {}),
        ("", {"path": "网*"}),
    ],
)
def test_what_is_quoted_excluded_or_a_filter_is_meant_as_it_is(
    index: Index, file: Path, query: str, options: dict[str, object]
):
    plain = index.search(query, now=NOW, **options)  # type: ignore[arg-type]
    other = index.search(query, now=NOW, synonyms=file, regional=True, **options)  # type: ignore[arg-type]
    assert [(hit.id, hit.score) for hit in other] == [(hit.id, hit.score) for hit in plain]
    assert other.total == plain.total


def test_a_relaxed_hit_does_not_lack_a_word_of_which_it_has_a_synonym(index: Index, file: Path):
    found = {
        Path(hit.id).stem: hit.lacks
        for hit in index.search("network安全 5G手机 猫", synonyms=file, now=NOW)
    }
    assert found["網路"] == ("5G", "手机", "猫")
    assert found["五代"] == ("network", "安全", "猫")


def test_what_was_matched_is_marked(index: Index, file: Path):
    def marked(query: str) -> list[str]:
        hit = index.search(query, synonyms=file, now=NOW, all=True).hits[0]
        return [hit.snippet[start:end] for start, end in hit.highlights]

    assert marked("网络 校园") == ["校園網路"]
    assert marked("手机 没电 -旧") == ["手机没电"]
    assert marked("机器学习 course") == ["machine learning", "course"]


def test_synonyms_count_as_one_term_and_an_explanation_multiplies_out(index: Index, file: Path):
    hits = index.search("网络", synonyms=file, explain=True, recency="off", now=NOW).hits
    for hit in hits:
        products = [one.weight * one.idf * one.tf_weight for one in hit.explanation]
        assert hit.text_score == pytest.approx(sum(products))
    (alike,) = (one for hit in hits for one in hit.explanation if hit.id == "network.md")
    assert (alike.field, alike.term) == ("body.words", "网络=网路=network")
    assert (alike.tf, alike.matching) == (2, 3)


def test_pinyin_and_the_corrected_word_have_synonyms_too(index: Index, file: Path):
    assert "network" in stems(index.search("wangluo", synonyms=file, now=NOW))


@pytest.mark.parametrize(
    ("taiwan", "mainland"), [("軟體", "软件"), ("網路", "网络"), ("影片", "视频"), ("視訊", "视频")]
)
def test_taiwan_and_the_mainland_understand_each_other_where_it_is_wanted(
    tmp_path: Path, taiwan: str, mainland: str
):
    with shelf(
        str(tmp_path), post("a", f"這是{taiwan}。"), post("b", f"这是{mainland}。")
    ) as index:
        for query, first in ((taiwan, "a"), (mainland, "b")):
            assert ids(index.search(query, now=NOW, all=True)) == [first]
            both = index.search(query, now=NOW, all=True, regional=True)
            assert both.total == 2
            assert ids(both)[0] == first


def test_the_list_is_what_the_tool_makes_of_opencc() -> None:
    made = runpy.run_path(str(ROOT / "tests" / "tools" / "regional.py"))["regional"]()
    kept = (ROOT / "search" / "regional.txt").read_text(encoding="utf-8")
    assert made == kept, "python tests/tools/regional.py makes it anew"
    rules, bad = parse(kept)
    assert not bad
    assert all(word in rules[other] for word, others in rules.items() for other in others)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("网络", "`word = word` or `word => word`, found 网络"),
        ("网络 = 網絡", "differ in more than script"),
        ("网络 =", "found nothing on one"),
        ("=> 网络", "found nothing on one"),
        ("a => b => c", "`=>` once"),
        ("a = ！", "words with letters, found '!'"),
        (f"a = {'长' * 51}", "one of 51"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_others_count(
    tmp_path: Path, index: Index, line: str, reason: str
):
    file = tmp_path / "words.txt"
    file.write_text(f"# 一\n{line}\n网络 ＝ network\n", encoding="utf-8")
    results = index.search("网络", synonyms=file, now=NOW)
    assert results.total == 2
    (warning,) = results.warnings
    assert warning.startswith(f"{file}:2: expected ")
    assert reason in warning


def test_a_file_is_read_again_once_it_has_changed(tmp_path: Path, index: Index):
    file = tmp_path / "words.txt"
    file.write_text("网络 = 未知\n", encoding="utf-8-sig")
    assert index.search("网络", synonyms=str(file), now=NOW).total == 1
    file.write_text("网络 = network\n", encoding="gb18030")
    os.utime(file, ns=(1, 1))
    assert index.search("网络", synonyms=str(file), now=NOW).total == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path, index: Index):
    with pytest.raises(ConfigError, match=r"none\.txt"):
        index.search("网络", synonyms=tmp_path / "none.txt", now=NOW)


WORDS = (
    "网络",
    "network",
    "手机",
    "5G",
    "安全",
    "机器学习",
    "学习",
    "操作系统",
    "的",
    "什么",
    "C#",
    "猫",
)
queries = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)


@given(queries, st.sampled_from(("", " ")))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_synonyms_take_no_post_away(index: Index, file: Path, words: list[str], between: str):
    query = between.join(words)
    plain = index.search(query, limit=None, now=NOW, collapse=False)
    other = index.search(query, limit=None, now=NOW, collapse=False, synonyms=file, regional=True)
    assert set(ids(plain)) <= set(ids(other))
    assert {hit.id for hit in plain if not hit.relaxed} <= {
        hit.id for hit in other if not hit.relaxed
    }
    assert all(bool(hit.lacks) == hit.relaxed for hit in other)
