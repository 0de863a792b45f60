"""What did the index say before a run, and why must it be built anew?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from souwen.index import manifest as manifests
from souwen.index import settings as all_settings
from souwen.index.engine import Store, of_one_commit
from souwen.index.errors import StoreCorrupt, StoreOutdated
from souwen.index.manifest import Manifest
from souwen.index.settings import Root, Settings

_NAMES = (all_settings.NAME, manifests.NAME, manifests.CHANGES)


@dataclass(frozen=True, slots=True)
class State:
    """``reason`` says why all must be built anew, None where an update does.

    ``settings`` is None where there is no index, or none that can be updated. ``kept`` are the
    files of the commit that it was read from.
    """

    manifest: Manifest
    roots: tuple[Root, ...]
    settings: Settings | None
    reason: str | None
    kept: Mapping[str, bytes | None] = field(default_factory=dict)


def read_state(  # noqa: PLR0913
    store: Store,
    *,
    place: str,
    fingerprint: str,
    timezone: str,
    full: bool,
    damaged: bool = False,
    unnamed: bool = False,
) -> State:
    """The state of the index at ``place``, as far as it can be read and is of use.

    Its manifest is empty where that is lost: ``unnamed``.

    Raises StoreCorrupt where it is damaged, unless that is known, or it is to be built anew anyway:
    ``full``.
    """
    wish = "--full" if full else None
    if not store.exists():
        return State(Manifest(), (), None, wish)
    kept = kept_files(store)
    try:
        settings = all_settings.load(kept[all_settings.NAME], place=place)
        manifest = Manifest() if unnamed else manifests.load(kept.get, place=place)
        if not (full or damaged):
            store.check()
    except StoreOutdated as error:
        return State(Manifest(), _recovered(store), None, f"format {error.found} is outdated")
    except StoreCorrupt:
        if not full:
            raise
        roots = _recovered(store)
        lost = "" if roots else "; the folders that the damaged index covered are not known"
        return State(Manifest(), roots, None, f"--full{lost}")
    return State(
        manifest, settings.roots, settings, _change(settings, fingerprint, timezone) or wish, kept
    )


def is_current(state: State, store: Store) -> bool:
    """Whether nothing was committed since the state was read; not where it could not be read."""
    return state.kept == (kept_files(store) if store.exists() else {})


def kept_files(store: Store) -> dict[str, bytes | None]:
    """What one commit kept that says how the index is to be updated, by name."""
    return of_one_commit(store, lambda: {name: store.kept(name) for name in _NAMES})


def _recovered(store: Store) -> tuple[Root, ...]:
    """The roots, from whichever of the kept files still names them."""
    names = (all_settings.NAME, manifests.NAME)
    return next(filter(None, (all_settings.load_roots(store.kept(name)) for name in names)), ())


def _change(settings: Settings, fingerprint: str, timezone: str) -> str | None:
    if settings.fingerprint != fingerprint:
        return "the analyzer changed"
    if settings.timezone != timezone:
        return f"the timezone changed from {settings.timezone}"
    return None
