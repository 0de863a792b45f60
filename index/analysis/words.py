"""Which words does a run of Han characters hold? jieba's, without guessing (HMM off).

Two implementations give the same words: rjieba, which is fast, and jieba, which is everywhere.
Their dictionary is folded as the texts are (``words.txt`` holds what that adds). Until there is
much to cut neither is loaded: ``lookup`` finds the same words in little text at once.
"""

import importlib
import importlib.util
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, partial
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.lookup import LookupSegmenter, is_common
from souwen.index.errors import ConfigError

Name = Literal["auto", "rjieba", "jieba"]

LITTLE = 500
"""Characters that are cut before an implementation is loaded."""

FEW = 100
"""Words of a user's dictionary with which that still pays."""

_VERSION = re.compile(r"\d+(?:\.\d+)*")


class DictionaryWord(NamedTuple):
    """A word of the user's; without a frequency it gets one that keeps it whole."""

    word: str
    frequency: int | None = None
    tag: str | None = None


class Segmenter(Protocol):
    """Cuts runs of Han characters into words."""

    def cut(self, run: str, /) -> list[str]:
        """The words of the run; joined they are the run."""
        ...

    def holds(self, word: str, /) -> bool:
        """Whether the word is in the dictionary."""
        ...


class Dictionary(Segmenter, Protocol):
    """Words of which more can be added."""

    def suggest(self, word: str, /) -> int:
        """The least frequency that keeps the word whole, by jieba's ``suggest_freq``."""
        ...

    def add(self, word: str, frequency: int, /) -> None:
        """Put a word into the dictionary."""
        ...


D = TypeVar("D", bound=Dictionary)


class RustSegmenter:
    """rjieba's words."""

    def __init__(self) -> None:
        self._jieba: Any = _extension("rjieba").Jieba()

    def cut(self, run: str, /) -> list[str]:
        """The words of the run."""
        found: list[str] = self._jieba.cut(run, hmm=False)
        return found

    def holds(self, word: str, /) -> bool:
        """Whether the word is in the dictionary."""
        return bool(self._jieba.has_word(word))

    def suggest(self, word: str, /) -> int:
        """The least frequency that keeps the word whole."""
        return int(self._jieba.suggest_freq(word))

    def add(self, word: str, frequency: int, /) -> None:
        """Put a word into the dictionary."""
        self._jieba.add_word(word, frequency, "")


def _extension(package: str) -> Any:
    """The module of C or Rust that has the name of its package, without running the latter.

    Importing rjieba 0.2 also loads the dictionary for an instance of its own, which takes 0.1 s.
    """
    found = importlib.util.find_spec(package)
    spec = found and PathFinder.find_spec(package, found.submodule_search_locations)
    if spec is None or spec.loader is None:
        return importlib.import_module(package)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class PythonSegmenter:
    """jieba's words."""

    def __init__(self) -> None:
        import jieba

        self._jieba: Any = jieba.Tokenizer()
        # jieba 0.42.1 would read a cache that anyone may have written to the temporary folder, and
        # count a word twice that stands twice in its dictionary; rjieba does neither.
        self._jieba.FREQ, _ = jieba.Tokenizer.gen_pfdict(self._jieba.get_dict_file())
        self._jieba.total = sum(self._jieba.FREQ.values())
        self._jieba.initialized = True

    def cut(self, run: str, /) -> list[str]:
        """The words of the run."""
        return list(self._jieba.cut(run, HMM=False))

    def holds(self, word: str, /) -> bool:
        """Whether the word is in the dictionary."""
        return bool(self._jieba.FREQ.get(word))

    def suggest(self, word: str, /) -> int:
        """The least frequency that keeps the word whole."""
        return int(self._jieba.suggest_freq(word))

    def add(self, word: str, frequency: int, /) -> None:
        """Put a word into the dictionary."""
        # jieba 0.42.1 would count the former frequency of a known word as well.
        self._jieba.total -= self._jieba.FREQ.get(word, 0)
        self._jieba.add_word(word, frequency)


def resolve(name: Name) -> Literal["rjieba", "jieba"]:
    """The implementation meant; ``auto`` is rjieba where it is installed.

    Raises ConfigError for one that is not.
    """
    if name == "auto":
        return "rjieba" if importlib.util.find_spec("rjieba") else "jieba"
    if importlib.util.find_spec(name) is None:
        raise ConfigError(
            f"the segmenter {name} is not installed; install it with `pip install {name}`, or "
            'set segmenter = "auto" and run `souwen index`'
        )
    return name


def version(name: Name) -> str:
    """The implementation and its version."""
    resolved = resolve(name)
    return f"{resolved} {installed(resolved)}"


@cache
def installed(package: str) -> str:
    """The version of a package, as the folder of its metadata is named that lies beside it.

    importlib.metadata, which is asked where there is no such folder, takes 20 ms to import.
    """
    spec = importlib.util.find_spec(package)
    folders = (spec and spec.submodule_search_locations) or ()
    beside = (
        one.name for folder in folders for one in Path(folder).parent.glob(f"{package}-*.dist-info")
    )
    named = [one.removeprefix(f"{package}-").removesuffix(".dist-info") for one in beside]
    if len(named) == 1 and _VERSION.fullmatch(named[0]):
        return named[0]
    from importlib.metadata import version as read

    return read(package)


class PatientSegmenter:
    """Looks words up until more than a little was to be cut, and then loads what cuts much.

    May be used by many threads: at worst two of them load.
    """

    def __init__(self, first: Segmenter, load: Callable[[], Segmenter]) -> None:
        self._found = first
        self._load = load
        self._left = LITTLE

    def cut(self, run: str, /) -> list[str]:
        """The words of the run."""
        if self._left >= 0:
            self._left -= len(run)
            if self._left < 0:
                self._found = self._load()
        return self._found.cut(run)

    def holds(self, word: str, /) -> bool:
        """Whether the word is in the dictionary."""
        return self._found.holds(word)


@lru_cache(maxsize=2)
def segmenter(name: Name, dictionary: tuple[DictionaryWord, ...] = ()) -> Segmenter:
    """The implementation with the folded dictionary and the user's words, at once.

    It is loaded when there is much to cut: in 0.1 to 1 s. The same one for the same arguments.
    Raises ConfigError for one that is not installed.
    """
    load = partial(loaded, resolve(name), dictionary)
    found = lookup(dictionary)
    return load() if found is None else PatientSegmenter(found, load)


def lookup(dictionary: tuple[DictionaryWord, ...]) -> LookupSegmenter | None:
    """What finds the same words in little text; None where it could not, or not fast."""
    if len(dictionary) > FEW or not all(is_common(fold_text(one.word)) for one in dictionary):
        return None
    found = LookupSegmenter.of_jieba(folded_words())
    return found and taught(found, dictionary)


@lru_cache(maxsize=2)
def loaded(
    name: Literal["rjieba", "jieba"], dictionary: tuple[DictionaryWord, ...] = ()
) -> Dictionary:
    """The implementation with the folded dictionary and the user's words, loaded.

    The same one for the same arguments: it is not to be changed.
    """
    found: Dictionary = RustSegmenter() if name == "rjieba" else PythonSegmenter()
    for word, frequency in folded_words():
        found.add(word, frequency)
    return taught(found, dictionary)


def taught(found: D, dictionary: Iterable[DictionaryWord]) -> D:
    """The segmenter with the user's words added."""
    for one in dictionary:
        word = fold_text(one.word)
        if one.frequency is not None:
            found.add(word, one.frequency)
        # For a word that is whole already the two may suggest frequencies that differ by one.
        elif found.cut(word) != [word]:
            found.add(word, found.suggest(word))
    return found


def folded_words() -> list[tuple[str, int]]:
    """The words of jieba's dictionary that folding changes, folded, with their frequencies."""
    text = Path(__file__).with_name("words.txt").read_text(encoding="utf-8")
    return [(word, int(count)) for word, count in map(str.split, text.splitlines())]


def search_mode(found: Segmenter, word: str) -> tuple[tuple[int, str], ...]:
    """A word and, as jieba's search mode has it, the shorter words of two and three characters
    in it; with offsets, in order."""
    parts = {
        (start, word[start : start + length])
        for length in (2, 3)
        if len(word) > length
        for start in range(len(word) - length + 1)
        if found.holds(word[start : start + length])
    }
    return tuple(sorted(parts | {(0, word)}))


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
