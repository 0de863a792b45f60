"""Which errors can souwen raise?

SouwenError
├── ConfigError            a flag, variable or souwen.toml says something unusable
├── PostError              one file cannot be read as a post (path, line)
├── QueryError             a query or filter cannot be understood (position)
├── StoreError             the index on disk
│   ├── StoreMissing       there is none
│   ├── StoreLocked        another process is writing (pid)
│   ├── StoreOutdated      another format version or analyzer (found, expected)
│   └── StoreCorrupt       a file of the index is damaged (path)
└── EngineError            the search engine behind the index
    ├── EngineMissing      its client is not installed (extra)
    └── EngineUnavailable  it does not answer
"""


class SouwenError(Exception):
    """The root of every error that souwen raises on purpose; can be sent to another process."""

    def __reduce__(self) -> tuple[object, ...]:
        return self.__class__.__new__, (self.__class__, *self.args), self.__dict__


class ConfigError(SouwenError):
    """A flag, an environment variable or a key of ``souwen.toml`` is unusable."""


class PostError(SouwenError):
    """One file cannot be read as a post; the run goes on without it."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.line = line


class QueryError(SouwenError):
    """A query or a filter cannot be understood; ``position`` counts code points from 0."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class StoreError(SouwenError):
    """The index on disk cannot be read or written."""


class StoreMissing(StoreError):
    """There is no index at the given place."""


class StoreLocked(StoreError):
    """Another process is writing to the index; ``pid`` is None where it is not known."""

    def __init__(self, message: str, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class StoreOutdated(StoreError):
    """The index was written in another format or by another analyzer."""

    def __init__(self, message: str, found: str, expected: str) -> None:
        super().__init__(message)
        self.found = found
        self.expected = expected


class StoreCorrupt(StoreError):
    """A file of the index is damaged."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path


class EngineError(SouwenError):
    """The engine that holds the index failed."""


class EngineMissing(EngineError):
    """The engine's client library is not installed; ``extra`` names what installs it."""

    def __init__(self, message: str, extra: str) -> None:
        super().__init__(message)
        self.extra = extra


class EngineUnavailable(EngineError):
    """The engine does not answer."""
