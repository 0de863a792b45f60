"""Which names may a program import?"""

import subprocess
import sys

import pytest

import souwen.index
import souwen.search

INDEX = [
    "ConfigError",
    "Document",
    "EngineError",
    "EngineMissing",
    "EngineUnavailable",
    "IndexConfig",
    "IndexReport",
    "Metadata",
    "Notice",
    "PostError",
    "QueryError",
    "SouwenError",
    "StoreCorrupt",
    "StoreError",
    "StoreLocked",
    "StoreMissing",
    "StoreOutdated",
    "Turn",
    "analyze_partition",
    "build",
    "put_partitions",
    "watch",
]
SEARCH = [
    "CopyReport",
    "Evaluation",
    "Facet",
    "Fragment",
    "Hit",
    "Index",
    "Measure",
    "Results",
    "SearchConfig",
    "Suggestion",
    "TermScore",
    "copy_index",
    "evaluate",
    "open_index",
    "search",
]


def test_the_public_names_are_these():
    assert souwen.index.__all__ == INDEX == sorted(INDEX)
    assert souwen.search.__all__ == SEARCH == sorted(SEARCH)


@pytest.mark.parametrize(
    ("package", "names"), [("souwen.index", INDEX), ("souwen.search", SEARCH)], ids=str
)
def test_every_name_can_be_imported_first_and_again(package: str, names: list[str]):
    alone = "\n".join(f"from {package} import {name}; print({name}.__name__)" for name in names)
    together = f"from {package} import *; print(*[{', '.join(names)}], sep='')"
    for program in (alone, alone + "\n" + alone, together):
        assert run(program).splitlines()[: len(names)][-1]
    assert run(alone).split() == names


@pytest.mark.parametrize(
    "program",
    [
        "from souwen.index import build; from souwen.index import build; assert callable(build)",
        "from souwen.search import search, search as again; assert search is again",
        "import souwen.index; assert souwen.index.build is souwen.index.build",
        "import souwen.search.searcher; from souwen.search import search; assert callable(search)",
        "import souwen.index.builder; from souwen.index import build; assert callable(build)",
    ],
)
def test_a_name_is_the_same_however_it_is_imported(program: str):
    run(program)


@pytest.mark.parametrize("package", [souwen.index, souwen.search])
def test_other_names_are_not_there(package: object):
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.nothing  # type: ignore[attr-defined]  # noqa: B018


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
