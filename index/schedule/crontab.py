"""What is a job as a line of a crontab, and how does it get there?"""

import re
import shlex
from collections.abc import Iterator

from souwen.index.durations import words
from souwen.index.errors import ConfigError
from souwen.index.schedule.job import Job
from souwen.index.schedule.programs import Refused, run

_NONE = re.compile(r"(?i)no crontab|no such file")
"""What cron, cronie and busybox say of one who has none."""

_STEPS = ((60, 60, "{} * * * *"), (3600, 24, "0 {} * * *"), (86400, 2, "0 0 {} * *"))
"""A unit in seconds, how many of them begin anew, and where they stand in a line."""


def text(job: Job) -> str:
    """The line; its comment tells it from others. Raises ConfigError for what cron cannot do."""
    variables = [f"{name}={value}" for name, value in job.variables]
    arguments = (*(["env", *variables] if variables else ()), *job.arguments)
    return f"{_times(job.seconds)} {_command(arguments)} {_mark(job)}"


def install(job: Job) -> str:
    """Put the line into the user's crontab, in the place of an earlier one; says what was done."""
    line = text(job)
    _write([*_others(job), line])
    return "the line is in your crontab; `crontab -l` shows it"


def remove(job: Job) -> bool:
    """Take the line out of the user's crontab; whether there was one."""
    others = list(_others(job))
    found = len(others) < len(_lines())
    if found:
        _write(others)
    return found


def _times(seconds: int) -> str:
    """The five fields. Cron knows only steps that begin anew with each hour, or each day."""
    for unit, many, fields in _STEPS:
        step, rest = divmod(seconds, unit)
        if not rest and 0 < step < many and many % step == 0:
            return fields.format("*" if step == 1 else f"*/{step}")
    raise ConfigError(
        f"cron can run nothing every {words(seconds)}: it knows minutes that divide an hour, hours "
        "that divide a day, and days, as in --interval 1m, 5m, 1h, 1d; a systemd timer can"
    )


def _command(arguments: tuple[str, ...]) -> str:
    """For a shell, and for cron, to which a percent sign is the end of the line.

    Some crons make one backslash of two. So there are never two, nor one before a percent sign
    that is to stay, but an empty string between them.
    """
    quoted = " ".join(map(shlex.quote, arguments))
    return re.sub(r"\\(?=[\\%])", r"\\''", quoted).replace("%", r"\%")


def _mark(job: Job) -> str:
    return f"# {job.name}"


def _lines() -> list[str]:
    """The user's crontab. To have none is a failure too, but the only one after which to go on."""
    try:
        found = run("crontab", "-l")
    except Refused as error:
        if not _NONE.search(error.said):
            raise
        return []
    return found.removesuffix("\n").split("\n") if found else []


def _others(job: Job) -> Iterator[str]:
    return (line for line in _lines() if not line.endswith(_mark(job)))


def _write(lines: list[str]) -> None:
    run("crontab", "-", told="".join(f"{line}\n" for line in lines))
