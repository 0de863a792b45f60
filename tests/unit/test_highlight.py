"""Which stretches of a text are marked as what was searched?"""

import time
from itertools import pairwise
from typing import Literal

import pytest
from tools.shelf import ANALYZER

from souwen.search.highlight import MOST, Patterns, patterns, spans
from souwen.search.parser import exact, parse
from souwen.search.snippet import snippet


def marked(text: str, query: str, place: Literal["title", "body"] = "body") -> list[str]:
    found = spans(text, patterns(parse(query).query, place, ANALYZER), ANALYZER)
    assert list(found) == sorted(found)
    assert all(end <= start for (_, end), (start, _) in pairwise(found))
    return [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        # Whatever the script, the width, the case, and the blanks.
        ("服务网格", "我們的服務網格", ["服務網格"]),
        ("服務網格", "我们的服务网格", ["服务网格"]),
        ("docker", "ＤＯＣＫＥＲ 与 Docker", ["ＤＯＣＫＥＲ", "Docker"]),
        ("5G手机", "一部 5G 手机，一部５Ｇ手機", ["5G", "手机", "５Ｇ手機"]),
        ("㎏", "一 kg 米", ["kg"]),
        ("kg", "一㎏米", ["㎏"]),
        ("が", "か\u3099", ["か\u3099"]),
        ("𠮷野", "😀𠮷野家😀", ["𠮷野"]),
        ("网关", "网\u200b关", ["网\u200b关"]),
        # Whole chunks and their words, joined where they touch.
        (
            "服务网格",
            "服务是服务，网格是网格；网格服务",
            ["服务", "服务", "网格", "网格", "网格服务"],
        ),
        ("快手电商", "快手，电商；手电", ["手电"]),
        ("网关 微服务", "网关是微服务的", ["网关", "微服务"]),
        ("猫", "一只猫", ["猫"]),
        ("我的猫", "我的猫不是你的猫", ["我的猫"]),
        # Pairs of characters where nothing better is there.
        ("快手外链", "快手与外链", ["快手", "外链"]),
        ("服务", "服,务", []),
        # Edges of words, as for finding.
        ("C", "C 和 CPU", ["C"]),
        ("C++", "C 和 C++", ["C++"]),
        ("ocke", "docker", []),
        ("node.js", "用 node.js 写 node", ["node.js"]),
        # Phrases as they stand.
        ('"网格是"', "服务网格是网格", ["网格是"]),
        ('"a  b"', "a\n b", ["a\n b"]),
        # Prefixes to the end of the word.
        ("web*", "webpack、Web2.0 与 cobweb 和 web", ["webpack", "Web2", "web"]),
        ("微服务web*", "微服务webpack", ["微服务webpack"]),
        ("网*", "上网网关", ["网网"]),
        ("网关~", "網關", ["網關"]),
        # Words spelt nearly so.
        ("serach~", "Search 与 search.py，不是 sea", ["Search", "search"]),
        ("kubernetes~", "Kubernets 和 kubernete", ["Kubernets", "kubernete"]),
        ("ab~", "abc xyz", ["abc"]),
        # Not what is excluded or filtered by.
        ("网关 -大门 tag:大 path:门", "网关的大门", ["网关"]),
        ("tag:web*", "web", []),
        ("(网关 OR 网格) AND title:大门", "大门网关", ["网关"]),
        ("date:2022", "2022", []),
        ("。", "。", []),
    ],
)
def test_what_was_searched_is_marked_in_the_original(query: str, text: str, expected: list[str]):
    assert marked(text, query) == expected


def test_what_is_asked_of_titles_is_marked_in_titles_alone():
    query = "网关 title:大门 body:网格"
    assert marked("大门，网关，网格", query, "title") == ["大门", "网关"]
    assert marked("大门，网关，网格", query, "body") == ["网关", "网格"]


def test_without_a_query_nothing_is_marked():
    assert patterns(None, "body", ANALYZER) == Patterns()
    assert spans("网关", Patterns(), ANALYZER) == ()


def test_a_pattern_is_listed_once_and_never_empty():
    found = patterns(parse('网关 网关 "网关" "\u200d++" web* WEB*').query, "title", ANALYZER)
    assert found.strings == ("网关", "++")
    assert found.prefixes == ("web",)


def test_a_text_full_of_matches_is_not_read_for_ever():
    assert len(spans("网关，" * 100_000, Patterns(("网关",)), ANALYZER)) == MOST
    assert len(spans("web " * 100_000, Patterns(prefixes=("web",)), ANALYZER)) == MOST
    assert len(spans("a" * 100_000, Patterns(("aa",), ("b",)), ANALYZER)) == 0


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "a ", "(", '"', "“", "*", "~", "[", "-", "\\", ".", "。", "，", "&", "&amp;", "\n"),
        *(
            "快手",
            "網",
            "ｗｅｂ",
            "\u0301",
            "a\u0301",
            "ﾞ",
            "\u200b",
            "😀",
            "🇨🇳",
            "👩\u200d💻",
            "1年",
        ),
    ],
)
def test_hostile_texts_are_marked_in_linear_time(unit: str):
    """Quadratic time would be minutes; linear time is about a second."""
    text = (unit * 100_000)[:100_000]
    began = time.process_time()
    for asked in (exact(text), exact(text[:40]), parse(f"{text[:60]}* {text[:8]}~")):
        found = spans(text, patterns(asked.query, "body", ANALYZER), ANALYZER)
        assert len(snippet(text, found, length=160).text) <= 160
    assert time.process_time() - began < 10
