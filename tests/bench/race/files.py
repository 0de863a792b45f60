"""How long does it take from files to an index as users get it?"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from race.memory import Memory, Watch
from souwen.index.engines.whoosh.snapshot import Snapshot

_UNCACHED = "PYTHONDONTWRITEBYTECODE"
_TITLE = re.compile(r"^title: *(.+)$", re.MULTILINE)
_DATE = re.compile(r"^date: *[\"']?(\d{4}-\d{2}-\d{2})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Built:
    """``read`` are the bytes of the files, ``text`` the UTF-8 bytes of titles and bodies."""

    posts: int
    read: int
    seconds: float
    size: int
    memory: Memory
    text: int = 0


def size_of(directory: Path) -> int:
    """The bytes of all files below."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def list_posts(folder: Path) -> list[Path]:
    """The files of a corpus in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def build_souwen(folder: Path, directory: Path, *, jobs: int) -> Built:
    """``souwen index``, from the start of the process to its end, with bytecode that is cached."""
    paths = list_posts(folder)
    read = sum(path.stat().st_size for path in paths)
    command = [sys.executable, "-m", "souwen.cli"]
    environment = {name: value for name, value in os.environ.items() if name != _UNCACHED}
    # Where pip has installed souwen, it is compiled; here it is by the first run.
    subprocess.run([*command, "demo"], env=environment, stdout=subprocess.DEVNULL, check=True)
    command += ["--index", str(directory), "-q", "index", str(folder), "--jobs", str(jobs)]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment) as process:
        with Watch(process.pid) as watch:
            process.wait()
        seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"souwen index ended with {process.returncode}")
    text = _text(directory)
    return Built(len(paths), read, seconds, size_of(directory), watch.peak, text)


def _text(directory: Path) -> int:
    snapshot = Snapshot(directory)
    documents = map(snapshot.document, snapshot.numbers().tolist())
    total = sum(len((one.title + one.body).encode("utf-8", "replace")) for one in documents)
    snapshot.close()
    return total


class ChineseAnalyzerWorker:
    """Whoosh with jieba's ``ChineseAnalyzer``, title and body stored, as its manual has it.

    Front matter is split off by a pattern, and Markdown indexed as it is written: less work than
    souwen does.
    """

    def __init__(self) -> None:
        import jieba

        jieba.initialize()

    def build(self, paths: Iterable[Path], directory: Path, processes: int) -> float:
        """Seconds of indexing these files."""
        import whoosh.index
        from jieba.analyse import ChineseAnalyzer
        from whoosh import fields

        analyzer = ChineseAnalyzer()
        schema = fields.Schema(
            path=fields.ID(stored=True, unique=True),
            title=fields.TEXT(analyzer=analyzer, stored=True),
            body=fields.TEXT(analyzer=analyzer, stored=True),
            date=fields.DATETIME(stored=True, sortable=True),
        )
        index = whoosh.index.create_in(directory, schema)
        began = time.perf_counter()
        options: dict[str, Any] = {"procs": processes} if processes > 1 else {}
        writer = index.writer(limitmb=256, **options)
        for path in paths:
            writer.add_document(**_document(path))
        writer.commit()
        return time.perf_counter() - began


def _document(path: Path) -> dict[str, Any]:
    text = path.read_text("utf-8", "replace")
    head, body = "", text
    if text.startswith("---\n"):
        head, _, body = text[4:].partition("\n---\n")
    title, date = _TITLE.search(head), _DATE.search(head)
    found: dict[str, Any] = {"path": str(path), "body": body}
    found["title"] = title[1] if title else path.stem
    with suppress(ValueError):
        if date:
            found["date"] = datetime.fromisoformat(date[1])
    return found
