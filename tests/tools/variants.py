"""Derives the fold tables of ``index/analysis`` from OpenCC's and jieba's dictionaries.

Run by hand after an upgrade of either: ``python tests/tools/variants.py``; a test compares.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

ANALYSIS = Path(__file__).resolve().parents[2] / "index" / "analysis"
TABLES = (
    "STCharacters",
    "TSCharacters",
    "TWVariants",
    "TWVariantsRev",
    "HKVariants",
    "HKVariantsRev",
)
WITHIN_PHRASES = ("并幷", "熏薰", "穗繐", "戚鏚", "酰醯", "沉沈", "坐座", "具俱", "吣唚")
"""Forms of one another that OpenCC has only within phrases: 坐标 and 座標, 沉默 and 沈默."""

HEAD = """\
# One class of script variants a line; the first character stands for all.
# Derived from the character tables of OpenCC (https://github.com/BYVoid/OpenCC), Apache-2.0.
"""


def pairs() -> Iterator[tuple[str, str]]:
    """Every two characters that OpenCC's tables call forms of one another."""
    yield from ((pair[0], pair[1]) for pair in WITHIN_PHRASES)
    for table in TABLES:
        text = (files("opencc") / "dictionary" / f"{table}.txt").read_text(encoding="utf-8")
        for line in text.splitlines():
            left, _, rights = line.partition("\t")
            for right in rights.split(" "):
                if len(left) == len(right) == 1:
                    yield left, right


def classes(found: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The characters that are connected by pairs."""
    member: dict[str, set[str]] = {}
    for left, right in found:
        joined = member.get(left, {left}) | member.get(right, {right})
        for char in joined:
            member[char] = joined
    distinct = {id(one): one for one in member.values() if len(one) > 1}
    return list(distinct.values())


def dictionary() -> list[tuple[str, int, str]]:
    """jieba's own words with frequency and tag."""
    text = (files("jieba") / "dict.txt").read_text(encoding="utf-8")
    rows = (line.split(" ") for line in text.splitlines())
    return [(word, int(frequency), tag) for word, frequency, tag in rows]


def variants() -> str:
    """The table: the most frequent character of jieba's words first."""
    frequency: defaultdict[str, int] = defaultdict(int)
    for word, count, _ in dictionary():
        for char in word:
            frequency[char] += count
    lines = sorted(
        "".join(sorted(one, key=lambda char: (-frequency[char], char))) for one in classes(pairs())
    )
    return HEAD + "".join(f"{line}\n" for line in lines)


def folded_words(table: dict[int, str]) -> str:
    """Words of jieba that the table changes, folded, with the greatest of their frequencies."""
    known = {word: count for word, count, _ in dictionary()}
    added: dict[str, int] = {}
    for word, count, _ in dictionary():
        folded = word.lower().translate(table)
        if folded != word.lower() and count > known.get(folded, 0):
            added[folded] = max(count, added.get(folded, 0))
    return "".join(f"{word} {count}\n" for word, count in sorted(added.items()))


def table(text: str) -> dict[int, str]:
    """The table as ``str.translate`` wants it."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {ord(char): line[0] for line in lines for char in line[1:]}


if __name__ == "__main__":
    content = variants()
    (ANALYSIS / "variants.txt").write_text(content, encoding="utf-8")
    (ANALYSIS / "words.txt").write_text(folded_words(table(content)), encoding="utf-8")
