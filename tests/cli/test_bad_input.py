"""Hostile files and queries: a clear message, bounded time and memory, the rest unharmed."""

import json
import os
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tools.blog import POSTS, Done, Souwen, write

GIB = 2**30
SECONDS = 60
"""For one command on a busy machine; none of them takes a tenth of it on an idle one."""

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def bounded(process: Start) -> Souwen:
    """``souwen`` in a process of its own, with 2 GiB of memory and a minute."""

    def call(*arguments: str) -> Done:
        running = process(
            *arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 * GIB,) * 2)
        )
        out, err = running.communicate(timeout=SECONDS)
        return Done(running.returncode, out.decode("utf-8", "surrogateescape"), err.decode())

    return call


def indexes(souwen: Souwen, *arguments: str) -> dict[str, object]:
    """The report of a run that went well and in which the posts of the blog are unharmed."""
    done = souwen("index", "posts", "--jobs", "1", "--json", *arguments)
    assert (done.code, done.err) == (0, "")
    assert souwen("search", "-c", "网关").out == "2\n"
    report: dict[str, object] = json.loads(done.out)
    return report


# Files.


def test_a_post_of_300_mb_is_skipped_with_its_size_and_the_limit(bounded: Souwen, blog: Path):
    with (blog / "posts" / "big.md").open("wb") as file:
        file.truncate(300_000_000)
    assert indexes(bounded)["skipped"] == [
        {
            "path": "posts/big.md",
            "line": None,
            "reason": "it has 286.1 MiB, and max_file_mib allows 32",
        }
    ]


def test_a_post_as_large_as_allowed_is_indexed(bounded: Souwen, blog: Path):
    (blog / "souwen.toml").write_text("[index]\nmax_file_mib = 1\n")
    line = "很长很长的一篇文章，没有尽头。\n\n"
    text = "独一无二的开头\n\n" + line * (2**20 // len(line.encode()) - 1)
    write(blog / "posts", {"long.md": text})
    assert indexes(bounded)["added"] == 5
    assert bounded("search", "-l", '"独一无二的开头"').out == "posts/long.md\n"


def test_every_file_of_a_folder_of_50_000_empty_ones_is_reported(bounded: Souwen, blog: Path):
    folder = blog / "posts" / "empty"
    folder.mkdir()
    for number in range(50_000):
        os.close(os.open(folder / f"{number}.md", os.O_CREAT | os.O_WRONLY))
    done = bounded("index", "posts")
    assert (done.code, done.err) == (0, "")
    assert "skipped, not in the index (50000):" in done.lines
    listed = {f"  posts/empty/{number}.md: the file is empty" for number in range(50_000)}
    assert listed <= set(done.lines)


def test_a_file_name_that_is_no_utf8_is_indexed_shown_and_found(bounded: Souwen, blog: Path):
    raw = "春风又绿江南岸".encode("gb18030") + b".md"
    name = os.fsdecode(raw)
    write(blog / "posts", {name: "国标码的文件名"})
    report = indexes(bounded)
    assert (report["added"], report["skipped"]) == (5, [])
    assert bounded("search", "-l", "国标码").out == f"posts/{name}\n"
    assert bounded("search", "国标码").code == 0
    (hit,) = json.loads(bounded("search", "国标码", "--json").out)["hits"]
    assert hit["title"] == "春风又绿江南岸"
    assert bounded("show", f"posts/{name}").out.endswith("国标码的文件名\n")


def test_loops_of_links_are_harmless(bounded: Souwen, blog: Path):
    posts = blog / "posts"
    (posts / "loop").symlink_to(posts, target_is_directory=True)
    (posts / "self.md").symlink_to("self.md")
    (posts / "2022" / "up").symlink_to("..", target_is_directory=True)
    report = indexes(bounded)
    assert (report["posts"], report["added"], report["skipped"]) == (4, 4, [])
    done = bounded("index", "posts/self.md")
    assert done.code in (0, 2)
    assert "Traceback" not in done.err


def bomb(depth: int) -> str:
    """A few lines whose aliases stand for 10 to the power of ``depth`` words."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, depth)
    ]
    return "\n".join(["title: 炸弹", *lines, f"tags: *a{depth - 1}"])


FRONT_MATTER = {
    "ten MB of keys": "title: 很多键\n" + "".join(f"k{n}: 值\n" for n in range(900_000)),
    "ten MB of one value": "title: 一个值\nnote: " + "长" * 3_400_000 + "\n",
    "ten MB of brackets": "title: 括号\ntags: " + "[" * 10_000_000 + "\n",
    "ten MB of blanks": "title: 空白\n" + " " * 10_000_000 + "\n",
    "ten MB of nested lists": "title: 层层\ntags:\n"
    + "".join(" " * (n % 3000) + "-\n" for n in range(6_600)),
    "aliases": bomb(9),
    "endless aliases": "title: 无穷\ntags: &a [*a, *a]",
    "code": "title: 代码\nx: !!python/object/apply:os.system ['touch pwned']",
    "merge keys": "title: 合并\n"
    + "\n".join(
        f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}" if n else "m0: &m0 {a: 1}" for n in range(40)
    ),
}


def test_no_front_matter_costs_more_than_it_is_worth_or_hides_the_body(bounded: Souwen, blog: Path):
    for kind, text in FRONT_MATTER.items():
        write(blog / "posts", {f"{kind}.md": f"---\n{text}\n---\n正文安然无恙\n"})
    report = indexes(bounded)
    assert (report["added"], report["skipped"]) == (4 + len(FRONT_MATTER), [])
    found = bounded("search", "-l", "-n", "all", "正文安然无恙").lines
    assert sorted(found) == sorted(f"posts/{kind}.md" for kind in FRONT_MATTER)
    assert not (blog / "pwned").exists()


MARKUP = {
    "divs": ("html", "<div>" * 100_000 + "深处" + "</div>" * 100_000),
    "open divs": ("html", "<div>" * 20_000 + "深处"),
    "open emphasis": ("html", "<b><i>" * 20_000 + "深处"),
    "lists": ("html", "<ul><li>" * 20_000 + "深处"),
    "tables": ("html", "<table><tr><td>" * 20_000 + "深处"),
    "divs in Markdown": ("md", "<div>" * 20_000 + "深处"),
    "quotes": ("md", "> " * 20_000 + "深处"),
    "brackets": ("md", "[" * 20_000 + "深处" + "](x)" * 20_000),
    "stars": ("md", "*a " * 20_000 + "深处"),
    "open comments": ("md", "<!-- " * 20_000 + "\n\n深处"),
    "templates": ("md", "{% raw %}" * 20_000 + "\n\n深处"),
}


def test_no_depth_of_markup_stops_a_run_or_hides_a_text(bounded: Souwen, blog: Path):
    for kind, (suffix, text) in MARKUP.items():
        write(blog / "posts", {f"{kind}.{suffix}": f"{text}\n"})
    report = indexes(bounded)
    assert (report["added"], report["skipped"]) == (4 + len(MARKUP), [])
    found = bounded("search", "-l", "-n", "all", "深处").lines
    assert sorted(found) == sorted(f"posts/{kind}.{suffix}" for kind, (suffix, _) in MARKUP.items())


# Queries.

LONG = {
    "one character": "网" * 100_000,
    "a sentence again and again": "微服务网关的搜索" * 12_500,
    "words with blanks": "网关 微服务 " * 14_000,
    "different characters": "".join(chr(0x4E00 + n % 20_000) for n in range(100_000)),
    "one Latin word": "a" * 100_000,
    "many Latin words": " ".join(f"word{n}" for n in range(10_000)),
    "mixed": "5G手机" * 25_000,
    "alternatives": "网关 OR " * 14_000 + "手机",
    "exclusions": "网关" + " -广告" * 25_000,
    "prefixes": "w* " * 33_000,
    "near spellings": "快手~ " * 25_000,
    "fields": "tag:网关 " * 14_000,
    "open parentheses": "(" * 50_000 + "网关" + ")" * 50_000,
    "quotes": '"' * 100_001 + "网关",
    "a phrase": '"' + "微服务网关" * 20_000 + '"',
    "phrases": '"网关" ' * 20_000,
    "blanks": " " * 99_000 + "网关",
}


@pytest.mark.parametrize("kind", LONG)
def test_a_query_of_100_000_characters_is_answered_at_once(indexed: Souwen, kind: str):
    began = time.monotonic()
    done = indexed("search", "--", LONG[kind][:100_000])
    assert time.monotonic() - began < 10
    assert done.code in (0, 1)
    assert len(done.err) < 2000


def test_a_post_is_found_by_all_of_its_text(souwen: Souwen, blog: Path):
    sentences = [f"第{n}句话说的是{chr(0x4E00 + n)}和iPhone{n}。" for n in range(2_000)]
    write(blog / "posts", {"long.md": "".join(sentences)})
    assert souwen("index", "posts").code == 0
    text = "".join(sentences)
    for query in (text, f'"{text}"'):
        assert souwen("search", "-l", query).out == "posts/long.md\n"
    assert souwen("search", "-l", f'"{text[:-5]}没有这句"').code == 1


def test_of_an_endless_query_the_beginning_is_searched_and_that_is_said(indexed: Souwen):
    done = indexed("search", "-l", "网关" + "，也要别的" * 20_000)
    assert "longer than 1000 characters; its beginning is searched" in done.err
    hits = indexed("search", "网关是微服务的大门" + "。" * 100_000, "-l")
    assert hits.out == "posts/2022/网关.md\n"


@pytest.mark.parametrize("query", ["。", "……", "!?", "（）", "——", '""', "*", "- -", " \t "])
def test_a_query_of_only_punctuation_finds_nothing_and_says_so(indexed: Souwen, query: str):
    done = indexed("search", query)
    assert done.out == ""
    assert done.code in (1, 2)
    assert "othing to search for" in done.err


@pytest.mark.parametrize("query", ["网\0关", "\0网关", "网关\0", "\0 网关 \0", '"网\0关"'])
def test_a_nul_in_a_query_is_not_there(indexed: Souwen, query: str):
    # The system lets no NUL into the arguments of a process; a caller's may hold one.
    assert indexed("search", "-c", query).out == indexed("search", "-c", "网关").out


def test_a_query_of_nul_alone_is_nothing_to_search_for(indexed: Souwen):
    done = indexed("search", "\0")
    assert (done.code, done.out) == (1, "")
    assert "nothing to search for" in done.err


def test_the_posts_of_the_blog_are_what_these_tests_take_them_for():
    assert sum("网关" in text for text in POSTS.values()) == 2
