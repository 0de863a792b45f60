"""What is a job as an agent of launchd, which keeps the schedules of macOS?"""

import os
import plistlib
from contextlib import suppress
from pathlib import Path

from souwen.index.schedule.job import Job
from souwen.index.schedule.programs import Refused, run


def text(job: Job, home: Path) -> str:
    """The property list of the agent; what goes wrong gets into a log."""
    logs = home / "Library" / "Logs" / f"{job.name}.log"
    found = plistlib.dumps(
        {
            "Label": job.name,
            "ProgramArguments": list(job.arguments),
            "EnvironmentVariables": dict(job.variables),
            "WorkingDirectory": job.folder,
            "StartInterval": job.seconds,
            "RunAtLoad": True,
            "ProcessType": "Background",
            "StandardErrorPath": str(logs),
        },
        sort_keys=False,
    )
    return found.decode()


def install(job: Job, home: Path) -> str:
    """Write the agent and load it, in the place of an earlier one; says what was done."""
    path = _path(job, home)
    remove(job, home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(job, home), encoding="utf-8")
    try:
        run("launchctl", "bootstrap", _domain(), str(path))
    except BaseException:
        path.unlink()
        raise
    return f"the agent {job.name} runs; `launchctl print {_domain()}/{job.name}` shows it"


def remove(job: Job, home: Path) -> bool:
    """Unload the agent and remove it; whether there was one."""
    path = _path(job, home)
    if not path.exists():
        return False
    # It may not be loaded just now.
    with suppress(Refused):
        run("launchctl", "bootout", f"{_domain()}/{job.name}")
    path.unlink()
    return True


def _path(job: Job, home: Path) -> Path:
    return home / "Library" / "LaunchAgents" / f"{job.name}.plist"


def _domain() -> str:
    return f"gui/{os.getuid()}"
