"""Does the parser keep its promises for any text?"""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from souwen.index.scripts import HAN
from souwen.search.parser import Parsed, parse, plain
from souwen.search.query import And, Not, Or, Text, Words

SIGNS = [
    *('"', "“", "”", "「", "」", "『", "』", "＂", "(", ")", "（", "）", "|", "｜", "-", "－", ":"),
    *(
        "：",
        "*",
        "~",
        " ",
        "　",
        "\n",
        "\0",
        "\u200b",
        "AND",
        "OR",
        "NOT",
        "title:",
        "Title:",
        "ｔａｇ:",
        "ＮＯＴ",
        "tag：",
        "date:",
    ),
    *("path:", "2022", "90d", "..", "快手", "外链", "k8s", "的", "++", "。", "é", "😀", "\ud800"),
]
typed = st.lists(st.sampled_from(SIGNS), max_size=25).map("".join) | st.text()
plain_text = st.text(st.characters(exclude_characters='"“”「」『』＂()（）|｜-－:：*~'))


def nodes(tree: Text | None) -> list[Text]:
    """The tree and all below it."""
    match tree:
        case None:
            return []
        case And(parts=parts) | Or(parts=parts):
            return [tree, *(node for part in parts for node in nodes(part))]
        case Not(part=part):
            return [tree, *nodes(part)]
        case _:
            return [tree]


def words(tree: Text | None) -> str:
    return " ".join(node.text for node in nodes(tree) if isinstance(node, Words))


@given(typed)
@example("(" * 30 + "甲" + ")" * 30)
def test_any_text_is_parsed_and_always_alike(text: str) -> None:
    parsed = parse(text)
    assert parsed == parse(text)
    assert (parsed.query is None) <= bool(parsed.warnings)


@given(typed)
def test_operators_have_operands(text: str) -> None:
    tree = parse(text).query
    assert not isinstance(tree, Not)
    for node in nodes(tree):
        if isinstance(node, Or) or (isinstance(node, And) and node is not tree):
            assert len(node.parts) > 1
        if isinstance(node, Not):
            assert not isinstance(node.part, Not)


@given(typed)
def test_a_plain_answer_is_the_text_itself(text: str) -> None:
    parsed = parse(text)
    if parsed.plain:
        assert parsed == plain(text)


@given(plain_text)
def test_every_han_character_of_a_plain_query_is_among_its_words(text: str) -> None:
    tree = parse(text).query
    assert re.findall(f"[{HAN}]", text) == re.findall(f"[{HAN}]", words(tree))


@given(typed)
def test_taken_as_plain_text_every_query_is_one_string(text: str) -> None:
    parsed = plain(text)
    assert parsed.plain
    assert parsed.query is None or isinstance(parsed.query, Words)
    assert isinstance(parsed, Parsed)
    assert re.findall(f"[{HAN}]", text) == re.findall(f"[{HAN}]", words(parsed.query))


@given(typed)
def test_full_width_signs_mean_the_same(text: str) -> None:
    narrow = str.maketrans("：（）－｜　＂ＮＯＴｔａｇ", ':()-| "NOTtag')
    query = parse(text).query
    assert shape(query) == shape(parse(text.translate(narrow)).query)


def shape(tree: Text | None) -> list[type]:
    return [type(node) for node in nodes(tree)]
