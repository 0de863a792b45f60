"""What becomes of a query in terms of the index?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tools.shelf import ANALYZER

from souwen.search.analyze import Context, analyze_query, title_term
from souwen.search.engine import Weighted
from souwen.search.parser import parse
from souwen.search.query import (
    And,
    Contiguous,
    DateExpression,
    Fuzzy,
    Glob,
    Holds,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Resembles,
    StartsWith,
    Term,
    Text,
    Words,
)
from souwen.search.rewrite import any_of, in_title, unquoted

CONTEXT = Context(ANALYZER, ZoneInfo("Asia/Shanghai"), datetime(2024, 6, 1, tzinfo=UTC))


def required(text: Text) -> Query:
    return analyze_query(text, CONTEXT).query


def relaxed(text: Text) -> Query | None:
    return analyze_query(text, CONTEXT).relaxed


def scoring(text: Text) -> dict[str, float]:
    found = analyze_query(text, CONTEXT).scoring
    return {f"{one.leaf.field}:{one.leaf.label}": one.weight for one in found}


def leaves(query: Query | None) -> set[Query]:
    match query:
        case None:
            return set()
        case And(parts=parts) | Or(parts=parts):
            return {leaf for part in parts for leaf in leaves(part)}
        case Not(part=part):
            return leaves(part)
        case _:
            return {query}


def strings(query: Query | None) -> set[str]:
    """What has to stand in a body."""
    return {
        leaf.folded
        for leaf in leaves(query)
        if isinstance(leaf, Contiguous) and leaf.field == "body"
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("网关", {"网关"}),
        ("服务网格", {"服务网格", "服务", "网格"}),
        ("快手", {"快手"}),
        ("快手猫", {"快手猫"}),
        ("快手电商", {"快手电商", "快", "手电", "商"}),
        ("5G手机", {"5g手机", "手机"}),
        ("网关 网格", {"网关", "网格"}),
        ("？！", {"?!"}),
    ],
)
def test_a_run_of_han_must_stand_or_its_words_must(text: str, expected: set[str]):
    assert strings(required(Words(text))) == expected


def test_a_technical_token_is_one_term():
    assert leaves(required(Words("C++", "body"))) == {Term("body.words", "c++")}
    assert leaves(required(Words("node.js"))) == {
        Term("title.words", "node.js"),
        Term("body.words", "node.js"),
    }


@pytest.mark.parametrize(
    ("text", "terms", "sure"),
    [
        ("网", ["chars:网"], "chars:网"),
        ("网关", ["bigrams:网关"], "bigrams:网关"),
        ("微服务", ["bigrams:微服", "bigrams:服务"], "words:微服务"),
        ("用C", ["chars:用", "words:c"], None),
        ("C+", [], None),
        ("docker compose", ["words:docker", "words:compose"], None),
        ("网，关", ["chars:网", "chars:关"], None),
        ("：", [], None),
    ],
)
def test_a_phrase_names_terms_that_every_post_must_hold(
    text: str, terms: list[str], sure: str | None
):
    found = required(Phrase(text, "body"))
    assert isinstance(found, Or)
    (one,) = found.parts
    assert isinstance(one, Contiguous)
    assert [f"{term.field[5:]}:{term.term}" for term in one.terms] == terms
    assert (one.sure and f"{one.sure.field[5:]}:{one.sure.term}") == sure
    assert one.strict


def test_a_glued_group_may_end_in_what_goes_on_as_c_plus_plus():
    glued = next(
        leaf
        for leaf in leaves(required(Words("学C", "body")))
        if isinstance(leaf, Contiguous) and leaf.folded == "学c"
    )
    assert not glued.strict
    assert glued.terms == (Term("body.chars", "学"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (Words("ＧＯ", "tag"), Holds("tags", "go")),
        (Phrase("编程/Go", "category"), Holds("categories", "编程/go")),
        (Words("林", "author"), Holds("author", "林")),
        (Words("a.example", "url"), Holds("url", "a.example")),
        (Words("2022/*", "path"), Glob("2022/*")),
        (Words("2022", "path"), Glob("*2022*")),
        (
            DateExpression("updated", "1970"),
            Range("updated", -8 * 3_600_000, (365 * 24 - 8) * 3_600_000),
        ),
        (Not(Words("Go", "tag")), Not(Holds("tags", "go"))),
    ],
)
def test_filters_are_no_text(text: Text, expected: Query):
    assert required(text) == expected
    assert relaxed(text) is None
    assert scoring(text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (StartsWith("ＷＥＢ"), {Prefix("title.words", "web"), Prefix("body.words", "web")}),
        (StartsWith("web", "title"), {Prefix("title.words", "web")}),
        (StartsWith("Go", "tag"), {Prefix("tags", "go")}),
        (Resembles("dokcer", "body"), {Fuzzy("body.words", "dokcer", 2)}),
        (Resembles("快手", "body"), {Fuzzy("body.words", "快手", 1)}),
        (Resembles("k8s", "tag"), {Fuzzy("tags", "k8s", 1)}),
    ],
)
def test_approximate_words_are_found_where_words_are_and_as_they_stand(
    text: StartsWith | Resembles, expected: set[Query]
):
    found = leaves(required(text))
    assert {leaf for leaf in found if isinstance(leaf, Prefix | Fuzzy)} == expected
    assert found - expected == leaves(required(Words(text.text, text.field)))


def test_posts_with_some_words_hold_two_characters_side_by_side():
    assert leaves(relaxed(Words("服务网格", "body"))) == {
        Term("body.words", "服务"),
        Term("body.words", "网格"),
        *(Term("body.bigrams", pair) for pair in ("服务", "务网", "网格")),
    }
    assert leaves(relaxed(Words("快手", "body"))) == {Term("body.bigrams", "快手")}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("猫", {"words:猫"}),
        ("猫 的", {"words:猫", "words:的"}),
        ("C的猫", {"words:c", "bigrams:的猫"}),
        ("C的", {"words:c"}),
        ("猫ハ", {"words:猫", "words:ハ"}),
        ("网关，的", {"words:网关", "bigrams:网关", "words:的"}),
        ("？", set()),
    ],
)
def test_a_single_character_tells_something_where_it_was_typed_alone(
    typed: str, expected: set[str]
):
    found = leaves(relaxed(Words(typed, "body")))
    assert {f"{leaf.field[5:]}:{leaf.term}" for leaf in found} == expected  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "kept", "alternatives"),
    [
        ("网关 tag:Go", {Holds("tags", "go")}, {"网关"}),
        ("网关 -猫", {Not(required(Words("猫")))}, {"网关"}),
        ("web* title:网关", set(), {"网关", "web"}),
        ("(网关 OR 网格) tag:Go", {Holds("tags", "go")}, {"网关", "网格"}),
        ("(网关 OR tag:Go) path:a*", {Glob("a*")}, {"网关", "go"}),
    ],
)
def test_words_may_be_given_up_and_filters_not(
    typed: str, kept: set[Query], alternatives: set[str]
):
    text = parse(typed).query
    assert text is not None
    found = relaxed(text)
    assert isinstance(found, And)
    assert set(found.parts[:-1]) == kept
    names = {
        getattr(leaf, "term", None) or getattr(leaf, "prefix", None) or getattr(leaf, "folded", "")
        for leaf in leaves(found.parts[-1])
    }
    assert names == alternatives


@pytest.mark.parametrize(
    "typed", ['"网关"', "-网关", "tag:Go path:a*", '"网关" OR tag:Go', "date:2022"]
)
def test_of_phrases_and_filters_nothing_can_be_given_up(typed: str):
    text = parse(typed).query
    assert text is not None
    assert relaxed(text) is None


def test_where_a_phrase_stands_the_words_beside_it_may_all_be_absent():
    text = parse('"网关" 网格').query
    assert text is not None
    assert relaxed(text) == And((required(Phrase("网关")),))


def test_every_term_counts_with_the_weight_of_its_field_as_often_as_it_is_asked_for():
    assert scoring(Words("网关 网关")) == {
        "title.words:网关": 1.0,
        "title.bigrams:网关": 0.5,
        "body.words:网关": 2.0,
        "body.bigrams:网关": 1.0,
        "body.chars:网": pytest.approx(0.6),
        "body.chars:关": pytest.approx(0.6),
    }
    assert scoring(Phrase("C", "title")) == {"title.words:c": 0.5}
    assert scoring(StartsWith("web", "body")) == {"body.words:web*": 1.0, "body.words:web": 1.0}
    assert scoring(And((Words("C", "body"), Not(Words("猫"))))) == {"body.words:c": 1.0}


def test_the_title_as_a_whole_is_one_term_of_at_most_200_characters():
    assert title_term(" Ｃ  語言 ") == Weighted(Term("title.whole", "c语言"), 3.0)
    assert title_term("甲" * 300) == Weighted(Term("title.whole", "甲" * 200), 3.0)


A, B, GO = Words("甲"), Words("乙"), Words("Go", "tag")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (A, Words("甲", "title")),
        (
            And((A, Or((Phrase("乙"), GO)), Not(StartsWith("w")), Resembles("x", "body"))),
            And(
                (
                    Words("甲", "title"),
                    Or((Phrase("乙", "title"), GO)),
                    Not(StartsWith("w", "title")),
                    Resembles("x", "body"),
                )
            ),
        ),
        (DateExpression("date", "2022"), DateExpression("date", "2022")),
    ],
)
def test_a_query_of_titles_names_them_where_no_field_was_named(text: Text, expected: Text):
    assert in_title(text) == expected


def test_without_quotes_phrases_are_words_but_for_filters_and_what_is_excluded():
    text = And(
        (Or((Phrase("甲"), B)), Not(Phrase("丙")), Phrase("Go", "tag"), Phrase("丁", "body"))
    )
    assert unquoted(text) == And(
        (Or((A, B)), Not(Phrase("丙")), Phrase("Go", "tag"), Words("丁", "body"))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (A, A),
        (And((A, B)), And((Or((A, B)),))),
        (And((A, GO, Not(B))), And((GO, Not(B), Or((A,))))),
        (And((And((A, Phrase("乙"))), GO)), And((GO, Or((And((Or((A, Phrase("乙"))),)),))))),
        (And((Or((A, GO)), B)), And((Or((Or((A, GO)), B)),))),
        (And((GO, Not(A))), And((GO, Not(A)))),
        (And((DateExpression("date", "2022"), A)), And((DateExpression("date", "2022"), Or((A,))))),
    ],
)
def test_one_of_the_words_is_enough_where_any_is_wanted(text: Text, expected: Text):
    assert any_of(text) == expected


def test_function_words_weigh_less_in_a_query():
    assert scoring(Words("the 网关", "body"))["body.words:the"] == pytest.approx(0.3)


def test_a_post_need_not_hold_the_function_words_of_a_sentence():
    sentence = analyze_query(Words("如何 备份 数据库 索引"), CONTEXT).query
    assert sentence == analyze_query(Words("备份 数据库 索引"), CONTEXT).query


def test_of_two_words_both_are_asked_whatever_they_say():
    assert (
        analyze_query(Words("如何 备份"), CONTEXT).query
        != analyze_query(Words("备份"), CONTEXT).query
    )
