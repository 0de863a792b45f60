"""How may what is being typed go on? With words, tags and titles of the index, newer ones first.

Letters are also read as the beginning of pinyin, whole or by initials: kuaish and ks are 快手.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from heapq import nlargest
from typing import Literal

import numpy as np
import numpy.typing as npt

from souwen.index.analysis.fold import fold_text
from souwen.search.engine import Reader, Request
from souwen.search.lexicon import (
    CHARS,
    LONGEST,
    PLACES,
    Codes,
    Counts,
    Lexicon,
    codes_of,
    pack,
    text_of,
)
from souwen.search.pinyin import SELDOM
from souwen.search.query import And, Everything, Or, Prefix, Query, Range, Term, Whole
from souwen.search.ranking import Recency
from souwen.search.readings import readings
from souwen.search.syllables import Syllables, openings

Kind = Literal["word", "tag", "title"]

RECENT = 365
"""Days before the newest post; a post of these days counts twice."""

LONGER = 0.5
"""What a word counts for each character more than syllables were typed."""

UNCUT = 0.5
"""What two characters count that stand side by side and are no word of the dictionary."""

LOOKED_AT = 3
"""Words whose posts are counted, for each one that is asked for."""

TITLES = 0.3
"""The share of titles where there is more than enough of everything."""

_BETWEEN = (
    "的了是在有和不我你他她它们这那个一上下中来去到说要就也都"
    "会对与及或等被把让给为以之其着过还很吗呢吧啊"
)
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to search, what it ends with, and the number of posts with that."""

    text: str
    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class _Pool:
    """Words of Han: a row of code points each, filled up with 0; lengths; what each counts."""

    codes: Codes
    lengths: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float64]


class Suggester:
    """Suggests from the terms of one snapshot. May be used by many threads."""

    def __init__(self, reader: Reader, lexicon: Lexicon) -> None:
        self._reader = reader
        self._lexicon = lexicon

    def suggest(self, typed: str, limit: int, now: datetime) -> tuple[Suggestion, ...]:
        """What may be meant, best first; nothing where nothing was typed."""
        whole = fold_text(typed).strip()
        if not whole or not limit:
            return ()
        begun = typed.rsplit(maxsplit=1)[-1]
        head = typed.rstrip()[: -len(begun)]
        since = self._since(now)
        titles = self._titles(whole, limit)
        counted = [*self._tags(whole, "", since), *self._words(begun, head, limit, since)]
        counted.sort(key=lambda one: (-one[0], one[1].text))
        found = list({one.text: one for _, one in reversed(counted)}.values())[::-1]
        room = max(limit - len(titles), limit - int(limit * TITLES))
        return (*found[:room], *titles)[:limit]

    # Titles and tags, as they are written.

    def _titles(self, whole: str, limit: int) -> list[Suggestion]:
        request = Request(query=Prefix("title.whole", whole), sort="date", limit=limit)
        matches = self._reader.search(request).matches
        titles = dict.fromkeys(match.load().title for match in matches)
        return [Suggestion(title, "title", 1) for title in titles]

    def _tags(self, begun: str, head: str, since: int | None) -> Iterator[tuple[float, Suggestion]]:
        for tag, count in list(self._reader.terms("tags", begun))[:LOOKED_AT]:
            held = Whole("tags", tag)
            (match,) = self._reader.search(Request(query=held, limit=1)).matches
            written = (one for one in match.load().metadata.tags if fold_text(one) == tag)
            shown = head + next(written, tag)
            yield count + self._recent(held, since), Suggestion(shown, "tag", count)

    # Words.

    def _words(
        self, begun: str, head: str, limit: int, since: int | None
    ) -> Iterator[tuple[float, Suggestion]]:
        folded = fold_text(begun)
        if not folded:
            return
        worth: dict[str, float] = {}
        if not all("\u3400" <= char <= "\u9fff" for char in folded):
            worth = dict(self._latin(folded, limit))
            for way in openings(begun):
                for word, count in self._said(way, limit):
                    worth[word] = max(count, worth.get(word, 0.0))
        else:
            worth = dict(self._beginning(folded, limit))
        for word in nlargest(LOOKED_AT * limit, worth, key=lambda one: (worth[one], one)):
            field = "bigrams" if len(word) == 2 and not word.isascii() else "words"
            held: Query = Or(tuple(Term(f"{place}.{field}", word) for place in PLACES))
            count = self._reader.search(Request(query=held, limit=0)).total
            if count and word != folded:
                recent = self._recent(held, since) / count
                yield worth[word] * (1 + recent), Suggestion(head + word, "word", count)

    @cached_property
    def _latin_words(self) -> list[str]:
        return sorted(self._lexicon.latin)

    def _latin(self, begun: str, limit: int) -> list[tuple[str, float]]:
        words, counts = self._latin_words, self._lexicon.latin
        first, last = bisect_left(words, begun), bisect_left(words, begun + "\U0010ffff")
        best = nlargest(LOOKED_AT * limit, words[first:last], key=lambda one: (counts[one], one))
        return [(word, float(counts[word])) for word in best]

    def _beginning(self, begun: str, limit: int) -> list[tuple[str, float]]:
        """Words that begin with these characters."""
        codes, pool = codes_of(begun), self._pool
        if len(codes) > LONGEST:
            return []
        chosen = np.flatnonzero((pool.codes[:, : len(codes)] == codes).all(axis=1))
        return self._best(chosen, len(codes), limit, loss=1.0)

    def _said(self, way: Syllables, limit: int) -> list[tuple[str, float]]:
        """Words that are read so; of the last syllable, or of every one, the beginning."""
        pool = self._pool
        if len(way) > LONGEST:
            return []
        chosen = np.flatnonzero(pool.lengths >= max(2, len(way)))
        heard = np.ones(len(chosen))
        for column, typed in enumerate(way):
            heard *= _heard(typed, column == len(way) - 1)[pool.codes[chosen, column]]
            chosen, heard = chosen[heard > 0], heard[heard > 0]
        return self._best(chosen, max(2, len(way)), limit, loss=LONGER, heard=heard)

    def _best(
        self,
        chosen: npt.NDArray[np.intp],
        length: int,
        limit: int,
        *,
        loss: float,
        heard: npt.NDArray[np.float64] | float = 1.0,
    ) -> list[tuple[str, float]]:
        pool = self._pool
        worth = pool.counts[chosen] * loss ** (pool.lengths[chosen] - length) * heard
        most = LOOKED_AT * limit
        best = np.argpartition(-worth, most)[:most] if len(worth) > most else slice(None)
        return [
            (text_of(pool.codes[at, : pool.lengths[at]]), count)
            for at, count in zip(chosen[best].tolist(), worth[best].tolist(), strict=True)
        ]

    @cached_property
    def _pool(self) -> _Pool:
        parts = [*self._lexicon.words.values(), self._uncut()]
        codes = [np.pad(part, ((0, 0), (0, LONGEST - part.shape[1]))) for part, _ in parts]
        lengths = [np.full(len(part), part.shape[1]) for part, _ in parts]
        counts = [held.astype(np.float64) for _, held in parts]
        counts[-1] *= UNCUT
        return _Pool(np.concatenate(codes), np.concatenate(lengths), np.concatenate(counts))

    def _uncut(self) -> tuple[Codes, Counts]:
        """Characters side by side that may be a word: in several posts, no part of longer words."""
        lexicon = self._lexicon
        packed, counts = lexicon.pairs
        within = lexicon.pair_words.copy()
        for length in range(3, LONGEST + 1):
            words, held = lexicon.words[length]
            for at in range(length - 1):
                places = lexicon.places(pack(words[:, at], words[:, at + 1]))
                np.add.at(within, places[places >= 0], held[places >= 0])
        codes = np.stack((packed >> 16, packed & 0xFFFF), axis=1).astype(np.uint16)
        joins = np.isin(codes, codes_of(_BETWEEN)).any(axis=1)
        chosen = (counts > 1) & (counts > 2 * within) & ~joins
        return codes[chosen], counts[chosen]

    # What is new.

    def _since(self, now: datetime) -> int | None:
        moment = int(now.timestamp() * 1000)
        age = Recency(now=moment, weight=0.0, half_life_days=RECENT)
        newest = self._reader.search(Request(query=Everything(), recency=age, limit=0)).origin
        return None if newest is None else int(newest.timestamp() * 1000) - RECENT * _DAY

    def _recent(self, held: Query, since: int | None) -> int:
        if since is None:
            return 0
        recent: Query = And((held, Range("date", since, None)))
        return self._reader.search(Request(query=recent, limit=0)).total


@lru_cache(64)
def _heard(typed: str, last: bool) -> npt.NDArray[np.float32]:  # noqa: FBT001
    """What each character is worth as what was typed, by code point; 0 where it is not read so.

    What is no syllable, and what is typed last, is the beginning of one.
    """
    whole = typed in readings() and not last
    found = np.zeros(CHARS, np.float32)
    if typed in readings():
        found[codes_of(readings()[typed].sometimes)] = SELDOM
    for syllable, readers in readings().items():
        if syllable == typed or (not whole and syllable.startswith(typed)):
            found[codes_of(readers.usually)] = 1.0
    return found
