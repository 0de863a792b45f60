"""What does ``souwen demo`` show, and where?"""

from collections.abc import Iterator
from contextlib import chdir, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

COMMANDS = (
    "index posts",
    "search 快手电商 -n 2",
    "search '\"服务网格\"' -n 2",
    "search 全文检索 -n 3",
    "search 手电 --any -n 2",
    "search tag:微服务 --facets year -n 1",
    "analyze 快手电商上线 GPT-4",
)
"""Command lines as a person would type them, on the sample posts."""

NEXT = (
    "Now with posts of your own 换成你自己的文章:",
    "  souwen index posts/          build an index, or bring it up to date 建立索引",
    "  souwen search 全文检索        search it 搜索",
    "  souwen search --help         phrases, fields, dates, formats 更多用法",
)


@contextmanager
def samples() -> Iterator[None]:
    """A temporary folder, to work in, with the sample posts in ``posts``."""
    with (
        as_file(files("souwen.index") / "samples") as bundled,
        TemporaryDirectory(prefix="souwen-") as folder,
        chdir(folder),
    ):
        copytree(bundled, "posts")
        Path("souwen.toml").touch()  # so that nobody's own counts
        yield
