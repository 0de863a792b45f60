"""What does a cluster know of an index beside its documents? Commits, kept files, who writes.

It stands in an index of its own, ``NAME~state``, each document of which is read and replaced by its
id. One document is the commit of one index of posts, so that a commit is one replacement.
"""

import base64
import hashlib
import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

import zstandard

from souwen.index.engines.opensearch.client import Cluster, Refused
from souwen.index.engines.opensearch.mapping import copies
from souwen.index.errors import StoreCorrupt, StoreError, StoreMissing

CHUNK = 2 * 2**20
"""Bytes of a file that one document holds, compressed."""

SLICE_LOCK = "lock:"
"""How the ids of locks begin that are held by slices."""

_LEVEL = 3


class Seen(NamedTuple):
    """Which version of a document was read."""

    seq_no: int
    term: int


@dataclass(frozen=True, slots=True)
class File:
    """A kept file: the id by which its chunks are called, how many there are, and its hash."""

    id: str
    chunks: int
    digest: str


@dataclass(frozen=True, slots=True)
class Retired:
    """A file that no commit needs any more, and when, in seconds since 1970, that came to be so."""

    file: File
    time: float


@dataclass(frozen=True, slots=True)
class Pending:
    """A commit that is decided on, and not yet all done.

    Documents are to be moved from the index ``stage``, then those that ``deleted`` names are to be
    removed, then ``files`` and ``layers`` are those of the commit.
    """

    stage: str | None
    deleted: File | None
    files: dict[str, File]
    layers: tuple[File, ...]
    meta: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Commit:
    """The last commit of one index of posts.

    ``layers`` hold the terms of its fields, see ``vocabulary``. ``retired`` are files of commits
    before, for those who have opened them. ``seen`` is None for one that was not read.
    """

    index: str
    generation: int
    files: dict[str, File] = field(default_factory=dict)
    layers: tuple[File, ...] = ()
    pending: Pending | None = None
    retired: tuple[Retired, ...] = ()
    seen: Seen | None = None

    def needed(self) -> Iterator[File]:
        """What whoever opens it reads."""
        yield from self.files.values()
        yield from self.layers

    def all_files(self) -> Iterator[File]:
        """Every file that is to stay."""
        yield from self.needed()
        yield from (one.file for one in self.retired)
        if self.pending is not None:
            yield from self.pending.files.values()
            yield from self.pending.layers
            if self.pending.deleted is not None:
                yield self.pending.deleted


class State:
    """The documents of ``NAME~state``."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = f"{cluster.address.name}~state"

    def make(self) -> None:
        """Make the index, where there is none."""
        replicas = self._cluster.address.replicas
        try:
            self._cluster.ask(
                "PUT",
                f"/{self.index}",
                {
                    "settings": {"index": {"number_of_shards": 1, **copies(replicas)}},
                    "mappings": {"dynamic": False},
                },
            )
        except Refused as refused:
            if refused.kind != "resource_already_exists_exception":
                raise

    def get(self, id: str) -> tuple[Any, Seen] | None:
        """A document as it is now, not only as it was at the last refresh."""
        try:
            found = self._cluster.read("GET", f"/{self.index}/_doc/{id}", of_shards=True)
        except StoreMissing:
            return None
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return found["_source"], Seen(found["_seq_no"], found["_primary_term"])

    def put(self, id: str, content: Any, seen: Seen | None = None) -> Seen:
        """Replace the document that was seen, or make one where none was.

        Raises Refused, with status 409, where it is another one by now.
        """
        if seen is None:
            found = self._cluster.ask("PUT", f"/{self.index}/_create/{id}", content)
        else:
            found = self._cluster.ask(
                "PUT",
                f"/{self.index}/_doc/{id}",
                content,
                if_seq_no=seen.seq_no,
                if_primary_term=seen.term,
            )
        return Seen(found["_seq_no"], found["_primary_term"])

    def delete(self, id: str, seen: Seen | None = None) -> None:
        """Remove a document, if it is there, and the one that was seen if one is given."""
        known = {} if seen is None else {"if_seq_no": seen.seq_no, "if_primary_term": seen.term}
        try:
            self._cluster.ask("DELETE", f"/{self.index}/_doc/{id}", **known)
        except Refused as refused:
            if refused.status not in (404, 409):
                raise

    # Commits.

    def commit(self, index: str) -> Commit | None:
        """The last commit of an index of posts."""
        found = self.get(f"commit:{index}")
        if found is None:
            return None
        content, seen = found
        pending = content["pending"]
        return Commit(
            index=index,
            generation=content["generation"],
            files=_files(content["files"]),
            layers=_layers(content["layers"]),
            pending=pending
            and Pending(
                pending["stage"],
                pending["deleted"] and File(**pending["deleted"]),
                _files(pending["files"]),
                _layers(pending["layers"]),
                pending["meta"],
            ),
            retired=tuple(
                Retired(File(**one["file"]), one["time"]) for one in content.get("retired", ())
            ),
            seen=seen,
        )

    def write(self, commit: Commit) -> Commit:
        """Make this the commit. Raises StoreError where another writer was faster."""
        content = asdict(replace(commit, seen=None))
        try:
            seen = self.put(f"commit:{commit.index}", content, commit.seen)
        except Refused as refused:
            if refused.status != 409:
                raise
            found = self.commit(commit.index)
            if found is not None and replace(found, seen=None) == replace(commit, seen=None):
                # Ours, by a request whose answer got lost.
                return found
            raise StoreError(
                f"{self._cluster.address}: another process has written to this index meanwhile; "
                "nothing of this run is in it"
            ) from refused
        return replace(commit, seen=seen)

    # Files.

    def put_file(self, content: bytes) -> File:
        """Store a file, of which nothing is known before a commit names it."""
        packed = zstandard.ZstdCompressor(level=_LEVEL).compress(content)
        parts = [packed[at : at + CHUNK] for at in range(0, len(packed), CHUNK)]
        name = secrets.token_hex(8)
        for number, part in enumerate(parts):
            data = base64.b64encode(part).decode()
            self._cluster.ask("PUT", f"/{self.index}/_doc/file:{name}:{number}", {"data": data})
        return File(name, len(parts), _digest(content))

    def get_file(self, file: File, name: str) -> bytes:
        """What ``put_file`` was given. Raises StoreCorrupt; ``name`` is for its message."""
        found = [self.get(f"file:{file.id}:{number}") for number in range(file.chunks)]
        try:
            packed = b"".join(base64.b64decode(one[0]["data"]) for one in found if one)
            content = zstandard.ZstdDecompressor().decompress(packed)
        except (zstandard.ZstdError, ValueError, KeyError):
            content = b""
        if _digest(content) != file.digest:
            raise StoreCorrupt(
                f"{self._cluster.address}: the index's {name} is missing or damaged", name
            )
        return content

    def drop_files(self, files: Iterable[File]) -> None:
        """Remove files that no commit names any more."""
        for file in files:
            for number in range(file.chunks):
                self.delete(f"file:{file.id}:{number}")

    def sweep(self, commits: Collection[Commit]) -> None:
        """Remove all files and commits but these; no files while slices are written, of which no
        commit knows yet."""
        kept = {f"commit:{one.index}" for one in commits}
        kept |= {
            f"file:{file.id}:{number}"
            for one in commits
            for file in one.all_files()
            for number in range(file.chunks)
        }
        self._cluster.ask("POST", f"/{self.index}/_refresh")
        query = {"size": 10_000, "_source": False, "query": {"match_all": {}}}
        found = self._cluster.ask("POST", f"/{self.index}/_search", query)
        names = [str(hit["_id"]) for hit in found["hits"]["hits"]]
        written = any(name.startswith(SLICE_LOCK) for name in names)
        kinds = "commit:" if written else ("commit:", "file:")
        for name in names:
            if name.startswith(kinds) and name not in kept:
                self.delete(name)


def _files(found: dict[str, Any]) -> dict[str, File]:
    return {name: File(**one) for name, one in found.items()}


def _layers(found: list[Any]) -> tuple[File, ...]:
    return tuple(File(**one) for one in found)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
