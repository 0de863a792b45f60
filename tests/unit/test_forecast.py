"""A run says beforehand what it will need, and whether there is so much."""

from pathlib import Path

from tools.blog import write

from souwen.index import build
from souwen.index.forecast import NEED, Forecast, forecast, free, line


def test_a_run_needs_so_much_for_each_byte_of_posts(tmp_path: Path):
    found = forecast(str(tmp_path / "not/there/yet"), reason="--full", posts=3, size=1000)
    assert (found.reason, found.posts, found.needs) == ("--full", 3, 1000 * NEED)
    assert found.free == free(str(tmp_path))
    assert found.fits


def test_where_nobody_knows_how_much_is_free_there_is_enough():
    found = forecast("memory:", reason=None, posts=1, size=10**15)
    assert (found.free, found.fits) == (None, True)
    assert line(found) == "1 posts to read, about 1,819.0 TiB of disk needed"


def test_too_little_is_said_to_be_too_little():
    found = Forecast("the analyzer changed", 1273, 2**21, 2**20)
    assert line(found) == (
        "everything is built anew (the analyzer changed): 1,273 posts to read, about 2.0 MiB of "
        "disk needed, 1.0 MiB are free; that may be too little, and then all stays as it was"
    )


def test_it_is_told_before_anything_is_read_and_only_where_there_is_something_to_read(
    tmp_path: Path,
):
    write(tmp_path / "posts", {"a.md": "春风又绿江南岸", "b.md": "明月何时照我还"})
    told: list[object] = []
    report = build(tmp_path / "posts", index=tmp_path / "index", announce=told.append)
    assert told == [report.forecast]
    assert report.forecast is not None
    assert (report.forecast.posts, report.forecast.reason) == (2, None)
    assert build(index=tmp_path / "index", announce=told.append).forecast is None
    planned = build(index=tmp_path / "index", announce=told.append, full=True, dry_run=True)
    assert planned.forecast is not None
    assert (planned.forecast.posts, planned.forecast.reason) == (2, "--full")
    assert len(told) == 1
