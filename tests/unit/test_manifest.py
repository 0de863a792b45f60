"""The manifest comes back as it was, and says so where it cannot."""

from collections.abc import Callable

import pytest

from souwen.index.documents import Notice
from souwen.index.errors import StoreCorrupt
from souwen.index.manifest import CHANGES, NAME, Entry, Manifest, dump, kept, load, load_paths
from souwen.index.settings import Root, load_roots

NOTICE = Notice("/posts/7.md", "可疑", 3)
ENTRY = Entry("/posts/a.md", "posts", 12, 1_600_000_000_000_000_001, "d1")
ROOTS = (Root("/posts", "posts"), Root("/odd\udcff", "odd\n\udcff"))
MANIFEST = Manifest(
    roots=ROOTS,
    entries={
        "a.md": ENTRY,
        "草稿/b\n.md": Entry(
            "/posts/草稿/b\n.md",
            "posts",
            0,
            -5,
            "d2",
            settled=False,
            draft=True,
            indexed=False,
            notices=(Notice("/posts/草稿/b\n.md", "可疑", 3), Notice("/posts/草稿/b\n.md", "x")),
        ),
        "no\udcffutf8.md": Entry("/posts/no\udcffutf8.md", "posts", 1, 2, "d3"),
    },
)


NOTHING = dump({})
WHOLE = dump(MANIFEST.entries, ROOTS)


def keeping(
    content: bytes | None, changes: bytes | None = NOTHING
) -> Callable[[str], bytes | None]:
    return {NAME: content, CHANGES: changes}.get


@pytest.mark.parametrize("manifest", [Manifest(), Manifest({"a.md": ENTRY}), MANIFEST])
def test_a_manifest_comes_back_as_it_was(manifest: Manifest):
    content = dump(manifest.entries, manifest.roots)
    assert load(keeping(content), place="here") == manifest
    paths = {name: entry.path for name, entry in manifest.entries.items()}
    assert load_paths(keeping(content)) == paths


def many(count: int) -> dict[str, Entry]:
    return {f"{n}.md": Entry(f"/posts/{n}.md", "posts", n, n, f"d{n}") for n in range(count)}


def test_what_changed_in_a_few_files_is_kept_by_itself_and_comes_back():
    before = load(keeping(dump(many(100), ROOTS)), place="here")
    entries = {**many(101), "7.md": many(8)["7.md"]._replace(digest="new", notices=(NOTICE,))}
    del entries["3.md"]
    news = kept(entries, ROOTS, before)
    assert list(news) == [CHANGES]
    after = load(keeping(dump(many(100), ROOTS), news[CHANGES]), place="here")
    assert (after.entries, after.roots, after.base) == (entries, ROOTS, before.base)
    assert load_paths(keeping(dump(many(100), ROOTS), news[CHANGES])) == {
        name: entry.path for name, entry in entries.items()
    }
    # What was gone may come back, and what was changed be as it was.
    again = kept(many(100), ROOTS, after)
    assert load(keeping(dump(many(100), ROOTS), again[CHANGES]), place="here").entries == many(100)


@pytest.mark.parametrize(
    ("entries", "roots"),
    [(many(120), ROOTS), ({}, ROOTS), (many(80), ROOTS), (many(100), ROOTS[:1])],
)
def test_all_is_kept_anew_where_much_or_a_root_changed(
    entries: dict[str, Entry], roots: tuple[Root, ...]
):
    before = load(keeping(dump(many(100), ROOTS), dump({}, gone=["5.md"])), place="here")
    news = kept(entries, roots, before)
    assert load(news.get, place="here") == Manifest(entries, roots)


def test_there_are_no_paths_where_there_is_no_manifest():
    assert load_paths(keeping(None, None)) == {}


def test_the_roots_can_be_read_though_the_rest_is_lost():
    assert load_roots(WHOLE[: WHOLE.index(b"\n") + 7]) == ROOTS


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{}",
        b"[]",
        b"not json",
        b"\xff\xfe",
        WHOLE[:-3],
        WHOLE.rpartition(b"\n")[0],
        WHOLE + b'\n["a.md", 3, 4]',
        WHOLE.replace(b'"files": 3', b'"files": 2'),
        WHOLE.replace(b'["a.md", ', b"["),
        b'{"files": 1}\n7',
    ],
)
def test_a_damaged_manifest_is_an_error_that_says_what_mends_it(content: bytes | None):
    expected = (
        r"here: .*manifest\.json is missing or damaged .*`souwen --index here check --repair`"
    )
    for parts in ((content, NOTHING), (WHOLE, content)):
        with pytest.raises(StoreCorrupt, match=expected):
            load(keeping(*parts), place="here")
