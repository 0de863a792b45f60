"""How do engines that spread work over machines, such as Spark and Ray, analyze posts?

They give each worker some files and take what it makes of them; in the end one process puts that
into an index. Where the files lie is their affair: an index made so has no folders, and is kept up
to date as it was made.
"""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath

from souwen.index import manifest as manifests
from souwen.index import settings as all_settings
from souwen.index.analysis import Analyzer
from souwen.index.analysis.words import DictionaryWord
from souwen.index.builder import Place, open_store
from souwen.index.commands import command
from souwen.index.config import IndexConfig
from souwen.index.dictionary import read_dictionary
from souwen.index.documents import Notice
from souwen.index.engine import Writer
from souwen.index.errors import ConfigError
from souwen.index.indexer import IndexReport
from souwen.index.listing import MIB
from souwen.index.manifest import Entry, Manifest
from souwen.index.plan import Found
from souwen.index.prepare import Options, Outcome, Preparer, Task
from souwen.index.schema import fingerprint
from souwen.index.settings import Settings
from souwen.index.source import DRAFTS, SourceFile
from souwen.index.state import State, read_state

_DEFAULTS = IndexConfig()


def analyze_partition(
    files: Iterable[tuple[str, bytes]],
    *,
    root: str = "",
    config: IndexConfig = _DEFAULTS,
    now: datetime | None = None,
) -> Iterator[Outcome]:
    """What becomes of each file, given as its path and its bytes, as ``put_partitions`` takes it.

    Ids are the paths below ``root``. Outcomes can be sent to another process; one of a file that
    cannot be a post says why. Raises ConfigError for a configuration that cannot be used, and never
    over a file. Every worker needs the same ``config``, and the dictionary that it names.
    """
    words, _ = read_dictionary(config)
    options = Options(
        segmenter=config.segmenter,
        dictionary=words,
        timezone=config.timezone,
        now=now or datetime.now(UTC),
        drafts=config.drafts,
        max_bytes=config.max_file_mib * MIB,
    )
    tasks = (Task(_found(path, root, len(data)), data=data) for path, data in files)
    yield from Preparer(options).prepare_all(tasks)


def _found(path: str, root: str, size: int) -> Found:
    name = path.removeprefix(root.rstrip("/") + "/") if root else path.lstrip("/")
    draft = DRAFTS in PurePosixPath(name).parts[:-1]
    return Found(name, "", SourceFile(name, path, size, 0, draft))


def put_partitions(
    outcomes: Iterable[Outcome],
    *,
    index: Place = ".souwen",
    config: IndexConfig = _DEFAULTS,
    full: bool = False,
    wait: float = 0,
) -> IndexReport:
    """Put what ``analyze_partition`` made into an index, all or nothing.

    Posts that it has already are replaced, those that are not among the outcomes stay, unless
    ``full`` has all built anew, when all count as added. Of several outcomes of one file the last
    counts. ``wait`` is how many seconds to wait for another writer.

    Raises ConfigError for an index of folders or of another configuration, and for two files with
    the same id; StoreLocked, StoreError.
    """
    began = time.perf_counter()
    words, doubtful = read_dictionary(config)
    settings = _settings(config, words)
    store, place = open_store(index), os.fspath(index)
    with store.writer(wait=wait) as writer:
        state = read_state(
            store,
            place=place,
            fingerprint=settings.fingerprint,
            timezone=settings.timezone,
            full=full,
        )
        if full:
            writer.clear()
        else:
            _must_fit(state, settings, place)
        before = Manifest() if full else state.manifest
        putting = _Putting(writer, dict(before.entries))
        for outcome in outcomes:
            putting.put(outcome)
        writer.keep(all_settings.NAME, all_settings.dump(settings))
        for name, content in manifests.kept(putting.entries, (), before).items():
            writer.keep(name, content)
    old, indexed = _indexed(before.entries), _indexed(putting.entries)
    return IndexReport(
        posts=len(indexed),
        added=len(indexed.keys() - old.keys()),
        updated=len(indexed.keys() & old.keys() & putting.paths.keys()),
        removed=len(old.keys() - indexed.keys()),
        unchanged=len(indexed.keys() & old.keys() - putting.paths.keys()),
        drafts=len(putting.entries) - len(indexed),
        excluded=0,
        skipped=tuple(putting.skipped.values()),
        warnings=doubtful + tuple(one for entry in indexed.values() for one in entry.notices),
        took_ms=(time.perf_counter() - began) * 1000,
        index=place,
        reason=state.reason,
    )


def _settings(config: IndexConfig, words: tuple[DictionaryWord, ...]) -> Settings:
    analyzer = Analyzer(segmenter=config.segmenter, dictionary=words)
    return Settings(
        fingerprint=fingerprint(analyzer.fingerprint),
        segmenter=config.segmenter,
        timezone=config.timezone,
        dictionary=tuple((one.word, one.frequency, one.tag) for one in words),
    )


class _Putting:
    """Puts outcomes, and keeps the manifest of what is in the index by then."""

    def __init__(self, writer: Writer, entries: dict[str, Entry]) -> None:
        self._writer = writer
        self.entries = entries
        self.paths: dict[str, str] = {}
        """The paths of all that was put or removed, by id."""
        self.skipped: dict[str, Notice] = {}

    def put(self, outcome: Outcome) -> None:
        """Add, replace, or remove what is no post any more."""
        name, path = outcome.found.id, outcome.found.file.path
        first = self.paths.setdefault(name, path)
        if first != path:
            raise ConfigError(
                f"{first} and {path} both have the id {name}; analyze them with the same `root`, "
                "above both, and each has its own"
            )
        self.entries.pop(name, None)
        self.skipped.pop(name, None)
        if outcome.skipped is not None:
            self.skipped[name] = outcome.skipped
        else:
            self.entries[name] = _entry(outcome)
        if outcome.document is None:
            self._writer.delete(name)
        else:
            self._writer.put(outcome.document)


def _indexed(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """What of this there are documents of."""
    return {name: entry for name, entry in entries.items() if entry.indexed}


def _must_fit(state: State, settings: Settings, place: str) -> None:
    """Raises ConfigError for an index to which outcomes cannot be added."""
    if state.roots:
        raise ConfigError(
            f"{place}: this is an index of folders, which {command(place, 'index')} keeps up to "
            "date; with full=True it becomes one of what is put alone"
        )
    known = state.settings
    other_words = known is not None and known.dictionary != settings.dictionary
    if state.reason or other_words:
        why = state.reason or "words of the dictionary changed"
        raise ConfigError(f"{place}: {why}; analyze all posts again and put them with full=True")


def _entry(outcome: Outcome) -> Entry:
    file = outcome.found.file
    return Entry(
        path=file.path,
        root="",
        size=file.size,
        mtime=file.mtime_ns,
        digest=outcome.digest,
        settled=False,
        draft=outcome.draft,
        indexed=outcome.indexed,
        notices=outcome.notices,
    )
