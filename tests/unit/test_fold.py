"""Are different ways of writing a text folded into one, and shown where they were written?"""

import runpy
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from opencc import OpenCC

from souwen.index.analysis.characters import table
from souwen.index.analysis.fold import find, fold, fold_text, is_alnum


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        # width and case
        ("ＳＯＵ１２３", "sou123"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("Ｃ＋＋", "c++"),
        ("，：（）！", ",:()!"),
        ("Docker K8S", "docker k8s"),
        ("ΟΔΟΣ οδος", "οδοσ οδοσ"),
        ("İstanbul", "i\u0307stanbul"),
        # script
        ("後來瞭解網絡", "后来了解网络"),
        ("裡面的資訊", "里面的资讯"),
        ("著名的著作，看著", "着名的着作,看着"),
        ("座標軸，沈默薰陶", "坐标轴,沉默熏陶"),
        ("皇后干杯头发发展", "皇后干杯头发发展"),
        ("皇后乾杯頭髮發展", "皇后干杯头发发展"),
        # compatibility characters
        ("⼀⽇⾞", "一日车"),
        ("⺟⻳", "母龟"),
        ("豈更車賈", "岂更车贾"),
        ("㈠㊀㍿", "(一)一株式会社"),
        ("①ﬁ½", "1fi1⁄2"),
        ("㎏㏄", "kgcc"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("ㅎㅏ", "하"),
        ("\u1112\u1161\u11ab", "한"),
        # zero width
        ("搜\u200b索", "搜索"),
        ("\ufeff搜索", "搜索"),
        ("soft\u00adware", "software"),
        ("葛\U000e0100飾", "葛饰"),
        ("❤\ufe0f", "❤"),
        ("\u202a搜索\u202c", "搜索"),
        # white space
        ("  a \t\n b\u3000c\u00a0", "a b c"),
        (" \n ", ""),
        ("搜 索", "搜 索"),
        ("搜\n索", "搜 索"),
        # blanks between Han and Latin
        ("2 月 23 日", "2月23日"),
        ("A 股", "a股"),
        ("学习 Python 语言", "学习python语言"),
        ("学习\n\nPython\n语言", "学习python语言"),
        ("学习　Ｐｙｔｈｏｎ", "学习python"),
        ("学习 後 \u200b Python", "学习 后python"),
        ("用 .NET 开发", "用.net开发"),
        ("装 @types/node 包", "装@types/node包"),
        ("涨 3.5% 吧", "涨3.5%吧"),
        ("学 C++ 和 C# 吧", "学c++和c#吧"),
        ("α 波", "α波"),
        ("很 - 好", "很 - 好"),
        ("カタ 漢", "カタ 汉"),
        # nothing to fold
        ("", ""),
        ("々〇〡", "々〇〡"),
        ("𠀀𪚥", "𠀀𪚥"),
        ("😀 a", "😀 a"),
        ("\udcff", "\udcff"),
    ],
)
def test_folding_makes_one_text_of_its_variants(written: str, folded: str) -> None:
    assert fold_text(written) == folded
    assert fold(written).text == folded
    assert fold_text(folded) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("网络", "网路"),
        ("软件", "軟體"),
        ("土", "士"),
        ("己", "已"),
        ("日", "曰"),
        ("c++", "c"),
        ("ア", "あ"),
        ("搜索", "搜 索"),
    ],
)
def test_folding_keeps_different_texts_apart(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


@pytest.mark.parametrize(
    ("written", "part", "original"),
    [
        ("我的 Ａ 股账户", "a股", "Ａ 股"),
        ("看 後\u200b來 吧", "后来", "後\u200b來"),
        ("一…二", ".", "…"),
        ("cafe\u0301 店", "é店", "e\u0301 店"),
        ("前㍿後", "式", "㍿"),
        ("  两端  ", "两端", "两端"),
        ("a \n\t b", "a b", "a \n\t b"),
        ("a \n\t b", " ", " "),
        ("ㅎㅏ나", "하", "ㅎㅏ"),
        ("İ", "i\u0307", "İ"),
        ("𠀀後😀", "后😀", "後😀"),
    ],
)
def test_folded_characters_know_where_they_come_from(
    written: str, part: str, original: str
) -> None:
    folded = fold(written)
    start = folded.text.index(part)
    assert written[slice(*folded.span(start, start + len(part)))] == original


def test_at_most_thirty_marks_stay_on_one_letter() -> None:
    marks = "\u0323\u0301" * 100
    assert len(unicodedata.normalize("NFD", fold_text(f"x{marks}y"))) == 32
    assert fold(f"x{marks}y").text == fold_text(f"x{marks}y")
    assert fold_text("─" * 80) == "─" * 80
    assert fold_text("—" * 40 + "\u0301" * 30) == "—" * 40 + "\u0301" * 30


@cache
def opencc_characters() -> str:
    """Every character that OpenCC's character tables speak of, and all of the common blocks."""
    listed = {
        char
        for name in ("STCharacters", "TSCharacters", "TWVariants", "HKVariants", "JPVariants")
        for line in (files("opencc") / "dictionary" / f"{name}.txt")
        .read_text(encoding="utf-8")
        .splitlines()
        for char in line
    }
    blocks = map(chr, [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFADA)])
    return "\n".join(sorted(listed.union(blocks).difference("\t\n \u3000")))


@pytest.mark.parametrize("conversion", ["t2s", "s2tw"])
def test_what_opencc_converts_into_each_other_folds_the_same(conversion: str) -> None:
    characters = opencc_characters()
    converted = OpenCC(conversion).convert(characters)
    pairs = zip(characters.split("\n"), converted.split("\n"), strict=True)
    assert not [(one, other) for one, other in pairs if fold_text(one) != fold_text(other)]


@pytest.mark.parametrize("conversion", ["t2s", "s2tw"])
def test_phrases_that_opencc_converts_fold_the_same_but_for_two(conversion: str) -> None:
    listed = (
        (files("opencc") / "dictionary" / f"{name}.txt").read_text(encoding="utf-8")
        for name in ("STPhrases", "TSPhrases")
    )
    phrases = sorted({phrase for text in listed for phrase in text.split()})
    converted = OpenCC(conversion).convert("\n".join(phrases)).split("\n")
    apart = {
        fold_text(phrase)
        for phrase, other in zip(phrases, converted, strict=True)
        if fold_text(phrase) != fold_text(other)
    }
    # 呆着 and 待著, 荫蔽 and 廕庇 are written with different characters, not with variants of one.
    assert apart <= {"呆着", "荫蔽"}


def test_the_tables_are_what_the_tool_makes_of_the_dictionaries() -> None:
    tool = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "variants.py"))
    variants = tool["variants"]()
    for name, text in (
        ("variants.txt", variants),
        ("words.txt", tool["folded_words"](tool["table"](variants))),
    ):
        assert (files("souwen.index.analysis") / name).read_text(encoding="utf-8") == text


def test_representatives_stand_for_themselves() -> None:
    assert not table().keys() & set(table().values())
    assert len(table()) > 4000


def test_every_character_folds_for_good() -> None:
    blocks = (range(0x3400), range(0xF900, 0x10600), range(0x1D100, 0x1F300))
    folded = {fold_text(chr(code)) for block in blocks for code in block}
    assert not [text for text in folded if fold_text(text) != text]


@pytest.mark.parametrize(
    ("char", "alnum"),
    [("a", True), ("7", True), ("é", True), ("я", True), ("α", True)]
    + [(char, False) for char in "_-+ 中々〇𠀀アー가。"],
)
def test_letters_and_digits_are_neither_han_nor_kana_nor_hangul(char: str, alnum: bool) -> None:
    assert is_alnum(char) is alnum


@pytest.mark.parametrize(
    ("text", "wanted", "places"),
    [
        ("快手电商", "手电", [1]),
        ("docker", "ocke", []),
        ("docker", "docker", [0]),
        ("用docker吧docker2", "docker", [1]),
        ("c++ c c#", "c", [4]),
        ("c++ c c#", "c++", [0]),
        ("c++ c c#", "c#", [6]),
        ("中c++", "中c", []),
        ("libc++", "libc", [0]),
        ("v1.2.3", "v1.2", [0]),
        ("哈哈哈", "哈哈", [0, 1]),
        ("a-b", "-", [1]),
        ("anything", "", []),
    ],
)
def test_a_string_is_found_at_the_edges_of_tokens(
    text: str, wanted: str, places: list[int]
) -> None:
    assert list(find(text, wanted)) == places


def test_loose_edges_let_a_letter_go_on_as_cpp() -> None:
    assert list(find("c++ c c#", "c", strict=False)) == [0, 4, 6]
    assert list(find("cc", "c", strict=False)) == []
