"""Are all posts of a folder found, nothing else, and nothing twice?"""

import os
import socket
from pathlib import Path

import pytest

from souwen.index.errors import ConfigError, PostError
from souwen.index.roots import Scope
from souwen.index.source import SourceFile, list_files, named, read_file, read_text

MIB = 2**20


def write(root, *names, text="正文"):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def listing(root, exclude=(), max_bytes=MIB):
    return list_files(root, exclude=exclude, max_bytes=max_bytes)


def ids(root, exclude=()):
    return [file.id for file in listing(root, exclude).files]


def source(path):
    return SourceFile(path.name, path.as_posix(), 1, 1)


def test_files_with_the_suffix_of_a_post_are_found_in_name_order(tmp_path):
    names = ["a.md", "b/c.markdown", "b/d.mdown", "b.mkd", "c.html", "d.htm", "e.MD", "中/文.md"]
    write(tmp_path, *names, "x.txt", "y.md.bak", "z", "md")
    assert ids(tmp_path) == [
        "a.md",
        "b/c.markdown",
        "b/d.mdown",
        "b.mkd",
        "c.html",
        "d.htm",
        "e.MD",
        "中/文.md",
    ]
    assert listing(tmp_path).excluded == 0


def test_only_what_is_asked_for_is_looked_at_and_what_a_rule_leaves_out_stays_so(tmp_path):
    write(tmp_path, "a.md", "b/c.md", "b/d/e.md", "b/_site/f.md", "g/h.md")
    top = tmp_path.as_posix()

    def found(*paths):
        scope = Scope([f"{top}/{path}" for path in paths])
        return [
            one.id for one in list_files(tmp_path, exclude=(), max_bytes=MIB, scope=scope).files
        ]

    assert found("b") == ["b/c.md", "b/d/e.md"]
    assert found("b/d/e.md", "a.md", "none") == ["a.md", "b/d/e.md"]
    assert found("b/_site", "b/_site/f.md") == []


def test_a_file_is_described_by_path_size_and_time(tmp_path):
    write(tmp_path, "a/b.md")
    (file,) = listing(tmp_path).files
    status = (tmp_path / "a/b.md").stat()
    path = (tmp_path / "a/b.md").as_posix()
    assert file == SourceFile("a/b.md", path, status.st_size, status.st_mtime_ns)


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.md",
        ".git/a.md",
        ".souwen/a/b.md",
        "node_modules/pkg/README.md",
        "old~/a.md",
        "_includes/a.html",
        "_layouts/a.html",
        "_sass/a.md",
        "_data/a.md",
        "_site/2020/a.html",
        "deep/er/_site/a.html",
    ],
)
def test_what_is_no_post_by_rule_is_counted_and_left_out(tmp_path, name):
    write(tmp_path, name, "a.md")
    assert (ids(tmp_path), listing(tmp_path).excluded) == (["a.md"], 1)
    assert listing(tmp_path).skipped == ()


@pytest.mark.parametrize("name", ["_posts/a.md", "_wiki/a.md", "_fragments/a.md", "_a.md"])
def test_other_names_with_an_underscore_are_posts(tmp_path, name):
    write(tmp_path, name)
    assert ids(tmp_path) == [name]


def test_drafts_are_marked(tmp_path):
    write(tmp_path, "_drafts/a/b.md", "_posts/c.md")
    assert [file.draft_folder for file in listing(tmp_path).files] == [True, False]


def test_hexos_own_folders_are_left_out_beside_its_configuration(tmp_path):
    names = ["scaffolds/post.md", "themes/x/README.md", "public/index.html"]
    write(tmp_path, *names, "source/themes/a.md")
    assert len(ids(tmp_path)) == 4
    write(tmp_path, "_config.yml")
    assert (ids(tmp_path), listing(tmp_path).excluded) == (["source/themes/a.md"], 3)


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("old/*", ["a.md", "b.tmp.md", "x/old/d.md"]),
        ("old", ["a.md", "b.tmp.md"]),
        ("old/", ["a.md", "b.tmp.md"]),
        ("/old/", ["a.md", "b.tmp.md"]),
        ("*.tmp.md", ["a.md", "old/c.md", "x/old/d.md"]),
        ("**/d.md", ["a.md", "b.tmp.md", "old/c.md"]),
        ("x/*/d.md", ["a.md", "b.tmp.md", "old/c.md"]),
        ("d.md", ["a.md", "b.tmp.md", "old/c.md"]),
        ("[ab].*", ["old/c.md", "x/old/d.md"]),
        ("", ["a.md", "b.tmp.md", "old/c.md", "x/old/d.md"]),
    ],
)
def test_patterns_leave_out_files_and_folders(tmp_path, pattern, left):
    write(tmp_path, "a.md", "b.tmp.md", "old/c.md", "x/old/d.md")
    assert ids(tmp_path, [pattern]) == left
    assert listing(tmp_path, [pattern]).excluded == 4 - len(left)


def test_an_empty_file_is_skipped_with_its_reason(tmp_path):
    write(tmp_path, "a.md", text="")
    (notice,) = listing(tmp_path).skipped
    assert (notice.path, notice.reason) == ((tmp_path / "a.md").as_posix(), "the file is empty")


def test_a_large_file_is_skipped_and_the_setting_named(tmp_path):
    with (tmp_path / "a.md").open("wb") as stream:
        stream.truncate(300 * MIB)
    (notice,) = listing(tmp_path, max_bytes=32 * MIB).skipped
    assert notice.reason == "it has 300.0 MiB, and max_file_mib allows 32"


def test_a_pipe_or_socket_is_skipped(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket.md"))
        reasons = [notice.reason for notice in listing(tmp_path).skipped]
    assert reasons == ["it is no regular file"] * 2


def test_a_folder_with_the_suffix_of_a_post_is_a_folder(tmp_path):
    write(tmp_path, "a.md/b.md")
    assert ids(tmp_path) == ["a.md/b.md"]


def test_links_are_not_followed_so_that_nothing_comes_twice(tmp_path):
    write(tmp_path, "in/a.md", "in/sub/b.md", "out/c.md")
    root = tmp_path / "in"
    (root / "loop").symlink_to(root)
    (root / "sub/up").symlink_to("..")
    (root / "self.md").symlink_to("self.md")
    (root / "again.md").symlink_to("a.md")
    (root / "out.md").symlink_to(tmp_path / "out/c.md")
    (root / "out").symlink_to(tmp_path / "out")
    assert (ids(root), listing(root).excluded) == (["a.md", "sub/b.md"], 3)


def test_a_single_file_may_be_given(tmp_path):
    write(tmp_path, "a.md", ".b.md", "c.txt", "d.md")
    assert ids(tmp_path / "a.md") == ["a.md"]
    assert ids(tmp_path / ".b.md") == [".b.md"]
    assert ".md .markdown" in listing(tmp_path / "c.txt").skipped[0].reason


def test_what_is_not_there_is_skipped(tmp_path):
    (notice,) = listing(tmp_path / "a.md").skipped
    assert notice.reason.startswith("it cannot be read: ")


def test_a_folder_that_cannot_be_read_is_skipped_and_the_others_are_not(tmp_path):
    write(tmp_path, "z.md")
    # Deeper than a path may be long: nobody can list it, not even root.
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("n" * 250, dir_fd=folder)
        deeper = os.open("n" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = deeper
    os.close(folder)
    found = listing(tmp_path)
    assert [file.id for file in found.files] == ["z.md"]
    assert "cannot be read" in found.skipped[0].reason


def test_a_name_that_is_not_utf_8_is_found_and_read(tmp_path):
    name = os.fsdecode("春天.md".encode("gb18030"))
    write(tmp_path, name)
    (file,) = listing(tmp_path).files
    assert file.id == name
    assert read_file(file, max_bytes=MIB) == "正文".encode()


def test_a_file_is_read_whole(tmp_path):
    (tmp_path / "a.md").write_bytes(b"a\r\n\0")
    assert read_file(source(tmp_path / "a.md"), max_bytes=4) == b"a\r\n\0"


def test_no_more_than_the_limit_is_read(tmp_path):
    with (tmp_path / "a.md").open("wb") as stream:
        stream.truncate(5 * MIB)
    with pytest.raises(PostError, match=r"5\.0 MiB, and max_file_mib allows 2"):
        read_file(source(tmp_path / "a.md"), max_bytes=2 * MIB)


def test_a_file_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(PostError, match="changed or vanished") as raised:
        read_file(source(tmp_path / "a.md"), max_bytes=MIB)
    assert raised.value.path == (tmp_path / "a.md").as_posix()


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs /proc")
def test_a_file_that_never_is_what_it_was_is_an_error():
    # Its size is 0 to every question, and its content is not.
    with pytest.raises(PostError, match="changed or vanished"):
        read_file(source(Path("/proc/version")), max_bytes=MIB)


def test_what_is_no_file_any_more_is_an_error(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "link.md").symlink_to("pipe.md")
    (tmp_path / "folder.md").mkdir()
    for name, reason in [("pipe.md", "regular"), ("link.md", "link"), ("folder.md", "regular|dir")]:
        with pytest.raises(PostError, match=reason):
            read_file(source(tmp_path / name), max_bytes=MIB)


@pytest.mark.parametrize("swapped", ["in", "in/sub", "in/sub/a.md"])
def test_a_link_put_in_the_place_of_what_was_listed_is_not_followed(tmp_path, swapped):
    write(tmp_path, "root/in/sub/a.md", text="ours")
    write(tmp_path, "secret/sub/a.md", "secret/a.md", text="theirs")
    (file,) = listing(tmp_path / "root").files
    (tmp_path / "root" / swapped).rename(tmp_path / "away")
    depth = swapped.count("/")
    to = tmp_path / ("secret", "secret/sub", "secret/a.md")[depth]
    (tmp_path / "root" / swapped).symlink_to(to)
    assert Path(file.path).read_text(encoding="utf-8") == "theirs"
    with pytest.raises(PostError, match="a link is in its place"):
        read_file(file, max_bytes=MIB)


def test_a_root_may_be_reached_by_a_link_for_it_was_asked_for(tmp_path):
    write(tmp_path, "there/a.md", text="ours")
    (tmp_path / "here").symlink_to("there")
    (file,) = listing(tmp_path / "here").files
    assert read_file(file, max_bytes=MIB) == b"ours"
    assert read_file(named(file.path, file.path), max_bytes=MIB) == b"ours"
    assert named(file.path, f"{tmp_path.as_posix()}/here").id == "a.md"


def test_a_name_cannot_lead_elsewhere(tmp_path):
    names = [
        "a\\..\\..\\b.md",
        "a...md",
        "%2e%2e%2fa.md",
        "~root.md",
        "$HOME.md",
        "-n.md",
        "C:a.md",
    ]
    write(tmp_path, *(f"in/{name}" for name in names), text="ours")
    found = listing(tmp_path / "in").files
    assert sorted(file.id for file in found) == sorted(names)
    assert {read_file(file, max_bytes=MIB) for file in found} == {b"ours"}


def test_a_hard_link_is_a_file_of_the_folder_that_it_is_in(tmp_path):
    write(tmp_path, "elsewhere/a.md", "in/b.md", text="ours")
    (tmp_path / "in/a.md").hardlink_to(tmp_path / "elsewhere/a.md")
    assert ids(tmp_path / "in") == ["a.md", "b.md"]


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path):
    with pytest.raises(PostError, match="cannot be read"):
        read_file(source(tmp_path / ("n" * 300)), max_bytes=MIB)


def test_a_text_is_read_in_any_encoding(tmp_path):
    (tmp_path / "words.txt").write_bytes("云原生 5 n\r\n".encode("utf-16"))
    assert read_text(tmp_path / "words.txt") == "云原生 5 n\n"


def test_a_text_that_is_missing_or_broken_is_an_error_that_names_it(tmp_path):
    with pytest.raises(ConfigError, match=r"words\.txt: it cannot be read"):
        read_text(tmp_path / "words.txt")
    (tmp_path / "words.txt").write_bytes("云原生很好用的词\n".encode() * 5 + b"\xff\n")
    with pytest.raises(ConfigError, match=r"words\.txt:6: "):
        read_text(tmp_path / "words.txt")
