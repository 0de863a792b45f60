"""What do the tables of a souwen.toml say?"""

from pathlib import Path
from typing import Any

from souwen.index.errors import ConfigError

TABLES = ("index", "search")


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
            raise ConfigError(f"{file}: unknown table or key {name!r}; known are {known}")
        if not isinstance(table, dict):
            raise ConfigError(f"{file}: {name} is {table!r}; it must be a table, as in [{name}]")
    tables = {name: dict(found.get(name, {})) for name in TABLES}
    dictionary = tables["index"].get("dictionary")
    if isinstance(dictionary, str) and dictionary:
        tables["index"]["dictionary"] = str(file.parent / dictionary)
    return tables
