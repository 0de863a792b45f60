"""What does a person get to see on a terminal?"""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Callable

Start = Callable[..., "subprocess.Popen[bytes]"]
"""Starts ``souwen`` in a process of its own; see the fixture ``process`` of ``tests/cli``."""


def on_terminal(
    process: Start, *arguments: str, columns: int = 60, lines: int = 40, **variables: str
) -> tuple[int, str]:
    """What a terminal of that size gets to see, and the exit code."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    given = {"TERM": "xterm", "COLUMNS": "", "LINES": "", "NO_COLOR": "", **variables}
    running = process(*arguments, stdout=child, stderr=child, stdin=child, variables=given)
    os.close(child)
    seen = b""
    try:
        while part := os.read(parent, 65536):
            seen += part
    except OSError:
        pass  # Linux says so at the end of a terminal's output.
    os.close(parent)
    running.stdout = running.stderr = None
    return running.wait(timeout=120), seen.decode().replace("\r\n", "\n")
