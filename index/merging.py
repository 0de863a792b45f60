"""What do several indexes of different posts say as one?"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace

from souwen.index import manifest as manifests
from souwen.index import settings as all_settings
from souwen.index.engine import Store
from souwen.index.errors import ConfigError
from souwen.index.manifest import Entry, Manifest
from souwen.index.settings import Settings


@dataclass(frozen=True, slots=True)
class About:
    """What an index says of itself; ``place`` names it in messages."""

    place: str
    settings: Settings
    manifest: Manifest


def about(place: str, kept: Callable[[str], bytes | None]) -> About:
    """Read what an index keeps, as ``kept`` gives it. Raises StoreOutdated and StoreCorrupt."""
    settings = all_settings.load(kept(all_settings.NAME), place=place)
    return About(place, settings, manifests.load(kept, place=place))


def about_store(place: str, store: Store) -> About:
    """The same of a store."""
    return about(place, store.kept)


def kept(settings: Settings, manifest: Manifest) -> dict[str, bytes]:
    """The files that an index keeps, by their names."""
    return {
        all_settings.NAME: all_settings.dump(settings),
        **manifests.whole(manifest.entries, manifest.roots),
    }


def as_one(parts: Sequence[About]) -> tuple[Settings, Manifest]:
    """The settings and the manifest of all of them together.

    Raises ConfigError where they were built differently, or have posts in common.
    """
    first = parts[0]
    entries: dict[str, Entry] = {}
    for one in parts:
        if replace(one.settings, roots=()) != replace(first.settings, roots=()):
            raise ConfigError(
                f"{one.place} and {first.place} were built with different timezones or analyzers, "
                "so they cannot be one index"
            )
        if both := entries.keys() & one.manifest.entries.keys():
            raise ConfigError(f"{one.place}: its {min(both)} is in another of the indexes too")
        entries.update(one.manifest.entries)
    roots = tuple(dict.fromkeys(root for one in parts for root in one.settings.roots))
    if any(len(set(names)) < len(roots) for names in zip(*map(astuple, roots), strict=True)):
        raise ConfigError(
            "the indexes name their folders differently, so they cannot be one index: index the "
            "same folders in the same order, each time with another --slice"
        )
    return replace(first.settings, roots=roots), Manifest(entries, roots)
