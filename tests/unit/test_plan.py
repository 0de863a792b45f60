"""What a run has to do, from the files there are and those there were."""

import pytest

from souwen.index.manifest import Entry, Manifest
from souwen.index.plan import Found, Plan, plan, unchanged
from souwen.index.source import SourceFile

EMPTY = Manifest()


def file(name: str, root: str = "posts", *, size: int = 3, mtime: int = 7) -> SourceFile:
    return SourceFile(name, f"/{root}/{name}", size, mtime)


def entry(name: str, root: str = "posts", **values: bool) -> Entry:
    return Entry(f"/{root}/{name}", root, 3, 7, "digest", **values)


def everywhere(_: str) -> bool:
    return True


def steps(
    files: list[tuple[str, SourceFile]], manifest: Manifest = EMPTY, *, again: tuple[str, ...] = ()
) -> Plan:
    return plan(files, manifest, scope=everywhere, drafts=False, again=again)


def names(files: list[tuple[str, SourceFile]]) -> list[str]:
    return [one.id for one in steps(files).read]


def test_a_file_is_named_by_its_path_below_its_root():
    assert names([("posts", file("2022/a.md"))]) == ["2022/a.md"]


def test_files_of_the_same_name_are_told_apart_by_the_label_of_their_root():
    files = [(root, file("a.md", root)) for root in ("one", "two", "three")]
    assert names(files) == ["a.md", "two/a.md", "three/a.md"]


def test_a_name_that_is_taken_even_with_the_label_is_changed():
    files = [
        ("one", file("two/a.md", "one")),
        ("one", file("a.md", "one")),
        ("two", file("a.md", "two")),
    ]
    assert names(files) == ["two/a.md", "a.md", "two/a.md~"]


def test_a_file_keeps_its_name_whatever_comes_before_it():
    manifest = Manifest({"a.md": entry("a.md", "two"), "one/a.md": entry("a.md", "one")})
    files = [("one", file("a.md", "one")), ("two", file("a.md", "two"))]
    assert steps(files, manifest).keep == ("one/a.md", "a.md")
    read = steps(files, manifest, again=("a.md", "one/a.md")).read
    assert [one.id for one in read] == ["one/a.md", "a.md"]


def test_a_file_keeps_its_name_though_nothing_else_of_it_is_known():
    before = Manifest({"a.md": entry("a.md", "two"), "one/a.md": entry("a.md", "one")})
    files = [("one", file("a.md", "one")), ("two", file("a.md", "two"))]
    read = plan(files, EMPTY, scope=everywhere, drafts=False, names=before).read
    assert [one.id for one in read] == ["one/a.md", "a.md"]


def test_files_that_others_look_after_are_passed_over_but_keep_their_names():
    files = [("one", file("a.md", "one")), ("two", file("a.md", "two"))]
    found = plan(files, EMPTY, scope=everywhere, drafts=False, ours="two/a.md".__eq__)
    assert [one.id for one in found.read] == ["two/a.md"]


def test_a_file_below_another_root_than_before_is_new():
    manifest = Manifest({"a.md": Entry("/posts/sub/a.md", "sub", 3, 7, "digest")})
    found = steps([("posts", file("sub/a.md"))], manifest)
    assert [one.id for one in found.read] == ["sub/a.md"]
    assert found.delete == ("a.md",)


def test_new_and_changed_files_are_read_others_kept_and_gone_ones_deleted():
    manifest = Manifest(
        {name: entry(name) for name in ("same.md", "long.md", "late.md", "gone.md")}
    )
    files = [
        ("posts", one)
        for one in (
            file("same.md"),
            file("long.md", size=4),
            file("late.md", mtime=8),
            file("new.md"),
        )
    ]
    read = tuple(Found(one.id, root, one) for root, one in files[1:])
    assert steps(files, manifest) == Plan(read, ("same.md",), ("gone.md",))


def test_what_lies_outside_of_the_scope_is_not_deleted():
    manifest = Manifest({"a.md": entry("a.md"), "b.md": entry("b.md")})
    assert plan([], manifest, scope="b.md".__eq__, drafts=False).delete == ("b.md",)


@pytest.mark.parametrize(
    ("known", "drafts", "expected"),
    [
        (entry("a.md"), False, True),
        (entry("a.md"), True, True),
        (entry("a.md", settled=False), False, False),
        (entry("a.md", draft=True, indexed=False), False, True),
        (entry("a.md", draft=True, indexed=False), True, False),
        (entry("a.md", draft=True, indexed=True), True, True),
        (entry("a.md", draft=True, indexed=True), False, False),
    ],
)
def test_a_file_need_not_be_read_where_it_is_settled_and_as_it_should_be(
    known: Entry, drafts: bool, expected: bool
):
    assert unchanged(file("a.md"), known, drafts=drafts) == expected
