"""The terms of short texts, written out beside them."""

import pytest

from souwen.index.analysis import Analyzer
from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.grams import bigrams, chars

ANALYZER = Analyzer()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "今天下午我们把网关换成了新版本。",
            "今天 今天下午 天下 下午 我们 把 网关 换成 了 新 版本",
        ),
        (
            "C++ 與 C# 誰更快？測試 3.5 GHz 的電腦",
            "c++ 与 c# 谁 更 快 测试 3 3.5 5 ghz 的 电脑",
        ),
        (
            "2022 年 2 月 23 日，A 股收涨 1.2%",
            "2022 2022年 年 2 2月 月 23 23日 日 a 股 收 涨 1 1.2 1.2% 2",
        ),
        (
            "用Node.js写的API，跑在k8s上",
            "用 node node.js js 写 的 api 跑 在 k8s 上",
        ),
        (
            "升級到ｉＰｈｏｎｅ１３的５Ｇ手機",
            "升级 到 iphone iphone13 13 的 5g 手机",
        ),
        (
            "邮件发到 help@example.com 即可",
            "邮件 发到 help help@example.com example example.com com 即可",
        ),
        (
            "看 src/main_test.go:42 这一行",
            "看 src src/main_test.go:42 main main_test.go test go 42 这 一行",
        ),
        ("佐々木さんの漢字カード", "佐 々 木 さ ん の 汉字 カ ー ド"),
        ("서울의 中文", "서 울 의 中文"),
        ("𠮷野家开张了😀", "𠮷 野 家 开张 了"),
        ("什么是微服务？怎么用？", "什么 是 微 服务 怎么 用"),
    ],
)
def test_words_and_technical_tokens(text: str, words: str) -> None:
    assert " ".join(ANALYZER.analyze(text).words.terms) == words


@pytest.mark.parametrize(
    ("text", "pairs", "singles"),
    [
        ("快手电商，5G手機", "快手 手电 电商 手机", "快 手 电 商 手 机"),
        ("2022年度 A 股", "年度", "年 度 股"),
        ("佐々木さんの", "佐々 々木 さん んの", "佐 々 木 さ ん の"),
        ("𠮷野家", "𠮷野 野家", "𠮷 野 家"),
    ],
)
def test_bigrams_and_single_characters(text: str, pairs: str, singles: str) -> None:
    folded = fold_text(text)
    assert " ".join(bigrams(folded).terms) == pairs
    assert " ".join(chars(folded).terms) == singles
