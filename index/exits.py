"""Which exit code does a command leave with, and what is said of an error?"""

import os
from enum import IntEnum

import click

from souwen.index.errors import (
    ConfigError,
    EngineError,
    PostError,
    QueryError,
    StoreError,
    StoreLocked,
)
from souwen.index.remedies import told


class Exit(IntEnum):
    """What the exit code of every command says."""

    DONE = 0
    NOTHING = 1
    USAGE = 2
    SKIPPED = 3
    INDEX = 4
    LOCKED = 5
    BUG = 70
    INTERRUPTED = 130


HELP = """\b
Exit codes:
    0  found, or done
    1  nothing found
    2  wrong usage, query or configuration
    3  done, but posts were skipped or doubtful (with --strict)
    4  no index, or one that cannot be read or written
    5  another process is writing to the index
   70  a bug of souwen
  130  interrupted"""


def explain(error: BaseException) -> tuple[Exit, str]:
    """The exit code of an error, and the message for the user."""
    match error:
        case click.UsageError(ctx=click.Context() as context):
            return Exit.USAGE, f"{error.format_message()} See `{context.command_path} --help`."
        case click.Abort() | KeyboardInterrupt():
            return Exit.INTERRUPTED, "interrupted; the index is as it was before"
        case click.ClickException():
            return Exit.USAGE, error.format_message()
        case ConfigError() | QueryError():
            return Exit.USAGE, str(error)
        case StoreLocked():
            return Exit.LOCKED, str(error)
        case StoreError() | EngineError() | PostError():
            return Exit.INDEX, str(error)
        case OSError():
            where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
            return Exit.INDEX, f"{where}{told(error)}"
        case _:
            what = f"{type(error).__name__}: {error}"
            return Exit.BUG, f"this is a bug of souwen: {what}; please report `souwen -v …` of it"
