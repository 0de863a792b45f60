"""Real data and a real cluster for tests: where they are, and what happens where they are not."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from tools.clusters import cluster_nodes, remove_made
from tools.missing import missing
from tools.side_by_side import table

SHARED = Path(__file__).parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--side-by-side",
        action="store_true",
        help="print what became of the tests that every engine must pass, by engine",
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.getoption("--side-by-side"):
        outcomes = [
            (report.nodeid, outcome)
            for outcome in ("passed", "failed", "skipped")
            for report in terminalreporter.stats.get(outcome, ())
        ]
        terminalreporter.section("engines side by side")
        for line in table(outcomes):
            terminalreporter.write_line(line)


@pytest.fixture(scope="module", autouse=True)
def _tidy_cluster() -> Iterator[None]:
    """A cluster holds no more than the indices of one module for each process."""
    yield
    remove_made()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of judged queries (``ir``) and odd files (``oddities``)."""
    folder = Path(os.environ.get("SOUWEN_DATA", SHARED))
    if not (folder / "ir").is_dir():
        missing("real data: set SOUWEN_DATA, or put shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session")
def cluster() -> tuple[str, ...]:
    """The addresses of three nodes of OpenSearch, for indexes with names of one's own."""
    return cluster_nodes()


@pytest.fixture(scope="session")
def blogs(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """The unpacked blogs."""
    return _unpacked("blogs", tmp_path_factory, shared_data)


@pytest.fixture(scope="session")
def articles(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """The unpacked articles."""
    return _unpacked("articles", tmp_path_factory, shared_data)


def _unpacked(name: str, factory: pytest.TempPathFactory, shared: Path) -> Path:
    if (shared / name).is_dir():
        return shared / name
    archive = shared / "posts" / f"{name}.tar.xz"
    if not archive.is_file():
        missing(str(archive))
    # Processes of pytest-xdist share one copy.
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "data"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / f"{name}.lock"):
        if not (folder / name).is_dir():
            with tarfile.open(archive) as tar:
                tar.extractall(folder / name, filter="data")
    return folder / name
