"""What do people do to a post before they publish it again?"""

import random
import re
from collections.abc import Callable

Edit = Callable[[str, random.Random], str]

NOTICE = (
    "本文首发于个人博客，经作者同意转载到这里，版权归原作者所有。如果涉及侵权，请在后台留言，"
    "我们会在第一时间删除。喜欢的话欢迎分享给身边的朋友，也可以在文末给作者点一个赞。"
)
LETTERS = "的一是了我不在人有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生"

_SENTENCE = re.compile(r"[^。！？!?\n]*(?:[。！？!?\n]+|$)")
_WORD = re.compile(r"[A-Za-z0-9]+|[\u4e00-\u9fff]{1,2}|.", re.DOTALL)


def cut(text: str, dice: random.Random, share: float = 0.2) -> str:
    """Without a part of it, wherever that stands."""
    size = int(len(text) * share)
    at = dice.randrange(len(text) - size + 1)
    return text[:at] + text[at + size :]


def below_a_notice(text: str, dice: random.Random) -> str:
    """Below a sentence or two on where it comes from; shorter than a third of the text."""
    size = min(dice.randrange(20, len(NOTICE)), len(text) // 3)
    return f"{NOTICE[:size]}\n\n{text}"


def with_other_letters(text: str, dice: random.Random) -> str:
    """With a tenth of its characters changed."""
    return _changed(list(text), len(text) // 10, dice)


def with_other_words(text: str, dice: random.Random) -> str:
    """With a tenth of its words changed."""
    words = _WORD.findall(text)
    return _changed(words, len(words) // 10, dice)


def with_other_sentences(text: str, dice: random.Random) -> str:
    """With some sentences changed, which make up a tenth of it at most."""
    sentences = [one for one in _SENTENCE.findall(text) if one]
    left = len(text) // 10
    for at in dice.sample(range(len(sentences)), len(sentences)):
        if len(sentences[at]) <= left:
            left -= len(sentences[at])
            sentences[at] = _other(sentences[at], dice)
    return "".join(sentences)


def with_all_of_these(text: str, dice: random.Random) -> str:
    """Cut, below a notice, and with a tenth of its characters changed."""
    return with_other_letters(below_a_notice(cut(text, dice), dice), dice)


EDITS: tuple[Edit, ...] = (
    cut,
    below_a_notice,
    with_other_letters,
    with_other_words,
    with_other_sentences,
)
"""What is done to a post, one of them at a time."""


def _changed(parts: list[str], count: int, dice: random.Random) -> str:
    for at in dice.sample(range(len(parts)), count):
        parts[at] = _other(parts[at], dice)
    return "".join(parts)


def _other(part: str, dice: random.Random) -> str:
    return "".join(dice.choice(LETTERS) for _ in part)
