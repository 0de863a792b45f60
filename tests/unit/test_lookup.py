"""Does looking words up find what the loaded dictionaries hold?"""

from pathlib import Path

import pytest
from jieba import Tokenizer

from souwen.index.analysis.lookup import LONGEST, SIZE, TOTAL, LookupSegmenter
from souwen.index.analysis.words import (
    FEW,
    LITTLE,
    DictionaryWord,
    PatientSegmenter,
    folded_words,
    loaded,
    lookup,
    search_mode,
    segmenter,
)

OWN = (
    DictionaryWord("快手电商"),
    DictionaryWord("機器學習框架"),
    DictionaryWord("微服务网关", 500, "n"),
    DictionaryWord("的系统", 200_000),
    DictionaryWord("数据库"),
    DictionaryWord("龘靐"),
    DictionaryWord("K8s集群"),
    DictionaryWord("ＡＡ制聚餐"),
    DictionaryWord("专着", 7),
    DictionaryWord("中华人民共和国中央人民政府门户网站首页"),
)


@pytest.fixture(scope="module")
def jieba() -> dict[str, int]:
    """The words that jieba reads from its file, with their frequencies."""
    found: dict[str, int] = Tokenizer.gen_pfdict(Tokenizer().get_dict_file())[0]
    return {word: frequency for word, frequency in found.items() if frequency}


def found_with(*dictionary: DictionaryWord) -> LookupSegmenter:
    found = lookup(dictionary)
    assert found is not None
    return found


def test_jiebas_file_is_the_one_whose_numbers_are_known(jieba: dict[str, int]) -> None:
    with Tokenizer().get_dict_file() as file:
        assert Path(file.name).stat().st_size == SIZE
    assert sum((jieba | dict(folded_words())).values()) == TOTAL
    assert max(map(len, jieba)) == LONGEST


def test_every_word_of_jieba_has_its_frequency(jieba: dict[str, int]) -> None:
    folded, found = dict(folded_words()), found_with()
    assert {word: found.frequency(word) for word in jieba | folded} == jieba | folded


@pytest.mark.parametrize(
    "text", ["快手电商", "数据库连", "数", "〇", "𠀀", "カナ", "é", "AA", "\ud800", ""]
)
def test_what_is_no_word_has_no_frequency(jieba: dict[str, int], text: str) -> None:
    assert found_with().frequency(text) == jieba.get(text, 0)
    assert found_with().holds(text) == (text in jieba)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "数据库连接池",
        "他来到了网易杭研大厦",
        "人々〇𠀀字カタ한국",
        "用node.js写的1号店ab阿Q正传 γ射线",
        "ＡＡ制",
        "中华人民共和国中央人民政府门户网站首页",
        "的" * 300,
    ],
)
@pytest.mark.parametrize("dictionary", [(), OWN], ids=["jieba's words", "a user's words"])
def test_the_words_are_those_of_jieba(text: str, dictionary: tuple[DictionaryWord, ...]) -> None:
    found, python = found_with(*dictionary), loaded("jieba", dictionary)
    assert found.cut(text) == python.cut(text)
    assert found.suggest(text) == python.suggest(text)
    assert [search_mode(found, word) for word in found.cut(text)] == [
        search_mode(python, word) for word in python.cut(text)
    ]


@pytest.mark.parametrize(
    "dictionary",
    [
        pytest.param((DictionaryWord("𠀀字"),), id="a word that rjieba alone finds"),
        pytest.param((DictionaryWord("数据库"), DictionaryWord("カタカナ")), id="kana"),
        pytest.param((DictionaryWord("数据库", 3),) * (FEW + 1), id="more than a few words"),
    ],
)
def test_a_dictionary_is_loaded_where_looking_up_does_not_do(
    dictionary: tuple[DictionaryWord, ...],
) -> None:
    assert lookup(dictionary) is None
    assert segmenter("jieba", dictionary) is loaded("jieba", dictionary)


def test_the_implementation_is_loaded_when_there_is_more_than_a_little_to_cut() -> None:
    names: list[str] = []

    class Whole:
        def cut(self, run: str, /) -> list[str]:
            return [run]

        def holds(self, word: str, /) -> bool:
            return True

    def load() -> Whole:
        names.append("loaded")
        return Whole()

    found = PatientSegmenter(found_with(), load)
    for _ in range(LITTLE // 2):
        assert found.cut("网关") == ["网关"]
        assert not found.holds("快手电商")
    assert names == []
    assert found.cut("快手电商") == found.cut("快手电商") == ["快手电商"]
    assert found.holds("快手电商")
    assert names == ["loaded"]
