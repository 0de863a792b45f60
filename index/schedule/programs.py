"""How are the programs asked that a system keeps its schedules with?"""

import os
import subprocess

from souwen.index.errors import ConfigError


class Refused(ConfigError):
    """A program failed; ``said`` is what it gave as the reason."""

    def __init__(self, message: str, said: str) -> None:
        super().__init__(message)
        self.said = said


def run(*command: str, told: str = "") -> str:
    """What a program writes that is told this. Raises Refused; ConfigError without it."""
    try:
        done = subprocess.run(
            command,
            input=os.fsencode(told),
            capture_output=True,
            check=False,
            # What it says of a failure is told apart by its words.
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise ConfigError(
            f"there is no {command[0]} here; `souwen schedule --help` names other schedulers"
        ) from error
    if done.returncode:
        said = os.fsdecode(done.stderr or done.stdout).strip()
        shown = " ".join(command)
        raise Refused(f"`{shown}` failed with {done.returncode}: {said}", said)
    return os.fsdecode(done.stdout)
