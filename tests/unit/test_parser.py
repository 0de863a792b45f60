"""Does the query language mean what its users mean?"""

import pytest

from souwen.search.parser import LONGEST, Parsed, exact, parse, plain
from souwen.search.query import (
    And,
    DateExpression,
    Not,
    Or,
    Phrase,
    Resembles,
    StartsWith,
    Text,
    Words,
)

A, B, C = Words("甲"), Words("乙"), Words("丙")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('"服务网格"', Phrase("服务网格")),
        ("“服务网格”", Phrase("服务网格")),
        ("「服务网格」", Phrase("服务网格")),
        ("『服务网格』", Phrase("服务网格")),
        ("＂服务网格＂", Phrase("服务网格")),
        ('"服务网格”', Phrase("服务网格")),
        ('“服务网格"', Phrase("服务网格")),
        ('"他说“好”了"', Phrase("他说“好”了")),
        ("「他說『好』了」", Phrase("他說『好』了")),
        ('"a OR (b"', Phrase("a OR (b")),
        ('"++"', Phrase("++")),
        ("甲 OR 乙", Or((A, B))),
        ("甲 | 乙", Or((A, B))),
        ("甲|乙", Or((A, B))),
        ("甲 || 乙", Or((A, B))),
        ("甲｜乙", Or((A, B))),
        ("甲 AND 乙", And((A, B))),
        ("甲 乙 OR 丙", Or((Words("甲 乙"), C))),
        ("甲 AND 乙 OR 丙", Or((And((A, B)), C))),
        ("甲 OR 乙 AND NOT 丙", Or((A, And((B, Not(C)))))),
        ("(甲 OR 乙) 丙", And((Or((A, B)), C))),
        ("（甲　OR　乙）　丙", And((Or((A, B)), C))),
        ("甲(乙 OR 丙)", And((A, Or((B, C))))),
        ("((((甲))))", A),
        ("-广告", And((Not(Words("广告")),))),
        ("－广告", And((Not(Words("广告")),))),
        ("NOT 广告", And((Not(Words("广告")),))),
        ("NOT NOT 甲", A),
        ("手机 -广告 -推广", And((Words("手机"), Not(Words("广告")), Not(Words("推广"))))),
        ('甲 -"乙 丙"', And((A, Not(Phrase("乙 丙"))))),
        ("甲 -tag:Go", And((A, Not(Words("Go", "tag"))))),
        ("甲 -(乙 OR 丙)", And((A, Not(Or((B, C)))))),
        ("(-甲|-乙)", Or((Not(A), Not(B)))),
        ("-甲 乙 丙", And((Not(A), Words("乙 丙")))),
        ("(甲 OR 乙)-丙", And((Or((A, B)), Not(C)))),
        ("（甲　OR　乙）－丙", And((Or((A, B)), Not(C)))),
        ('"甲"-丙', And((Phrase("甲"), Not(C)))),
        ("「甲」－丙", And((Phrase("甲"), Not(C)))),
        ("“甲”-tag:乙", And((Phrase("甲"), Not(Words("乙", "tag"))))),
        ("title:网关", Words("网关", "title")),
        ("title：网关", Words("网关", "title")),
        ("title:网关 甲 乙", And((Words("网关", "title"), Words("甲 乙")))),
        ('title:"服务 网格"', Phrase("服务 网格", "title")),
        ("title:(甲 乙)", Words("甲 乙", "title")),
        ("title:(甲 OR 乙)", Or((Words("甲", "title"), Words("乙", "title")))),
        ("title:(甲 tag:乙)", And((Words("甲", "title"), Words("乙", "tag")))),
        ("body:网关", Words("网关", "body")),
        ("tag:Go", Words("Go", "tag")),
        ("tags:Go", Words("Go", "tag")),
        ("TAG:Go", Words("Go", "tag")),
        ("ｔａｇ:Go", Words("Go", "tag")),
        ("Title:统计", Words("统计", "title")),
        ("ｔＩTＬｅ：统计", Words("统计", "title")),
        ("DATE:2022", DateExpression("date", "2022")),
        ("甲 ＯＲ 乙", Or((A, B))),
        ("甲　ＡＮＤ　乙", And((A, B))),
        ("ＮOＴ 甲", And((Not(A),))),
        ('tag:"a b"', Phrase("a b", "tag")),
        ("tag:(甲 乙)", And((Words("甲", "tag"), Words("乙", "tag")))),
        ("tag:#", Words("#", "tag")),
        ("category:编程", Words("编程", "category")),
        ("categories:编程", Words("编程", "category")),
        ("author:ZAKER", Words("ZAKER", "author")),
        ("path:2022/*", Words("2022/*", "path")),
        ("url:http://a.example/b", Words("http://a.example/b", "url")),
        ("title:tag:Go", Words("tag:Go", "title")),
        ("title:OR", Words("OR", "title")),
        ("web*", StartsWith("web")),
        ("web* 甲", And((StartsWith("web"), A))),
        ("甲 web*", And((A, StartsWith("web")))),
        ("title:web*", StartsWith("web", "title")),
        ("NOT web*", And((Not(StartsWith("web")),))),
        ("快手~", Resembles("快手")),
        ("微服务web*", And((Words("微服务"), StartsWith("web")))),
        ("title:用dokcer~", And((Words("用", "title"), Resembles("dokcer", "title")))),
        ("微服务，*", StartsWith("微服务，")),
        ("web服务*", StartsWith("web服务")),
        ("tag:微服务web*", StartsWith("微服务web", "tag")),
        ("date:2022-02-23", DateExpression("date", "2022-02-23")),
        ("date:2022-02", DateExpression("date", "2022-02")),
        ("date:2022..2023", DateExpression("date", "2022..2023")),
        ("date:..2022-03", DateExpression("date", "..2022-03")),
        ("date:90d..", DateExpression("date", "90d..")),
        ("date：去年", DateExpression("date", "去年")),
        ('date:"2022年 2月"', DateExpression("date", "2022年 2月")),
        (
            "date:(2021 OR 2023)",
            Or((DateExpression("date", "2021"), DateExpression("date", "2023"))),
        ),
        ("甲 updated:2022", And((A, DateExpression("updated", "2022")))),
        ("甲 -date:2022", And((A, Not(DateExpression("date", "2022"))))),
        ('甲 "。" 乙', And((A, Phrase("。"), B))),
        ('"甲" —— "乙"', And((Phrase("甲"), Phrase("乙")))),
        ("甲 OR ？", A),
        ("甲 -。", A),
        ("\0-\0广告\ud800", And((Not(Words("广告")),))),
    ],
)
def test_signs_mean_what_the_language_says(typed: str, meant: Text) -> None:
    assert parse(typed) == Parsed(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "微服务 网关",
        "微服务　网关",
        "std::vector",
        "path::Path",
        "10:30 开会",
        "http://a.example/b?c=d",
        "subtitle:x",
        "甲 - 乙",
        "甲 － 乙",
        "2022-02-23",
        "x-y",
        "git rebase --onto",
        "甲 or 乙 and not 丙",
        "甲 ｏｒ 乙 Ａnd Ｎot 丙",
        "tıtle:甲",
        "print(x)-1 标题（上）－乙",
        "ORACLE ANDROID NOTE",
        "A股OR门",
        "print(x) 标题（上）",
        "f()",
        "**粗体** a*b ~/src ~~ *",
        "你好～",
        "C++ C# .NET",
        "++",
        "😀",
        "《书名》、‘引’，……",
        "快手\n外链",
    ],
)
def test_words_are_taken_as_typed(typed: str) -> None:
    assert parse(typed) == plain(typed) == Parsed(Words(typed), plain=True)


@pytest.mark.parametrize(
    ("typed", "meant", "warning"),
    [
        ('甲 "乙', Words('甲 "乙'), "'\"' at character 3 has no partner"),
        ("甲” 乙", Words("甲” 乙"), "'”' at character 2 has no partner"),
        ("甲「乙", Words("甲「乙"), "'「' at character 2 has no partner"),
        ("(甲", Words("(甲"), "'(' at character 1 has no partner"),
        ("甲)乙) 丙", Words("甲)乙) 丙"), "')' at character 2 has no partner"),
        ("甲)-乙", Words("甲)-乙"), "')' at character 2 has no partner"),
        ("甲”－乙", Words("甲”－乙"), "'”' at character 2 has no partner"),
        ("(甲 OR 乙", Or((Words("(甲"), B)), "'(' at character 1 has no partner"),
        ("甲 ()", Words("甲 ()"), "'(' at character 3 holds nothing"),
        ('甲 ""', Words('甲 ""'), "'\"\"' at character 3 holds nothing"),
        ("甲 “ ”", Words("甲 “ ”"), "'“ ”' at character 3 holds nothing"),
        ("甲 OR", Words("甲 OR"), "'OR' at character 3 has nothing to join"),
        ("AND 甲", Words("AND 甲"), "'AND' at character 1 has nothing to join"),
        ("甲 NOT", Words("甲 NOT"), "'NOT' at character 3 has nothing to join"),
        ("甲|", Words("甲|"), "'|' at character 2 has nothing to join"),
        ("(甲 OR) 乙", And((Words("甲 OR"), B)), "'OR' at character 4 has nothing to join"),
        ("甲 OR OR 乙", Or((A, Words("OR 乙"))), "'OR' at character 6 has nothing to join"),
        ("title: 甲", Words("title: 甲"), "'title:' at character 1 names a field without a value"),
        ("甲 tag:", Words("甲 tag:"), "'tag:' at character 3 names a field without a value"),
        ("date:foo 甲", And((Words("date:foo"), A)), "date: 'foo' is no date"),
        ("date:2022-13", Words("date:2022-13"), "date: '2022-13' is no date"),
        ('date:"2022-02-30"', Words("date:2022-02-30"), "date: '2022-02-30' is no date"),
        ("updated:..", Words("updated:.."), "updated: '..' names no date"),
    ],
)
def test_what_cannot_be_parsed_is_text_with_a_warning(
    typed: str, meant: Text, warning: str
) -> None:
    parsed = parse(typed)
    assert parsed.query == meant
    assert not parsed.plain
    assert len(parsed.warnings) == 1
    assert parsed.warnings[0].startswith(warning)
    assert parsed.warnings[0].endswith("; it is searched as text")


@pytest.mark.parametrize("typed", ["", " \n", "。，！", "\u200b\ufeff", "\0", "- — ()", "\ud800"])
def test_a_query_without_words_asks_for_nothing_and_says_so(typed: str) -> None:
    for parsed in (parse(typed), plain(typed)):
        assert parsed.query is None
        assert "nothing to search for" in parsed.warnings[-1]


def test_the_same_mistake_is_reported_once() -> None:
    parsed = parse("(" * 5 + "甲 ) " + '"')
    assert [warning.partition(";")[0] for warning in parsed.warnings] == [
        "'(' at character 1 has no partner"
    ]


def test_a_plain_query_ignores_every_sign() -> None:
    typed = ' -甲 OR "乙" (丙 title:丁* '
    assert plain(typed) == Parsed(Words(typed.strip()), plain=True)


@pytest.mark.parametrize("typed", [' -甲 OR "乙" (丙 title:丁* ', "++", "\0甲", "甲" * 5000])
def test_an_exact_query_is_one_phrase_whatever_signs_are_in_it(typed: str) -> None:
    assert exact(typed) == Parsed(Phrase(typed.strip().replace("\0", "")))


@pytest.mark.parametrize("typed", ["", " \n", "\u200b", "\0"])
def test_an_exact_query_of_blanks_asks_for_nothing_and_says_so(typed: str) -> None:
    assert exact(typed).query is None
    assert "nothing to search for" in exact(typed).warnings[0]


def test_groups_deeper_than_twenty_are_text() -> None:
    parsed = parse("(甲 OR " * 30 + "乙" + ")" * 30)
    assert len(parsed.warnings) == 1
    assert parsed.warnings[0].startswith("'(' at character 121 is nested too deep")


def test_a_query_of_too_many_parts_is_plain_text() -> None:
    typed = " OR ".join(f"-(a{number}*)" for number in range(1001))
    parsed = parse(typed)
    assert parsed.query == plain(typed).query
    assert parsed.warnings == ("the query has more than 1000 parts; it is searched as plain text",)


@pytest.mark.parametrize(
    "unit",
    [
        *("(", "-", '"', "“", "\0", "搜", "()", "(a)", "a|", "x(a", "a* ", '"＂'),
        *("NOT ", "title:", "tag:a ", "( a OR ", "-title:("),
    ],
)
def test_any_sign_may_come_a_hundred_thousand_times(unit: str) -> None:
    typed = (unit * 100_000)[:100_000]
    assert isinstance(parse(typed), Parsed)


def test_deep_nesting_is_no_recursion() -> None:
    half = 50_000
    parsed = parse("(" * half + "甲" + ")" * half)
    assert parsed.query == Words("(" * LONGEST)
    assert "longer than 1000 characters" in parsed.warnings[-1]
