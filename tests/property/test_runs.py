"""Whatever happened to the files before, an index says what a new one would say."""

import itertools
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tools.runs import NOW, OLD, ids

from souwen.index import Document, IndexReport, build
from souwen.search import open_index

NAMES = st.sampled_from(["a.md", "b.md", "sub/a.md", "sub/_drafts/b.md", "sub/c.html"])
TEXTS = st.sampled_from(
    [
        "",
        " \n",
        "春风又绿江南岸",
        "# 明月\n\n何时照我还",
        "---\ntitle: 草稿\ndraft: true\n---\n钟山只隔数重山",
        "---\ntitle: 坏日子\ndate: 2024-13-45\n---\n正文",
        "<p>京口瓜洲一水间</p>",
    ]
)
OPTIONS = st.fixed_dictionaries({"drafts": st.booleans(), "full": st.booleans()})
EDITS = st.one_of(
    st.tuples(st.just("write"), NAMES, TEXTS),
    st.tuples(st.just("remove"), NAMES, st.none()),
    st.tuples(st.just("touch"), NAMES, st.none()),
    st.tuples(st.just("build"), st.sampled_from(["", "sub"]), OPTIONS),
)
COUNTER = itertools.count()


class Blog:
    """A folder of posts in which every write has a time of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sub").mkdir(parents=True)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.touch(name)

    def touch(self, name: str) -> None:
        if (self.folder / name).exists():
            moment = OLD + next(COUNTER)
            os.utime(self.folder / name, ns=(moment, moment))

    def remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)


def documents(index: str) -> dict[str, Document | None]:
    with open_index(index) as opened:
        return {id: opened.document(id) for id in ids(index)}  # noqa: A001


def adds_up(report: IndexReport) -> bool:
    """All that is in the index was added, updated or unchanged by a run that saw everything."""
    return report.posts == report.added + report.updated + report.unchanged


@settings(deadline=None, max_examples=40)
@given(history=st.lists(EDITS, max_size=12), drafts=st.booleans())
def test_any_history_of_edits_and_runs_ends_as_a_new_build_does(
    history: list[tuple[str, str, object]], drafts: bool
):
    work = Path(tempfile.mkdtemp())
    try:
        blog, number = Blog(work / "posts"), next(COUNTER)
        old, new = f"memory:old{number}", f"memory:new{number}"
        build(blog.folder, index=old, now=NOW)
        before = 0
        for what, name, value in history:
            match what, value:
                case "write", str():
                    blog.write(name, value)
                case "remove", _:
                    blog.remove(name)
                case "touch", _:
                    blog.touch(name)
                case _, dict():
                    report = build(blog.folder / name, index=old, now=NOW, **value)
                    assert report.posts == before + report.added - report.removed
                    assert report.posts == len(ids(old))
                    before = report.posts
        updated = build(index=old, now=NOW, drafts=drafts)
        fresh = build(blog.folder, index=new, now=NOW, drafts=drafts)
        assert adds_up(updated)
        assert adds_up(fresh)
        assert documents(old) == documents(new)
        for count in ("posts", "drafts", "excluded", "skipped", "warnings"):
            assert getattr(updated, count) == getattr(fresh, count)
    finally:
        shutil.rmtree(work)
