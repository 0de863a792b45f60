"""Which folders an index covers, and what a run looks at."""

from pathlib import Path

import pytest

from souwen.index.errors import ConfigError
from souwen.index.roots import Scope, absolute, add, forget, inside, within
from souwen.index.settings import Root

A, B, INNER = Root("/a", "a"), Root("/b", "b"), Root("/a/inner", "inner")


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/a", "/a", True),
        ("/a/x.md", "/a", True),
        ("/ab/x.md", "/a", False),
        ("/", "/a", False),
        ("/a/x.md", "/", True),
        ("/a/x.md", "/a/x.md", True),
    ],
)
def test_a_path_is_within_itself_and_the_folders_above(path: str, root: str, expected: bool):
    assert within(path, root) == expected


def test_an_absolute_path_has_no_links_and_no_dots(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    expected = (tmp_path.resolve() / "real").as_posix()
    assert absolute(tmp_path / "real" / ".." / "link") == expected


def test_a_loop_of_links_has_an_absolute_path_too(tmp_path: Path):
    (tmp_path / "loop").symlink_to("loop")
    assert absolute(tmp_path / "loop").endswith("/loop")


@pytest.mark.parametrize(
    ("roots", "paths", "expected"),
    [
        ((), ["/a"], (A,)),
        ((), ["/a", "/a"], (A,)),
        ((A,), ["/b"], (A, B)),
        ((A,), ["/a/inner"], (A,)),
        ((INNER,), ["/a"], (INNER, A)),
        ((A,), ["/x/a", "/y/a"], (A, Root("/x/a", "a-2"), Root("/y/a", "a-3"))),
        ((), ["/"], (Root("/", "root"),)),
        ((), ["/a/x.md"], (Root("/a/x.md", "x.md"),)),
    ],
)
def test_new_roots_are_added_with_labels_of_their_own(
    roots: tuple[Root, ...], paths: list[str], expected: tuple[Root, ...]
):
    assert add(roots, paths) == expected


def test_forgotten_roots_are_no_more():
    assert forget((A, B), ["/a"]) == (B,)
    assert forget((A, B), []) == (A, B)


@pytest.mark.parametrize(
    ("roots", "known"), [((A, B), "indexed are: /a, /b"), ((), "indexed are: none")]
)
def test_what_is_no_root_cannot_be_forgotten(roots: tuple[Root, ...], known: str):
    with pytest.raises(ConfigError, match=f"/a/x: this folder is not indexed; {known}"):
        forget(roots, ["/a/x"])


def test_the_roots_inside_another_are_named():
    assert inside(A, (A, B, INNER)) == ("/a/inner",)
    assert inside(INNER, (A, B, INNER)) == ()


@pytest.mark.parametrize(
    ("paths", "reached"),
    [
        ((), [A, B, INNER]),
        (("/a",), [A, INNER]),
        (("/a/other",), [A]),
        (("/a/inner/x.md",), [A, INNER]),
        (("/c",), []),
    ],
)
def test_a_run_reaches_the_roots_above_and_below_its_paths(
    paths: tuple[str, ...], reached: list[Root]
):
    assert [root for root in (A, B, INNER) if Scope(paths).reaches(root.path)] == reached


def test_a_run_covers_what_lies_below_its_paths():
    assert Scope().covers("/any")
    assert Scope(("/a", "/b")).covers("/b/x.md")
    assert not Scope(("/a", "/b")).covers("/c/x.md")
