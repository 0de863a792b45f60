"""Which words of their own has a user, and which analyzer do they make?"""

from pathlib import Path

from souwen.index.analysis import Analyzer
from souwen.index.analysis.words import DictionaryWord, parse_dictionary
from souwen.index.config import IndexConfig
from souwen.index.documents import Notice


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
