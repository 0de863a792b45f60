"""What do letters mean that are typed as pinyin? The most plausible Han spellings in an index.

Syllables are read as a chain of characters: each word of the index, and each pair of characters
that stand side by side in it, is a link. A chain is worth the number of posts that are to be
expected to hold it, were each character to depend on the one before it alone.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice, product
from math import exp, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from souwen.search.lexicon import CHARS, LONGEST, Codes, Lexicon, codes_of, pack, text_of
from souwen.search.readings import readings
from souwen.search.syllables import Syllables, cuts, letters

SPELLINGS = 10
"""Han spellings that letters are read as."""

BEAM = 32
"""Beginnings of chains that are followed up."""

SINGLE = 4
"""How many of them may be one character; xian is 现 and 西安."""

FAR = 9.0
FAR_LONG = 6.0
"""How much less, as a logarithm, a spelling may be worth than the best, to be looked for."""

SELDOM = 0.05
"""What a character is worth in a word where it is read so in some words only; without, squared."""

WORD = 16.0
"""What a word of the dictionary is worth more than characters that stand side by side."""

UNSEEN = 0.01
"""Posts to be expected where two characters stand side by side in none."""

FARTHER = 0.1
"""What a cut is worth for each syllable more than the fewest."""

LIGHTEST = 0.1
"""What the least plausible reading of pinyin weighs beside the most plausible."""

KNOWN = 3
"""Readings tried of a word that the index knows as it is, beside another that it does not."""

COMBINED = 1000
"""Spellings of several words that are put together."""

USUALLY, SOMETIMES, NEVER = range(3)
_LOSS = np.array([0.0, log(SELDOM), -np.inf])

Weights = npt.NDArray[np.float64]


class Spelling(NamedTuple):
    """A text in Han characters, and the logarithm of the posts that are expected to hold it."""

    text: str
    worth: float


class _Links(NamedTuple):
    """Chains of the same number of characters: a row of code points each, and their worth."""

    codes: Codes
    worth: Weights

    def best(self, number: int) -> "_Links":
        if len(self.worth) <= number:
            return self
        chosen = np.argpartition(-self.worth, number)[:number]
        return _Links(self.codes[chosen], self.worth[chosen])


class Pinyin:
    """Reads letters by the terms of one snapshot. May be used by many threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.spellings = lru_cache(1024)(self._spellings)
        self._links = lru_cache(512)(self._found)

    def _spellings(self, run: str) -> tuple[Spelling, ...]:
        """The spellings of letters without blanks, best first; none where they are no pinyin."""
        ways = cuts(run)
        found: dict[str, float] = {}
        for way in ways:
            loss = log(FARTHER) * (len(way) - len(ways[0]))
            for spelling in self._chains(way)[: SINGLE if len(way) == 1 else SPELLINGS]:
                worth = spelling.worth + loss
                found[spelling.text] = max(worth, found.get(spelling.text, worth))
        ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
        return tuple(plausible([Spelling(*one) for one in ranked]))

    def read(self, words: Sequence[str], known: Sequence[int]) -> list[Spelling]:
        """The spellings of several words, best first, each with what it weighs beside the best.

        Single syllables are read together. ``known`` says in how many posts each word stands as
        it is: those in some are also left as they are. None where another word is no pinyin.
        """
        groups = _groups(words, known)
        if groups is None:
            return []
        combined = (
            Spelling(" ".join(one.text for one in each), sum(one.worth for one in each))
            for each in product(*(self._options(*group) for group in groups))
        )
        ranked = plausible(sorted(islice(combined, COMBINED), key=lambda one: -one.worth))
        return [
            Spelling(text, max(LIGHTEST, exp((worth - ranked[0].worth) / 2)))
            for text, worth in ranked
        ]

    def _options(self, run: str, known: bool) -> list[Spelling]:  # noqa: FBT001
        found = list(self.spellings(run))
        if not known:
            return found
        least = min((one.worth for one in found[:KNOWN]), default=0.0)
        return [*found[:KNOWN], Spelling(run, least)]

    def _chains(self, way: Syllables) -> list[Spelling]:
        ends: list[_Links | None] = [None] * (len(way) + 1)
        for end in range(1, len(way) + 1):
            options = []
            for start in range(max(0, end - LONGEST), end):
                links, before = self._links(way[start:end]), ends[start]
                if not len(links.worth):
                    continue
                if start == 0:
                    options.append(links)
                elif before is not None:
                    options.append(self._joined(before, links))
            ends[end] = _together(options)
        last = ends[-1]
        if last is None:
            return []
        found = [
            Spelling(text_of(codes), worth)
            for codes, worth in zip(last.codes, last.worth.tolist(), strict=True)
        ]
        return sorted(found, key=lambda one: (-one.worth, one.text))

    def _joined(self, before: _Links, after: _Links) -> _Links:
        """Every chain of ``before`` with every one of ``after``."""
        last, first = before.codes[:, -1:], after.codes[:, 0][np.newaxis, :]
        beside = self._lexicon.pair_counts(last, first)
        alone = self._lexicon.chars[last] * self._lexicon.chars[first]
        step = np.log(np.maximum(beside, UNSEEN) / np.maximum(alone, 1))
        worth = before.worth[:, np.newaxis] + after.worth[np.newaxis, :] + step
        flat = worth.ravel()
        chosen = np.argpartition(-flat, BEAM)[:BEAM] if len(flat) > BEAM else np.arange(len(flat))
        left, right = np.divmod(chosen, len(after.worth))
        codes = np.concatenate((before.codes[left], after.codes[right]), axis=1)
        return _Links(codes, flat[chosen])

    def _found(self, way: Syllables) -> _Links:
        if len(way) == 1:
            return self._characters(way[0])
        return self._pairs(way) if len(way) == 2 else self._words(way)

    def _characters(self, syllable: str) -> _Links:
        codes = self._held(syllable)[:, np.newaxis]
        worth = np.log(self._lexicon.chars[codes[:, 0]]) + 2 * _sounds(codes, (syllable,))
        return _Links(codes, worth).best(BEAM)

    def _pairs(self, way: Syllables) -> _Links:
        firsts, seconds = (self._held(syllable) for syllable in way)
        at = self._lexicon.places(pack(firsts[:, np.newaxis], seconds[np.newaxis, :]))
        first, second = np.nonzero(at >= 0)
        at = at[first, second]
        codes = np.stack((firsts[first], seconds[second]), axis=1)
        words = self._lexicon.pair_words[at]
        worth = np.log(self._lexicon.pairs[1][at] + (WORD - 1) * words)
        return _Links(codes, worth + np.where(words, 1, 2) * _sounds(codes, way)).best(BEAM)

    def _held(self, syllable: str) -> Codes:
        codes = readers(syllable)
        return codes[self._lexicon.chars[codes] > 0]

    def _words(self, way: Syllables) -> _Links:
        codes, counts = self._lexicon.words[len(way)]
        for column, syllable in enumerate(way):
            said = sound(syllable)[codes[:, column]] != NEVER
            codes, counts = codes[said], counts[said]
        return _Links(codes, np.log(WORD * counts) + _sounds(codes, way)).best(BEAM)


def _groups(words: Sequence[str], known: Sequence[int]) -> list[tuple[str, bool]] | None:
    """What is to be read at once, and whether it is known as it is; None for what is no pinyin."""
    groups: list[tuple[str, bool]] = []
    single = False
    for word, count in zip(words, known, strict=True):
        run = letters(word)
        ways = cuts(run)
        if not ways and not count:
            return None
        before, single = single, bool(ways) and len(ways[0]) == 1
        if before and single:
            groups[-1] = (f"{groups[-1][0]}'{run}", False)
        else:
            groups.append((run if ways else word, bool(count)))
    return groups


def plausible(ranked: list[Spelling]) -> list[Spelling]:
    """The first few that are not far worse than the first of all."""
    return [
        one
        for one in ranked[:SPELLINGS]
        if one.worth >= ranked[0].worth - (FAR if len(one.text) <= 2 else FAR_LONG)
        and one.worth >= min(ranked[0].worth, log(2 * UNSEEN))
    ]


def _together(options: list[_Links]) -> _Links | None:
    """The best of all chains that end at the same place; each text once, for its best worth."""
    if not options:
        return None
    codes = np.concatenate([links.codes for links in options])
    worth = np.concatenate([links.worth for links in options])
    best = np.argsort(-worth, kind="stable")[: 3 * BEAM]
    once: dict[bytes, int] = {}
    for at in best.tolist():
        once.setdefault(codes[at].tobytes(), at)
    kept = list(once.values())[:BEAM]
    return _Links(codes[kept], worth[kept])


def _sounds(codes: Codes, way: Syllables) -> Weights:
    """What is lost by unusual readings."""
    worth = np.zeros(len(codes))
    for column, syllable in enumerate(way):
        worth += _LOSS[sound(syllable)[codes[:, column]]]
    return worth


@lru_cache(512)
def readers(syllable: str) -> Codes:
    """The characters that are read so."""
    return codes_of("".join(readings()[syllable]))


@lru_cache(128)
def sound(syllable: str) -> npt.NDArray[np.uint8]:
    """Whether each character is read so USUALLY, SOMETIMES or NEVER, by its code point."""
    usually, sometimes = readings()[syllable]
    found = np.full(CHARS, NEVER, np.uint8)
    found[codes_of(sometimes)] = SOMETIMES
    found[codes_of(usually)] = USUALLY
    return found
