"""A small blog, and ``souwen`` run on it in this process or in one of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tools.blog import POSTS, Done, Souwen, write

from souwen.cli import run


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A folder with a few posts in ``posts``, and no index."""
    write(tmp_path / "posts", POSTS)
    return tmp_path


@pytest.fixture
def souwen(
    blog: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Souwen:
    """``souwen`` in this process, as its console script runs it."""
    for name in [name for name in os.environ if name.startswith("SOUWEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(blog)

    def call(*arguments: str) -> Done:
        # Some commands change the folder.
        os.chdir(blog)
        capfdbinary.readouterr()
        code = run(arguments)
        out, err = capfdbinary.readouterr()
        return Done(code, out.decode("utf-8", "surrogateescape"), err.decode())

    return call


@pytest.fixture
def indexed(souwen: Souwen) -> Souwen:
    """``souwen`` with the posts of the blog indexed."""
    assert souwen("index", "posts").code == 0
    return souwen


@pytest.fixture
def heeding_interrupts() -> Iterator[None]:
    """Processes started in here heed Ctrl-C, even if the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def process(blog: Path, heeding_interrupts: None) -> Callable[..., "subprocess.Popen[bytes]"]:
    """``souwen`` in a process of its own, to be waited for; a variable that is None is not set."""

    def start(
        *arguments: str, variables: Mapping[str, str | None] | None = None, **how: object
    ) -> "subprocess.Popen[bytes]":
        kept = {name: value for name, value in os.environ.items() if "SOUWEN" not in name}
        given = {**kept, **(variables or {})}
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": blog, **how}
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            [sys.executable, "-m", "souwen.cli", *arguments],
            env={name: value for name, value in given.items() if value is not None},
            **options,
        )

    return start
