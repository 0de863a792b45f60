"""Which words of a question say little of what is looked for?

They stand in every post and are indexed as all words are; in a query they weigh less, and of a
question or a sentence a post need not hold them.
"""

from functools import cache

from souwen.index.analysis.fold import fold_text

WEIGHT = 0.3
"""What such a word adds to a score, where another adds 1."""

SENTENCE = 3
"""So many words that tell something make a sentence."""

_QUESTION = """
什么 甚么 甚麼 如何 怎么 怎樣 怎样 怎麽 为什么 为何 哪 哪些 哪里 哪裡 哪个 哪位 哪年 哪一 谁
几 多少 何时 何 吗 呢 吧 啊 how what
"""
_FUNCTION = """
是 的 了 地 得 着 过 在 于 和 与 被 有 由 以 对 为 从 将 把 让 用 使 就 也 都 不 中 之 而 其
或 及 并 个 这 那 此 该 你 我 您 他 她 它 我们 你们 他们 你的 我的 到 上 下 里 内 来 给 能
会 要 可以 最 更 很 种 一 一个 这个 那个 the a an of to in and for on with is are
"""


@cache
def function_words() -> frozenset[str]:
    """The words, folded."""
    return frozenset(map(fold_text, (_QUESTION + _FUNCTION).split()))


def tells(word: str) -> bool:
    """Whether a folded word says something of what is looked for."""
    return word not in function_words()
