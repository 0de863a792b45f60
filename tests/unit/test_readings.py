"""How are characters read?"""

import runpy
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin

from souwen.index.analysis.fold import fold_text
from souwen.search.readings import homophones, look_alikes, readings, syllables

ROOT = Path(__file__).parents[2]


def test_the_table_is_what_the_tool_makes_of_pypinyin() -> None:
    tool = runpy.run_path(str(ROOT / "tests" / "tools" / "readings.py"))
    made = tool["readings"]()
    kept = ROOT / "search" / "readings.txt"
    assert made == kept.read_text(encoding="utf-8"), "python tests/tools/readings.py makes it anew"


@pytest.mark.parametrize(
    ("char", "read"),
    [("快", ("kuai",)), ("绿", ("lv", "lu")), ("行", ("xing", "hang")), ("网", ("wang",))],
)
def test_the_usual_reading_comes_first(char: str, read: tuple[str, ...]) -> None:
    found = syllables()[char]
    assert found[0] == read[0]
    assert set(read) <= set(found)


@pytest.mark.parametrize("word", ["银行", "行走", "战略", "女儿", "音乐", "重庆", "长大", "軟體"])
def test_words_are_read_as_pypinyin_reads_them(word: str) -> None:
    for char, syllable in zip(fold_text(word), lazy_pinyin(word), strict=True):
        assert char in "".join(readings()[syllable])


def test_homophones_share_a_reading_and_the_usual_ones_come_first() -> None:
    found = list(homophones("块"))
    assert "快" in found
    assert "块" not in found
    assert found.index("快") < found.index("会")


def test_look_alikes_are_so_both_ways() -> None:
    table = look_alikes()
    assert "未" in table["末"]
    assert all(char in table[other] for char, others in table.items() for other in others)


def test_look_alikes_are_folded_characters() -> None:
    assert all(fold_text(char) == char for char in look_alikes())
