"""What is to be run again and again, by whichever scheduler a system has?"""

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from souwen.index.engines.opensearch.credentials import lasting
from souwen.index.errors import ConfigError
from souwen.index.places import engine_of

_HARMFUL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Job:
    """A command line that is run in a folder once each so many ``seconds``.

    ``name`` is plain ASCII, the same for the same index and for no other; ``index`` is told to
    people. ``variables`` are those of its environment that it needs, none of them secret. All paths
    are absolute.
    """

    name: str
    index: str
    arguments: tuple[str, ...]
    folder: str
    seconds: int
    variables: tuple[tuple[str, str], ...] = ()


def job(
    address: str,
    *,
    folder: Path,
    config: Path | None,
    seconds: float,
    variables: Mapping[str, str],
) -> Job:
    """Keeps the index at this address up to date, as ``watch --once`` does.

    ``folder`` holds the index, ``config`` is the souwen.toml in force, ``variables`` are those of
    the environment. Raises ConfigError for an index in memory, for secrets of a cluster in the
    environment, and for a path with a line break and the like, or one that is no Unicode.
    """
    engine = engine_of(address)
    if engine == "memory":
        raise ConfigError(f"{address}: an index in memory ends with its process; name a directory")
    index = str(Path(address).absolute()) if engine == "whoosh" else address
    arguments = (
        # Without -P, a folder could put modules of its own before ours.
        *(sys.executable, "-P", "-m", "souwen.cli"),
        *("-q", "-C", str(folder), "--index", index),
        *(() if config is None else ("--config", str(config.absolute()))),
        *("watch", "--once"),
    )
    needed = tuple(lasting(variables).items()) if engine == "opensearch" else ()
    for one in (*arguments, *(value for _, value in needed)):
        if _HARMFUL.search(one):
            raise ConfigError(f"{one!r}: not all schedulers take such characters; rename it")
    digest = hashlib.blake2b(os.fsencode(index), digest_size=5).hexdigest()
    return Job(f"souwen-{digest}", index, arguments, str(folder), round(seconds), needed)
