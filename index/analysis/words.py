"""Which words does a run of Han characters hold? jieba's, without guessing (HMM off).

Two implementations give the same words: rjieba, which is fast, and jieba, which is everywhere. But
of a user's words rjieba alone finds those with rarer characters, as ``lookup.is_common`` tells.
Their dictionary is folded as the texts are (``words.txt`` holds what that adds). Until there is
much to cut neither is loaded: ``lookup`` finds the same words in little text at once.
"""

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache, partial
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar

from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.lookup import TOTAL, LookupSegmenter, dictionary_file, is_common
from souwen.index.errors import ConfigError

if TYPE_CHECKING:
    from souwen.index.analysis.trie import Trie

Name = Literal["auto", "rjieba", "jieba"]

LITTLE = 5_000
"""Characters, of a post or two, that take as long to be looked up as an implementation to load."""

FEW = 100
"""Words of a user's dictionary with which that still pays."""

_VERSION = re.compile(r"\d+(?:\.\d+)*")


class DictionaryWord(NamedTuple):
    """A word of the user's; without a frequency it gets one that keeps it whole."""

    word: str
    frequency: int | None = None
    tag: str | None = None


class Lexicon(Protocol):
    """Knows words."""

    def holds(self, word: str, /) -> bool:
        """Whether the word is in the dictionary."""
        ...


class Segmenter(Lexicon, Protocol):
    """Cuts runs of Han characters into words."""

    def cut(self, run: str, /) -> list[str]:
        """The words of the run; joined they are the run."""
        ...


class Dictionary(Segmenter, Protocol):
    """Words of which more can be added.

    The sum of all frequencies, by which jieba divides each, stays what it was before: a word that
    is added changes the words of those texts alone that hold it.
    """

    def suggest(self, word: str, /) -> int:
        """The least frequency that keeps the word whole, by jieba's ``suggest_freq``."""
        ...

    def add(self, word: str, frequency: int, /) -> None:
        """Put a word into the dictionary."""
        ...


D = TypeVar("D", bound=Dictionary)


NOWHERE = "\ufffe"
"""A word that stands in no text."""


class RustSegmenter:
    """rjieba's words."""

    def __init__(self) -> None:
        self._jieba: Any = _extension("rjieba").Jieba()
        for word, frequency in folded_words():
            self._jieba.add_word(word, frequency, "")
        self._added: dict[str, int] = {}
        self._excess = 0

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
        self._excess += frequency - self._frequency(word)
        self._added[word] = frequency
        self._jieba.add_word(word, frequency, "")
        # rjieba 0.2 keeps the sum to itself, in an unsigned word that wraps around.
        self._jieba.add_word(NOWHERE, -self._excess % (2 * sys.maxsize + 2), "")

    def _frequency(self, word: str) -> int:
        """How frequent a word was before, which rjieba does not tell."""
        return self._added[word] if word in self._added else _frequencies().frequency(word)


class Frequencies(Protocol):
    """How frequent the words of jieba's dictionary are, and those that folding adds."""

    def frequency(self, word: str, /) -> int:
        """How frequent the word is; 0 for what is none."""
        ...


@cache
def _frequencies() -> Frequencies:
    return LookupSegmenter.of_jieba(folded_words()) or PythonSegmenter()


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
        # Until it is initialized jieba 0.42.1 would read a cache that anyone may have written to
        # the temporary folder, and count a word twice that stands twice in its dictionary; rjieba
        # does neither.
        self._jieba.FREQ, _ = jieba.Tokenizer.gen_pfdict(self._jieba.get_dict_file())
        self._jieba.initialized = True
        for word, frequency in folded_words():
            self._jieba.add_word(word, frequency)
        self._jieba.total = sum(self._jieba.FREQ.values())

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
        total = self._jieba.total
        self._jieba.add_word(word, frequency)
        self._jieba.total = total

    def frequency(self, word: str, /) -> int:
        """How frequent the word is; 0 for what is none."""
        return int(self._jieba.FREQ.get(word, 0))


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
    return taught(untaught(name), dictionary)


def untaught(name: Literal["rjieba", "jieba"]) -> Dictionary:
    """The implementation without any words of a user's, loaded, to be changed at will."""
    return RustSegmenter() if name == "rjieba" else PythonSegmenter()


def taught(found: D, dictionary: Iterable[DictionaryWord]) -> D:
    """The segmenter with the user's words added."""
    teach(found, dictionary)
    return found


def teach(found: Dictionary, dictionary: Iterable[DictionaryWord]) -> list[tuple[str, int]]:
    """Add the user's words to the segmenter; returns them, folded, with their frequencies."""
    taught = []
    for word, frequency in frequencies(found, dictionary):
        found.add(word, frequency)
        taught.append((word, frequency))
    return taught


@lru_cache(maxsize=2)
def loaded_trie(name: Name, dictionary: tuple[DictionaryWord, ...] = ()) -> "Trie | None":
    """The folded dictionary and the user's words as arrays, which take 0.2 s to make.

    The same ones for the same arguments. None where jieba is to cut, or where it is another one
    than that whose dictionary is known, or a word of the user's is one that only rjieba finds.
    """
    path = dictionary_file()
    if resolve(name) == "jieba" or path is None:
        return None
    if not all(is_common(fold_text(one.word)) for one in dictionary):
        return None
    from souwen.index.analysis.trie import Trie

    added = teach(untaught("rjieba"), dictionary) if dictionary else []
    return Trie(path.read_text(encoding="utf-8"), [*folded_words(), *added], TOTAL)


def frequencies(
    found: Dictionary, dictionary: Iterable[DictionaryWord]
) -> Iterator[tuple[str, int]]:
    """The user's words, folded, with the frequency that each needs once those before are added."""
    for one in dictionary:
        word = fold_text(one.word)
        if one.frequency is not None:
            yield word, one.frequency
        # For a word that is whole already the two may suggest frequencies that differ by one.
        elif found.cut(word) != [word]:
            yield word, found.suggest(word)


def folded_words() -> list[tuple[str, int]]:
    """The words of jieba's dictionary that folding changes, folded, with their frequencies."""
    text = Path(__file__).with_name("words.txt").read_text(encoding="utf-8")
    return [(word, int(count)) for word, count in map(str.split, text.splitlines())]


def search_mode(found: Lexicon, word: str) -> tuple[tuple[int, str], ...]:
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
