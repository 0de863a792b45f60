"""Which terms does a text have? The same for posts and for queries."""

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, Literal, NamedTuple

from souwen.index.analysis.characters import EDGE, scripts, text_of
from souwen.index.analysis.fold import fold, fold_entries, fold_text
from souwen.index.analysis.gaps import GAP, STRETCH, Line, line
from souwen.index.analysis.grams import Stretch, bigrams, chars, stretches
from souwen.index.analysis.technical import DATED, kept, stretch_terms, tokens
from souwen.index.analysis.words import (
    DictionaryWord,
    Name,
    Segmenter,
    search_mode,
    segmenter,
    version,
)
from souwen.index.documents import AnalyzedText, Terms, Token

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
"""Goes into the fingerprint: raised whenever the same text would give other terms."""

LONGEST_TITLE = 200
"""Characters of the longest title that is a term as a whole."""

REMEMBERED = 1 << 16
"""Words, and stretches, of which an analyzer remembers the terms."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch ``[start, end)`` of a folded text that is read as one thing.

    ``words`` are the words of a run of Han, kana or hangul, or the one term of a technical token.
    """

    start: int
    end: int
    kind: Literal["han", "technical"]
    words: tuple[str, ...]


class Parts(NamedTuple):
    """Terms, and the offset of each in the text that they were taken from."""

    terms: tuple[str, ...]
    offsets: tuple[int, ...]


class _Remembered(dict[str, Parts]):
    """Which terms a text was found to have; forgets all when they are 65,536 texts."""

    def __init__(self, terms: Callable[[str], Iterable[tuple[int, str]]]) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, text: str) -> Parts:
        offsets, terms = zip(*self._terms(text), strict=True)
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = found = Parts(terms, offsets)
        return found


class Analyzer:
    """Cuts texts into terms: technical tokens and words, bigrams, single characters.

    Cheap to make: a dictionary is loaded when more than a little Han was to be cut. May be used
    by many threads.
    """

    def __init__(
        self, *, segmenter: Name = "auto", dictionary: tuple[DictionaryWord, ...] = ()
    ) -> None:
        self._name = segmenter
        self._dictionary = dictionary

    @cached_property
    def _segmenter(self) -> Segmenter:
        return segmenter(self._name, self._dictionary)

    @property
    def dictionary(self) -> tuple[DictionaryWord, ...]:
        """The user's words."""
        return self._dictionary

    @cached_property
    def fingerprint(self) -> str:
        """Names all that decides which terms a text has, but for the user's dictionary."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(repr((VERSION, version(self._name), ())).encode())
        for name in ("variants.txt", "words.txt"):
            digest.update(Path(__file__).with_name(name).read_bytes())
        return digest.hexdigest()

    @property
    def description(self) -> tuple[tuple[str, str], ...]:
        """The analyzer for people."""
        return (
            ("segmenter", version(self._name)),
            ("dictionary", f"{len(self._dictionary)} words"),
            ("analysis", str(VERSION)),
            ("fingerprint", self.fingerprint),
        )

    def analyze(self, text: str) -> AnalyzedText:
        """The terms of a text, whose positions are offsets in the folded text."""
        return self.analyze_all((text,))[0]

    def analyze_all(self, texts: Sequence[str]) -> list[AnalyzedText]:
        """What ``analyze`` gives for each text, in less time."""
        import numpy as np

        entries = fold_entries(texts)
        folded = text_of(entries)
        terms, positions = self._words(line(folded, entries))
        edges = np.flatnonzero(entries == EDGE)
        cuts = positions.searchsorted(edges)
        positions -= edges.repeat(np.diff(cuts, append=positions.size)) + 1
        places = positions.astype(np.uint32)
        # A term that comes again is the same string: then it is hashed once, and sent to another
        # process once for many posts.
        return [
            AnalyzedText(
                text,
                Terms(
                    tuple(map(intern, terms[begin:end])), array("I", places[begin:end].tobytes())
                ),
            )
            for text, (begin, end) in zip(
                folded.split("\n")[1:-1], pairwise(cuts.tolist()), strict=True
            )
            for at in (places[begin:end],)
        ]

    def _words(self, line: Line) -> "tuple[list[str], NDArray[np.intp]]":
        """Words and technical tokens by position; at one position the shorter first."""
        import numpy as np

        words = self._segmenter.cut(line.text) if line.has_runs else list(line.text)
        lengths = np.fromiter(map(len, words), np.intp, len(words))
        at = lengths.cumsum() - lengths
        signs = np.frombuffer(line.text.encode("utf-32-le"), dtype="<u4")[at]
        items = np.fromiter(words, np.object_, len(words))
        stretches = np.flatnonzero(signs == ord(STRETCH))
        items[stretches] = line.stretches
        several = lengths > 2
        several[stretches] = ~line.plain
        counts = (signs != ord(GAP)).astype(np.intp)
        parts = [self._parts[item] for item in items[several].tolist()]
        counts[several] = [len(part.terms) for part in parts]
        firsts = several.repeat(counts)
        terms = items.repeat(counts)
        positions = line.places[at].repeat(counts)
        terms[firsts] = [term for part in parts for term in part.terms]
        offsets = [offset for part in parts for offset in part.offsets]
        positions[firsts] += np.array(offsets, dtype=np.intp)
        return terms.tolist(), positions

    @cached_property
    def _parts(self) -> "_Remembered":
        """The terms of a longer word, or of a stretch with technical tokens."""
        return _Remembered(self._terms)

    def _terms(self, text: str) -> Iterable[tuple[int, str]]:
        is_word = scripts()[ord(text[0])]
        return search_mode(self._segmenter, text) if is_word else stretch_terms(text)

    def chunks(self, folded: str) -> tuple[Chunk, ...]:
        """A folded text as runs and technical tokens, in order; ``words`` are not cut further."""
        return tuple(chunk for one in stretches(folded) for chunk in self._chunks(folded, one))

    def _chunks(self, folded: str, stretch: Stretch) -> Iterator[Chunk]:
        start, end, is_run = stretch
        if is_run:
            yield Chunk(start, end, "han", tuple(self._segmenter.cut(folded[start:end])))
            return
        dated = folded[end : end + 1] in DATED
        for offset, token in tokens(folded[start : end + dated]):
            for at, part in kept(token):
                first = start + offset + at
                yield Chunk(first, min(first + len(part), end), "technical", (part,))

    def tokens(self, text: str) -> dict[str, tuple[Token, ...]]:
        """The terms of a text by part, each with the stretch of the original it stands for."""
        folded, analyzed = fold(text), self.analyze(text)
        parts = {
            "words": analyzed.words,
            "bigrams": bigrams(analyzed.folded),
            "chars": chars(analyzed.folded),
        }
        return {
            part: tuple(
                Token(term, *folded.span(at, at + len(term)))
                for term, at in zip(terms.terms, terms.positions, strict=True)
            )
            for part, terms in parts.items()
        }


def whole(text: str) -> str:
    """The one term of a title as a whole: its folded text, cut to 200 characters."""
    return fold_text(text)[:LONGEST_TITLE]
