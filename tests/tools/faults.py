"""How does a run end when the file system fails at its n-th call? See ``faults.c``.

A server process with the layer loaded forks for every case, so that a case takes milliseconds.
"""

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")


class How(IntEnum):
    """What happens: ended behind the call, or in the middle of a write; or from there on every
    call that changes anything fails, or every one that needs space."""

    COUNTED = 1
    KILLED = 2
    TORN = 3
    CUT_OFF = 4
    FULL = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One run of ``build`` over a folder, whose file system fails at the n-th call."""

    posts: str
    index: str
    at: int = 1 << 40
    how: How = How.COUNTED
    full: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """How it ended: the name of the error and its message, or None; and how many calls it made.

    ``calls`` is None where the process was killed.
    """

    error: str | None
    message: str
    calls: int | None


def compiled(folder: Path) -> Path:
    """The layer as a library. Raises OSError where there is no compiler, or one that fails."""
    library = folder / "faults.so"
    command = ["cc", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr)
    return library


class Server:
    """Runs cases, each in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, case: Case) -> End:
        """Run one case to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asdict(case)), file=self._process.stdin, flush=True)
        return End(**json.loads(self._process.stdout.readline()))


@contextmanager
def serving(library: Path) -> Iterator[Server]:
    """A server with the layer loaded."""
    with subprocess.Popen(
        [sys.executable, __file__],
        env={**os.environ, "LD_PRELOAD": str(library)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Server(process)
        process.communicate()


def _serve() -> None:
    """Read cases, a line each, and answer each with a line."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _run(Case(**json.loads(line)), writing)
        os.close(writing)
        with open(reading, encoding="utf-8") as told:  # noqa: PTH123
            answer = told.read()
        os.waitpid(child, 0)
        print(answer or json.dumps(asdict(End("killed", "", None))), flush=True)


def _run(case: Case, writing: int) -> None:
    from tools.runs import NOW

    from souwen.index import build

    layer = ctypes.CDLL(None)
    error, message = None, ""
    layer.faults_arm(os.fsencode(case.index), ctypes.c_long(case.at), int(case.how))
    try:
        build(case.posts, index=case.index, full=case.full, now=NOW)
    except Exception as failure:
        error, message = type(failure).__name__, str(failure)
    end = End(error, message, layer.faults_calls())
    os.write(writing, json.dumps(asdict(end)).encode())
    os._exit(0)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import souwen.index.builder
    import souwen.index.engines.whoosh.codec
    import souwen.index.engines.whoosh.store
    import souwen.index.prepare  # noqa: F401

    _serve()
