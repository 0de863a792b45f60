"""A command that mends an index is told as it is to be typed: it acts on that index."""

from pathlib import Path

import pytest

from souwen.index.commands import command


@pytest.fixture
def blog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an index, beside another one; commands are run in a folder of it."""
    for name in ("blog", "other"):
        (tmp_path / name / ".souwen").mkdir(parents=True)
        (tmp_path / name / ".souwen/settings.json.0").touch()
    (tmp_path / "blog/posts").mkdir()
    monkeypatch.chdir(tmp_path / "blog/posts")
    return tmp_path / "blog"


def test_the_index_that_is_found_from_here_needs_no_name(
    blog: Path, monkeypatch: pytest.MonkeyPatch
):
    assert command(str(blog / ".souwen"), "check") == "`souwen check`"
    assert command("../.souwen", "check") == "`souwen check`"
    monkeypatch.chdir(blog)
    assert command(".souwen", "check") == "`souwen check`"


def test_where_there_is_no_index_yet_the_one_to_be_made_here_needs_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert command(".souwen", "index FOLDER") == "`souwen index FOLDER`"


def test_every_other_index_is_named(blog: Path):
    other = str(blog.with_name("other") / ".souwen")
    places = (other, "../../other/.souwen", ".souwen", "index", "opensearch://host:9200/blog")
    for place in places:
        assert command(place, "check") == f"`souwen --index {place} check`"
    assert command("my index", "check") == "`souwen --index 'my index' check`"


def test_where_the_current_folder_is_gone_the_index_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    place = str(tmp_path / ".souwen")
    assert command(place, "check") == f"`souwen --index {place} check`"
