"""What becomes of one file? It is read, loaded and analyzed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from souwen.index.analysis import Analyzer
from souwen.index.analysis.words import DictionaryWord, Name
from souwen.index.analyzed import analyze_document
from souwen.index.documents import AnalyzedDocument, Notice
from souwen.index.errors import PostError
from souwen.index.loading import load_document
from souwen.index.plan import Found
from souwen.index.source import read_file


@dataclass(frozen=True, slots=True)
class Options:
    """All that decides what becomes of a file; can be sent to another process."""

    segmenter: Name
    dictionary: tuple[DictionaryWord, ...]
    timezone: str
    now: datetime
    drafts: bool
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read; ``digest`` is what it was at the last run, None where it must be loaded."""

    found: Found
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: analyzed, or a draft, or unchanged after all, or skipped for a reason.

    ``taken`` says that it was analyzed, and that the document is with a part already.
    """

    found: Found
    digest: str = ""
    document: AnalyzedDocument | None = None
    taken: bool = False
    draft: bool = False
    unchanged: bool = False
    notices: tuple[Notice, ...] = ()
    skipped: Notice | None = None

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

    def prepare(self, task: Task) -> Outcome:
        """Never raises over a file: one broken post must not stop a run."""
        path = task.found.file.path
        try:
            return self._prepare(task)
        except PostError as error:
            return Outcome(task.found, skipped=Notice(error.path, error.reason, error.line))
        except Exception as error:
            reason = f"souwen failed on this file ({type(error).__name__}: {error}); please report"
            return Outcome(task.found, skipped=Notice(path, reason))

    def _prepare(self, task: Task) -> Outcome:
        found, options = task.found, self._options
        data = read_file(found.file, max_bytes=options.max_bytes)
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        if digest == task.digest:
            return Outcome(found, digest, unchanged=True)
        loaded = load_document(
            data, id=found.id, path=found.file.path, timezone=self._timezone, now=options.now
        )
        draft = loaded.draft or found.file.draft_folder
        if draft and not options.drafts:
            return Outcome(found, digest, draft=True, notices=loaded.notices)
        analyzed = analyze_document(loaded.document, self._analyzer)
        return Outcome(found, digest, analyzed, draft=draft, notices=loaded.notices)
