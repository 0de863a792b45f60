"""How often is a word among the spellings that its pinyin is read as, and how soon?

``python tests/bench/pinyin.py INDEX [SEED]``: 1,000 words of two to four characters are drawn from
the posts of an index, as they stand there and once each, and spelt by pypinyin without tones.
"""

import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence

from pypinyin import lazy_pinyin

from souwen.index.analysis import Analyzer
from souwen.search.engine import Request
from souwen.search.lexicon import Lexicon
from souwen.search.pinyin import Pinyin
from souwen.search.query import Everything
from souwen.search.searcher import open_reader
from souwen.search.syllables import letters

WORDS, POSTS = 1000, 400


def main(place: str, seed: int) -> None:
    """Print a line for words as they stand and one for words once each."""
    reader, dice, analyzer = open_reader(place), random.Random(seed), Analyzer()
    posts = reader.search(Request(query=Everything(), limit=None)).matches
    counts: Counter[str] = Counter()
    for match in dice.sample(posts, min(POSTS, len(posts))):
        terms = analyzer.analyze(match.load().body).words.terms
        counts.update(word for word in terms if 2 <= len(word) <= 4 and _is_han(word))
    pinyin = Pinyin(Lexicon(reader))
    _measure("as they stand", pinyin, dice.choices(list(counts), counts.values(), k=WORDS))
    _measure("once each", pinyin, dice.sample(sorted(counts), min(WORDS, len(counts))))


def _is_han(word: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in word)


def _measure(name: str, pinyin: Pinyin, words: Sequence[str]) -> None:
    among = first = 0
    times = []
    for word in words:
        began = time.thread_time()
        found = [one.text for one in pinyin.spellings(letters("".join(lazy_pinyin(word))))]
        times.append((time.thread_time() - began) * 1000)
        among, first = among + (word in found), first + (found[:1] == [word])
    print(
        f"{name}: {among / len(words):.3f} among ten, {first / len(words):.3f} first, "
        f"{statistics.median(times):.2f} ms, at most {sorted(times)[-2]:.2f} ms but the slowest"
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
