"""Does a text have every pair of neighbours and every character of its Han runs as terms?"""

import re

import pytest

from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.grams import bigrams, chars, gram_codes, gram_text, stretches
from souwen.index.documents import Terms
from souwen.index.scripts import HAN, HANGUL, KANA


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("搜索引擎", ["搜索引擎"]),
        ("搜索,引擎", ["搜索", "引擎"]),
        ("人々〇時", ["人々〇時"]),
        ("第〡〢〣", ["第〡〢〣"]),
        ("𠀀字𪚥", ["𠀀字𪚥"]),
        ("カタカナー漢字ひらがな", ["カタカナー", "漢字", "ひらがな"]),
        ("한국어中文", ["한국어", "中文"]),
        ("豈⺠⾞", ["豈⺠⾞"]),
        ("a股t恤", ["股", "恤"]),
        ("latin 123 _ ・。", []),
        ("", []),
    ],
)
def test_runs_are_of_one_script_and_as_long_as_can_be(text: str, runs: list[str]) -> None:
    found = stretches(text)
    assert [text[one.start : one.end] for one in found if one.is_run] == runs
    assert "".join(text[one.start : one.end] for one in found) == text


def test_bigrams_are_the_neighbours_of_each_run() -> None:
    assert bigrams("微服务, 好,c网关") == Terms(("微服", "服务", "网关"), (0, 1, 8))


def test_chars_are_those_of_each_run() -> None:
    assert chars("微服, c好") == Terms(("微", "服", "好"), (0, 1, 5))


def test_no_run_has_no_grams() -> None:
    assert bigrams("") == chars("latin 123") == Terms()


def test_the_code_of_a_gram_is_that_of_its_characters() -> None:
    found = gram_codes("网关,c𠀀")
    assert found.bigrams.tolist() == [ord("网") << 21 | ord("关")]
    assert found.bigram_positions.tolist() == [0]
    assert found.chars.tolist() == [ord("网"), ord("关"), ord("𠀀")]
    assert found.char_positions.tolist() == [0, 1, 4]


def test_codes_are_turned_back_into_grams_in_any_order() -> None:
    found = gram_codes("微服务𠀀")
    assert gram_text(found.bigrams[::-1]) == ["务𠀀", "服务", "微服"]
    assert gram_text(found.chars[:2]) == ["微", "服"]
    assert gram_text(gram_codes("latin").bigrams) == []


@pytest.mark.parametrize("script", [HAN, KANA, HANGUL])
def test_codes_know_the_scripts_that_runs_are_made_of(script: str) -> None:
    everything = "".join(map(chr, range(0x110000)))
    characters = re.findall(f"[{script}]", everything)
    found = gram_codes(" ".join(characters))
    assert gram_text(found.chars) == characters
    assert len(found.bigrams) == 0
    assert len(gram_codes("".join(characters)).bigrams) == len(characters) - 1


@pytest.mark.parametrize(
    ("text", "pairs", "singles"),
    [
        ("2022年度报告", ["年度", "度报", "报告"], ["年", "度", "报", "告"]),
        ("A 股市场", ["股市", "市场"], ["股", "市", "场"]),
        ("學習C++語言", ["学习", "语言"], ["学", "习", "语", "言"]),
        ("𠀀\u200b𪚥", ["𠀀𪚥"], ["𠀀", "𪚥"]),
        ("ドッグ犬", ["ドッ", "ッグ"], ["ド", "ッ", "グ", "犬"]),
        ("东，西", [], ["东", "西"]),
        ("plain latin", [], []),
    ],
)
def test_grams_are_of_the_folded_text_whatever_its_words_are(
    text: str, pairs: list[str], singles: list[str]
) -> None:
    folded = fold_text(text)
    assert list(bigrams(folded).terms) == pairs
    assert list(chars(folded).terms) == singles
    for terms in (bigrams(folded), chars(folded)):
        for term, at in zip(terms.terms, terms.positions, strict=True):
            assert folded.startswith(term, at)
