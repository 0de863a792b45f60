"""Which engine is behind an address, and what if there is none?"""

from pathlib import Path

import pytest
from tools.shelf import fill, post

from souwen.index import EngineMissing, StoreMissing, StoreOutdated, build
from souwen.index.builder import open_store
from souwen.index.engines.memory import MemoryStore
from souwen.index.engines.whoosh.store import WhooshStore
from souwen.index.settings import Settings
from souwen.search import open_index, search
from souwen.search.engines.memory import MemoryReader
from souwen.search.engines.whoosh.reader import WhooshReader
from souwen.search.searcher import open_reader

ELSEWHERE = "elsewhere://host:9200/name"


def test_a_directory_is_whoosh(tmp_path: Path):
    for place in (tmp_path / "a", str(tmp_path / "b")):
        fill(str(place), post("a", "甲"))
        assert isinstance(open_store(place), WhooshStore)
        assert isinstance(open_reader(str(place)), WhooshReader)


def test_memory_is_one_store_for_each_name(tmp_path: Path):
    here, there = f"memory:{tmp_path}/1", f"memory:{tmp_path}/2"
    fill(here, post("a", "甲"))
    assert isinstance(open_store(here), MemoryStore)
    assert open_store(here) is open_store(here)
    assert open_store(here) is not open_store(there)
    assert isinstance(open_reader(here), MemoryReader)


def test_an_engine_that_is_not_here_is_named_with_what_installs_it(tmp_path: Path):
    (tmp_path / "a.md").write_text("甲", encoding="utf-8")
    for attempt in (
        lambda: open_index(ELSEWHERE),
        lambda: search("甲", index=ELSEWHERE),
        lambda: build([tmp_path], index=ELSEWHERE),
    ):
        with pytest.raises(EngineMissing, match=r"elsewhere.*pip install 'souwen\[") as caught:
            attempt()
        assert caught.value.extra == "elsewhere"


def test_where_there_is_no_index_the_error_says_how_to_build_one(tmp_path: Path):
    for place in (tmp_path / "none", tmp_path):
        with pytest.raises(StoreMissing, match=r"`souwen --index \S+ index FOLDER` builds one"):
            open_index(place)
    with pytest.raises(StoreMissing, match="souwen index"):
        open_index(f"memory:{tmp_path}/none")


@pytest.mark.parametrize("engine", ["memory:{}/x", "{}/x"])
def test_an_index_of_another_analyzer_is_not_searched(tmp_path: Path, engine: str):
    place = engine.format(tmp_path)
    fill(place, post("a", "甲"), settings=Settings("0" * 32, "auto", "Asia/Shanghai"))
    with pytest.raises(
        StoreOutdated, match=r"another analyzer.*`souwen --index \S+ index`"
    ) as caught:
        open_index(place)
    assert caught.value.found == "0" * 32
    assert caught.value.expected != caught.value.found
