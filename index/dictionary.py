"""Which words of their own has a user, and which analyzer do they make?"""

from pathlib import Path

from souwen.index.analysis import Analyzer
from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.grams import chars
from souwen.index.analysis.words import DictionaryWord, Name, resolve, teach, untaught
from souwen.index.commands import command
from souwen.index.config import IndexConfig
from souwen.index.documents import Notice
from souwen.index.errors import StoreOutdated
from souwen.index.schema import fingerprint
from souwen.index.settings import Settings


def read_dictionary(
    config: IndexConfig,
) -> tuple[tuple[DictionaryWord, ...], tuple[Notice, ...]]:
    """The words of the configured file, and its doubtful lines.

    Raises ConfigError for a file that cannot be read.
    """
    if config.dictionary is None:
        return (), ()
    from souwen.index.source import read_text

    words, bad = parse_dictionary(read_text(Path(config.dictionary)))
    return words, tuple(Notice(config.dictionary, reason, line) for line, reason in bad)


def analyzer(config: IndexConfig) -> Analyzer:
    """The analyzer that an index with this configuration would have.

    Raises ConfigError as ``read_dictionary`` does.
    """
    words, _ = read_dictionary(config)
    return Analyzer(segmenter=config.segmenter, dictionary=words)


def analyzer_of(settings: Settings, *, place: str) -> Analyzer:
    """The analyzer that made the terms of the index at ``place``.

    Raises StoreOutdated where this souwen has no such analyzer.
    """
    found = Analyzer(
        segmenter=settings.segmenter,
        dictionary=tuple(DictionaryWord(*word) for word in settings.dictionary),
    )
    expected = fingerprint(found.fingerprint)
    if settings.fingerprint != expected:
        raise StoreOutdated(
            f"{place}: the index was built by another analyzer "
            f"({settings.fingerprint[:12]}, here {expected[:12]}); "
            f"{command(place, 'index')} rebuilds it",
            found=settings.fingerprint,
            expected=expected,
        )
    return found


def changed_words(
    name: Name, before: tuple[DictionaryWord, ...], after: tuple[DictionaryWord, ...]
) -> tuple[str, ...]:
    """The folded words that one of two dictionaries alone has, or with another frequency.

    A text that holds none of them has the same terms by either. Where the dictionaries differ,
    ``name`` is loaded twice.
    """
    if before == after:
        return ()
    one, other = (dict(teach(untaught(resolve(name)), words)) for words in (before, after))
    changed = (word for word in one | other if one.get(word) != other.get(word))
    return tuple(sorted(word for word in changed if chars(word).terms))


def parse_dictionary(
    text: str,
) -> tuple[tuple[DictionaryWord, ...], tuple[tuple[int, str], ...]]:
    """The words of a dictionary file, and its bad lines with their numbers and what is wrong.

    One word a line, or jieba's ``word frequency tag``; ``#`` begins a comment.
    """
    words: list[DictionaryWord] = []
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        parts = line.partition("#")[0].split()
        if not parts:
            continue
        word, rest = parts[0], parts[1:]
        problem = _problem(word, rest)
        if problem is not None:
            bad.append((number, problem))
            continue
        frequency = int(rest[0]) if rest and rest[0].isdecimal() else None
        tag = rest[-1] if rest and not rest[-1].isdecimal() else None
        words.append(DictionaryWord(word, frequency, tag))
    return tuple(words), tuple(bad)


def _problem(word: str, rest: list[str]) -> str | None:
    if len(rest) > 2:
        return f"expected `word`, or `word frequency tag`, found {len(rest) + 1} parts"
    if len(rest) == 2 and not rest[0].isdecimal():
        return f"expected a whole number as the frequency of {word}, found {rest[0]!r}"
    if not fold_text(word):
        return f"expected a word, found only characters without width: {word!r}"
    if rest and rest[0].isdecimal() and not (len(rest[0]) < 11 and 0 < int(rest[0]) < 2**31):
        return f"expected a frequency from 1 to {2**31 - 1} for {word}, found {rest[0]}"
    return None
