"""Are the words of a Han run jieba's, whichever implementation finds them?"""

import importlib.metadata
import marshal
import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from souwen.index.analysis.words import (
    DictionaryWord,
    folded_words,
    installed,
    loaded,
    resolve,
    search_mode,
    untaught,
    version,
)
from souwen.index.dictionary import parse_dictionary
from souwen.index.errors import ConfigError

Implementation = Literal["rjieba", "jieba"]

BOTH: tuple[Implementation, ...] = ("rjieba", "jieba")
OWN = (
    DictionaryWord("快手电商"),
    DictionaryWord("機器學習框架"),
    DictionaryWord("微服务网关", 500, "n"),
    DictionaryWord("的系统", 200_000),
    DictionaryWord("数据库"),
    DictionaryWord("龘靐"),
)


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("快手电商", "快 手电 商"),
        ("中华人民共和国", "中华人民共和国"),
        ("他来到了网易杭研大厦", "他 来到 了 网易 杭 研 大厦"),
        ("着名的着作", "着名 的 着作"),
        ("复盖面", "复盖面"),
        ("哈哈哈", "哈哈哈"),
        ("人々〇", "人 々 〇"),
        ("𠀀字𪚥", "𠀀 字 𪚥"),
        ("カタ", "カ タ"),
        ("한국", "한 국"),
    ],
)
def test_words_are_those_of_the_dictionary_without_guessing(
    name: Implementation, run: str, words: str
) -> None:
    assert loaded(name).cut(run) == words.split()


@pytest.mark.parametrize(
    "cache",
    [None, marshal.dumps(({"数据库": 0, "数": 1, "据": 1, "库": 1}, 3))],
    ids=["none", "bad"],
)
def test_no_cache_in_the_temporary_folder_is_read_or_written_and_nothing_is_said(
    cache: bytes | None, tmp_path: Path
) -> None:
    file = tmp_path / "jieba.cache"
    if cache is not None:
        file.write_bytes(cache)
    program = "from souwen.index.analysis.words import loaded\nprint(loaded('jieba').cut('数据库'))"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-X", "utf8", "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert (run.stdout, run.stderr) == ("['数据库']\n", "")
    assert cache == (file.read_bytes() if file.exists() else None)


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("用快手电商卖货", "用 快手电商 卖货"),
        ("机器学习框架真多", "机器学习框架 真 多"),
        ("新的微服务网关", "新 的 微服务网关"),
        ("我的系统", "我 的系统"),
        ("龘靐", "龘靐"),
        ("数据库", "数据库"),
    ],
)
def test_words_of_a_users_dictionary_stay_whole(name: Implementation, run: str, words: str) -> None:
    assert loaded(name, OWN).cut(run) == words.split()


def test_both_implementations_break_ties_alike() -> None:
    doubled = {word[0] for word, _ in folded_words()} | set("哈戳修调轰突嗡看想慢天人家星")
    runs = [f"{before}{char * n}了" for char in doubled for n in (2, 3, 4, 5) for before in "我的"]
    for own in ((), OWN):
        rust, python = (loaded(name, own) for name in BOTH)
        assert [rust.cut(run) for run in runs] == [python.cut(run) for run in runs]


def test_both_implementations_suggest_the_same_frequency() -> None:
    rust, python = (loaded(name) for name in BOTH)
    words = ["快手电商", "的是", "我们的", "着基础", "在所说", "头其中", "机器学习框架", "龘靐"]
    assert [rust.suggest(word) for word in words] == [python.suggest(word) for word in words]


@pytest.mark.parametrize("name", BOTH)
def test_words_that_are_added_leave_the_sum_of_all_frequencies_as_it_was(
    name: Implementation,
) -> None:
    words, pairs = ("快手电商", "的", "龘靐", "快手电商", "的"), ("的人", "的是不", "是的了")
    changed = untaught(name)
    before = [changed.suggest(pair) for pair in pairs]
    for word, frequency in zip(words, (2**31 - 1, 1, 2**31 - 1, 5, 318_825), strict=True):
        changed.add(word, frequency)
    assert [changed.suggest(pair) for pair in pairs] == before


@pytest.mark.parametrize("name", BOTH)
def test_folded_words_are_in_the_dictionary(name: Implementation) -> None:
    found = loaded(name)
    assert all(found.holds(word) for word, _ in folded_words())
    assert not found.holds("快手电商")


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    ("word", "terms"),
    [
        ("网", [(0, "网")]),
        ("网络", [(0, "网络")]),
        ("服务器", [(0, "服务"), (0, "服务器"), (1, "务器")]),
        ("操作系统", [(0, "操作"), (0, "操作系统"), (2, "系统")]),
        ("共和国", [(0, "共和"), (0, "共和国")]),
    ],
)
def test_search_mode_adds_the_shorter_words(
    name: Implementation, word: str, terms: list[tuple[int, str]]
) -> None:
    assert list(search_mode(loaded(name), word)) == terms


def test_rjieba_is_taken_where_it_is_installed() -> None:
    assert resolve("auto") == "rjieba"
    assert [resolve(name) for name in BOTH] == list(BOTH)
    assert version("auto") == f"rjieba {importlib.metadata.version('rjieba')}"
    assert version("jieba") == f"jieba {importlib.metadata.version('jieba')}"


@pytest.mark.parametrize("package", ["jieba", "rjieba", "souwen"])
def test_versions_are_known_of_packages_with_and_without_metadata_beside_them(
    package: str,
) -> None:
    assert installed(package) == importlib.metadata.version(package)


def test_an_implementation_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    assert resolve("auto") == "jieba"
    with pytest.raises(ConfigError, match="rjieba is not installed; install it with"):
        resolve("rjieba")


def test_a_dictionary_holds_a_word_a_line() -> None:
    text = "\ufeff# 我的词\n快手电商\n微服务网关 500\r\n服务网格 20 n\n云原生 nz  # 新词\n\n  \n"
    assert parse_dictionary(text) == (
        (
            DictionaryWord("快手电商"),
            DictionaryWord("微服务网关", 500),
            DictionaryWord("服务网格", 20, "n"),
            DictionaryWord("云原生", None, "nz"),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("一 2 n 多", "found 4 parts"),
        ("词 很多 n", "expected a whole number as the frequency of 词, found '很多'"),
        ("词 -3 n", "found '-3'"),
        ("词 3.5 n", "found '3.5'"),
        ("词 0", "expected a frequency from 1"),
        ("词 2147483648", "expected a frequency from 1"),
        (f"词 {'9' * 5000}", "expected a frequency from 1"),
        ("\u200b 3", "without width"),
    ],
)
def test_bad_lines_of_a_dictionary_are_reported_with_their_numbers(line: str, reason: str) -> None:
    words, ((number, problem),) = parse_dictionary(f"好词 3\n# 注\n{line}\n下一个\n")
    assert words == (DictionaryWord("好词", 3), DictionaryWord("下一个"))
    assert number == 3
    assert reason in problem


def test_an_empty_dictionary_holds_nothing() -> None:
    assert parse_dictionary("") == ((), ())
