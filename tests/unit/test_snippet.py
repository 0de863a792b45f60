"""Are snippets cut where a reader would cut them?"""

import re

import pytest

from souwen.search.hits import Fragment, Span
from souwen.search.snippet import merge, snippet

GATEWAY = (
    "先看背景。微服务拆得越细，网关的职责就越重：鉴权、限流、日志都放在一处！\n"
    "再谈部署。网关跑在 Kubernetes 集群里，每次发布都滚动更新，连接要能平滑迁移。"
    "最后说监控，指标由 Prometheus 抓取。"
)
NIGHT = (
    "昨天夜里下了一场大雨，早上出门時街道還是濕的。巷口的豆漿店已經開門，老闆娘笑著說：「今天的油條剛炸好！」"
    "我要了一碗鹹豆漿，坐在窗邊慢慢喝。"
)
CODE = "先安装依赖：\n\tpip install tantivy\n然后运行 &lt;script&gt; 里的例子，输出 3.5% 的差别。"


def spans(text: str, *words: str) -> tuple[Span, ...]:
    return merge(sorted(found.span() for word in words for found in re.finditer(word, text)))


def marked(fragment: Fragment) -> str:
    """The text with its highlights in brackets."""
    text = fragment.text
    for start, end in reversed(fragment.highlights):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("text", "words", "length", "expected"),
    [
        (
            GATEWAY,
            ["职责"],
            34,
            "微服务拆得越细，网关的[职责]就越重：鉴权、限流、日志都放在一处！",
        ),
        (
            GATEWAY,
            ["网关", "Kubernetes"],
            40,
            "[网关]跑在 [Kubernetes] 集群里，每次发布都滚动更新，连接要能平滑迁移。",
        ),
        (
            GATEWAY,
            ["迁移", "Prometheus"],
            60,
            "网关跑在 Kubernetes 集群里，每次发布都滚动更新，连接要能平滑[迁移]。"
            "最后说监控，指标由 [Prometheus]",
        ),
        (GATEWAY, ["Prometheus"], 40, "最后说监控，指标由 [Prometheus] 抓取。"),
        (GATEWAY, ["鉴权"], 14, "[鉴权]、限流、日志都放在一处！"),
        (GATEWAY, [], 20, "先看背景。微服务拆得越细，"),
        (GATEWAY, [], 3, "先看背"),
        (GATEWAY, ["Kubernetes"], 4, "[Kube]"),
        (NIGHT, ["油條"], 30, "巷口的豆漿店已經開門，老闆娘笑著說：「今天的[油條]剛炸好！」"),
        (
            NIGHT,
            ["豆漿"],
            45,
            "巷口的[豆漿]店已經開門，老闆娘笑著說：「今天的油條剛炸好！」我要了一碗鹹[豆漿]，",
        ),
        (CODE, ["tantivy"], 30, "pip install [tantivy]"),
        (CODE, ["例子"], 16, "里的[例子]，输出 3.5% 的差别"),
        (CODE, ["script"], 12, "[script]&gt;"),
        ("  \n 开头有空白。", [], 5, "开头有空白"),
        ("第一行\r\n第二行", ["二"], 160, "第一行  第[二]行"),
        ("网关。" * 30, ["网关"], 9, "[网关]。[网关]。[网关]。"),
        ("", [], 160, ""),
        (" \n ", [], 160, ""),
    ],
)
def test_a_snippet_reads_well(text: str, words: list[str], length: int, expected: str) -> None:
    assert marked(snippet(text, spans(text, *words), length=length)) == expected


def test_different_matches_count_more_than_many() -> None:
    text = "网关网 网关网 网关网。" + "其他的话" * 20 + "。网关和容器。"
    assert marked(snippet(text, spans(text, "网关", "容器"), length=12)) == "[网关]和[容器]。"


def test_of_equal_places_the_first_is_shown() -> None:
    text = "甲说了一遍网关。" + "其他的话" * 20 + "。乙又说一遍网关。"
    assert marked(snippet(text, spans(text, "网关"), length=10)) == "甲说了一遍[网关]。"


def test_a_case_apart_is_no_different_match() -> None:
    text = "docker Docker。" + "其他的话" * 20 + "。docker 和 容器。"
    assert "容器" in snippet(text, spans(text, "docker", "Docker", "容器"), length=15).text


@pytest.mark.parametrize("length", [0, -1])
def test_without_room_there_is_nothing(length: int) -> None:
    assert snippet(GATEWAY, spans(GATEWAY, "网关"), length=length) == Fragment("")


@pytest.mark.parametrize(
    "unit",
    [
        *("e\u0301", "か\u3099", "❤\ufe0f", "👍🏽", "👩\u200d💻", "🇨🇳", "\ud83d\ude00", "ﾊﾞ"),
        *("\r\n甲", "&amp;", "&#x4e2d;", "\u1112\u1161\u11ab", "🏴\U000e0067\U000e007f"),
    ],
)
def test_what_is_one_character_to_the_reader_is_never_cut(unit: str) -> None:
    text = unit * 60
    for length in range(1, 4 * len(unit)):
        for start in range(0, len(text), 31):
            got = snippet(text, ((start, start + 1),), length=length).text
            begin = 0 if got.startswith(unit.translate({13: " ", 10: " "})) else len(got)
            shown = unit.replace("\r", " ").replace("\n", " ")
            assert got[begin:].replace(shown, "").strip() == ""
            assert len(got) <= length


@pytest.mark.parametrize("start", [3, 4, 400, 401])
def test_a_row_of_flags_is_cut_between_flags(start: int) -> None:
    found = snippet("甲" + "🇨🇳" * 400, ((start, start + 2),), length=5)
    assert found.text.replace("🇨🇳", "") in ("", "甲")


def test_a_match_longer_than_the_snippet_is_cut() -> None:
    assert snippet("网关" * 50, ((0, 100),), length=6) == Fragment("网关网关网关", ((0, 6),))


def test_a_character_with_too_many_marks_is_left_out() -> None:
    text = "a" + "\u0301" * 100
    assert snippet(text, ((50, 51),), length=10) == Fragment("")
    assert snippet(text, (), length=10) == Fragment("")


@pytest.mark.parametrize("unit", ["x", "。", "\n", " ", "&", "🇦", "a\u0301", "网关。", "\u0301"])
def test_a_long_text_is_not_read_through(unit: str) -> None:
    text = unit * (4_000_000 // len(unit))
    middle = len(text) // 2
    matches = tuple((at, at + 1) for at in range(middle, middle + 100_000, 2))
    assert len(snippet(text, matches, length=160).text) <= 160


def test_merging_joins_what_overlaps_or_touches() -> None:
    assert merge([]) == ()
    assert merge([(0, 2), (1, 3), (3, 5), (6, 9), (7, 8)]) == ((0, 5), (6, 9))
