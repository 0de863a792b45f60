"""What a search promises, held against a scan of all posts of the blogs."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from data import scan
from filelock import FileLock
from opencc import OpenCC

from souwen.index import build
from souwen.search import Index, open_index

NOW = datetime(2024, 11, 1, tzinfo=UTC)
TO_TRADITIONAL = OpenCC("s2t").convert
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

EVERY = int(os.environ.get("SOUWEN_EVERY", "5"))
"""SOUWEN_EVERY=1 takes every string and title that is drawn, which takes some minutes."""


@pytest.fixture(scope="session")
def index(blogs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """All blogs, indexed once for all processes of a test run."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with FileLock(base / "blogs.lock"):
        if not (base / "blogs-index").is_dir():
            build(blogs, index=base / "blogs-index", now=NOW)
    with open_index(base / "blogs-index") as opened:
        yield opened


@pytest.fixture(scope="session")
def shelf(index: Index) -> scan.Shelf:
    """The title and body of every post, as they are shown."""
    everything = index.search("", path="*", limit=None, recency="off", collapse=False)
    return scan.Shelf(
        (hit.id, text) for hit in everything for text in (hit.title, hit.document.body)
    )


def found(index: Index, query: str) -> set[str]:
    results = index.search(query, limit=None, relax=False, recency="off", now=NOW)
    return {name for hit in results for name in (hit.id, *hit.duplicates)}


def test_every_post_is_there(index: Index):
    every = index.search("", path="*", limit=None, collapse=False)
    assert len(every) == index.info().posts > 6900


@pytest.mark.parametrize("kind", ["han", "mixed"])
def test_a_string_finds_every_post_that_holds_it_and_quoted_no_other(index, shelf, blogs, kind):
    missed, wrong, posts = {}, {}, 0
    for string in strings(blogs, kind):
        expected = shelf.holding(string)
        posts += len(expected)
        if lost := expected - found(index, string):
            missed[string] = lost
        if difference := expected ^ found(index, f'"{string}"'):
            wrong[string] = difference
    assert (missed, wrong) == ({}, {})
    assert posts > 500


def strings(blogs: Path, kind: str) -> list[str]:
    """Of 2,000 random strings of Han characters, or 500 that are mixed, one in EVERY."""
    drawn = scan.han_strings(blogs, 2000) if kind == "han" else scan.mixed_strings(blogs, 500)
    return drawn[::EVERY]


@pytest.mark.parametrize("kind", ["han", "mixed"])
def test_p4_script_width_case_and_blanks_change_neither_posts_nor_order(index, blogs, kind):
    differing = {}
    for string in strings(blogs, kind)[::2]:
        expected = [hit.id for hit in index.search(string, limit=30, now=NOW)]
        variants = (
            TO_TRADITIONAL(string),
            string.upper(),
            string.translate(FULL_WIDTH),
            spaced(string),
        )
        for variant in variants:
            if [hit.id for hit in index.search(variant, limit=30, now=NOW)] != expected:
                differing[string] = variant
    assert differing == {}


def spaced(string: str) -> str:
    """The string with blanks between Han and Latin taken out where they are and put in else."""
    if " " in string:
        return string.replace(" ", "")
    out = string[0]
    for left, right in pairwise(string):
        both = {scan.is_han(left), scan.is_han(right)}
        out += (" " if both == {True, False} else "") + right
    return out


def test_p6_a_whole_title_finds_its_post_among_the_first_ten(index):
    everything = index.search("", path="*", limit=None, recency="off", collapse=False)
    titled = [hit for hit in everything if hit.title.strip()]
    chosen = titled[:: max(1, len(titled) // 1000)][:1000:EVERY]
    # Of posts with the very same title, more than ten cannot all be among the first ten.
    same: dict[str, int] = {}
    for hit in titled:
        same[hit.title] = same.get(hit.title, 0) + 1
    lost = [
        hit.title
        for hit in chosen
        if same[hit.title] <= 10 and hit.id not in _first_ten(index, hit.title)
    ]
    assert lost == []


def _first_ten(index: Index, title: str) -> set[str]:
    """The first ten, each with the reposts that are collapsed under it."""
    hits = index.search(title, limit=10, now=NOW)
    return {name for one in hits for name in (one.id, *one.duplicates)}
