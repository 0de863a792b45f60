"""What may be meant by words that hardly stand in an index? By pinyin, by ear, by eye, by slip.

Nothing is done for words that do stand in it. Pinyin counts as what was typed; a correction is
offered, and looked for among the posts that match in part. What was typed is always looked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from souwen.index.analysis import Analyzer
from souwen.index.analysis.fold import fold, fold_text
from souwen.search.analyze import PLACES, Analyzed
from souwen.search.engine import Reader, Request, Weighted
from souwen.search.pairs import MOST as MOST_PAIRS
from souwen.search.query import And, Or, Phrase, Query, Term, Text, Words, changed, leaves
from souwen.search.spelling import slips

if TYPE_CHECKING:
    from souwen.search.lexicon import Lexicon
    from souwen.search.pinyin import Pinyin

RARE = 5
"""Posts: what stands in more is not doubted."""

TIMES = 50
"""How many times the posts something else must stand in to be offered for what stands in few."""

LIGHTER = 0.5
"""What a correction weighs beside what was typed."""

OFFERED = 3
"""Corrections of a query."""

FAIR = 0.2
"""The share of the best one's posts, or of its weight, from which on another one is offered."""

SHORT = 12
"""Characters of Han up to which a text is looked at: a question is found by its other words."""

LONGEST_UNIT = 4
SHORTEST_SLIP = 4
TRIED = 24
"""Characters tried in place of one: the most frequent of those that sound or look like it."""

_LATIN = "A-Za-z\u00c0-\u024f\u0300-\u036f"
_TECHNICAL = r"[0-9_.+#/@&\-]"
_WORD = f"[{_LATIN}](?:[{_LATIN}'’]*[{_LATIN}])?"
_RUN = (
    f"(?<![{_LATIN}'’])(?<!{_TECHNICAL}){_WORD}(?:[ \u3000]+{_WORD})*(?![{_LATIN}])(?!{_TECHNICAL})"
)


class Guess(NamedTuple):
    """Another text that may be meant; ``same`` where it is but another way to write what was typed.

    ``weight`` is what its terms count beside those that were typed.
    """

    text: str
    weight: float
    same: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A query that is searched too."""

    query: Text
    weight: float
    same: bool


@dataclass(frozen=True, slots=True)
class Guesses:
    """What may be meant by a query: ``offered`` as queries to be typed, and searched too."""

    offered: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()

    def each(self, change: Callable[[Text], Text]) -> "Guesses":
        """The same guesses, each searched as the change of it."""
        changed = (replace(one, query=change(one.query)) for one in self.branches)
        return replace(self, branches=tuple(changed))

    def beside(self, text: Text | None) -> Text | None:
        """All that is looked for: the query as typed, or any of them."""
        if text is None or not self.branches:
            return text
        return Or((text, *(branch.query for branch in self.branches)))


NO_GUESSES = Guesses()


class _Doubtful(NamedTuple):
    """Words with what of them is looked at: runs of Latin letters, and units of Han characters by
    their places in the folded text."""

    words: Words
    runs: tuple[re.Match[str], ...]
    units: tuple[tuple[int, str], ...]


class _Counts(NamedTuple):
    """In how many posts words of Latin letters stand, and neighbours among Han characters."""

    words: dict[str, int]
    pairs: dict[str, int]


class Guesser:
    """Guesses by the terms of one snapshot. May be used by many threads.

    What is needed for guesses alone is imported and read when there is something to guess.
    """

    def __init__(self, reader: Reader, analyzer: Analyzer) -> None:
        self._reader = reader
        self._analyzer = analyzer

    @cached_property
    def lexicon(self) -> "Lexicon":
        """The terms of the snapshot."""
        from souwen.search.lexicon import Lexicon

        return Lexicon(self._reader)

    @cached_property
    def _pinyin(self) -> "Pinyin":
        from souwen.search.pinyin import Pinyin

        return Pinyin(self.lexicon)

    def guesses(self, query: str, text: Text | None) -> Guesses:
        """What else may be meant by a query, which was read as ``text``."""
        if text is None:
            return NO_GUESSES
        offered: list[str] = []
        branches: list[Branch] = []
        doubtful = [self._doubtful(words) for words in _words(text)]
        known = self._counts(doubtful)
        for one in doubtful:
            words, found = one.words, [*self._latin(one, known.words), *self._han(one, known.pairs)]
            for number, guess in enumerate(found):
                meant = _meant(words, guess, first=not number)
                branches.append(Branch(_replaced(text, words, meant), guess.weight, guess.same))
            if words.text in query:
                fair = (one.text for one in found if not one.same or one.weight >= FAIR)
                offered += [query.replace(words.text, one, 1) for one in islice(fair, OFFERED)]
        return Guesses(tuple(dict.fromkeys(offered))[:OFFERED], tuple(branches))

    def _doubtful(self, words: Words) -> _Doubtful:
        text = words.text
        latin = any(char < "\u0370" for char in text)
        han = sum("\u3400" <= char <= "\u9fff" for char in text[: 4 * SHORT])
        return _Doubtful(
            words,
            tuple(re.finditer(_RUN, text)) if latin else (),
            tuple(self._units(fold_text(text))) if 2 <= han <= SHORT else (),
        )

    def _counts(self, doubtful: Sequence[_Doubtful]) -> _Counts:
        """Of all at once: an engine far away is asked as seldom as may be."""
        words = [word for one in doubtful for run in one.runs for word in _folded(run)]
        return _Counts(
            self._frequencies("words", words),
            self._frequencies("bigrams", _pairs(unit for one in doubtful for _, unit in one.units)),
        )

    def _frequencies(self, part: str, terms: Iterable[str]) -> dict[str, int]:
        """The posts in which each of the terms stands, titles and bodies added up."""
        distinct = list(dict.fromkeys(terms))
        each = [self._reader.frequencies(f"{place}.{part}", distinct) for place in PLACES]
        return {term: sum(counts) for term, *counts in zip(distinct, *each, strict=True)}

    # Latin letters.

    def _latin(self, doubtful: _Doubtful, counts: Mapping[str, int]) -> Iterator[Guess]:
        text = doubtful.words.text
        for run in doubtful.runs:
            words, known = run[0].split(), [counts[word] for word in _folded(run)]
            if min(known) > RARE and len(words) == 1:
                continue
            before, after = text[: run.start()], text[run.end() :]
            unknown = not all(known) or self._apart(words)
            read = self._pinyin.read(words, known) if unknown else ()
            for spelling in read:
                yield Guess(before + spelling.text + after, spelling.worth, same=True)
            for slip in () if read else self._mended(words, known):
                yield Guess(before + slip + after, LIGHTER, same=False)

    def _apart(self, words: list[str]) -> bool:
        """Whether the words may be pinyin and stand together in no post."""
        from souwen.search.syllables import cuts, letters

        if len(words) == 1 or not all(cuts(letters(word)) for word in words):
            return False
        together: Query = And(
            tuple(
                Or(tuple(Term(f"{place}.words", fold_text(word)) for place in PLACES))
                for word in words
            )
        )
        return not self._reader.search(Request(query=together, limit=0)).total

    def _mended(self, words: list[str], known: list[int]) -> Iterator[str]:
        """The words with one of them, that is in few posts or none, a slip of the fingers away."""
        for at, (word, count) in enumerate(zip(words, known, strict=True)):
            folded = fold_text(word)
            if count > RARE or len(folded) < SHORTEST_SLIP or not folded.isascii():
                continue
            known_as = self.lexicon.latin
            better = {
                one: known_as[one]
                for one in set(slips(folded))
                if known_as.get(one, 0) >= max(1, TIMES * count) and one != folded
            }
            for one in _fair(better):
                yield " ".join((*words[:at], one, *words[at + 1 :]))

    # Han characters.

    def _han(self, doubtful: _Doubtful, counts: Mapping[str, int]) -> Iterator[Guess]:
        text = doubtful.words.text
        for start, unit in doubtful.units:
            for meant in self._sounding(unit, _rarest(unit, counts)):
                first, end = fold(text).span(start, start + len(unit))
                yield Guess(text[:first] + meant + text[end:], LIGHTER, same=False)

    def _units(self, folded: str) -> Iterator[tuple[int, str]]:
        """Words, and characters in a row that are no words, of two to four characters."""
        for chunk in self._analyzer.chunks(folded):
            at = start = chunk.start
            for word in chunk.words if chunk.kind == "han" else ():
                if len(word) > 1:
                    yield from _unit(start, folded[start:at])
                    yield from _unit(at, word)
                    start = at + len(word)
                at += len(word)
            if chunk.kind == "han":
                yield from _unit(start, folded[start:at])

    def _sounding(self, unit: str, typed: int) -> list[str]:
        """What is so much more frequent than the unit that it may be meant, best first.

        The unit stands in at most ``typed`` posts.
        """
        if typed > RARE:
            return []
        better = self._better(self._one_other(unit), TIMES * typed)
        if not better and not typed:
            better = self._better(self._all_other(unit), 0)
        return better

    def _better(self, candidates: Iterable[str], least: int) -> list[str]:
        """Those in at least so many posts, and not in far fewer than the best."""
        units = list(dict.fromkeys(candidates))
        pairs = self._frequencies("bigrams", _pairs(units))
        counts = {one: _rarest(one, pairs) for one in units}
        return _fair({one: count for one, count in counts.items() if count >= max(1, least)})

    def _one_other(self, unit: str) -> Iterator[str]:
        for at, char in enumerate(unit):
            for other in self._others(char):
                yield unit[:at] + other + unit[at + 1 :]

    def _all_other(self, unit: str) -> Iterator[str]:
        if len(unit) == 2:
            yield from map("".join, product(*(self._others(char)[: TRIED // 2] for char in unit)))

    def _others(self, char: str) -> list[str]:
        """Characters that sound or look like this one and stand in the index."""
        from souwen.search.readings import homophones, look_alikes

        counts = self.lexicon.chars
        alike = dict.fromkeys((*look_alikes().get(char, ()), *homophones(char)))
        held = [one for one in alike if ord(one) < len(counts) and counts[ord(one)]]
        return sorted(held, key=lambda one: -counts[ord(one)])[:TRIED]


def _folded(run: re.Match[str]) -> list[str]:
    """The words of a run of Latin letters, as terms."""
    return [fold_text(word) for word in run[0].split()]


def _pairs(units: Iterable[str]) -> Iterator[str]:
    """The neighbours in each of the units."""
    return (a + b for unit in units for a, b in pairwise(unit))


def _rarest(unit: str, counts: Mapping[str, int]) -> int:
    """In how many posts the rarest two neighbours of a unit stand side by side."""
    return min(counts[a + b] for a, b in pairwise(unit))


def _fair(counts: dict[str, int]) -> list[str]:
    """The most frequent, and others that are not far less so."""
    ranked = sorted(counts, key=lambda one: (-counts[one], one))[:OFFERED]
    return [one for one in ranked if counts[one] >= FAIR * counts[ranked[0]]]


def _unit(start: int, text: str) -> Iterator[tuple[int, str]]:
    if 2 <= len(text) <= LONGEST_UNIT:
        yield start, text


def _words(text: Text) -> Iterator[Words]:
    """The plain words of a query that are looked for in titles and bodies."""
    for leaf in leaves(text):
        if isinstance(leaf, Words) and leaf.field in (None, *PLACES):
            yield leaf


def _meant(words: Words, guess: Guess, *, first: bool) -> Text:
    """The guess as a query: of the readings of pinyin but the best must stand as they are."""
    if first or not guess.same:
        return replace(words, text=guess.text)
    return And(tuple(Phrase(part, words.field) for part in guess.text.split()))


def _replaced(text: Text, old: Words, new: Text) -> Text:
    return changed(text, lambda leaf: new if leaf == old else leaf)


def widened(typed: Analyzed, others: Iterable[tuple[Analyzed, Branch]]) -> Analyzed:
    """The query or one of the others; terms that only others have count for less."""
    query, relaxed = [typed.query], [typed.relaxed]
    weights = {one.leaf: one.weight for one in typed.scoring}
    pairs = dict.fromkeys(typed.pairs)
    for number, (other, branch) in enumerate(others):
        (query if branch.same else relaxed).append(other.query)
        if branch.same and not number:
            relaxed.append(other.relaxed)
        if branch.same:
            pairs |= dict.fromkeys(other.pairs)
        for one in other.scoring:
            if number and one.leaf.field == "body.chars":
                continue
            weights[one.leaf] = max(branch.weight * one.weight, weights.get(one.leaf, 0.0))
    some = tuple(one for one in relaxed if one is not None)
    return Analyzed(
        _or(tuple(query)),
        _or(some) if some else None,
        tuple(Weighted(leaf, weight) for leaf, weight in weights.items()),
        tuple(pairs)[:MOST_PAIRS],
        typed.sentence,
    )


def _or(parts: tuple[Query, ...]) -> Query:
    return parts[0] if len(parts) == 1 else Or(parts)
