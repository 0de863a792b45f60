"""Are technical names terms of their own, whole and in parts?"""

import pytest

from souwen.index.analysis import technical
from souwen.index.analysis.grams import stretches
from souwen.index.analysis.technical import LONGEST, atomic_runs, kept, token_terms

PARTS = [
    ("docker", []),
    ("c++", []),
    ("c#", []),
    ("f#", []),
    (".net", ["net"]),
    ("node.js", ["node", "js"]),
    ("gpt-4", ["gpt", "4"]),
    ("v1.2.3", ["v1", "2", "3"]),
    ("3.5%", ["3.5", "3", "5"]),
    ("50%", ["50"]),
    ("foo_bar", ["foo", "bar"]),
    ("tcp/ip", ["tcp", "ip"]),
    ("k8s", []),
    ("i18n", []),
    ("5g", []),
    ("mp3", ["mp", "3"]),
    ("iphone13", ["iphone", "13"]),
    ("wifi6", ["wifi", "6"]),
    ("100mb", ["100", "mb"]),
    ("asp.net", ["asp", "net"]),
    ("u+1f600", ["u", "1f600"]),
    ("192.168.0.1", ["192", "168", "0", "1"]),
    ("10:30", ["10", "30"]),
    ("2022-02-23", ["2022", "02", "23"]),
    ("a/b-test", ["a", "b", "test"]),
    ("utf-8", ["utf", "8"]),
    ("gb/t-22239", ["gb", "t", "22239"]),
    ("x86_64", ["x86", "64"]),
    ("libc++", ["libc"]),
    ("std::vector", ["std", "vector"]),
    ("@types/node", ["types/node", "types", "node"]),
    ("user@example.com", ["user", "example.com", "example", "com"]),
    ("node.js/express", ["node.js", "express", "node", "js"]),
    ("h.264", ["h", "264"]),
    ("1,000", ["1", "000"]),
    ("0.5", ["0", "5"]),
    (".5", ["5"]),
    ("α", []),
    ("don't", ["don", "t"]),
    ("at&t", ["at", "t"]),
    ("c/c++", ["c", "c++"]),
    ("c++11", ["c++", "11"]),
    ("c#.net", ["c#", "net"]),
    ("привет", []),
]


@pytest.mark.parametrize(("token", "parts"), PARTS)
def test_a_token_is_kept_whole_and_in_parts(token: str, parts: list[str]) -> None:
    terms = token_terms(token)
    assert {term for _, term in terms} == {token, *parts}
    assert all(token.startswith(term, at) for at, term in terms)
    assert list(terms) == sorted(terms)


@pytest.mark.parametrize("token", [token for token, _ in PARTS])
@pytest.mark.parametrize(
    "frame", ["{}", "用{}做", "( {} )", "{}。", "“{}”", "<{}>", "{},", "{}; x"]
)
def test_a_token_is_seen_in_any_surroundings(token: str, frame: str) -> None:
    assert token in tokens_of(frame.format(token))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("end.next", ["end.next"]),
        ("etc...next", ["etc", "next"]),
        ("a--b", ["a", "b"]),
        ("--help", ["help"]),
        ("https://example.com/a", ["https", "example.com/a"]),
        ("f(x)=y", ["f", "x", "y"]),
        ("1,2 a,b", ["1,2", "a", "b"]),
        ("100%的", ["100%"]),
        ("abc%", ["abc"]),
        ("1++", ["1"]),
        ("abc#", ["abc"]),
        ("c+++", ["c++"]),
        ("__init__", ["init"]),
        ("中文,。!", []),
    ],
)
def test_only_what_joins_makes_one_token(text: str, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


def tokens_of(folded: str) -> list[str]:
    between = (folded[one.start : one.end] for one in stretches(folded) if not one.is_run)
    return [token for text in between for _, token in technical.tokens(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("2022年", ["2022年"]),
        ("v1.2-2022年", ["v1.2-2022"]),
        ("a 10日", ["a", "10日"]),
        ("3.5年", ["3.5"]),
        ("v2022年", ["v2022"]),
        ("2022 年", ["2022"]),
        ("2" * LONGEST + "月", ["2" * LONGEST + "月"]),
        ("2" * 65 + "月", ["2" * 65]),
        ("年", []),
    ],
)
def test_a_number_goes_with_the_sign_of_a_date_behind_the_text(
    text: str, tokens: list[str]
) -> None:
    assert [token for _, token in technical.tokens(text)] == tokens


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("c++ c# c", [(0, "c++"), (4, "c#"), (7, "c")]),
        ("用node.js写", [(1, "node"), (6, "js")]),
        ("abc++", [(0, "abc")]),
        ("x" * 100, [(0, "x" * LONGEST)]),
        ("中文", []),
    ],
)
def test_runs_are_the_smallest_pieces(text: str, runs: list[tuple[int, str]]) -> None:
    assert list(atomic_runs(text)) == runs


@pytest.mark.parametrize(
    ("token", "whole"),
    [
        ("a.b", [(0, "a.b")]),
        ("x" * LONGEST, [(0, "x" * LONGEST)]),
        ("x" * 65, [(0, "x" * LONGEST)]),
        ("a.b/" * 16 + "c", [(4 * at, "a.b") for at in range(16)] + [(64, "c")]),
        ("c++/" * 16 + "c", [(4 * at, "c++") for at in range(16)] + [(64, "c")]),
        ("a." * 32 + "b", [(2 * at, "a") for at in range(32)] + [(64, "b")]),
    ],
)
def test_what_is_too_long_is_kept_in_parts(token: str, whole: list[tuple[int, str]]) -> None:
    assert list(kept(token)) == whole
    assert set(whole) <= set(token_terms(token))


def test_no_term_is_longer_than_the_longest() -> None:
    token = "node.js/" * 20 + "x" * 1000 + "/" + "a." * 500 + "b"
    assert {term for _, term in token_terms(token)} == {"node.js", "node", "js", "x" * 64, "a", "b"}
