"""Which posts are the right answers to which queries? Files in the form of BEIR.

Queries are JSON lines (``{"_id": "1", "text": "…"}``) or lines of id, tab, text; judgements are
lines of query id, post id and grade with tabs between them, with or without a header, or of the
four columns of TREC.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from souwen.index.errors import QueryError

Judgements = Mapping[str, Mapping[str, int]]
"""For each query the grade of each judged post; 0 and less is no right answer."""

_COLUMNS, _TREC_COLUMNS = 3, 4


def read_queries(path: Path) -> dict[str, str]:
    """The text of each query by its id.

    Raises QueryError that names file and line, OSError where it cannot be read.
    """
    found: dict[str, str] = {}
    for place, line in _lines(path):
        name, text = _object(line, place) if line.startswith("{") else _pair(line, place)
        if name in found:
            raise QueryError(f"{place}: there was a query {name!r} before; ids must differ")
        found[name] = text
    return found


def _object(line: str, place: str) -> tuple[str, str]:
    try:
        content = json.loads(line)
    except ValueError as error:
        raise QueryError(f"{place}: this is no JSON: {error}") from error
    name, text = content.get("_id"), content.get("text")
    if not isinstance(name, str | int) or not isinstance(text, str):
        raise QueryError(f'{place}: expected {{"_id": "…", "text": "…"}}, found {line[:80]}')
    return str(name), text


def _pair(line: str, place: str) -> tuple[str, str]:
    name, tab, text = line.partition("\t")
    if not tab:
        raise QueryError(f"{place}: expected JSON or an id, a tab and a text, found {line[:80]!r}")
    return name, text


def read_judgements(path: Path, queries: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """The grades of the posts judged for each of the queries.

    Raises QueryError that names file and line, OSError where it cannot be read.
    """
    found: dict[str, dict[str, int]] = {}
    for at, (place, line) in enumerate(_lines(path)):
        query, post, grade = _columns(line, place)
        if not at and query not in queries and not _is_number(grade):
            continue
        if query not in queries:
            raise QueryError(f"{place}: there is no query {query!r}")
        if not _is_number(grade):
            raise QueryError(f"{place}: the grade is {grade!r}; it must be a whole number")
        found.setdefault(query, {})[post] = int(grade)
    return found


def _columns(line: str, place: str) -> tuple[str, str, str]:
    columns = line.split("\t") if "\t" in line else line.split()
    if len(columns) == _TREC_COLUMNS:
        del columns[1]
    if len(columns) != _COLUMNS:
        raise QueryError(
            f"{place}: expected query id, post id and grade with tabs between them, "
            f"found {line[:80]!r}"
        )
    return columns[0], columns[1], columns[2].strip()


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not blank, with its file and number."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            place = f"{path}:{number}"
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise QueryError(f"{place}: this is not UTF-8: {error.reason}") from error
            if text.strip():
                yield place, text
