"""Nothing that others wrote reads other files, runs code, harms a terminal, or stops a run."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from tools.blog import Souwen, write
from tools.screens import Start, on_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and modes are POSIX")

SECRET = "机密的内容"


def test_no_file_outside_of_the_folder_is_read(souwen: Souwen, blog: Path):
    write(blog / "outside", {"机密.md": SECRET, "sub/机密.md": SECRET})
    posts = blog / "posts"
    (posts / "file.md").symlink_to(blog / "outside/机密.md")
    (posts / "relative.md").symlink_to("../outside/机密.md")
    (posts / "folder").symlink_to(blog / "outside")
    (posts / "folder.md").symlink_to(blog / "outside")
    (posts / "up").symlink_to("..")
    (posts / "environ.md").symlink_to("/proc/self/environ")
    write(
        posts,
        {"refers.md": "---\nlayout: ../outside/机密.md\n---\n{% include ../outside/机密.md %}"},
    )
    done = souwen("index", "posts")
    assert (done.code, "posts 5 " in done.out, "excluded by rule 4" in done.out) == (0, True, True)
    assert souwen("search", "-c", f'"{SECRET}"').out == "0\n"
    assert souwen("search", "-c", "--path", "*机密*").out == "0\n"


def test_a_link_in_the_place_of_a_post_is_not_shown_either(indexed: Souwen, blog: Path):
    write(blog / "outside", {"快手.md": SECRET})
    (blog / "posts/快手.md").unlink()
    (blog / "posts/快手.md").symlink_to(blog / "outside/快手.md")
    done = indexed("show", "快手.md", "--raw")
    assert (done.code, done.out) == (4, "")
    assert "a link is in its place" in done.err


def test_pipes_devices_and_endless_names_do_not_stop_a_run(souwen: Souwen, blog: Path):
    os.mkfifo(blog / "posts/pipe.md")
    (blog / "posts/zero.md").symlink_to("/dev/zero")
    done = souwen("index", "posts", "/dev/zero", "posts/pipe.md")
    assert done.code == 0
    assert "pipe.md: it is no regular file" in done.out


CODE = {
    "yaml.md": '---\ntitle: !!python/object/apply:os.system ["touch ran"]\n---\n甲',
    "new.md": '---\ntitle: !!python/object/new:subprocess.Popen [["touch", "ran"]]\n---\n甲',
    "module.md": "---\ntitle: !!python/name:os.system\ntags: !!python/tuple [a]\n---\n甲",
    "key.md": '---\n? !!python/object/apply:os.system ["touch ran"]\n: x\ntitle: 一\n---\n甲',
    "toml.md": "+++\ntitle = \"__import__('os').system('touch ran')\"\n+++\n甲",
    "json.md": ';;;\n"title": "x", "__class__": "os.system", "py/object": "os.system"\n;;;\n甲',
    "eval.md": "---js\nrequire('child_process').execSync('touch ran')\n---\n甲",
    "template.md": "---\ntitle: 一\n---\n{% exec touch ran %}{{ 7*7 }}{{< exec `touch ran` >}}甲",
    "script.html": "<script>alert(1)</script><img src=x onerror=alert(1)>甲",
    "entity.html": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><p>&e;甲</p>',
}


def test_nothing_in_a_post_runs(souwen: Souwen, blog: Path):
    write(blog / "code", CODE)
    done = souwen("index", "code")
    assert (done.code, f"posts {len(CODE)} " in done.out) == (0, True)
    assert not [*blog.rglob("ran")]
    host = Path("/etc/hostname")
    shown = souwen("show", "entity.html").out
    assert not host.exists() or host.read_text("utf-8").strip() not in shown


LAUGHS = "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
LARGE = {
    "laughs.md": f"---\ntitle: 一\na0: &a0 哈\n{LAUGHS}---\n笑",
    "deep.md": "---\ntitle: 二\nx: " + "[" * 20_000 + "]" * 20_000 + "\n---\n笑",
    "deep-json.md": ";;;\n" + '"title": "三", "x": ' + "[" * 20_000 + "\n;;;\n笑",
    "deep-toml.md": '+++\ntitle = "四"\nx = ' + "[" * 20_000 + "\n+++\n笑",
    "dotted.md": '+++\ntitle = "五"\n' + "a." * 20_000 + "b = 1\n+++\n笑",
}


def test_front_matter_that_multiplies_or_nests_without_end_is_told_and_costs_little(
    souwen: Souwen, blog: Path
):
    write(blog / "large", LARGE)
    done = souwen("index", "large")
    assert done.code == 0
    told = [line for line in done.lines if "the front matter is not sound" in line]
    assert len(told) == len(LARGE)
    assert souwen("search", "-c", "笑").out == f"{len(LARGE)}\n"
    titles = {
        json.loads(line)["title"] for line in souwen("search", "笑", "--format", "jsonl").lines
    }
    assert titles == set("一二三四五")


EVIL = "恶\x1b]0;title\x07\x1b[2J\x9b31m\x90q\x9c\u202e倒\u2066\x08\x7f\r意"
ENTITIES = "正文&#27;[2J&#x9b;31m&#8238;倒&#7;文" + "\x1b[2J\u202e"
OURS = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;;(?:file://[%/\w.~-]*)?\x1b\\", re.ASCII)
"""Colours and links of souwen itself."""


@pytest.fixture
def evil(souwen: Souwen, blog: Path) -> Souwen:
    quoted = json.dumps(EVIL)
    fields = "".join(f"{key}: {quoted}\n" for key in ("title", "author", "url", "description", "x"))
    head = f"---\n{fields}tags: [{quoted}]\ncategories: [[{quoted}]]\ndate: {quoted}\n---\n"
    name = EVIL.replace("/", "").replace("\r", "")
    write(
        blog / "posts",
        {f"{name}.md": head + ENTITIES, f"{name}-2.md": f"---\ntitle: [\n---\n{EVIL}"},
    )
    write(blog / "posts", {f"{name}-3.md": ""})
    assert souwen("index", "posts").code == 0
    return souwen


def harm(text: str) -> set[str]:
    """What of a text a terminal would not take for text."""
    harmless = {"\n", "\t", "\u200b", "\u200d"}
    left = OURS.sub("", text)
    return {char for char in left if unicodedata.category(char) in ("Cc", "Cf", "Cs")} - harmless


FORMS = [
    *(["search", "恶 正文", "--format", form] for form in ("text", "json", "jsonl", "csv")),
    ["search", "恶 正文", "--explain"],
    ["search", "恶 正文", "--facets", "tag", "--facets", "category", "--facets", "author"],
    ["search", "恶 正文", "--json", "--facets", "tag"],
    ["search", "恶 正文 没有\x1b[2J\u202e"],
    ["search", "date:\x1b[2J", "\u202e("],
    ["search", "恶", "--since", "\x1b[2J\u202e"],
    ["search", "--\x1b[2J"],
    ["suggest", "恶"],
    ["suggest", "恶", "--json"],
    ["analyze", EVIL],
    ["analyze", EVIL, "--json"],
    ["show", "\x1b[2J\u202e"],
    ["index", "--full"],
    ["index", "--full", "--json"],
    ["index", "\x1b[2J\u202e"],
    ["check"],
    ["stats"],
    ["--config", "\x1b[2J", "stats"],
    ["--index", "\x1b[2J\u202e", "stats"],
    ["watch", "--once"],
]


@pytest.mark.parametrize("arguments", FORMS, ids=range(len(FORMS)))
def test_what_a_post_says_cannot_steer_a_terminal(evil: Souwen, arguments: list[str]):
    for color in ("never", "always"):
        done = evil("--color", color, *arguments)
        assert harm(done.out + done.err) == set()


def test_nor_can_the_post_itself_be_it_shown_as_it_is(evil: Souwen, process: Start):
    (found,) = (
        hit["id"] for hit in json.loads(evil("search", "正文", "--json", "--all").out)["hits"]
    )
    for more in ([], ["--tokens"], ["--json"]):
        assert harm(evil("show", found, *more).out) == set()
    assert "\x1b[2J" in evil("show", found, "--raw").out
    code, seen = on_terminal(process, "show", found, "--raw")
    assert (code, harm(seen)) == (0, set())
    code, seen = on_terminal(process, "similar", found)
    assert harm(seen) == set()
    code, seen = on_terminal(process, "search", "恶", "-l")
    assert (code, harm(seen)) == (0, set())


@pytest.mark.parametrize(("mask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_files_of_an_index_are_made_with_the_umask_of_the_user(
    process: Start, blog: Path, mask: int, mode: int
):
    for arguments in (["watch", "--once", "posts"], ["index", "--jobs", "2"]):
        write(blog / "posts", {"又.md": f"又一篇 {arguments}"})
        running = process(*arguments, umask=mask)
        running.communicate()
        assert running.returncode == 0
    modes = {path.name: path.stat().st_mode & 0o777 for path in (blog / ".souwen").iterdir()}
    assert set(modes.values()) == {mode}
    assert (blog / ".souwen").stat().st_mode & 0o777 == 0o777 & ~mask


def test_links_in_the_folder_of_an_index_are_not_written_through(indexed: Souwen, blog: Path):
    for number, name in enumerate(("catalogue.json.2", "manifest.json.2", "writer.json")):
        (blog / f"mine{number}").write_text("mine", encoding="utf-8")
        (blog / ".souwen" / name).symlink_to(blog / f"mine{number}")
    write(blog / "posts", {"又.md": "又一篇"})
    assert indexed("index").code == 0
    assert indexed("search", "-c", "又一篇").out == "1\n"
    (blog / ".souwen/write.lock").unlink()
    (blog / ".souwen/write.lock").symlink_to(blog / "mine0")
    write(blog / "posts", {"又.md": "再一篇"})
    assert indexed("index").code == 4
    assert {path.read_text("utf-8") for path in blog.glob("mine*")} == {"mine"}


UNPICKLING = """
import pickle, sys

def refuse(*_, **__):
    raise AssertionError("something is unpickled")

pickle.load = pickle.loads = pickle.Unpickler = pickle._load = pickle._loads = refuse
from souwen.cli import run
for line in ("search 快手", "search -l kuaishou", "search 快手~ --facets tag", "show 快手.md",
             "suggest 快", "similar 快手.md", "stats"):
    assert run(line.split()) == 0, line
assert not {"whoosh.index", "whoosh.filedb.fileindex", "shelve"} & sys.modules.keys()
"""


def test_reading_an_index_unpickles_nothing(indexed: Souwen, blog: Path):
    done = subprocess.run(
        [sys.executable, "-c", UNPICKLING], cwd=blog, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Error" in done.stderr) == (0, False)
