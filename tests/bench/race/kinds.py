"""Which questions are asked? Ten kinds, drawn from the posts by how many of them hold a word."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from race.corpus import SEED, Corpus

KINDS = (
    "rare",
    "medium",
    "common",
    "2-AND",
    "3-OR",
    "phrase",
    "prefix",
    "term, dates",
    "by date",
    "recency",
)
EACH = 60
"""Questions of each kind, all different."""

_HAN = re.compile("[\u4e00-\u9fff]{2,}")
_SAMPLE = 600
_NAME = "questions.json"


@dataclass(frozen=True, slots=True)
class Question:
    """``words`` as the kind has it: terms, or one prefix; dates in ``[since, until)`` in ms."""

    kind: str
    words: tuple[str, ...]
    since: int = 0
    until: int = 0


def draw(corpus: Corpus) -> None:
    """Keep the questions for this corpus beside it, the same at every run."""
    kept = corpus.place / _NAME
    if not kept.exists():
        drawn = _Draw(corpus).questions()
        kept.write_text(json.dumps([asdict(one) for one in drawn], ensure_ascii=False))


def questions(place: Path) -> dict[str, list[Question]]:
    """The questions of each kind that were drawn for the corpus there."""
    found = [Question(**one) for one in json.loads((place / _NAME).read_text())]
    found = [Question(one.kind, tuple(one.words), one.since, one.until) for one in found]
    return {kind: [one for one in found if one.kind == kind] for kind in KINDS}


class _Draw:
    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._dice = random.Random(SEED)
        counts = np.zeros(len(corpus.terms), np.int64)
        for number in range(len(corpus)):
            counts[np.unique(corpus.ids(number))] += 1
        self._share = counts / len(corpus)
        self._counts = counts
        self._words = [at for at, term in enumerate(corpus.terms) if _HAN.fullmatch(term)]
        self._whole = set(self._words)
        numbers = self._dice.sample(range(len(corpus)), min(_SAMPLE, len(corpus)))
        self._posts = [corpus.ids(number).tolist() for number in numbers]

    def questions(self) -> Iterator[Question]:
        # What is made of the same paragraphs again and again has no word that is rarer.
        most = max(20, len(self._corpus) // 5_000)
        rare = self._one(lambda at: 5 <= self._counts[at] <= most)
        medium = self._one(lambda at: 0.01 <= self._share[at] <= 0.08)
        common = self._one(lambda at: 0.2 <= self._share[at] <= 0.6)
        either = [word for pair in zip(medium, common, strict=False) for word in pair][:EACH]
        year = 365 * 86_400_000
        until = self._corpus.newest - 2 * year
        some = self._several(3, 0.005)
        for kind, several in (
            ("rare", rare),
            ("medium", medium),
            ("common", common),
            ("2-AND", self._several(2, 0.01)),
            ("3-OR", some),
            ("phrase", self._adjacent()),
            ("prefix", self._prefixes()),
            ("by date", either),
            ("recency", some),
        ):
            yield from (Question(kind, words) for words in several)
        yield from (Question("term, dates", words, until - 2 * year, until) for words in either)

    def _one(self, wanted: Callable[[int], bool]) -> list[tuple[str, ...]]:
        found = [at for at in self._words if wanted(at)]
        chosen = self._dice.sample(found, min(EACH, len(found)))
        return [(self._corpus.terms[at],) for at in chosen]

    def _usual(self, at: int, least: float) -> bool:
        return at in self._whole and least <= self._share[at] <= 0.3

    def _several(self, count: int, least: float) -> list[tuple[str, ...]]:
        """Words that stand together in a post."""

        def draw() -> list[int]:
            post = self._dice.choice(self._posts)
            usual = sorted({at for at in post if self._usual(at, least)})
            return self._dice.sample(usual, count) if len(usual) >= count else []

        return self._distinct(draw)

    def _adjacent(self) -> list[tuple[str, ...]]:
        """Words of which one follows the other in a post."""

        def draw() -> list[int]:
            post = self._dice.choice(self._posts)
            at = self._dice.randrange(max(1, len(post) - 1))
            pair = post[at : at + 2]
            fit = len(set(pair)) == 2 and all(self._usual(one, 0.01) for one in pair)
            return pair if fit and self._apart(*pair) else []

        return self._distinct(draw)

    def _apart(self, left: int, right: int) -> bool:
        """Whether the words stand beside each other: parts of a word may overlap in it."""
        a, b = self._corpus.terms[left], self._corpus.terms[right]
        return (
            a not in b and b not in a and not any(a.endswith(b[:end]) for end in range(1, len(b)))
        )

    def _distinct(self, draw: Callable[[], list[int]]) -> list[tuple[str, ...]]:
        found: dict[tuple[str, ...], None] = {}
        while len(found) < EACH:
            if drawn := draw():
                found[tuple(self._corpus.terms[at] for at in drawn)] = None
        return list(found)

    def _prefixes(self) -> list[tuple[str, ...]]:
        """Two characters with which 8 to 60 words begin."""
        begun = Counter(self._corpus.terms[at][:2] for at in self._words)
        found = sorted(prefix for prefix, words in begun.items() if 8 <= words <= 60)
        return [(prefix,) for prefix in self._dice.sample(found, min(EACH, len(found)))]
