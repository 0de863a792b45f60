"""Are the words that are found on arrays those of jieba, for any text and user's words?"""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from jieba import Tokenizer

from souwen.index.analysis.characters import points
from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.lookup import is_common
from souwen.index.analysis.segmentation import LONGEST, segment
from souwen.index.analysis.trie import Trie
from souwen.index.analysis.words import DictionaryWord, loaded, loaded_trie

with Tokenizer().get_dict_file() as file:
    # A line to be cut has a sign where Latin letters and digits stand.
    WORDS = [
        word
        for word in (line.split()[0].decode() for line in file)
        if not any(char.isascii() for char in word)
    ]

WORD = st.sampled_from(WORDS).map(fold_text)
END = st.builds(lambda word, start: word[start:], WORD, st.integers(0, 3))
ODD = st.sampled_from("的一是在〇々ァ한 \n")
TEXTS = st.lists(WORD | END | ODD, max_size=12).map("".join)
JOINED = st.lists(WORD | END, min_size=1, max_size=3).map("".join).filter(is_common)
OWN = st.builds(DictionaryWord, JOINED, st.none() | st.integers(1, 2**31 - 1))


@cache
def trie_with(*dictionary: DictionaryWord) -> Trie:
    found = loaded_trie("rjieba", dictionary)
    assert found is not None
    return found


def cut(trie: Trie, text: str) -> list[str]:
    """The words of a text, and what is between them character by character."""
    lengths = segment(trie, points(text).astype(np.int64)).lengths.tolist()
    found, at = [], 0
    while at < len(text):
        end = at + max(lengths[at], 1)
        found.append(text[at:end])
        at = end
    return found


@given(TEXTS)
@settings(deadline=None)
def test_the_words_of_jieba_are_found_at_once(text: str) -> None:
    assert cut(trie_with(), text) == loaded("jieba").cut(text)


@given(st.lists(OWN, max_size=6), st.data())
@settings(deadline=None, max_examples=10)
def test_the_words_of_a_user_are_found_at_once(
    own: list[DictionaryWord], data: st.DataObject
) -> None:
    trie, rust = loaded_trie("rjieba", tuple(own)), loaded("rjieba", tuple(own))
    assert trie is not None
    around = st.sampled_from([one.word for one in own] or [""])
    for text in data.draw(st.lists(st.builds("".join, st.tuples(TEXTS, around, TEXTS)))):
        assert cut(trie, text) == rust.cut(text)


@given(TEXTS, st.lists(OWN, max_size=2))
@settings(deadline=None, max_examples=10)
def test_the_words_of_a_dictionary_are_those_that_jieba_knows(
    text: str, own: list[DictionaryWord]
) -> None:
    trie, rust = loaded_trie("rjieba", tuple(own)), loaded("rjieba", tuple(own))
    assert trie is not None
    every = {text[at : at + length] for length in (2, 3) for at in range(len(text) - length + 1)}
    words = [*every, *(fold_text(one.word) for one in own)]
    assert list(map(trie.holds, words)) == list(map(rust.holds, words))


@given(st.lists(TEXTS, max_size=8))
@settings(deadline=None)
def test_no_text_changes_the_words_of_another(texts: list[str]) -> None:
    whole = cut(trie_with(), "\n".join(texts))
    assert whole == [
        word
        for at, text in enumerate(texts)
        for word in (*("\n" * (at > 0)), *cut(trie_with(), text))
    ]


def test_what_is_too_long_to_be_cut_beside_others_is_told() -> None:
    run = "江南岸" * LONGEST
    found = segment(trie_with(), points(f"春风{run[:LONGEST]}，{run}！春风").astype(np.int64))
    first = 2 + LONGEST + 1
    # The first run is two characters longer than fits; the last, behind it, is cut.
    assert found.long == [(0, first - 1), (first, first + len(run))]
    assert found.lengths[-2:].tolist() == [2, 0]
