"""The manifest comes back as it was, and says so where it cannot."""

import pytest

from souwen.index.documents import Notice
from souwen.index.errors import StoreCorrupt
from souwen.index.manifest import Entry, Manifest, dump, load, load_paths
from souwen.index.settings import Root, load_roots

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


@pytest.mark.parametrize("manifest", [Manifest(), Manifest({"a.md": ENTRY}), MANIFEST])
def test_a_manifest_comes_back_as_it_was(manifest: Manifest):
    assert load(dump(manifest), place="here") == manifest
    paths = {name: entry.path for name, entry in manifest.entries.items()}
    assert load_paths(dump(manifest)) == paths


def test_there_are_no_paths_where_there_is_no_manifest():
    assert load_paths(None) == {}


def test_the_roots_can_be_read_though_the_rest_is_lost():
    whole = dump(MANIFEST)
    assert load_roots(whole[: whole.index(b"\n") + 7]) == ROOTS


def test_a_manifest_has_one_line_for_each_file():
    assert dump(MANIFEST).count(b"\n") == len(MANIFEST.entries)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"{}",
        b"[]",
        b"not json",
        b"\xff\xfe",
        dump(MANIFEST)[:-3],
        dump(MANIFEST).rpartition(b"\n")[0],
        dump(MANIFEST) + b'\n["a.md", 3, 4]',
        b'{"files": 1}\n7',
    ],
)
def test_a_damaged_manifest_is_an_error_that_says_what_mends_it(content: bytes | None):
    expected = (
        r"here: .*manifest\.json is missing or damaged .*`souwen --index here check --repair`"
    )
    with pytest.raises(StoreCorrupt, match=expected):
        load(content, place="here")
