"""Where is the index of a command, and how are the command and its messages configured?"""

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from souwen.index.commands import USUAL, in_use, upward
from souwen.index.errors import ConfigError, StoreMissing
from souwen.index.places import engine_of
from souwen.search.place import Place

if TYPE_CHECKING:
    from souwen.index.config import Config

    C = TypeVar("C", bound=Config)

LONGEST_MESSAGE = 2000
"""Characters: what was typed may be much longer, and is repeated in messages."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The options that stand before the command."""

    named: str | None
    config: Path | None
    quiet: bool
    color: Literal["auto", "always", "never"]

    def place(self, default: str | None = None) -> Place:
        """The index that was named, or the nearest one here or above, or else ``default``.

        Raises StoreMissing where there is none of them.
        """
        address = self.named or upward(USUAL, in_use) or default
        if address is None:
            raise StoreMissing(
                f"{Path.cwd()}: there is no index here or in a folder above; `souwen index posts/` "
                "builds one of the posts in posts/, `--index DIR` names another place"
            )
        here = engine_of(address) == "whoosh"
        return Place(address, Path(address).resolve().parent if here else Path.cwd())

    def say(self, message: str) -> None:
        """Tell something that is no result."""
        if not self.quiet:
            print_error(message)


def configuration(kind: "type[C]", table: str, file: Path | None) -> "C":
    """The defaults, changed by a table of souwen.toml, changed by ``SOUWEN_*`` variables."""
    from souwen.index.config import from_mapping, read_variable

    config = from_mapping(kind, _tables(file).get(table, {}), place=f"{file}: [{table}]")
    for field in fields(kind):
        variable = f"SOUWEN_{field.name.upper()}"
        if text := os.environ.get(variable):
            value = read_variable(kind, field.name, text)
            given = from_mapping(kind, {field.name: value}, place=variable)
            config = replace(config, **{field.name: getattr(given, field.name)})
    return config


def _tables(file: Path | None) -> dict[str, dict[str, Any]]:
    """The tables of souwen.toml, all of them checked: what is wrong in one is told at once."""
    if file is None:
        return {}
    from souwen.index import toml
    from souwen.index.config import IndexConfig, from_mapping
    from souwen.search.config import SearchConfig

    tables = toml.parse(file.read_bytes(), file=file)
    from_mapping(IndexConfig, tables["index"], place=f"{file}: [index]")
    from_mapping(SearchConfig, tables["search"], place=f"{file}: [search]")
    return tables


def must_stand_in_a_file(file: Path | None) -> None:
    """What decides over indexing must be known to runs that have none of these variables."""
    from souwen.index.config import IndexConfig

    configuration(IndexConfig, "index", file)
    names = [f"SOUWEN_{field.name.upper()}" for field in fields(IndexConfig)]
    if given := [name for name in names if os.environ.get(name)]:
        raise ConfigError(
            f"{', '.join(given)} is set here, but will not be when the system runs souwen; write "
            f"it into {file or 'a souwen.toml beside the index'}"
        )


def cores() -> int:
    """The processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def print_error(message: str) -> None:
    """A message on stderr, safe to see; what is very long is cut."""
    from souwen.index.printable import printable

    shown = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"
    click.echo(f"souwen: {printable(shown)}", err=True)
