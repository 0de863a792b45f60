"""Do posts and queries get the same terms, and are technical names told apart?"""

import os
import subprocess
import sys
from array import array
from concurrent.futures import ThreadPoolExecutor

import pytest

from souwen.index.analysis import Analyzer, Chunk, whole
from souwen.index.analysis.grams import bigrams, chars
from souwen.index.analysis.words import DictionaryWord
from souwen.index.documents import AnalyzedText, Terms, Token

ANALYZER = Analyzer()

TECHNICAL = (
    *("C++", "C#", "F#", ".NET", "ASP.NET", "node.js", "GPT-4", "v1.2.3", "v1.2", "3.5%", "50%"),
    *("foo_bar", "TCP/IP", "k8s", "iPhone13", "U+1F600", "192.168.0.1", "10:30", "2022-02-23"),
    *("a/b-test", "utf-8", "utf-16", "GB/T-22239", "i18n", "5G", "WiFi6", "x86_64", "libc++"),
    *("std::vector", "@types/node", "user@example.com", "H.264", "MP3", "MP4", "1,000", "0.5"),
    *("C++11", "AT&T", "Web3.0", "es2015", "don't", "Ｖｕｅ．ｊｓ"),
)


def terms(text: str) -> set[str]:
    return set(ANALYZER.analyze(text).words.terms)


def wanted(query: str) -> set[str]:
    """The terms that a post must have to be found by the query."""
    chunks = ANALYZER.chunks(ANALYZER.analyze(query).folded)
    return {word for chunk in chunks for word in chunk.words}


@pytest.mark.parametrize("name", TECHNICAL)
@pytest.mark.parametrize(
    "frame", ["{}", "用{}开发", "用 {} 开发", "（{}）", "{}、", "“{}”。", "有{}", "{}的", "ア{}한"]
)
def test_a_technical_name_is_a_term_wherever_it_stands(name: str, frame: str) -> None:
    assert len(wanted(name)) == 1
    assert wanted(name) <= terms(frame.format(name))
    assert wanted(name) <= wanted(frame.format(name))


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("C", "C++ C# libc++ C++11 GC"),
        ("C++", "C C# c+ libc++ notepad++"),
        ("C#", "C C++ F#"),
        ("F#", "F C# 5F"),
        ("R", "Ruby R# r++"),
        (".NET", "net internet NET5"),
        ("ASP.NET", "asp .NET asp-net"),
        ("node.js", "node js nodejs node.ts node-js"),
        ("libc++", "libc c++ libstdc++"),
        ("GPT-4", "GPT GPT4 GPT-3 4"),
        ("v1.2", "v1.2.3 v1 v1.20 1.2"),
        ("v1.2.3", "v1.2 v1.2.4 1.2.3"),
        ("3.5%", "3.5 5% 35%"),
        ("5G", "5 G 4G 15G"),
        ("k8s", "k8 k3s 8"),
        ("utf-8", "utf utf-16 utf8"),
        ("x86_64", "x86 x64 x86-64"),
        ("TCP/IP", "TCP IP TCP-IP"),
        ("std::vector", "vector std std.vector"),
        ("@types/node", "types/node node @types"),
        ("foo_bar", "foo bar foobar foo-bar"),
        ("0.5", "0 5 0.50 10.5"),
        ("1,000", "1000 1 000 1,0001"),
        ("10:30", "10 30 10:31"),
        ("2022-02-23", "2022 2022-02 2022-02-24"),
        ("192.168.0.1", "192.168.0.10 192.168"),
        ("H.264", "H.265 H 264"),
        ("iPhone13", "iPhone iPhone14 13"),
        ("MP3", "MP4 MP 3"),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "学{}吧"])
def test_a_technical_name_is_not_confused_with_its_look_alikes(
    name: str, others: str, frame: str
) -> None:
    for other in others.split():
        assert not wanted(name) <= terms(frame.format(other)), other


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("net", ".NET"),
        ("node", "node.js"),
        ("types/node", "@types/node"),
        ("iphone 13", "iPhone13"),
        ("13", "iPhone13"),
        ("example.com", "user@example.com"),
        ("libc", "libc++"),
        ("C C++", "C/C++"),
        ("2022", "2022年度"),
        ("2022年", "在 2022 年，"),
        ("2 月 23 日", "2月23日"),
        ("３．５％", "涨3.5%"),
        ("api", "https://example.com/" + "v1/" * 30 + "api"),
    ],
)
def test_parts_of_technical_names_are_found(query: str, text: str) -> None:
    assert wanted(query) <= terms(text)


def test_the_terms_of_a_text_stand_at_their_places_in_the_folded_text() -> None:
    assert ANALYZER.analyze("A 股，GPT-4 服務器") == AnalyzedText(
        folded="a股,gpt-4服务器",
        words=Terms(
            ("a", "股", "gpt", "gpt-4", "4", "服务", "服务器", "务器"),
            array("I", (0, 1, 3, 3, 7, 8, 8, 9)),
        ),
    )


def test_tokens_stand_at_their_places_in_the_original() -> None:
    tokens = ANALYZER.tokens("在 2022 年，後\u200b來")
    assert tokens == {
        "words": (
            Token("在", 0, 1),
            Token("2022", 2, 6),
            Token("2022年", 2, 8),
            Token("年", 7, 8),
            Token("后来", 9, 12),
        ),
        "bigrams": (Token("后来", 9, 12),),
        "chars": (
            Token("在", 0, 1),
            Token("年", 7, 8),
            Token("后", 9, 11),
            Token("来", 11, 12),
        ),
    }


def test_chunks_are_runs_and_technical_tokens_in_order() -> None:
    folded = "用node.js写微服务 2022年," + "a.b/" * 20 + "c"
    chunks = ANALYZER.chunks(folded)
    assert chunks[:5] == (
        Chunk(0, 1, "han", ("用",)),
        Chunk(1, 8, "technical", ("node.js",)),
        Chunk(8, 12, "han", ("写", "微", "服务")),
        Chunk(13, 17, "technical", ("2022年",)),
        Chunk(17, 18, "han", ("年",)),
    )
    assert [chunk.words for chunk in chunks[5:]] == [("a.b",)] * 20 + [("c",)]
    assert all(folded.startswith(chunk.words[0], chunk.start) for chunk in chunks)


@pytest.mark.parametrize("text", ["", " \n", "，。！", "😀", "\x00", "───"])
def test_a_text_may_have_no_terms(text: str) -> None:
    analyzed = ANALYZER.analyze(text)
    assert bigrams(analyzed.folded) == chars(analyzed.folded) == Terms()
    assert analyzed.words.terms == ()
    assert ANALYZER.chunks(analyzed.folded) == ()


def test_the_title_as_a_whole_is_folded_and_cut() -> None:
    assert whole("　後臺 Ａ股 ") == "后台a股"
    assert whole("长" * 300) == "长" * 200


def test_the_fingerprint_names_what_decides_the_terms_of_all_texts() -> None:
    assert Analyzer(segmenter="rjieba").fingerprint == Analyzer().fingerprint
    assert Analyzer(segmenter="jieba").fingerprint != Analyzer().fingerprint
    own = Analyzer(dictionary=(DictionaryWord("快手电商"),))
    assert own.fingerprint == Analyzer().fingerprint
    assert own.dictionary == (DictionaryWord("快手电商"),)


def test_the_fingerprint_is_the_same_in_another_process() -> None:
    program = "from souwen.index.analysis import Analyzer\nprint(Analyzer().fingerprint)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "7"}
    printed = subprocess.check_output([sys.executable, "-c", program], env=environment, text=True)
    assert printed.strip() == Analyzer().fingerprint


def test_the_description_names_segmenter_and_dictionary() -> None:
    described = dict(
        Analyzer(segmenter="jieba", dictionary=(DictionaryWord("云原生"),)).description
    )
    assert described["segmenter"].startswith("jieba ")
    assert described["dictionary"] == "1 words"
    assert len(described["fingerprint"]) == 32


def test_a_users_words_change_words_but_not_the_folded_text() -> None:
    text = "用快手电商卖货"
    own = Analyzer(dictionary=(DictionaryWord("快手電商"),)).analyze(text)
    assert "快手电商" in own.words.terms
    assert "快手电商" not in terms(text)
    assert own.folded == ANALYZER.analyze(text).folded


def test_an_analyzer_serves_many_threads() -> None:
    analyzer = Analyzer()
    texts = [f"第{n}篇关于微服务网关和 node.js 的文章" for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(analyzer.analyze, texts)) == [ANALYZER.analyze(one) for one in texts]
