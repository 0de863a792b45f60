"""What becomes of one file? It is read, loaded and analyzed."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from souwen.index.analysis import Analyzer
from souwen.index.analysis.words import DictionaryWord, Name, loaded, loaded_trie
from souwen.index.analyzed import analyze_documents, together
from souwen.index.documents import AnalyzedDocument, Document, Notice
from souwen.index.errors import PostError
from souwen.index.loading import load_document
from souwen.index.plan import Found
from souwen.index.source import digest, read_file, too_large


@dataclass(frozen=True, slots=True)
class Options:
    """All that decides what becomes of a file; can be sent to another process.

    ``began`` is when ``now`` was, on the clock that is only for measuring.
    """

    segmenter: Name
    dictionary: tuple[DictionaryWord, ...]
    timezone: str
    now: datetime
    drafts: bool
    max_bytes: int
    began: float = field(default_factory=time.monotonic)

    def clock(self) -> float:
        """Seconds since 1970 by ``now``, in all processes."""
        return self.now.timestamp() + time.monotonic() - self.began


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read; ``digest`` is what it was at the last run, None where it must be loaded.

    ``data`` are its bytes, where they are known.
    """

    found: Found
    digest: str | None = None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: analyzed, or a draft, or unchanged after all, or skipped for a reason.

    ``taken`` says that it was analyzed, and that the document is with a part already. ``read`` is
    a moment before it was read, in seconds since 1970; ``ms`` is how many milliseconds of a
    processor it took, None where most of them went into what others need as well.
    """

    found: Found
    digest: str = ""
    read: float = 0.0
    document: AnalyzedDocument | None = None
    taken: bool = False
    draft: bool = False
    unchanged: bool = False
    notices: tuple[Notice, ...] = ()
    skipped: Notice | None = None
    ms: float | None = None

    @property
    def indexed(self) -> bool:
        """Whether there is a document of it."""
        return self.taken or self.document is not None


class Preparer:
    """Prepares files one after the other with one analyzer."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._analyzer = Analyzer(segmenter=options.segmenter, dictionary=options.dictionary)
        self._timezone = ZoneInfo(options.timezone)
        self._dictionaries = _dictionaries()
        self._imported = False

    def prepare(self, task: Task) -> Outcome:
        """What becomes of one file."""
        return next(self.prepare_all((task,)))

    def prepare_all(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """What becomes of each file, in their order; what is analyzed together takes less time.

        Never raises over a file: one broken post must not stop a run.
        """
        for group in together(map(self._load, tasks), _Loaded.size):
            yield from self._analyze(group)

    def recognise(self, task: Task, document: Document) -> Outcome | None:
        """What became of a file that says just this; None where it says something else."""
        loaded = self._load(task)
        return loaded.outcome if loaded.document == document else None

    def _load(self, task: Task) -> "_Loaded":
        path = task.found.file.path
        try:
            return self._read(task)
        except PostError as error:
            skipped = Notice(error.path, error.reason, error.line)
        except Exception as error:
            skipped = _bug(path, error)
        return _Loaded(Outcome(task.found, skipped=skipped))

    def _read(self, task: Task) -> "_Loaded":
        found, options = task.found, self._options
        data, read = task.data, options.clock()
        if data is None:
            data = read_file(found.file, max_bytes=options.max_bytes)
        elif len(data) > options.max_bytes:
            raise PostError(found.file.path, too_large(len(data), options.max_bytes))
        hashed = digest(data)
        if hashed == task.digest:
            return _Loaded(Outcome(found, hashed, read, unchanged=True))
        began = time.process_time()
        post = load_document(
            data, id=found.id, path=found.file.path, timezone=self._timezone, now=options.now
        )
        draft = post.draft or found.file.draft_folder
        outcome = Outcome(found, hashed, read, draft=draft, notices=post.notices)
        document = None if draft and not options.drafts else post.document
        # The first one has much imported.
        seconds = time.process_time() - began if self._imported else None
        self._imported = True
        return _Loaded(outcome, document, seconds)

    def _analyze(self, group: Sequence["_Loaded"]) -> Iterator[Outcome]:
        documents = [one.document for one in group if one.document is not None]
        began = time.process_time()
        try:
            analyzed = iter(analyze_documents(documents, self._analyzer))
        except Exception as error:
            if len(group) == 1:
                found = group[0].outcome.found
                yield Outcome(found, skipped=_bug(found.file.path, error))
            else:
                # One by one, to tell which it is.
                for one in group:
                    yield from self._analyze((one,))
            return
        pace = self._pace(group, time.process_time() - began)
        for one in group:
            if one.document is None:
                yield one.outcome
            else:
                yield replace(one.outcome, document=next(analyzed), ms=one.ms(pace))

    def _pace(self, group: Sequence["_Loaded"], seconds: float) -> float:
        """Seconds for each character of a group; 0 where loading a dictionary took most of them."""
        before = self._dictionaries
        self._dictionaries = _dictionaries()
        if before != self._dictionaries:
            return 0.0
        return seconds / max(1, sum(one.size() for one in group))


def _dictionaries() -> int:
    """How many are loaded by now."""
    return sum(one.cache_info().currsize for one in (loaded, loaded_trie))


class _Loaded(NamedTuple):
    """What is known of a file before it is analyzed; without a document it will not be."""

    outcome: Outcome
    document: Document | None = None
    seconds: float | None = None

    def ms(self, pace: float) -> float | None:
        """Milliseconds of a processor until it is analyzed, at so many seconds a character."""
        if self.seconds is None:
            return None
        return round((self.seconds + pace * self.size()) * 1000, 1)

    def size(self) -> int:
        """Characters to be analyzed."""
        return len(self.document.body) if self.document else 0


def _bug(path: str, error: Exception) -> Notice:
    reason = f"souwen failed on this file ({type(error).__name__}: {error}); please report"
    return Notice(path, reason)
