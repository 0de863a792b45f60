"""How can indexing be configured, and what does a table of ``souwen.toml`` say?"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, Protocol, TypeVar
from zoneinfo import ZoneInfo

from souwen.index.analysis.words import Name
from souwen.index.errors import ConfigError


class Config(Protocol):
    """A frozen dataclass whose fields have a ``kind`` in their metadata."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


C = TypeVar("C", bound=Config)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value must be: ``expected`` in words, ``accepts`` as a test.

    ``read`` makes a value of the text of an environment variable, which may not be accepted.
    """

    expected: str
    accepts: Callable[[object], bool]
    read: Callable[[str], object]


def of_kind(
    expected: str, accepts: Callable[[object], bool], read: Callable[[str], object] = str
) -> dict[str, Kind]:
    """The metadata of a field that holds such values; None is allowed where it is the default."""
    return {"kind": Kind(expected, accepts, read)}


def whole_number(least: int) -> dict[str, Kind]:
    """A whole number that is ``least`` or more."""
    return of_kind(
        f"a whole number, {least} or more",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least,
        lambda text: int(text) if re.fullmatch(r"\s*\d{1,18}\s*", text) else text,
    )


def choice(*values: str) -> dict[str, Kind]:
    """One of these words."""
    return of_kind("one of " + ", ".join(map(json.dumps, values)), lambda value: value in values)


def _is_timezone(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ZoneInfo(value).key)
    except (LookupError, ValueError, OSError):
        return False


def _is_file_name(value: object) -> bool:
    return isinstance(value, str) and value != "" and "\0" not in value


def _is_texts(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


def _read_flag(text: str) -> object:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return words.get(text.strip().lower(), text)


def _read_texts(text: str) -> object:
    return tuple(part.strip() for part in text.split(",") if part.strip())


FLAG = of_kind("true or false", lambda value: isinstance(value, bool), _read_flag)
FILE = of_kind("the name of a file", _is_file_name)
TEXTS = of_kind("a list of texts", _is_texts, _read_texts)
TIMEZONE = of_kind('a timezone such as "Asia/Shanghai"', _is_timezone)


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """The table ``[index]`` of ``souwen.toml``.

    ``timezone`` is what naive dates are in. ``segmenter`` cuts Chinese words: rjieba, jieba, or
    auto for the faster one that is installed. ``dictionary`` is a file of words of your own.
    ``exclude`` are shell patterns of paths below a root to leave out. Files above
    ``max_file_mib`` MiB are skipped. ``drafts`` indexes drafts too. ``jobs`` is the number of
    processes, None for the caller's choice.
    """

    timezone: str = field(default="Asia/Shanghai", metadata=TIMEZONE)
    segmenter: Name = field(default="auto", metadata=choice("auto", "rjieba", "jieba"))
    dictionary: str | None = field(default=None, metadata=FILE)
    exclude: tuple[str, ...] = field(default=(), metadata=TEXTS)
    max_file_mib: int = field(default=32, metadata=whole_number(1))
    drafts: bool = field(default=False, metadata=FLAG)
    jobs: int | None = field(default=None, metadata=whole_number(1))

    def __post_init__(self) -> None:
        check(self)


def check(config: Config) -> None:
    """Raises ConfigError for a value that is not of its kind."""
    for one in fields(config):
        kind, value = one.metadata["kind"], getattr(config, one.name)
        if value is None and one.default is None:
            continue
        if not kind.accepts(value):
            raise ConfigError(f"{one.name} is {_show(value)}; it must be {kind.expected}")


def from_mapping(kind: type[C], mapping: Mapping[str, object], *, place: str) -> C:
    """The configuration that a table gives; ``place`` names the table in messages.

    Raises ConfigError for a key that is not known and for a value that is not of its kind.
    """
    known = [one.name for one in fields(kind)]
    for name in mapping:
        if name not in known:
            raise ConfigError(f"{place}: unknown key {name!r}; known are {', '.join(known)}")
    values = {
        name: tuple(value) if isinstance(value, list) else value for name, value in mapping.items()
    }
    try:
        return kind(**values)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from error


def read_variable(kind: type[Config], name: str, text: str) -> object:
    """What the text of an environment variable means for the key ``name``.

    Numbers, true and false are read as TOML reads them, lists are separated by commas. The value
    is not checked: that is done when the configuration is made.
    """
    found: Kind = kind.__dataclass_fields__[name].metadata["kind"]
    return found.read(text)


def _show(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
