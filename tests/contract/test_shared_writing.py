"""Other processes may help to write an index: it is the one that a single process writes."""

import os
import pickle
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import truediv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tools.runs import NOW, ids, write_old

from souwen.index import StoreCorrupt, StoreError, build
from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.documents import AnalyzedDocument, Document, Metadata
from souwen.index.engines.whoosh.commit import read_commit
from souwen.index.engines.whoosh.compaction import merge
from souwen.index.engines.whoosh.filling import Filling
from souwen.index.engines.whoosh.layout import FULL, WORDS, Layout
from souwen.index.engines.whoosh.segment import Segment
from souwen.index.engines.whoosh.store import WhooshStore
from souwen.index.engines.whoosh.stored import Texts
from souwen.index.engines.whoosh.writer import WIDEST
from souwen.index.errors import SouwenError
from souwen.index.prepare import Options, Preparer
from souwen.index.workers import crew
from souwen.search import open_index

ANALYZER = Analyzer()
LINES = ("春风又绿江南岸", "明月何时照我还", "网关与微服务", "快手小程序", "全文检索的索引")
OPTIONS = Options("auto", (), "UTC", NOW, drafts=False, max_bytes=100)


def post(number: int) -> AnalyzedDocument:
    dice = random.Random(number)
    body = "。".join(dice.choice(LINES) for _ in range(dice.randint(0, 40)))
    metadata = Metadata(date=NOW if number % 3 else None, tags=(dice.choice(("甲", "乙")),))
    document = Document(f"{number}.md", f"/posts/{number}.md", f"第{number}篇", body, metadata)
    return analyze_document(document, ANALYZER)


def sent(calls: Sequence[Callable[[], Any]]) -> Iterator[Any]:
    """What comes of calls that were sent to another process, and the answers back."""
    for call in calls:
        yield pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(call))()))


def segments(folder: Path, layout: Layout) -> list[Segment]:
    filling = Filling(folder, layout, Texts(), flush=3_000)
    for number in range(100):
        filling.put(post(number))
    return [Segment(folder, info, layout) for info in filling.finish()]


@pytest.mark.parametrize("layout", [FULL, WORDS])
def test_processes_merge_segments_as_one_process_does(tmp_path: Path, layout: Layout):
    parts = segments(tmp_path, layout)
    assert len(parts) > 1
    dice = np.random.default_rng(7)
    lives = [dice.random(one.info.documents) < 0.8 for one in parts]
    alone, together = (merge(tmp_path, parts, lives, layout, spread) for spread in (None, sent))
    files = [tmp_path / f"{info.name}.seg" for info in (alone, together)]
    first, second = (Segment(tmp_path, info, layout) for info in (alone, together))
    assert list(first.ids()) == list(second.ids())
    for name in ("body.words", "id"):
        runs = zip(first.dictionary(name).runs(), second.dictionary(name).runs(), strict=True)
        for mine, other in runs:
            assert mine.terms == other.terms
            assert mine.counts.tolist() == other.counts.tolist()
            assert mine.numbers.tolist() == other.numbers.tolist()
    assert files[0].stat().st_size == files[1].stat().st_size
    assert not list(tmp_path.glob("*.part"))


def test_more_segments_than_are_merged_at_once_become_one_in_their_order(tmp_path: Path):
    store = WhooshStore(tmp_path, WORDS)
    with store.writer() as writer:
        filling = Filling(tmp_path, WORDS, Texts())
        posts = [post(number) for number in range(WIDEST + 3)]
        segments = []
        for one in posts:
            filling.put(one)
            segments += filling.finish()
        assert len(segments) == len(posts)
        writer.adopt([segments], sent)
    commit = read_commit(tmp_path, lambda layout: layout)
    assert commit is not None
    assert [info.documents for info in commit.segments] == [len(posts)]
    assert list(store.ids()) == [one.document.id for one in posts]
    assert list(store.verify()) == []


LATIN = "gateway proxy 微服务 " * 1_250
"""As much as makes a dictionary of 200 posts, and is cut quickly."""


def blog(folder: Path, numbers: range, line: str) -> None:
    write_old(folder, {f"{n:03}.md": f"# 第{n}篇\n\n{line}\n\n{LATIN}" for n in numbers})


def answers(index: Path) -> object:
    with open_index(index) as opened:
        results = [
            opened.search(query, limit=None, now=NOW)
            for query in ("微服务", "江南", "明月 gateway", '"proxy 微服务"')
        ]
        documents = sorted((name, repr(opened.document(name))) for name in ids(index))
    return documents, [[(hit.id, hit.score) for hit in found] for found in results]


def test_what_processes_add_replace_and_remove_is_what_one_process_does(tmp_path: Path):
    posts, indexes = tmp_path / "posts", [tmp_path / "one", tmp_path / "two"]
    blog(posts, range(400), "春风又绿江南岸")
    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: blog(posts, range(50, 250), "明月何时照我还"),
        lambda: [(posts / f"{n:03}.md").unlink() for n in range(100, 120)],
        lambda: blog(posts, range(100, 330), "京口瓜洲一水间"),
    ]
    for step in steps:
        step()
        reports = [
            replace(build(posts, index=index, now=NOW, jobs=jobs), took_ms=0, index="")
            for jobs, index in enumerate(indexes, 1)
        ]
        assert reports[0] == reports[1]
        assert answers(indexes[0]) == answers(indexes[1])


def test_what_a_process_stumbles_over_is_raised_where_it_was_asked():
    with crew(partial(Preparer, OPTIONS), 2) as workers, pytest.raises(ZeroDivisionError):
        list(workers.spread([partial(truediv, 1, divisor) for divisor in (1, 2, 0, 4)]))


def test_calls_are_answered_in_their_order_by_however_few_processes():
    with crew(partial(Preparer, OPTIONS), 2) as workers:
        assert list(workers.spread([partial(pow, 2, n) for n in range(50)])) == [
            2**n for n in range(50)
        ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_while_one_process_is_at_something_long_the_others_go_on(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Nobody reads to the end before somebody else writes.
    read, written = partial(Path.read_bytes, pipe), partial(Path.write_bytes, pipe, b"42")
    with crew(partial(Preparer, OPTIONS), 2) as workers:
        found = list(workers.spread([read, *[partial(pow, 2, n) for n in range(50)], written]))
    assert found == [b"42", *[2**n for n in range(50)], 2]


@pytest.mark.parametrize(
    "error", [StoreCorrupt("坏了", "a.seg"), StoreError("满了"), SouwenError()]
)
def test_errors_of_ours_can_be_sent_from_process_to_process(error: SouwenError):
    found = pickle.loads(pickle.dumps(error))
    assert (type(found), found.args, vars(found)) == (type(error), error.args, vars(error))
