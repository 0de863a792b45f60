"""What do the tables of a souwen.toml say?"""

from pathlib import Path
from typing import Any

from souwen.index.errors import ConfigError

TABLES = ("index", "search")
FILES = (("index", "dictionary"), ("search", "synonyms"))
"""The keys that name files."""


def parse(content: bytes, *, file: Path) -> dict[str, dict[str, Any]]:
    """The tables by name, empty for one that is not there; paths in them are made usable.

    ``file`` is where the content comes from: its folder is what paths are relative to. Raises
    ConfigError for what is no TOML, naming the line, and for an unknown table.
    """
    import tomllib

    try:
        found = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: found no TOML in UTF-8: {error}") from error
    for name, table in found.items():
        if name not in TABLES:
            known = ", ".join(f"[{one}]" for one in TABLES)
            raise ConfigError(
                f"{file}: unknown table or key {name!r}; known are {known}, with keys below them"
            )
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: {name} is {table!r}; it must be a table, as in [{name}]")
    tables = {name: dict(found.get(name, {})) for name in TABLES}
    for table, key in FILES:
        named = tables[table].get(key)
        if isinstance(named, str) and named:
            tables[table][key] = str(file.parent / named)
    return tables
