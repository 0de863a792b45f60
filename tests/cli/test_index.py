"""``souwen index``: builds, updates, reports; and the commands that look into an index."""

import json
import os
import re
from pathlib import Path

import pytest
from tools.blog import Souwen, write

from souwen.index.analysis import Analyzer


def counts(out: str) -> dict[str, int]:
    line = next(line for line in out.splitlines() if "added" in line)
    return {name: int(number) for name, number in re.findall(r"(\w+) (\d+)", line)}


def test_a_first_run_builds_an_index_here_and_later_runs_update_it(souwen: Souwen, blog: Path):
    done = souwen("index", "posts")
    assert counts(done.out) == {
        "added": 4,
        "updated": 0,
        "renamed": 0,
        "removed": 0,
        "unchanged": 0,
        "skipped": 0,
    }
    assert "left out: drafts 1, excluded by rule 0" in done.out
    assert re.search(r"^posts 4 in \.souwen \(\d+\.\d s\)$", done.out, re.MULTILINE)
    assert (blog / ".souwen").is_dir()

    write(blog / "posts", {"快手.md": "新的正文", "又一篇.md": "又一篇文章"})
    (blog / "posts" / "手机.html").unlink()
    done = souwen("index")
    assert counts(done.out) == {
        "added": 1,
        "updated": 1,
        "renamed": 0,
        "removed": 1,
        "unchanged": 2,
        "skipped": 0,
    }
    assert souwen("search", "-c", "又一篇文章").out == "1\n"
    assert souwen("search", "-c", "外链").out == "0\n"


def test_the_index_is_found_from_below(indexed: Souwen, blog: Path):
    done = indexed("-C", "posts/2022", "index")
    assert counts(done.out)["unchanged"] == 4
    assert not (blog / "posts" / "2022" / ".souwen").exists()
    assert indexed("-C", "posts/2022", "search", "-c", "网关").out == "2\n"


def test_the_index_may_be_elsewhere(souwen: Souwen, blog: Path):
    assert souwen("--index", "other/place", "index", "posts").code == 0
    assert (blog / "other" / "place").is_dir()
    assert souwen("--index", "other/place", "search", "-l", "外链").out == "posts/快手.md\n"
    assert souwen("search", "外链").code == 4


def test_a_variable_says_where_the_index_is_and_a_flag_wins(
    souwen: Souwen, blog: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SOUWEN_INDEX", "one")
    assert souwen("index", "posts").code == 0
    assert souwen("--index", "two", "index", "posts/2022").code == 0
    assert souwen("search", "-c", "网关").out == "2\n"
    assert souwen("--index", "two", "search", "-c", "网关").out == "1\n"
    assert not (blog / ".souwen").exists()


def test_a_dry_run_changes_nothing(souwen: Souwen, blog: Path):
    done = souwen("index", "posts", "--dry-run")
    assert (done.code, "would be added 4" in done.out) == (0, True)
    assert not (blog / ".souwen").exists()


def test_drafts_are_indexed_where_that_is_asked(souwen: Souwen, blog: Path):
    assert counts(souwen("index", "posts", "--drafts").out)["added"] == 5
    (blog / "souwen.toml").write_text("[index]\ndrafts = true\n")
    assert counts(souwen("index").out)["unchanged"] == 5
    assert counts(souwen("index", "--no-drafts").out)["removed"] == 1


def test_a_full_run_builds_anew_and_says_why(indexed: Souwen):
    done = indexed("index", "--full")
    assert "built anew: --full" in done.out
    assert counts(done.out)["unchanged"] == 0


def test_a_word_of_the_dictionary_is_news_to_the_posts_that_hold_it(indexed: Souwen, blog: Path):
    (blog / "words.txt").write_text("快手电商\n服务网\n", encoding="utf-8")
    (blog / "souwen.toml").write_text('[index]\ndictionary = "words.txt"\n')
    said = "analyzed again for changed words of the dictionary: 1"
    assert f"would be {said}" in indexed("index", "--dry-run").out
    done = indexed("-C", "posts", "index")
    assert said in done.out
    assert counts(done.out)["updated"] == 1
    assert "服务网" in indexed("analyze", "服务网格", "--json").out


def test_a_changed_analyzer_builds_anew_and_says_why(indexed: Souwen, blog: Path):
    (blog / "souwen.toml").write_text('[index]\nsegmenter = "jieba"\n')
    assert "built anew: the analyzer changed" in indexed("-C", "posts", "index").out


def test_a_folder_can_be_forgotten(indexed: Souwen):
    done = indexed("index", "--forget", "posts")
    assert (done.code, counts(done.out)["removed"]) == (0, 4)
    assert indexed("search", "网关").code == 1


def test_every_skipped_and_doubtful_file_is_listed_with_its_reason(souwen: Souwen, blog: Path):
    write(
        blog / "posts",
        {"empty.md": "", "broken.md": "---\ntitle: [\ndate: 2021-13-45\n---\n正文还在。\n"},
    )
    os.mkfifo(blog / "posts" / "pipe.md")
    (blog / "posts" / "folder.md").mkdir()
    done = souwen("index", "posts")
    assert done.code == 0
    for name in ("empty", "pipe", "broken"):
        assert re.search(rf"^  posts/{name}\.md(:\d+)?: \S.+", done.out, re.MULTILINE), name
    assert souwen("search", "-c", "正文还在").out == "1\n"
    assert souwen("index", "--strict").code == 3
    assert souwen("-q", "index", "--strict") == (3, "", "")

    report = json.loads(souwen("index", "--json", "--strict").out)
    assert " ".join(list(report)[:11]) == (
        "version posts added updated removed unchanged drafts skipped warnings took_ms index"
    )
    assert (report["version"], report["posts"], report["index"]) == (1, 5, ".souwen")
    assert {notice["path"] for notice in report["skipped"]} >= {"posts/empty.md", "posts/pipe.md"}
    assert {notice["path"] for notice in report["warnings"]} == {"posts/broken.md"}
    assert set(report["skipped"][0]) == {"path", "line", "reason"}


def test_a_strict_run_without_fault_is_done(souwen: Souwen):
    assert souwen("index", "posts", "--strict").code == 0


@pytest.mark.parametrize("name", ["nothing", "posts"])
def test_a_folder_without_posts_is_exit_code_1(souwen: Souwen, blog: Path, name: str):
    (blog / "nothing").mkdir()
    for path in (blog / "posts").rglob("*"):
        if path.is_file() and path.name != "草稿.md":
            path.unlink()
    done = souwen("index", name)
    assert done.code == 1
    assert "no posts found; expected files that end in .md" in done.err
    assert ("--drafts" in done.err) == (name == "posts")


def test_a_single_file_can_be_indexed(souwen: Souwen):
    assert counts(souwen("index", "posts/快手.md").out)["added"] == 1
    assert souwen("search", "-l", "外链").out == "posts/快手.md\n"


def test_several_processes_index_as_one_does(souwen: Souwen, blog: Path):
    write(blog / "many", {f"{number}.md": "快手电商的搜索。" * 15_000 for number in range(6)})
    assert counts(souwen("index", "many", "--jobs", "2").out)["added"] == 6
    assert souwen("search", "-c", "电商的搜索").out == "6\n"


# souwen.toml and variables.


def test_a_file_of_configuration_sets_defaults_a_variable_changes_them_and_a_flag_wins(
    indexed: Souwen, blog: Path, monkeypatch: pytest.MonkeyPatch
):
    (blog / "souwen.toml").write_text("[search]\nlimit = 1\n")
    assert len(indexed("search", "网关").lines) == 1
    assert len(indexed("-C", "posts", "search", "网关").lines) == 1
    monkeypatch.setenv("SOUWEN_LIMIT", "0")
    assert len(indexed("search", "网关").lines) == 0
    assert len(indexed("search", "网关", "-n", "2").lines) == 2
    (blog / "other.toml").write_text('[search]\nlimit = 1\nsort = "date"\n')
    monkeypatch.setenv("SOUWEN_LIMIT", "1")
    done = indexed("--config", "other.toml", "search", "网关", "--json")
    assert json.loads(done.out)["sort"] == "date"


def test_paths_in_the_configuration_are_relative_to_it(souwen: Souwen, blog: Path):
    (blog / "conf").mkdir()
    (blog / "conf" / "words.txt").write_text("服务网\n坏 坏 坏 坏\n", encoding="utf-8")
    (blog / "conf" / "souwen.toml").write_text('[index]\ndictionary = "words.txt"\n')
    done = souwen("--config", "conf/souwen.toml", "index", "posts")
    assert done.code == 0
    assert "words.txt:2: expected" in done.out


def test_a_dry_run_lists_what_it_would_do(indexed: Souwen, blog: Path):
    (blog / "posts/快手.md").unlink()
    write(blog / "posts", {f"{n:02}.md": "又一篇" for n in range(22)})
    done = indexed("index", "--dry-run")
    assert "  remove posts/快手.md: it is not there any more, or left out by rule\n" in done.out
    assert "  add posts/00.md: it is new\n" in done.out
    assert "  and 3 more\n" in done.out
    found = json.loads(indexed("index", "--dry-run", "--json").out)["changes"]
    assert len(found) == 23
    assert {"what": "add", "path": "posts/21.md", "why": "it is new"} in found
    assert "it is new" not in indexed("index").out


def test_what_is_built_anew_is_said_beforehand_with_the_disk_it_needs(indexed: Souwen, blog: Path):
    planned = indexed("index", "--full", "--dry-run")
    assert "would be built anew: --full\n" in planned.out
    assert re.search(
        r"^5 posts to read, about [.\d]+ K?i?B of disk needed, .* free$", planned.out, re.M
    )
    (blog / "souwen.toml").write_text('[index]\ntimezone = "UTC"\n', encoding="utf-8")
    why = "the timezone changed from Asia/Shanghai"
    assert f"would be built anew: {why}\n" in indexed("index", "--dry-run").out
    found = json.loads(indexed("index", "--dry-run", "--json").out)
    assert 0 < found["needs"] < 10_000 < found["free"]
    done = indexed("index")
    assert done.out.startswith(f"everything is built anew ({why}): 5 posts to read, ")
    assert indexed("index").err == ""
    assert json.loads(indexed("index", "--json").out)["needs"] is None


# show, analyze, stats, demo.


@pytest.mark.parametrize(
    ("folder", "name"),
    [(".", "快手.md"), (".", "posts/快手.md"), ("posts/2022", "../快手.md"), ("posts", "快手.md")],
)
def test_a_post_is_shown_by_its_id_or_its_path(indexed: Souwen, folder: str, name: str):
    done = indexed("-C", folder, "show", name)
    assert done.code == 0
    assert "title  快手外链怎么加" in done.out.replace("   ", " ").replace("  ", "  ")
    assert done.out.endswith("\n\n在快手里加外链，分三步。快手电商的商家都在用。广告\n")


def test_a_path_as_json_gives_it_can_be_shown_from_anywhere(indexed: Souwen):
    assert indexed("-C", "posts/2022", "show", "posts/快手.md").code == 0


def test_a_post_is_shown_with_tokens_as_a_file_and_as_json(indexed: Souwen, blog: Path):
    assert re.search(
        r"^bigrams +快手 手外 外链→外炼", indexed("show", "快手.md", "--tokens").out, re.M
    )
    raw = (blog / "posts" / "快手.md").read_text(encoding="utf-8")
    assert indexed("show", "快手.md", "--raw").out == raw
    post = json.loads(indexed("show", "posts/快手.md", "--json", "--tokens").out)
    assert (post["id"], post["path"], post["tags"]) == ("快手.md", "posts/快手.md", ["教程"])
    assert {"term": "外炼", "start": 2, "end": 4} in post["tokens"]["title"]["bigrams"]
    assert "tokens" not in json.loads(indexed("show", "快手.md", "--json").out)


def test_a_post_that_is_not_there_is_exit_code_1(indexed: Souwen):
    done = indexed("show", "没有.md")
    assert (done.code, done.out) == (1, "")
    assert "没有.md: there is no such post in the index" in done.err


def test_a_file_that_is_gone_cannot_be_shown_raw(indexed: Souwen, blog: Path):
    (blog / "posts" / "快手.md").unlink()
    done = indexed("show", "快手.md", "--raw")
    assert done.code == 4
    assert "posts/快手.md: it changed or vanished" in done.err


def test_tokens_of_a_text_are_shown_with_and_without_an_index(souwen: Souwen):
    without = souwen("analyze", "快手电商", "-GPT-4")
    assert re.search(r"^words .*gpt-4", without.out, re.MULTILINE)
    assert re.search(r"^bigrams +快手 手电 电商$", without.out, re.MULTILINE)
    assert souwen("index", "posts").code == 0
    assert souwen("analyze", "快手电商", "-GPT-4").out == without.out


def test_tokens_in_json_carry_offsets_of_the_text(souwen: Souwen):
    found = json.loads(souwen("analyze", "用Ｃ＋＋写", "--json").out)
    assert (found["version"], found["text"]) == (1, "用Ｃ＋＋写")
    assert {"term": "c++", "start": 1, "end": 4} in found["tokens"]["words"]
    assert list(found["tokens"]) == list(Analyzer().tokens("x"))
    assert souwen("analyze").code == 2


def test_the_numbers_of_the_index_are_shown(indexed: Souwen, blog: Path):
    done = indexed("stats")
    assert re.search(r"^posts +4$", done.out, re.MULTILINE)
    assert re.search(r"^undated +1$", done.out, re.MULTILINE)
    assert "2021-03-04 00:00:00+08:00 to 2023-06-01" in done.out
    found = json.loads(indexed("stats", "--json").out)
    assert (found["posts"], found["folders"]) == (4, [str(blog / "posts")])
    assert found["size"] == sum(path.stat().st_size for path in (blog / ".souwen").iterdir())
    assert sum(found["parts"].values()) == found["size"]
    assert {"texts", "body.words", "manifest", "dates"} <= set(found["parts"])
    (segment,) = found["segments"]
    assert (segment["posts"], segment["deleted"]) == (4, 0)
    assert found["watch"] is None


def test_the_last_runs_and_the_slowest_files_are_shown(indexed: Souwen, blog: Path):
    (blog / "posts" / "快手.md").write_text("全文检索的长文章。\n\n" * 3000, encoding="utf-8")
    write(blog / "posts", {f"{n}.md": "短" for n in range(12)})
    (blog / "posts" / "手机.html").unlink()
    assert indexed("watch", "--once").code == 0
    unchanged = indexed("watch", "--once")
    assert "added 0, updated 0" in unchanged.out
    assert "added 12, updated 1, renamed 0, removed 1" in indexed("stats").out
    found = json.loads(indexed("stats", "--json").out)
    counts = [[run[name] for name in ("added", "updated", "removed")] for run in found["runs"]]
    assert counts == [[12, 1, 1], [4, 0, 0]]
    assert len(found["slowest"]) == 10
    assert found["watch"]["run"]["outcome"] == "done"


def test_the_demo_indexes_samples_and_searches_them(
    souwen: Souwen, blog: Path, monkeypatch: pytest.MonkeyPatch
):
    (blog / "mine.toml").write_text('[index]\nexclude = ["*"]\n', encoding="utf-8")
    monkeypatch.setenv("SOUWEN_CONFIG", "mine.toml")
    monkeypatch.setenv("SOUWEN_INDEX", str(blog / "mine"))
    done = souwen("demo")
    assert done.code == 0
    assert "$ souwen search 快手电商" in done.out
    assert "全文檢索入門" in done.out
    assert "souwen index posts/" in done.out
    assert not (blog / "mine").exists()


def test_the_demo_ends_where_a_command_of_it_fails(souwen: Souwen, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOUWEN_LIMIT", "many")
    done = souwen("demo")
    assert done.code == 2
    assert "SOUWEN_LIMIT" in done.err
