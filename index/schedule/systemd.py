"""What is a job as a timer of systemd, and how does a user's systemd get to know it?

https://www.freedesktop.org/software/systemd/man/systemd.service.html
"""

import re
from pathlib import Path

from souwen.index.schedule.job import Job
from souwen.index.schedule.programs import run

_UNSTARTABLE = re.compile(r"[\\\"']")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "%": "%%"}


def units(job: Job) -> dict[str, str]:
    """What is run, and when, as the contents of files by their names."""
    return {
        f"{job.name}.service": (
            "[Unit]\n"
            f"Description=souwen keeps {_plain(job.index)} up to date\n"
            "\n"
            "[Service]\n"
            "Type=oneshot\n"
            "Nice=10\n"
            f"{_environment(job)}"
            # After the colon, a dollar sign is one.
            f"ExecStart=:{' '.join(map(_quoted, _startable(job.arguments)))}\n"
        ),
        f"{job.name}.timer": (
            "[Unit]\n"
            f"Description=souwen looks after {_plain(job.index)} now and then\n"
            "\n"
            "[Timer]\n"
            "OnActiveSec=1s\n"
            f"OnUnitActiveSec={job.seconds}s\n"
            "AccuracySec=1s\n"
            "\n"
            "[Install]\n"
            "WantedBy=timers.target\n"
        ),
    }


def text(job: Job, folder: Path) -> str:
    """Both units, and where they belong."""
    return "\n".join(f"# {folder / name}\n{unit}" for name, unit in units(job).items())


def install(job: Job, folder: Path) -> str:
    """Write the units, and start the timer; says what was done."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, unit in units(job).items():
        (folder / name).write_text(unit, encoding="utf-8", errors="surrogateescape")
    try:
        run("systemctl", "--user", "daemon-reload")
        run("systemctl", "--user", "enable", "--now", f"{job.name}.timer")
        # A timer that ran already keeps its old times otherwise.
        run("systemctl", "--user", "restart", f"{job.name}.timer")
    except BaseException:
        _unlink(job, folder)
        raise
    return (
        f"the timer {job.name}.timer runs; `systemctl --user list-timers` shows it, "
        f"`journalctl --user -u {job.name}` what went wrong, and `loginctl enable-linger` lets it "
        "run while you are not logged in"
    )


def remove(job: Job, folder: Path) -> bool:
    """Stop the timer and remove its units; whether there were any."""
    if not (folder / f"{job.name}.timer").exists():
        return False
    run("systemctl", "--user", "disable", "--now", f"{job.name}.timer")
    _unlink(job, folder)
    run("systemctl", "--user", "daemon-reload")
    return True


def _unlink(job: Job, folder: Path) -> None:
    for name in units(job):
        (folder / name).unlink(missing_ok=True)


def _startable(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """By way of a shell, where systemd would not start a program of that name, as of 252."""
    if _UNSTARTABLE.search(arguments[0]):
        return ("/bin/sh", "-c", 'exec "$@"', "sh", *arguments)
    return arguments


def _environment(job: Job) -> str:
    pairs = (_quoted(f"{name}={value}") for name, value in job.variables)
    return "".join(f"Environment={pair}\n" for pair in pairs)


def _quoted(argument: str) -> str:
    return f'"{"".join(_ESCAPED.get(char, char) for char in argument)}"'


def _plain(text: str) -> str:
    """A text that is no command: in it, only percent signs mean anything."""
    return text.replace("%", "%%")
