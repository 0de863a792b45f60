"""Does the analysis keep its promises on real posts?"""

import random
from itertools import islice
from pathlib import Path

import pytest
from opencc import OpenCC

from souwen.index.analysis.fold import fold, fold_text
from souwen.index.analysis.grams import stretches
from souwen.index.analysis.words import DictionaryWord, loaded, lookup

POSTS = 400
OWN = (
    DictionaryWord("的系统"),
    DictionaryWord("機器學習"),
    DictionaryWord("微服務網關", 300),
    DictionaryWord("我们可以", 50_000),
    DictionaryWord("数据库"),
)


@pytest.fixture(scope="module")
def texts(blogs: Path) -> list[str]:
    """The same posts each time, from all blogs."""
    paths = sorted(blogs.rglob("*.md"))
    random.Random(22).shuffle(paths)
    return [path.read_text(errors="replace") for path in islice(paths, POSTS)]


def test_folding_is_the_same_with_and_without_the_way_back(texts: list[str]) -> None:
    for text in texts:
        folded = fold(text)
        assert folded.text == fold_text(text)
        assert fold_text(folded.text) == folded.text
        assert len(folded.text) == len(folded.starts) == len(folded.ends)


@pytest.mark.parametrize("conversion", ["t2s", "s2tw"])
def test_posts_fold_as_what_opencc_makes_of_them(texts: list[str], conversion: str) -> None:
    convert = OpenCC(conversion).convert
    for text in texts:
        shown = text[:4000]
        assert fold_text(convert(shown)) == fold_text(shown)


@pytest.mark.parametrize("dictionary", [(), OWN], ids=["jieba's words", "a user's words"])
def test_rjieba_jieba_and_looking_up_find_the_same_words(
    texts: list[str], dictionary: tuple[DictionaryWord, ...]
) -> None:
    rust, python, found = (
        loaded("rjieba", dictionary),
        loaded("jieba", dictionary),
        lookup(dictionary),
    )
    runs = sorted(
        {
            text[one.start : one.end]
            for text in map(fold_text, texts)
            for one in stretches(text)
            if one.is_run
        }
    )
    assert len(runs) > 10_000
    assert [run for run in runs if rust.cut(run) != python.cut(run)] == []
    assert [run for run in runs if found.cut(run) != python.cut(run)] == []
