"""Are the words that are looked up those of the dictionaries, for any text and user's words?"""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from jieba import Tokenizer

from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.lookup import LookupSegmenter, is_common
from souwen.index.analysis.words import DictionaryWord, loaded, lookup, search_mode

with Tokenizer().get_dict_file() as file:
    WORDS = [line.split()[0].decode() for line in file]

WORD = st.sampled_from(WORDS)
END = st.builds(lambda word, start: word[start:], WORD, st.integers(0, 3))
ODD = st.sampled_from("的一是在〇々𠀀ァ한aZ9-. ")
RUNS = st.lists(WORD | END | ODD, max_size=9).map("".join)
JOINED = st.lists(WORD | END, min_size=1, max_size=3).map("".join)
FREQUENCIES = st.none() | st.integers(1, 2**31 - 1)
OWN = st.builds(DictionaryWord, JOINED.filter(lambda word: is_common(fold_text(word))), FREQUENCIES)


@cache
def found_with(*dictionary: DictionaryWord) -> LookupSegmenter:
    found = lookup(dictionary)
    assert found is not None
    return found


@given(RUNS)
@settings(deadline=None)
def test_the_words_of_jieba_are_looked_up(run: str) -> None:
    found, python = found_with(), loaded("jieba")
    assert found.cut(run) == python.cut(run)
    assert found.cut(run) == [run] or found.suggest(run) == python.suggest(run)
    assert [search_mode(found, word) for word in found.cut(run)] == [
        search_mode(python, word) for word in python.cut(run)
    ]


@given(st.lists(OWN, max_size=6), st.data())
@settings(deadline=None, max_examples=25)
def test_the_words_of_a_user_are_looked_up(own: list[DictionaryWord], data: st.DataObject) -> None:
    found, rust = found_with(*own), loaded("rjieba", tuple(own))
    around = st.sampled_from([fold_text(one.word) for one in own] or [""])
    for run in data.draw(st.lists(st.builds("".join, st.tuples(RUNS, around, RUNS)))):
        han = fold_text(run)
        assert found.cut(han) == rust.cut(han)
