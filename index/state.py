"""What did the index say before a run, and why must it be built anew?"""

from dataclasses import dataclass

from souwen.index import manifest as manifests
from souwen.index import settings as all_settings
from souwen.index.engine import Store
from souwen.index.errors import StoreCorrupt, StoreOutdated
from souwen.index.manifest import Manifest
from souwen.index.settings import Root, Settings


@dataclass(frozen=True, slots=True)
class State:
    """``reason`` says why all must be built anew, None where an update does.

    ``settings`` is None where there is no index, or none that can be updated.
    """

    manifest: Manifest
    roots: tuple[Root, ...]
    settings: Settings | None
    reason: str | None


def read_state(store: Store, *, fingerprint: str, timezone: str, full: bool) -> State:
    """The state of the index, as far as it can be read and is of use.

    Raises StoreCorrupt where it is damaged, unless it is to be built anew anyway: ``full``.
    """
    content = None
    wish = "--full" if full else None
    try:
        content = store.kept(all_settings.NAME)
        settings = all_settings.load(content, place="index") if content else None
        manifest = manifests.load(store.kept(manifests.NAME))
    except StoreOutdated as error:
        roots = all_settings.load_roots(content)
        return State(Manifest(), roots, None, f"format {error.found} is outdated")
    except StoreCorrupt:
        if not full:
            raise
        return State(Manifest(), all_settings.load_roots(content), None, wish)
    if settings is None:
        return State(manifest, (), None, wish)
    return State(
        manifest, settings.roots, settings, _change(settings, fingerprint, timezone) or wish
    )


def _change(settings: Settings, fingerprint: str, timezone: str) -> str | None:
    if settings.fingerprint != fingerprint:
        return "the analyzer or its dictionary changed"
    if settings.timezone != timezone:
        return f"the timezone changed from {settings.timezone}"
    return None
