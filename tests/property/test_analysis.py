"""What holds for the analysis of any text, hostile ones included?"""

import re
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from souwen.index import scripts
from souwen.index.analysis import Analyzer, Chunk
from souwen.index.analysis.characters import characters
from souwen.index.analysis.fold import find, fold, fold_text
from souwen.index.analysis.grams import bigrams, chars
from souwen.index.analysis.technical import LONGEST, atomic_runs, token_terms
from souwen.index.analysis.words import search_mode, segmenter

ANALYZER = Analyzer()
ANALYZER.analyze("全文检索")  # loads the dictionary, for which no example is to wait
TO_SIMPLIFIED, TO_TRADITIONAL = OpenCC("t2s"), OpenCC("s2tw")

HAN = "中文搜索微服務网關后後皇台臺裡里面着著了瞭々〇𠀀豈⼀"
ODD = (
    "aAzß ＡｚＣ+#.-_/@:&',%％１２3年月日アカガｶﾞー한ㅎㅏ\u1161\u11a8\u0301\u0323İς…①ﬁ㍿"
    "\u200b\u00ad\ufe0f\u3000\n\t😀"
)
RUN = re.compile(f"[{scripts.HAN}]+|[{scripts.KANA}]+|[{scripts.HANGUL}]+")
LETTER_OR_DIGIT = rf"[^\W_{scripts.HAN}{scripts.KANA}{scripts.HANGUL}]"
MEANINGLESS = re.compile(
    rf"(?<=[{scripts.HAN}])\s+(?=[.@]?{LETTER_OR_DIGIT})"
    rf"|(?:(?<={LETTER_OR_DIGIT})|(?<=\d%)|(?<=[a-z]\+\+)|(?<=[a-z]\#))\s+(?=[{scripts.HAN}])"
)
TEXTS = st.text() | st.text(alphabet=HAN + ODD)


@given(TEXTS)
def test_folding_with_and_without_the_way_back_is_the_same(text: str) -> None:
    assert fold(text).text == fold_text(text)


@given(TEXTS)
def test_folding_is_what_unicode_says_and_what_is_said_of_white_space(text: str) -> None:
    assert fold_text(text) == " ".join(MEANINGLESS.sub("", characters(text)).split())


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(TEXTS)
def test_the_way_back_never_turns_round(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert list(folded.ends) == sorted(folded.ends)
    assert all(
        0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True)
    )


@given(st.text(alphabet=HAN + "ab1 "))
def test_scripts_fold_together(text: str) -> None:
    assert fold_text(TO_SIMPLIFIED.convert(text)) == fold_text(text)
    assert fold_text(TO_TRADITIONAL.convert(text)) == fold_text(text)


@given(st.lists(st.sampled_from(["后台", "網關", "API", "k8s", "5G", "3.5%", "C++", ".net"])))
def test_blanks_between_han_and_latin_mean_nothing(pieces: list[str]) -> None:
    glued, spaced = "", ""
    for before, piece in zip(["", *pieces], pieces, strict=False):
        mixed = (before.isascii() != piece.isascii()) and before
        glued += piece if mixed else f" {piece}"
        spaced += f" \u3000{piece}" if mixed else f" {piece}"
    assert ANALYZER.analyze(glued) == ANALYZER.analyze(spaced)


@given(TEXTS)
def test_terms_stand_where_they_say(text: str) -> None:
    analyzed = ANALYZER.analyze(text)
    for terms in (analyzed.words, bigrams(analyzed.folded), chars(analyzed.folded)):
        assert list(terms.positions) == sorted(terms.positions)
        for term, at in zip(terms.terms, terms.positions, strict=True):
            assert analyzed.folded.startswith(term, at)
            assert len(term) <= LONGEST + 1


@given(TEXTS)
def test_tokens_lie_in_the_original(text: str) -> None:
    for tokens in ANALYZER.tokens(text).values():
        for token in tokens:
            assert 0 <= token.start < token.end <= len(text)


@given(TEXTS)
def test_every_run_and_every_chunk_is_among_the_terms(text: str) -> None:
    analyzed = ANALYZER.analyze(text)
    words = set(analyzed.words.terms)
    assert {run for _, run in atomic_runs(analyzed.folded)} <= words
    assert {word for chunk in ANALYZER.chunks(analyzed.folded) for word in chunk.words} <= words


@given(TEXTS)
def test_the_terms_are_those_of_the_chunks_one_by_one(text: str) -> None:
    analyzed = ANALYZER.analyze(text)
    terms = [one for chunk in ANALYZER.chunks(analyzed.folded) for one in terms_of(chunk)]
    found = zip(analyzed.words.positions, analyzed.words.terms, strict=True)
    assert list(found) == terms


def terms_of(chunk: Chunk) -> Iterator[tuple[int, str]]:
    at = chunk.start
    for word in chunk.words:
        if chunk.kind == "han":
            terms = search_mode(segmenter("auto"), word)
        elif len(word) > chunk.end - chunk.start:
            terms = (0, word[:-1]), (0, word)
        else:
            terms = token_terms(word)
        yield from ((at + offset, term) for offset, term in terms)
        at += len(word)


@given(st.lists(TEXTS))
def test_texts_are_analyzed_together_as_they_are_alone(texts: list[str]) -> None:
    assert ANALYZER.analyze_all(texts) == [ANALYZER.analyze(text) for text in texts]


@given(TEXTS)
def test_queries_are_analyzed_as_posts_are(text: str) -> None:
    once = ANALYZER.analyze(text)
    assert ANALYZER.analyze(once.folded) == once


@given(st.text(alphabet=HAN + ODD), st.data())
def test_grams_hold_every_piece_of_a_run(text: str, data: st.DataObject) -> None:
    folded = fold_text(text)
    at = data.draw(st.integers(0, max(0, len(folded) - 1)))
    part = fold_text(folded[at : at + 5])
    assert set(bigrams(part).terms) <= set(bigrams(folded).terms)
    assert set(chars(part).terms) <= set(chars(folded).terms)


@given(TEXTS.map(fold_text))
def test_grams_are_the_neighbours_and_characters_of_runs(folded: str) -> None:
    runs = [(found.start(), found.group()) for found in RUN.finditer(folded)]
    pairs, singles = bigrams(folded), chars(folded)
    assert list(zip(singles.positions, singles.terms, strict=True)) == [
        (start + at, char) for start, run in runs for at, char in enumerate(run)
    ]
    assert list(zip(pairs.positions, pairs.terms, strict=True)) == [
        (start + at, first + second)
        for start, run in runs
        for at, (first, second) in enumerate(pairwise(run))
    ]


@given(st.text(alphabet="ab1+#.-中 "), st.text(alphabet="ab1+#.-中 ", min_size=1))
def test_what_is_found_stands_there(text: str, wanted: str) -> None:
    strict, loose = list(find(text, wanted)), list(find(text, wanted, strict=False))
    assert set(strict) <= set(loose)
    assert all(text.startswith(wanted, at) for at in loose)


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "A", ".", "-", "a-", "a+", "c++", "c#", "1,", "%", "@", "a@", "1年"),
        *(" ", "中 ", "a \n", "\u200b", "中", "数据结构与算法", "後", "ア", "😀", "❤\ufe0f", "㍿"),
        *("\u1161", "\u0301", "a\u0301", "\u0301\u0323", "ﾞ\u0301"),
    ],
)
def test_hostile_texts_take_linear_time(unit: str) -> None:
    """Quadratic time would be minutes; linear time is well under a second."""
    text = (unit * 200_000)[:200_000]
    began = time.process_time()
    assert fold(text).text == fold_text(text)
    ANALYZER.chunks(ANALYZER.analyze(text).folded)
    assert time.process_time() - began < 8


def test_a_megabyte_of_one_letter_is_one_short_term() -> None:
    assert ANALYZER.analyze("a" * 1_000_000).words.terms == ("a" * LONGEST,)
