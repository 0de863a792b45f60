"""Which schedulers are there, which one does a system have, and what do they make of a job?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, assert_never

from souwen.index.schedule.job import Job

Kind = Literal["systemd", "crontab", "launchd", "windows"]


@dataclass(frozen=True, slots=True)
class Scheduler:
    """``text`` shows a job as it would be installed, and has no effect.

    ``install`` puts it in the place of an earlier one of that name, and says what was done;
    ``remove`` says whether there was one. All raise ConfigError for what the scheduler cannot do.
    """

    text: Callable[[Job], str]
    install: Callable[[Job], str]
    remove: Callable[[Job], bool]


def usual(platform: str) -> Kind:
    """The scheduler of this system; ``platform`` as ``sys.platform`` has it."""
    if platform == "darwin":
        return "launchd"
    if platform == "win32":
        return "windows"
    return "systemd" if Path("/run/systemd/system").is_dir() else "crontab"


def scheduler(kind: Kind, *, home: Path, variables: Mapping[str, str]) -> Scheduler:
    """The scheduler of that kind, for the user with this home and these environment variables."""
    match kind:
        case "systemd":
            from souwen.index.schedule import systemd

            config = Path(variables.get("XDG_CONFIG_HOME") or home / ".config")
            folder = config / "systemd" / "user"
            return Scheduler(
                partial(systemd.text, folder=folder),
                partial(systemd.install, folder=folder),
                partial(systemd.remove, folder=folder),
            )
        case "crontab":
            from souwen.index.schedule import crontab

            return Scheduler(crontab.text, crontab.install, crontab.remove)
        case "launchd":
            from souwen.index.schedule import launchd

            return Scheduler(
                partial(launchd.text, home=home),
                partial(launchd.install, home=home),
                partial(launchd.remove, home=home),
            )
        case "windows":
            from souwen.index.schedule import windows

            return Scheduler(windows.text, windows.install, windows.remove)
        case _:
            assert_never(kind)
