"""Index runs: what they read, write and report, on folders of small posts."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest
from tools.runs import NOW, OLD, ids, numbers, state_of, write_old

from souwen.index import (
    ConfigError,
    IndexConfig,
    IndexReport,
    StoreCorrupt,
    StoreError,
    StoreLocked,
    build,
)
from souwen.index.builder import open_store
from souwen.index.check import check
from souwen.index.engines.memory import MemoryStore, MemoryWriter
from souwen.index.indexer import Order, run
from souwen.index.plan import Found
from souwen.index.prepare import Options, Preparer, Task
from souwen.index.schema import FORMAT
from souwen.index.settings import Root
from souwen.index.slices import Slice
from souwen.index.source import SourceFile
from souwen.search import open_index

POSTS = {
    "a.md": "---\ntitle: 甲\ndate: 2024-05-01\n---\n春风又绿江南岸\n",
    "b.md": "---\ntitle: 乙\n---\n明月何时照我还\n",
    "sub/c.html": "<h1>丙</h1><p>京口瓜洲一水间</p>",
}
DRAFT = "---\ntitle: 丁\ndraft: true\n---\n钟山只隔数重山\n"
DOUBTFUL = "---\ntitle: 戊\ndate: 2024-13-45\n---\n正文\n"


class Blog:
    """A folder of posts and an index of them."""

    def __init__(self, folder: Path, index: str) -> None:
        self.folder = folder
        self.index = index

    def write(self, posts: dict[str, str], *, mtime: int = OLD) -> None:
        write_old(self.folder, posts, mtime=mtime)

    def build(self, *paths: str, **options: object) -> IndexReport:
        given = {"index": self.index, "now": NOW, **options}
        return build([self.folder / path for path in paths], **given)  # type: ignore[arg-type]

    @property
    def ids(self) -> list[str]:
        return ids(self.index)

    def count(self, query: str) -> int:
        with open_index(self.index) as index:
            return index.search(query, relax=False).total

    def body(self, id: str) -> str:
        with open_index(self.index) as index:
            document = index.document(id)
        assert document is not None
        return document.body


@pytest.fixture(params=["whoosh", "memory"])
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Blog:
    """Three old posts, not yet indexed, on each engine."""
    index = str(tmp_path / "index") if request.param == "whoosh" else f"memory:{tmp_path}"
    blog = Blog(tmp_path / "blog", index)
    blog.write({f"posts/{name}": text for name, text in POSTS.items()})
    return blog


@pytest.fixture
def on_disk(tmp_path: Path) -> Blog:
    """The same on Whoosh alone, for what only files can show."""
    blog = Blog(tmp_path / "blog", str(tmp_path / "index"))
    blog.write({f"posts/{name}": text for name, text in POSTS.items()})
    return blog


# Building and updating.


def test_a_first_run_indexes_every_post(blog: Blog):
    assert numbers(blog.build("posts")) == {"posts": 3, "added": 3}
    assert blog.ids == ["a.md", "b.md", "sub/c.html"]


def test_an_update_adds_replaces_removes_and_keeps(blog: Blog):
    blog.build("posts")
    blog.write({"posts/new.md": "红豆生南国"})
    blog.write({"posts/a.md": "春来发几枝"}, mtime=OLD + 1)
    (blog.folder / "posts/b.md").unlink()
    report = blog.build()
    assert numbers(report) == {"posts": 3, "added": 1, "updated": 1, "removed": 1, "unchanged": 1}
    assert blog.ids == ["a.md", "new.md", "sub/c.html"]
    assert [blog.count(text) for text in ("春风又绿", "春来发几枝", "红豆", "明月")] == [0, 1, 1, 0]


def test_a_file_of_the_same_size_and_time_is_not_read_again(blog: Blog):
    blog.build("posts")
    blog.write({"posts/b.md": POSTS["b.md"].replace("明月", "夕阳")})
    assert numbers(blog.build()) == {"posts": 3, "unchanged": 3}
    assert blog.count("明月") == 1


@pytest.mark.parametrize("text", ["夕阳西下", POSTS["b.md"].replace("明月", "夕阳")])
def test_a_file_of_another_size_or_time_is_read_again(blog: Blog, text: str):
    blog.build("posts")
    blog.write({"posts/b.md": text}, mtime=OLD + (len(text) > 10))
    assert numbers(blog.build()) == {"posts": 3, "updated": 1, "unchanged": 2}
    assert blog.count("夕阳") == 1


def test_a_file_that_was_touched_is_unchanged_and_then_not_read_again(on_disk: Blog):
    on_disk.build("posts")
    on_disk.write({"posts/a.md": POSTS["a.md"]}, mtime=OLD + 5)
    seen: list[tuple[int, int]] = []
    look = {"progress": lambda *step: seen.append(step)}
    assert numbers(on_disk.build(**look)) == {"posts": 3, "unchanged": 3}
    assert seen == [(1, 1)]
    assert numbers(on_disk.build(**look)) == {"posts": 3, "unchanged": 3}
    assert seen == [(1, 1)]


@pytest.mark.parametrize(("seconds", "noticed"), [(3, False), (1.9, True), (0, True), (-60, True)])
def test_a_file_written_within_two_seconds_of_the_last_run_is_hashed(
    blog: Blog, seconds: float, noticed: bool
):
    written = int((NOW - timedelta(seconds=seconds)).timestamp() * 1e9)
    blog.write({"posts/b.md": POSTS["b.md"]}, mtime=written)
    blog.build("posts")
    blog.write({"posts/b.md": POSTS["b.md"].replace("明月", "夕阳")}, mtime=written)
    report = blog.build(now=NOW + timedelta(days=1))
    assert report.updated == noticed
    assert blog.count("夕阳") == noticed


def test_a_run_that_looks_elsewhere_does_not_settle_a_file(blog: Blog):
    written = int(NOW.timestamp() * 1e9)
    blog.write({"posts/b.md": POSTS["b.md"]}, mtime=written)
    blog.build("posts")
    blog.build("posts/sub", now=NOW + timedelta(days=1))
    blog.write({"posts/b.md": POSTS["b.md"].replace("明月", "夕阳")}, mtime=written)
    assert blog.build(now=NOW + timedelta(days=2)).updated == 1


def test_a_file_from_the_future_costs_no_write(on_disk: Blog):
    on_disk.write({"posts/b.md": POSTS["b.md"]}, mtime=int(NOW.timestamp() * 2e9))
    on_disk.build("posts")
    before = state_of(Path(on_disk.index))
    assert on_disk.build().unchanged == 3
    assert state_of(Path(on_disk.index)) == before


def test_where_nothing_changed_nothing_is_written(on_disk: Blog):
    on_disk.write({"posts/draft.md": DRAFT, "posts/empty.md": "", "posts/blank.md": "\n \n"})
    on_disk.build("posts")
    folder = Path(on_disk.index)
    before, touched = state_of(folder), folder.stat().st_mtime_ns
    for paths in ([], ["posts"], ["posts/sub"], ["posts/a.md"]):
        assert on_disk.build(*paths).posts == 3
    assert state_of(folder) == before
    assert folder.stat().st_mtime_ns == touched


def test_files_that_were_new_to_the_last_run_are_no_reason_to_write(on_disk: Blog):
    soon = NOW + timedelta(seconds=9)
    on_disk.write({"posts/new.md": "红豆生南国"}, mtime=int(NOW.timestamp() * 1e9))
    on_disk.build("posts")
    before = state_of(Path(on_disk.index))
    assert numbers(on_disk.build(now=soon)) == {"posts": 4, "unchanged": 4}
    assert state_of(Path(on_disk.index)) == before
    on_disk.write({"posts/new.md": "红豆生北国"}, mtime=int(NOW.timestamp() * 1e9))
    assert numbers(on_disk.build(now=soon)) == {"posts": 4, "updated": 1, "unchanged": 3}


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("late", [0, 0.3, 0.9, 1.4, 1.9])
def test_where_times_are_rounded_no_change_is_missed(blog: Blog, step: int, late: float):
    # Both changes fall into one step of the file system's clock, the run between them.
    began = NOW + timedelta(seconds=late)
    rounded = int(began.timestamp() // step * step * 1e9)
    blog.write({"posts/a.md": "春来发几枝"}, mtime=rounded)
    blog.build("posts", now=began)
    blog.write({"posts/a.md": "秋来发几枝"}, mtime=rounded)
    for _ in range(2):
        report = blog.build(now=began + timedelta(hours=1))
    assert (blog.count("春来发几枝"), blog.count("秋来发几枝")) == (0, 1)
    assert numbers(report) == {"posts": 3, "unchanged": 3}


def test_a_clock_that_is_set_back_hides_no_change(blog: Blog):
    later = NOW + timedelta(days=1)
    blog.write({"posts/a.md": "春来发几枝"}, mtime=int(later.timestamp() * 1e9))
    blog.build("posts", now=later)
    blog.write({"posts/a.md": "秋来发几枝"}, mtime=int(NOW.timestamp() * 1e9))
    assert numbers(blog.build(now=NOW)) == {"posts": 3, "updated": 1, "unchanged": 2}
    assert blog.count("秋来发几枝") == 1
    assert numbers(blog.build(now=NOW)) == {"posts": 3, "unchanged": 3}


def test_a_little_change_rewrites_no_long_manifest(on_disk: Blog):
    on_disk.write({f"posts/{n}.md": f"第{n}首" for n in range(50)})
    on_disk.build("posts")
    folder = Path(on_disk.index)
    (manifest,) = folder.glob("manifest.json.*")
    on_disk.write({"posts/7.md": "改过的一首", "posts/又.md": "又一首"}, mtime=OLD + 1)
    (on_disk.folder / "posts/8.md").unlink()
    on_disk.build()
    assert list(folder.glob("manifest.json.*")) == [manifest]
    assert numbers(on_disk.build()) == {"posts": 53, "unchanged": 53}
    on_disk.write({f"posts/{n}.md": "改过" for n in range(20)}, mtime=OLD + 2)
    on_disk.build()
    assert list(folder.glob("manifest.json.*")) != [manifest]
    assert numbers(on_disk.build()) == {"posts": 54, "unchanged": 54}


@pytest.mark.parametrize("left", ["MAIN_0123456789abcdef.seg", "manifest.json.7", "writer.json"])
def test_what_an_interrupted_run_left_is_swept_though_nothing_changed(on_disk: Blog, left: str):
    on_disk.build("posts")
    (Path(on_disk.index) / left).write_text("{}")
    assert numbers(on_disk.build()) == {"posts": 3, "unchanged": 3}
    assert not (Path(on_disk.index) / left).exists()


def test_where_nothing_changed_neither_dictionary_nor_parser_is_loaded(on_disk: Blog):
    on_disk.build("posts")
    program = (
        "import sys; from souwen.index import build; "
        f"assert build(index={on_disk.index!r}).unchanged == 3; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"rjieba", "jieba", "whoosh", "markdown_it", "lxml", "yaml", "souwen.index.prepare"}
    heavy |= {"filelock", "ssl", "souwen.index.engines.whoosh.writer"}
    assert not heavy.intersection(done.stdout.split())


def test_a_renamed_post_is_neither_added_nor_removed_and_has_its_new_path(blog: Blog):
    blog.build("posts")
    blog.write({"posts/b.md": POSTS["b.md"] + "！"})
    (blog.folder / "posts/a.md").rename(blog.folder / "posts/sub/2024 春.md")
    expected = {"posts": 3, "updated": 1, "renamed": 1, "unchanged": 1}
    assert numbers(blog.build(dry_run=True)) == expected
    assert numbers(blog.build()) == expected
    assert blog.ids == ["b.md", "sub/2024 春.md", "sub/c.html"]
    assert blog.count("path:sub/2024*") == 1
    assert numbers(blog.build()) == {"posts": 3, "unchanged": 3}


def test_a_renamed_folder_is_as_many_renamed_posts(blog: Blog):
    blog.write({"posts/sub/同.md": POSTS["b.md"], "posts/sub/题.md": "没有标题"})
    blog.build("posts")
    (blog.folder / "posts/sub").rename(blog.folder / "posts/旧文")
    assert numbers(blog.build()) == {"posts": 5, "renamed": 3, "unchanged": 2}
    assert blog.ids == ["a.md", "b.md", "旧文/c.html", "旧文/同.md", "旧文/题.md"]


def test_a_copy_is_added_though_the_original_stays(blog: Blog):
    blog.build("posts")
    blog.write({"posts/copy.md": POSTS["a.md"]})
    assert numbers(blog.build()) == {"posts": 4, "added": 1, "unchanged": 3}


def test_of_two_copies_one_takes_the_place_of_the_post_that_is_gone(blog: Blog):
    blog.build("posts")
    blog.write({"posts/1.md": POSTS["a.md"], "posts/2.md": POSTS["a.md"]})
    (blog.folder / "posts/a.md").unlink()
    assert numbers(blog.build()) == {"posts": 4, "added": 1, "renamed": 1, "unchanged": 2}


def test_a_folder_may_be_given_as_text_or_as_path_alone_or_among_others(blog: Blog):
    posts = blog.folder / "posts"
    for paths in (str(posts), posts, [str(posts)], (posts,)):
        assert build(paths, index=blog.index, now=NOW).posts == 3


def test_full_reads_everything_again(blog: Blog):
    blog.build("posts")
    blog.write({"posts/b.md": POSTS["b.md"].replace("明月", "夕阳")})
    (blog.folder / "posts/a.md").unlink()
    report = blog.build(full=True)
    assert numbers(report) == {"posts": 2, "updated": 2, "removed": 1}
    assert report.reason == "--full"
    assert blog.ids == ["b.md", "sub/c.html"]
    assert blog.count("夕阳") == 1


def test_full_looks_at_every_root_whatever_path_is_given(blog: Blog):
    blog.write({"other/x.md": "另一篇"})
    blog.build("posts", "other")
    assert numbers(blog.build("posts/sub", full=True)) == {"posts": 4, "updated": 4}


# Dry runs.


def test_a_dry_run_makes_no_index(on_disk: Blog):
    report = on_disk.build("posts", dry_run=True)
    assert numbers(report) == {"posts": 3, "added": 3}
    assert report.dry_run
    assert not Path(on_disk.index).exists()


@pytest.mark.parametrize("full", [False, True])
def test_a_dry_run_says_what_the_run_will_say(blog: Blog, full: bool):
    blog.build("posts")
    blog.write({"posts/new.md": "新", "posts/bad.md": DOUBTFUL, "posts/empty.md": ""})
    blog.write({"posts/a.md": DRAFT}, mtime=OLD + 1)
    (blog.folder / "posts/b.md").unlink()
    before = blog.ids
    dry = blog.build(full=full, dry_run=True)
    assert blog.ids == before
    wet = blog.build(full=full)
    assert replace(dry, dry_run=False, took_ms=0) == replace(wet, took_ms=0)


def test_a_dry_run_says_of_each_post_what_would_become_of_it_and_why(blog: Blog):
    blog.write({"posts/d.md": DRAFT, "posts/e.md": "红豆生南国"})
    blog.build("posts")
    blog.write({"posts/a.md": "改过", "posts/new.md": "新的", "posts/e.md": " "}, mtime=OLD + 1)
    (blog.folder / "posts/b.md").unlink()
    (blog.folder / "posts/sub/c.html").rename(blog.folder / "posts/moved.html")
    planned = blog.build(drafts=True, dry_run=True)
    found = {Path(one.path).name: (one.what, one.why) for one in planned.changes}
    assert found == {
        "a.md": ("update", "its content changed"),
        "b.md": ("remove", "it is not there any more, or left out by rule"),
        "d.md": ("add", "it was left out as a draft"),
        "e.md": ("remove", "the file is empty"),
        "moved.html": ("rename", f"it was {blog.folder}/posts/sub/c.html"),
        "new.md": ("add", "it is new"),
    }
    assert blog.build(drafts=True).changes == ()
    blog.write({"posts/a.md": DRAFT}, mtime=OLD + 2)
    (change,) = blog.build(dry_run=True, drafts=False).changes[:1]
    assert (change.what, change.why) == ("remove", "it is a draft now")
    words = blog.build(dry_run=True, drafts=True, config=dictionary(blog, "新的\n")).changes
    assert words[-1].why == "a word that it holds changed in the dictionary"
    assert {one.why for one in blog.build(full=True, dry_run=True).changes} >= {"--full"}


def test_a_dry_run_writes_nothing(on_disk: Blog):
    on_disk.build("posts")
    on_disk.write({"posts/new.md": "新"})
    before = state_of(Path(on_disk.index))
    assert on_disk.build(dry_run=True, full=True).added == 1
    assert state_of(Path(on_disk.index)) == before


# Drafts.


def test_drafts_come_and_go_with_the_option(blog: Blog):
    blog.write({"posts/draft.md": DRAFT, "posts/_drafts/d.md": "写到一半"})
    assert numbers(blog.build("posts")) == {"posts": 3, "added": 3, "drafts": 2}
    assert numbers(blog.build()) == {"posts": 3, "unchanged": 3, "drafts": 2}
    assert numbers(blog.build(drafts=True)) == {"posts": 5, "added": 2, "unchanged": 3}
    assert blog.count("钟山") == 1
    assert numbers(blog.build(drafts=True)) == {"posts": 5, "unchanged": 5}
    expected = {"posts": 3, "removed": 2, "unchanged": 3, "drafts": 2}
    assert numbers(blog.build(drafts=False)) == expected
    assert blog.count("钟山") == 0


def test_drafts_may_be_wanted_by_the_configuration_and_refused_by_the_option(blog: Blog):
    blog.write({"posts/draft.md": DRAFT})
    wanting = IndexConfig(drafts=True)
    assert blog.build("posts", config=wanting, drafts=False).drafts == 1
    assert blog.build("posts", config=wanting).posts == 4


def test_a_post_that_becomes_a_draft_is_removed_and_comes_back(blog: Blog):
    blog.build("posts")
    blog.write({"posts/a.md": DRAFT}, mtime=OLD + 1)
    assert numbers(blog.build()) == {"posts": 2, "removed": 1, "unchanged": 2, "drafts": 1}
    assert "a.md" not in blog.ids
    blog.write({"posts/a.md": POSTS["a.md"]}, mtime=OLD + 2)
    assert numbers(blog.build()) == {"posts": 3, "added": 1, "unchanged": 2}


def test_a_draft_that_is_gone_is_not_counted_as_removed(blog: Blog):
    blog.write({"posts/draft.md": DRAFT})
    blog.build("posts")
    (blog.folder / "posts/draft.md").unlink()
    assert numbers(blog.build()) == {"posts": 3, "unchanged": 3}


# Reports.


def test_the_report_accounts_for_every_file(blog: Blog):
    blog.write(
        {
            "posts/draft.md": DRAFT,
            "posts/bad.md": DOUBTFUL,
            "posts/empty.md": "",
            "posts/blank.md": " \n",
            "posts/.hidden.md": "x",
            "posts/node_modules/x.md": "x",
            "posts/notes.txt": "x",
            "posts/out.md": "x",
        }
    )
    report = blog.build("posts", config=IndexConfig(exclude=("out.md",)))
    assert numbers(report) == {
        "posts": 4,
        "added": 4,
        "drafts": 1,
        "excluded": 3,
        "skipped": 2,
        "warnings": 1,
    }
    assert [Path(notice.path).name for notice in report.skipped] == ["blank.md", "empty.md"]
    assert {notice.reason for notice in report.skipped} == {"the file is empty"}
    assert (Path(report.warnings[0].path).name, report.warnings[0].line) == ("bad.md", 3)
    assert report.index == blog.index


def test_warnings_and_skipped_files_are_reported_again_by_every_run(blog: Blog):
    blog.write({"posts/bad.md": DOUBTFUL, "posts/blank.md": " ", "posts/empty.md": ""})
    first = blog.build("posts")
    assert (len(first.skipped), len(first.warnings)) == (2, 1)
    for report in (blog.build(), blog.build(full=True), blog.build(dry_run=True)):
        assert (report.skipped, report.warnings) == (first.skipped, first.warnings)


def test_warnings_end_with_their_reason(blog: Blog):
    blog.write({"posts/bad.md": DOUBTFUL})
    blog.build("posts")
    blog.write({"posts/bad.md": POSTS["a.md"]}, mtime=OLD + 1)
    assert blog.build().warnings == ()


@pytest.mark.parametrize("text", ["", "   \n", "x" * (2**20 + 1)])
def test_a_post_that_can_be_read_no_more_is_removed_and_reported(blog: Blog, text: str):
    config = IndexConfig(max_file_mib=1)
    blog.build("posts", config=config)
    blog.write({"posts/a.md": text}, mtime=OLD + 1)
    report = blog.build(config=config)
    assert numbers(report) == {"posts": 2, "removed": 1, "unchanged": 2, "skipped": 1}
    assert Path(report.skipped[0].path).name == "a.md"
    assert blog.ids == ["b.md", "sub/c.html"]
    blog.write({"posts/a.md": POSTS["a.md"]}, mtime=OLD + 2)
    assert numbers(blog.build(config=config)) == {"posts": 3, "added": 1, "unchanged": 2}


def test_a_file_that_is_excluded_from_now_on_is_removed(blog: Blog):
    blog.build("posts")
    report = blog.build(config=IndexConfig(exclude=("sub",)))
    assert numbers(report) == {"posts": 2, "removed": 1, "unchanged": 2, "excluded": 1}


class SlowStore(MemoryStore):
    """A store on a slow disk: each commit takes half a second."""

    @contextmanager
    def writer(self, *, wait: float = 0) -> Iterator[MemoryWriter]:
        with super().writer(wait=wait) as writer:
            yield writer
            time.sleep(0.5)


def test_the_time_of_a_run_includes_the_commit(blog: Blog):
    order = Order(paths=(blog.folder / "posts",), config=IndexConfig(), dictionary=(), now=NOW)
    assert 500 <= run(SlowStore(), order, index="slow").took_ms < 60_000
    assert run(SlowStore(), replace(order, dry_run=True), index="slow").took_ms > 0


def test_progress_counts_the_files_that_are_read(blog: Blog):
    seen: list[tuple[int, int]] = []
    blog.build("posts", progress=lambda *step: seen.append(step))
    assert seen == [(1, 3), (2, 3), (3, 3)]


# All or nothing.


class Stopped(Exception):
    """Raised by a caller in the middle of a run."""


def stop(done: int, total: int) -> None:
    if done == 2:
        raise Stopped


@pytest.mark.parametrize("full", [False, True])
def test_a_run_that_fails_half_way_leaves_the_index_as_it_was(blog: Blog, full: bool):
    blog.build("posts")
    blog.write({f"posts/{name}": f"改写{text}" for name, text in POSTS.items()}, mtime=OLD + 1)
    (blog.folder / "posts/b.md").unlink()
    with pytest.raises(Stopped):
        blog.build(full=full, progress=stop)
    assert blog.ids == ["a.md", "b.md", "sub/c.html"]
    assert (blog.count("明月"), blog.count("改写")) == (1, 0)
    assert numbers(blog.build()) == {"posts": 2, "updated": 2, "removed": 1}


def test_a_failed_run_leaves_no_file_behind(on_disk: Blog):
    on_disk.build("posts")
    before = state_of(Path(on_disk.index))
    on_disk.write({f"posts/{number}.md": "很多" for number in range(5)})
    with pytest.raises(Stopped):
        on_disk.build(progress=stop)
    assert state_of(Path(on_disk.index)) == before


def test_a_first_run_that_fails_leaves_no_index(blog: Blog):
    with pytest.raises(Stopped):
        blog.build("posts", progress=stop)
    assert blog.ids == []
    assert numbers(blog.build("posts")) == {"posts": 3, "added": 3}


def test_two_runs_do_not_write_at_once(blog: Blog):
    blog.build("posts")
    with open_store(blog.index).writer(), pytest.raises(StoreLocked):
        blog.build(wait=0.01)
    assert blog.build().unchanged == 3


# Folders.


def test_without_any_folder_there_is_nothing_to_index(blog: Blog):
    with pytest.raises(ConfigError, match="no folder to index: name one"):
        blog.build()


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_path_that_is_not_there_is_an_error(blog: Blog, dry_run: bool):
    with pytest.raises(ConfigError, match="nowhere: there is no such file or folder to index"):
        blog.build("posts", "nowhere", dry_run=dry_run)


def test_a_mistake_in_the_paths_makes_no_index(on_disk: Blog):
    with pytest.raises(ConfigError):
        on_disk.build("nowhere")
    assert not Path(on_disk.index).exists()


def test_a_loop_of_links_given_as_path_is_an_error(blog: Blog):
    (blog.folder / "loop").symlink_to("loop")
    with pytest.raises(ConfigError, match="loop: there is no such file or folder"):
        blog.build("loop")


def test_a_path_inside_a_root_updates_only_that_part(blog: Blog):
    blog.build("posts")
    blog.write({"posts/sub/new.md": "新", "posts/other.md": "新", "posts/empty.md": ""})
    (blog.folder / "posts/a.md").unlink()
    (blog.folder / "posts/sub/c.html").unlink()
    assert numbers(blog.build("posts/sub")) == {"posts": 3, "added": 1, "removed": 1}
    assert blog.ids == ["a.md", "b.md", "sub/new.md"]
    assert numbers(blog.build("posts/a.md")) == {"posts": 2, "removed": 1}
    assert numbers(blog.build("posts/other.md")) == {"posts": 3, "added": 1}


def test_a_path_never_removes_another_root(blog: Blog):
    blog.write({"other/x.md": "另一篇"})
    blog.build("posts")
    assert numbers(blog.build("other")) == {"posts": 4, "added": 1}
    assert numbers(blog.build("other")) == {"posts": 4, "unchanged": 1}
    assert numbers(blog.build()) == {"posts": 4, "unchanged": 4}


def test_two_roots_with_the_same_ids_are_told_apart_for_good(blog: Blog):
    blog.write({"other/a.md": "另一个甲", "other/x.md": "别的"})
    blog.build("posts")
    blog.build("other")
    assert blog.ids == ["a.md", "b.md", "other/a.md", "sub/c.html", "x.md"]
    assert blog.body("other/a.md") == "另一个甲"
    # The first root's file may go, the other's keeps its id; also when all is built anew.
    (blog.folder / "posts/a.md").unlink()
    for full in (False, True):
        blog.build(full=full)
        assert blog.ids == ["b.md", "other/a.md", "sub/c.html", "x.md"]


def test_posts_of_the_same_name_are_found_by_their_own_paths(blog: Blog):
    blog.write({"other/a.md": "另一个甲", "2/a.md": "二"})
    blog.build("posts", "other", "2/a.md")
    for name, text in (
        ("posts/a.md", "春风又绿江南岸"),
        ("other/a.md", "另一个甲"),
        ("2/a.md", "二"),
    ):
        assert blog.body(str(blog.folder / name)) == text
    with open_index(blog.index) as index:
        assert index.document(str(blog.folder / "3" / "a.md")) is None


def test_two_folders_of_the_same_name_are_told_apart(blog: Blog):
    blog.write({"2/posts/a.md": "二", "3/posts/a.md": "三"})
    blog.build("posts", "2/posts", "3/posts")
    assert [blog.body(f"{label}a.md") for label in ("posts-2/", "posts-3/")] == ["二", "三"]


def test_a_single_file_can_be_a_root(blog: Blog):
    assert numbers(blog.build("posts/a.md")) == {"posts": 1, "added": 1}
    assert blog.ids == ["a.md"]
    assert numbers(blog.build()) == {"posts": 1, "unchanged": 1}
    assert numbers(blog.build("posts/b.md")) == {"posts": 2, "added": 1}


def test_a_single_file_that_is_no_post_is_skipped(blog: Blog):
    blog.write({"notes.txt": "x"})
    report = blog.build("notes.txt")
    assert numbers(report) == {"skipped": 1}
    assert "its name ends in none of .md" in report.skipped[0].reason


def test_a_forgotten_root_is_removed_with_its_posts_alone(blog: Blog):
    blog.write({"other/x.md": "另一篇"})
    blog.build("posts", "other")
    report = blog.build(forget=blog.folder / "posts")
    assert numbers(report) == {"posts": 1, "removed": 3, "unchanged": 1}
    assert blog.ids == ["x.md"]
    assert numbers(blog.build()) == {"posts": 1, "unchanged": 1}
    assert numbers(blog.build(forget=[blog.folder / "other"])) == {"removed": 1}
    with pytest.raises(ConfigError, match="no folder to index"):
        blog.build()


def test_what_is_no_root_cannot_be_forgotten(blog: Blog):
    blog.build("posts")
    with pytest.raises(ConfigError, match=r"sub: this folder is not indexed; .*/posts$"):
        blog.build(forget=blog.folder / "posts/sub")


@pytest.mark.parametrize("full", [False, True])
def test_a_root_that_vanished_is_an_error_that_names_the_way_out(blog: Blog, full: bool):
    blog.write({"other/x.md": "另一篇"})
    blog.build("posts", "other")
    shutil.rmtree(blog.folder / "posts")
    expected = r"indexed before, but not there any more: \S*/posts; .* index --forget \S*/posts`"
    with pytest.raises(ConfigError, match=expected):
        blog.build(full=full)
    assert len(blog.ids) == 4
    assert numbers(blog.build("other")) == {"posts": 4, "unchanged": 1}
    report = blog.build(full=full, forget=blog.folder / "posts")
    assert (report.posts, report.removed, blog.ids) == (1, 3, ["x.md"])


def test_all_the_roots_that_vanished_are_named_at_once(blog: Blog):
    blog.write({"other one/x.md": "另一篇", "third/y.md": "又一篇"})
    blog.build("posts", "other one", "third")
    for name in ("posts", "other one"):
        shutil.rmtree(blog.folder / name)
    with pytest.raises(ConfigError, match=r"more: \S+/posts, \S+/other one; put back") as raised:
        blog.build()
    forgetting = f"--forget {blog.folder}/posts --forget '{blog.folder}/other one'`"
    assert forgetting in str(raised.value)
    assert "third" not in str(raised.value)
    blog.write({"third/y.md": "改过的又一篇"})
    assert numbers(blog.build("third")) == {"posts": 5, "updated": 1}
    assert blog.count("春风又绿") == 1


def test_a_root_around_an_older_one_leaves_its_ids_alone(blog: Blog):
    blog.write({"posts/sub/empty.md": "", "posts/sub/.hidden.md": "x"})
    blog.build("posts/sub")
    report = blog.build("posts")
    assert numbers(report) == {
        "posts": 3,
        "added": 2,
        "unchanged": 1,
        "excluded": 1,
        "skipped": 1,
    }
    assert blog.ids == ["a.md", "b.md", "c.html"]
    assert numbers(blog.build()) == {"posts": 3, "unchanged": 3, "excluded": 1, "skipped": 1}


def test_a_folder_inside_a_root_is_no_root_of_its_own(blog: Blog):
    blog.build("posts")
    blog.build("posts/sub")
    assert blog.ids == ["a.md", "b.md", "sub/c.html"]
    with pytest.raises(ConfigError, match="not indexed"):
        blog.build(forget=blog.folder / "posts/sub")


def test_a_root_inside_another_can_be_forgotten_and_its_files_stay_with_the_other(blog: Blog):
    blog.build("posts/sub")
    blog.build("posts")
    report = blog.build(forget=blog.folder / "posts/sub")
    assert numbers(report) == {"posts": 3, "renamed": 1, "unchanged": 2}
    assert blog.ids == ["a.md", "b.md", "sub/c.html"]
    assert numbers(blog.build("posts/a.md")) == {"posts": 3, "unchanged": 1}
    assert numbers(blog.build()) == {"posts": 3, "unchanged": 3}


def test_a_root_can_be_forgotten_and_added_in_one_run(blog: Blog):
    blog.build("posts")
    report = blog.build("posts", forget=blog.folder / "posts")
    assert numbers(report) == {"posts": 3, "unchanged": 3}


def test_a_root_may_be_given_through_a_link(blog: Blog):
    (blog.folder / "link").symlink_to("posts")
    blog.build("link")
    assert numbers(blog.build("posts")) == {"posts": 3, "unchanged": 3}


def unmount(folder: Path) -> None:
    """Leave what a disk leaves that was mounted there."""
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize("full", [False, True])
def test_a_root_that_became_empty_may_lack_its_disk_and_its_posts_stay(blog: Blog, full: bool):
    blog.write({"other/x.md": "另一篇"})
    blog.build("posts", "other")
    unmount(blog.folder / "posts")
    expected = r"empty now, as if its disk were not mounted: \S*/posts; .* --forget \S*/posts`"
    for paths in ([], ["posts"], ["posts/a.md"]):
        with pytest.raises(ConfigError, match=expected):
            blog.build(*paths, full=full)
    assert len(blog.ids) == 4
    assert numbers(blog.build("other")) == {"posts": 4, "unchanged": 1}
    report = blog.build(full=full, forget=blog.folder / "posts")
    assert (report.posts, report.removed, blog.ids) == (1, 3, ["x.md"])
    assert blog.build("posts").posts == 1


def test_roots_that_vanished_and_that_became_empty_are_named_at_once(blog: Blog):
    blog.write({"other/x.md": "另一篇"})
    blog.build("posts", "other")
    unmount(blog.folder / "posts")
    shutil.rmtree(blog.folder / "other")
    with pytest.raises(ConfigError, match=r"more: \S+/other; empty now, .*: \S+/posts; put back"):
        blog.build()


@pytest.mark.parametrize("left", ["notes.txt", ".keep", "sub/notes.txt"])
def test_a_root_that_holds_anything_but_posts_has_its_posts_removed(blog: Blog, left: str):
    blog.build("posts")
    unmount(blog.folder / "posts")
    blog.write({f"posts/{left}": "x"})
    assert numbers(blog.build()) == {"removed": 3}
    assert blog.ids == []


def test_a_root_without_posts_may_become_empty(blog: Blog):
    blog.write({"drafts/d.md": DRAFT, "other/x.md": "另一篇"})
    blog.build("drafts", "other")
    unmount(blog.folder / "drafts")
    blog.build()
    assert numbers(blog.build()) == {"posts": 1, "unchanged": 1}


@pytest.mark.parametrize("lost", ["settings.json", "manifest.json"])
def test_an_empty_root_is_an_error_too_where_it_is_lost_which_posts_it_had(
    on_disk: Blog, lost: str
):
    on_disk.build("posts")
    kept(on_disk, lost).unlink()
    unmount(on_disk.folder / "posts")
    for mend in (partial(on_disk.build, full=True), partial(check, on_disk.index, repair=True)):
        with pytest.raises(ConfigError, match="empty now"):
            mend()


def test_a_slice_of_an_index_that_is_built_anew_does_without_no_root_that_had_posts(tmp_path: Path):
    before = (Root(tmp_path.as_posix(), "posts"),)
    order = Order((), IndexConfig(), (), NOW, slice=Slice(1, 2), before=before)
    with pytest.raises(ConfigError, match="empty now"):
        run(MemoryStore(), order, index="memory:")


@contextmanager
def unreadable(folder: Path) -> Iterator[None]:
    folder.chmod(0)
    try:
        if os.access(folder, os.R_OK):
            pytest.skip("this user may read everything")
        yield
    finally:
        folder.chmod(0o755)


def test_the_posts_of_a_folder_that_cannot_be_read_stay_and_it_is_told_of(blog: Blog):
    blog.build("posts")
    (blog.folder / "posts/b.md").unlink()
    with unreadable(blog.folder / "posts/sub"):
        report = blog.build()
        assert numbers(report) == {"posts": 2, "removed": 1, "unchanged": 1, "skipped": 1}
        assert report.skipped[0].path == str(blog.folder / "posts/sub")
        assert "Permission denied; what the index holds of it stays" in report.skipped[0].reason
        with pytest.raises(ConfigError, match="cannot be read now; the index is as it was"):
            blog.build(full=True)
    assert blog.ids == ["a.md", "sub/c.html"]
    assert numbers(blog.build(full=True)) == {"posts": 2, "updated": 2}


def test_a_root_that_cannot_be_read_is_an_error_and_its_posts_stay(blog: Blog):
    blog.build("posts")
    with unreadable(blog.folder / "posts"):
        with pytest.raises(ConfigError, match="posts: this folder was indexed before"):
            blog.build()
        assert len(blog.ids) == 3


# Reasons to build anew.


def dictionary(blog: Blog, text: str) -> IndexConfig:
    path = blog.folder / "words.txt"
    path.write_text(text, encoding="utf-8")
    return IndexConfig(dictionary=str(path))


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (IndexConfig(timezone="UTC"), "the timezone changed from Asia/Shanghai"),
        (IndexConfig(segmenter="jieba"), "the analyzer changed"),
    ],
)
def test_another_configuration_builds_anew_and_says_why(
    blog: Blog, config: IndexConfig, reason: str
):
    blog.build("posts")
    report = blog.build(config=config)
    assert numbers(report) == {"posts": 3, "updated": 3}
    assert report.reason == reason
    again = blog.build(config=config)
    assert (numbers(again), again.reason) == ({"posts": 3, "unchanged": 3}, None)


def test_naive_dates_move_with_the_timezone(blog: Blog):
    blog.build("posts")
    blog.build(config=IndexConfig(timezone="UTC"))
    with open_index(blog.index) as index:
        document = index.document("a.md")
    assert document is not None
    assert str(document.metadata.date) == "2024-05-01 00:00:00+00:00"


def test_a_word_of_the_dictionary_is_news_to_the_posts_that_hold_it_alone(blog: Blog):
    blog.build("posts")
    config = dictionary(blog, "# 诗\n江南岸\n坏 坏 坏 坏\n")
    planned = blog.build(config=config, dry_run=True)
    report = blog.build(config=config)
    assert (report.reanalyzed, report.updated, report.reason) == (1, 1, None)
    assert (planned.reanalyzed, planned.updated) == (1, 1)
    assert [(one.path, one.line) for one in report.warnings] == [(config.dictionary, 3)]
    assert numbers(blog.build(config=config)) == {"posts": 3, "unchanged": 3, "warnings": 1}
    assert blog.build(config=dictionary(blog, "")).reanalyzed == 1


def test_a_changed_dictionary_counts_for_all_posts_whichever_part_is_asked_for(blog: Blog):
    blog.build("posts")
    report = blog.build("posts/b", config=dictionary(blog, "江南岸\n"))
    assert report.reanalyzed == 1
    assert report.posts == 3


def test_a_dictionary_that_says_the_same_builds_nothing(blog: Blog):
    blog.build("posts", config=dictionary(blog, "江南岸\n"))
    assert blog.build(config=dictionary(blog, "# 又一行注释\n\n江南岸\n")).unchanged == 3


def kept(blog: Blog, name: str) -> Path:
    (path,) = Path(blog.index).glob(f"{name}.*")
    return path


def test_an_index_of_another_format_is_built_anew_with_its_roots(on_disk: Blog):
    on_disk.build("posts")
    settings = kept(on_disk, "settings.json").read_bytes()
    with open_store(on_disk.index).writer() as writer:
        writer.keep(
            "settings.json", settings.replace(b'"format": "%s"' % FORMAT.encode(), b'"format": "0"')
        )
        writer.keep("manifest.json", b"of another format")
    report = on_disk.build()
    assert numbers(report) == {"posts": 3, "added": 3}
    assert report.reason == "format 0 is outdated"
    assert on_disk.build().unchanged == 3


@pytest.mark.parametrize("name", ["manifest.json", "settings.json"])
def test_a_damaged_side_file_is_an_error_and_full_builds_anew(on_disk: Blog, name: str):
    on_disk.build("posts")
    kept(on_disk, name).write_bytes(b"damaged")
    with pytest.raises(StoreCorrupt, match=f"{on_disk.index}: .* check --repair` mends"):
        on_disk.build("posts")
    report = on_disk.build("posts", full=True)
    assert (numbers(report), report.reason) == ({"posts": 3, "added": 3}, "--full")


def test_the_roots_survive_a_damaged_manifest(on_disk: Blog):
    on_disk.build("posts")
    kept(on_disk, "manifest.json").unlink()
    kept(on_disk, "settings.json").with_name("manifest.json.1").write_bytes(b"damaged")
    assert on_disk.build(full=True).posts == 3


def damage(path: Path, how: str) -> None:
    if how == "delete":
        path.unlink()
    else:
        os.truncate(path, 0 if how == "empty" else path.stat().st_size - 1)


@pytest.mark.parametrize("how", ["delete", "empty", "cut"])
@pytest.mark.parametrize(
    "pattern", ["settings.json.*", "manifest.json.*", "catalogue.json.*", "*.seg"]
)
def test_whatever_is_damaged_full_builds_anew_with_every_root(
    on_disk: Blog, pattern: str, how: str
):
    on_disk.write({"other/x.md": "另一篇"})
    on_disk.build("posts", "other")
    (path,) = Path(on_disk.index).glob(pattern)
    damage(path, how)
    before = state_of(Path(on_disk.index))
    for changed in (False, True):
        if changed:
            on_disk.write({"posts/a.md": "改过的一篇"}, mtime=OLD + 1)
        with pytest.raises(StoreCorrupt, match=r" check --repair` mends") as raised:
            on_disk.build("posts")
        assert path.name.removesuffix(".0") in str(raised.value)
    assert state_of(Path(on_disk.index)) == before
    assert on_disk.build("posts", full=True).posts == 4
    assert on_disk.ids == ["a.md", "b.md", "sub/c.html", "x.md"]
    assert numbers(on_disk.build()) == {"posts": 4, "unchanged": 4}


def test_where_no_root_is_known_any_more_they_are_asked_for(on_disk: Blog):
    on_disk.build("posts")
    for name in ("settings.json", "manifest.json"):
        kept(on_disk, name).write_bytes(b"")
    with pytest.raises(ConfigError, match=rf"`souwen --index {on_disk.index} index --full FOLDER`"):
        on_disk.build(full=True)
    report = on_disk.build("posts", full=True)
    assert report.reason == "--full; the folders that the damaged index covered are not known"


def test_jobs_must_be_one_or_more(blog: Blog):
    with pytest.raises(ConfigError, match="jobs is 0; it must be a whole number, 1 or more"):
        blog.build("posts", jobs=0)


def test_a_file_that_souwen_fails_on_is_skipped_with_the_reason():
    # No file system has such a name: it stands for whatever nobody thought of.
    found = Found("a.md", "posts", SourceFile("a.md", "/posts/a\0.md", 1, OLD))
    options = Options("auto", (), "UTC", NOW, drafts=False, max_bytes=100)
    skipped = Preparer(options).prepare(Task(found)).skipped
    assert skipped is not None
    assert "souwen failed on this file (ValueError: embedded null byte)" in skipped.reason


# Processes.

MUCH = f"\n\n<!-- {'x' * 32_000} -->\n"
"""Enough, in 70 posts, to start other processes for, but quickly read."""


def test_many_processes_build_the_index_that_one_builds(tmp_path: Path):
    posts = {f"{number:03}.md": f"江南第{number}篇。{MUCH}" for number in range(70)}
    posts["bad.md"], posts["draft.md"], posts["blank.md"] = DOUBTFUL, DRAFT, " "
    write_old(tmp_path / "posts", posts)
    seen: list[tuple[int, int]] = []
    one = build(tmp_path / "posts", index=tmp_path / "one", now=NOW, jobs=1)
    two = build(
        tmp_path / "posts",
        index=tmp_path / "two",
        now=NOW,
        jobs=2,
        progress=lambda *step: seen.append(step),
    )
    assert seen == [(number, 73) for number in range(1, 74)]
    assert replace(one, took_ms=0, index="") == replace(two, took_ms=0, index="")
    with open_index(tmp_path / "one") as first, open_index(tmp_path / "two") as second:
        assert ids(tmp_path / "one") == ids(tmp_path / "two")
        assert all(first.document(one) == second.document(one) for one in ids(tmp_path / "one"))
        found = [index.search("江南 篇", limit=None, now=NOW) for index in (first, second)]
    assert [(hit.id, hit.score) for hit in found[0]] == [(hit.id, hit.score) for hit in found[1]]


def test_a_run_with_processes_that_fails_leaves_the_index_as_it_was(tmp_path: Path):
    write_old(tmp_path / "posts", {f"{n}.md": f"江南第{n}篇。{MUCH}" for n in range(70)})
    with pytest.raises(Stopped):
        build(tmp_path / "posts", index=tmp_path / "index", jobs=2, progress=stop)
    assert ids(tmp_path / "index") == []


def test_posts_come_in_their_order_however_long_each_of_them_takes(tmp_path: Path):
    posts = {f"{n:03}.md": f"{n}\n" + "江南岸" * (200_000 if n == 5 else 1) for n in range(200)}
    write_old(tmp_path / "posts", posts)
    build(tmp_path / "posts", index=tmp_path / "index", now=NOW, jobs=3)
    found = list(open_store(tmp_path / "index").ids())
    assert found == sorted(posts)


def test_a_run_with_processes_that_is_abandoned_anywhere_ends_them(tmp_path: Path):
    write_old(tmp_path / "posts", {f"{n:03}.md": f"江南第{n}篇。{MUCH}" for n in range(200)})
    for last in (1, 40, 130, 200):

        def stop_late(done: int, total: int, last: int = last) -> None:
            if done == last:
                raise Stopped

        with pytest.raises(Stopped):
            build(tmp_path / "posts", index=tmp_path / "index", jobs=2, progress=stop_late)
        assert active_children() == []


def test_a_process_that_is_killed_ends_the_run_with_what_to_do(tmp_path: Path):
    write_old(tmp_path / "posts", {f"{n}.md": f"江南第{n}篇。{MUCH}" for n in range(400)})

    def kill(*_: int) -> None:
        for child in active_children():
            child.kill()

    with pytest.raises(StoreError, match=r"ended from outside.*`--jobs 1`"):
        build(tmp_path / "posts", index=tmp_path / "index", jobs=2, progress=kill)
    assert ids(tmp_path / "index") == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file names")
def test_a_file_name_that_is_no_utf8_is_a_post_like_others(blog: Blog):
    name = os.fsdecode(b"posts/\xc4\xe3\xba\xc3.md")
    blog.write({name: "文件名是国标码"})
    assert blog.build("posts").added == 4
    assert numbers(blog.build()) == {"posts": 4, "unchanged": 4}
    assert blog.count("国标码") == 1
    (blog.folder / name).unlink()
    assert blog.build().removed == 1
