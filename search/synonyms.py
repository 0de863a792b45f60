"""What else may a word of a query be called?

Synonyms are looked up when a query is read; posts are indexed as they are written. Words are found
in a query as Lucene's SynonymGraphFilter finds them: from the left, the longest that begins there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from souwen.index.analysis import Analyzer
from souwen.index.analysis.fold import fold_text
from souwen.index.documents import Notice
from souwen.search.query import Synonym, Text, TextLeaf, Words, changed

LONGEST = 50
"""Characters of a word that may have synonyms."""

MOST = 64
"""Places of a query where synonyms are looked at."""

_COMMENT = re.compile(r"(?:^|\s)#.*")

Rules = Mapping[str, tuple[str, ...]]
"""What each folded word may be called as well."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words that mean the same, from several sources, and the bad lines of these."""

    sources: tuple[Rules, ...] = ()
    notices: tuple[Notice, ...] = ()

    def of(self, word: str) -> tuple[str, ...]:
        """What a folded word may be called as well."""
        found = (other for rules in self.sources for other in rules.get(word, ()))
        return tuple(dict.fromkeys(found))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The bad lines, as they are told."""
        return tuple(f"{one.path}:{one.line}: {one.reason}" for one in self.notices)


NO_SYNONYMS = Synonyms()


def synonyms(file: Path | None, *, regional: bool) -> Synonyms:
    """Those of a user's file, and where wanted those of Taiwan and the mainland.

    Raises ConfigError for a file that cannot be read.
    """
    if file is None and not regional:
        return NO_SYNONYMS
    found = _of_file(file, _state(file)) if file is not None else NO_SYNONYMS
    return replace(found, sources=(*found.sources, _regional())) if regional else found


def _state(file: Path) -> tuple[int, int]:
    """What changes when the file is written; the same for any that cannot be read."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(8)
def _of_file(file: Path, state: tuple[int, int]) -> Synonyms:  # noqa: ARG001
    from souwen.index.source import read_text

    rules, bad = parse(read_text(file))
    return Synonyms((rules,), tuple(Notice(str(file), reason, line) for line, reason in bad))


@cache
def _regional() -> Rules:
    """What Taiwan and the mainland call otherwise. Derived from OpenCC."""
    text = Path(__file__).with_name("regional.txt").read_text(encoding="utf-8")
    return parse(text)[0]


def parse(text: str) -> tuple[Rules, tuple[tuple[int, str], ...]]:
    """The rules of a file of synonyms, and its bad lines with their numbers and what is wrong.

    ``a = b = c`` means that each is also called as the others are, ``a = b => c = d`` that a and b
    are also called c and d, but not the other way round. ``#`` begins a comment, but not within a
    word.
    """
    rules: dict[str, dict[str, None]] = {}
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        folded = fold_text(_COMMENT.sub("", line.replace("＃", "#"))).replace("⇒", "=>").strip()
        if not folded:
            continue
        sides = [_side(side) for side in folded.split("=>")]
        problem = _problem(folded, sides)
        if problem is not None:
            bad.append((number, problem))
            continue
        for word in sides[0]:
            others = (other for other in sides[-1] if other != word)
            rules.setdefault(word, {}).update(dict.fromkeys(others))
    return {word: tuple(others) for word, others in rules.items() if others}, tuple(bad)


def _side(text: str) -> list[str]:
    """The words between equals signs, each once."""
    return list(dict.fromkeys(" ".join(word.split()) for word in text.split("=")))


def _problem(line: str, sides: list[list[str]]) -> str | None:
    words = [word for side in sides for word in side]
    if len(sides) > 2:
        return "expected `=>` once, found it more often"
    if not all(words):
        return "expected a word on both sides of every `=` and `=>`, found nothing on one"
    if len(words) < 2 and "=" not in line:
        return f"expected `word = word` or `word => word`, found {line}"
    if len(set(words)) < 2:
        return (
            "expected words that differ in more than script, case and width, as in "
            f"`网络 = network`, found only {words[0]}"
        )
    silent = next((word for word in words if not any(map(str.isalnum, word))), None)
    if silent is not None:
        return f"expected words with letters, found {silent!r}"
    longest = max(words, key=len)
    if len(longest) > LONGEST:
        return f"expected words of up to {LONGEST} characters, found one of {len(longest)}"
    return None


def with_synonyms(text: Text, known: Synonyms, analyzer: Analyzer) -> Text:
    """The query with the synonyms of its plain words.

    What is quoted or excluded, filters, and words that are cut short or spelt nearly so are meant
    as they are.
    """

    def change(leaf: TextLeaf) -> Text:
        if isinstance(leaf, Words) and leaf.field in (None, "title", "body"):
            return replace(leaf, synonyms=tuple(_found(leaf.text, known, analyzer)))
        return leaf

    return changed(text, change)


def _found(words: str, known: Synonyms, analyzer: Analyzer) -> Iterator[Synonym]:
    """From the left the longest words that have synonyms and are words or several of them."""
    analyzed = analyzer.analyze(words)
    terms = analyzed.words
    starts = sorted(set(terms.positions))
    ends = sorted(
        {at + len(term) for term, at in zip(terms.terms, terms.positions, strict=True)},
        reverse=True,
    )
    behind = 0
    for start in starts[:MOST]:
        if start < behind:
            continue
        found = _at(analyzed.folded, start, ends, known)
        if found is not None:
            yield found
            behind = found.end


def _at(folded: str, start: int, ends: Iterable[int], known: Synonyms) -> Synonym | None:
    """The synonyms of the longest word that begins there."""
    for end in ends:
        if start < end <= start + LONGEST:
            others = known.of(folded[start:end])
            if others:
                return Synonym(start, end, others)
    return None
