"""What must be known to search an index as it was built?"""

import json
from dataclasses import dataclass
from typing import Any

from souwen.index.analysis.words import Name
from souwen.index.commands import REPAIR, command
from souwen.index.errors import StoreCorrupt, StoreOutdated
from souwen.index.schema import FORMAT

NAME = "settings.json"


@dataclass(frozen=True, slots=True)
class Root:
    """A folder or file that was indexed; ``label`` goes before an id that another root has."""

    path: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Kept in every commit, so that an index can be opened without any configuration.

    ``dictionary`` are the user's words as ``(word, frequency, tag)``.
    """

    fingerprint: str
    segmenter: Name
    timezone: str
    dictionary: tuple[tuple[str, int | None, str | None], ...] = ()
    roots: tuple[Root, ...] = ()


def dump(settings: Settings) -> bytes:
    """The settings as JSON, with the format version."""
    return json.dumps(
        {
            "format": FORMAT,
            "fingerprint": settings.fingerprint,
            "segmenter": settings.segmenter,
            "timezone": settings.timezone,
            "dictionary": settings.dictionary,
            "roots": [[root.path, root.label] for root in settings.roots],
        },
        ensure_ascii=False,
    ).encode("utf-8", "surrogateescape")


def load(content: bytes | None, *, place: str) -> Settings:
    """Read what ``dump`` wrote. Raises StoreOutdated for another format, StoreCorrupt for none.

    ``place`` names the index in the messages.
    """
    try:
        found = json.loads((content or b"").decode("utf-8", "surrogateescape"))
        version = str(found["format"])
        if version != FORMAT:
            raise outdated(version, place=place)
        return _settings(found)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreCorrupt(
            f"{place}: the index's {NAME} is missing or damaged; "
            f"{command(place, REPAIR)} mends it by reading posts again",
            path=NAME,
        ) from error


def outdated(version: str, *, place: str) -> StoreOutdated:
    """The error for an index in another format, which names the command that rebuilds it."""
    return StoreOutdated(
        f"{place}: the index is in format {version}, this souwen reads and writes format "
        f"{FORMAT}; {command(place, 'index')} rebuilds it",
        found=version,
        expected=FORMAT,
    )


def _settings(found: dict[str, Any]) -> Settings:
    return Settings(
        fingerprint=found["fingerprint"],
        segmenter=found["segmenter"],
        timezone=found["timezone"],
        dictionary=tuple((word, frequency, tag) for word, frequency, tag in found["dictionary"]),
        roots=tuple(Root(path, label) for path, label in found["roots"]),
    )


def load_roots(content: bytes | None) -> tuple[Root, ...]:
    """The roots alone, from the first line of a file that names them, in any format; else none."""
    try:
        head = (content or b"").partition(b"\n")[0]
        found = json.loads(head.decode("utf-8", "surrogateescape"))["roots"]
        return tuple(Root(path, label) for path, label in found)
    except (ValueError, KeyError, TypeError):
        return ()
