"""``souwen search``: its options, its forms of output, its exit codes."""

import csv
import json
import os
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from tools.blog import Souwen

from souwen.cli import souwen as program
from souwen.search.config import SearchConfig
from souwen.search.hits import FacetField, Sort
from souwen.search.ranking import RECENCY


def titles(done_out: str) -> list[str]:
    return [line.split("\t")[3] for line in done_out.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("微服务", "网关"), {"微服务网关选型", "服务网格一年记"}),
        (("手机",), {"手机选购"}),
        (("手電",), {"快手外链怎么加"}),
        (('"快手電商"',), {"快手外链怎么加"}),
        (("网关", "--all"), {"微服务网关选型", "服务网格一年记"}),
        (("快手", "k8s", "--all"), set()),
        (("快手", "k8s", "--any"), {"快手外链怎么加", "服务网格一年记"}),
        (("快手", "k8s", "--sort", "date"), set()),
        (("快手", "k8s", "--sort", "date", "--relax"), {"快手外链怎么加", "服务网格一年记"}),
        (("网关", "--tag", "网关"), {"微服务网关选型"}),
        (("--tag", "网关", "--tag", "教程"), {"微服务网关选型", "快手外链怎么加"}),
        (("--category", "架构", "--author", "小周"), {"服务网格一年记"}),
        (("--category", "架构/云原生"), {"微服务网关选型"}),
        (("--path", "2022/*"), {"微服务网关选型"}),
        (("--since", "2022", "--until", "2022-05"), {"微服务网关选型"}),
        (("--until", "2021-03-04"), {"快手外链怎么加"}),
        (("网关", "--title-only"), {"微服务网关选型"}),
        (("--exact", "加外链，分三步"), {"快手外链怎么加"}),
        (("C++",), {"手机选购"}),
        (("C", "--all"), set()),
        (("网关", "-n", "1"), {"微服务网关选型"}),
        (("网关", "-n", "1", "--offset", "1"), {"服务网格一年记"}),
        (("网关", "--limit=all"), {"微服务网关选型", "服务网格一年记"}),
        (("网关", "-n", "0"), set()),
        (("网关", "--recency", "high"), {"微服务网关选型", "服务网格一年记"}),
    ],
)
def test_options_choose_what_is_found(indexed: Souwen, arguments: tuple[str, ...], found: set[str]):
    assert set(titles(indexed("search", *arguments).out)) == found


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("手机", "-广告"), set()),
        (("快手", "-网关"), {"快手外链怎么加"}),
        (("网关", "-notes"), {"微服务网关选型", "服务网格一年记"}),
        (("微服务", "-n", "1", "-小周"), {"微服务网关选型"}),
        (("-n", "1", "--", "微服务", "-网格"), {"微服务网关选型"}),
        (("网关", "-l手机"), {"微服务网关选型", "服务网格一年记"}),
        (("网关", "-"), {"微服务网关选型", "服务网格一年记"}),
    ],
)
def test_a_word_that_begins_with_a_dash_belongs_to_the_query(
    indexed: Souwen, arguments: tuple[str, ...], found: set[str]
):
    done = indexed("search", *arguments, "--all")
    assert set(titles(done.out)) == found


def test_a_word_that_looks_like_an_option_is_searched_and_pointed_out(indexed: Souwen):
    done = indexed("search", "微服务", "--limt", "1")
    assert "--limt is no option of `souwen search`" in done.err
    assert "--limt" not in indexed("search", "微服务", "--", "--limt").err


@pytest.mark.parametrize("word", ["-nl", "-lc", "-c0", "--广告", "-q", "-C", "--json5", "-n广告"])
def test_a_word_that_may_be_a_mistyped_option_is_pointed_out(indexed: Souwen, word: str):
    done = indexed("search", "网关", word, "--all")
    told = (
        f"souwen: {word} is no option of `souwen search`, so it is part of the query; " in done.err
    )
    assert told == (word != "-n广告")
    assert "is no option" not in indexed("search", "网关", "--", word).err


@pytest.mark.parametrize("limit", [("-n1",), ("-n=1",), ("-n", "1"), ("--limit=1",)])
def test_the_limit_may_be_glued_to_its_option(indexed: Souwen, limit: tuple[str, ...]):
    done = indexed("search", *limit, "网关")
    assert (len(done.lines), done.err) == (1, "")


def test_a_pipe_gets_a_line_a_hit(indexed: Souwen):
    done = indexed("search", "快手")
    assert re.fullmatch(r"posts/快手\.md\t2021-03-04\t\d+\.\d{4}\t快手外链怎么加\n", done.out)
    assert (done.code, done.err) == (0, "")


def test_paths_are_those_from_here(indexed: Souwen):
    assert indexed("search", "-l", "快手").lines == ["posts/快手.md"]
    assert indexed("-C", "posts/2022", "search", "-l", "快手").lines == ["../快手.md"]
    assert indexed("-C", "posts/2022", "search", "--format", "paths", "快手").lines == [
        "../快手.md"
    ]
    assert indexed("search", "-0", "网关", "--sort", "date").out == (
        "posts/2023/服务网格.md\0posts/2022/网关.md\0"
    )


def test_paths_below_the_limit_are_told_to_be_not_all(indexed: Souwen):
    assert "1 of 2 posts; `-n all` gives all" in indexed("search", "-l", "网关", "-n", "1").err
    assert indexed("-q", "search", "-l", "网关", "-n", "1").err == ""


def test_a_count_is_a_number_of_full_matches(indexed: Souwen):
    assert indexed("search", "-c", "网关").out == "2\n"
    assert indexed("search", "--count", "快手 k8s").out == "0\n"
    assert indexed("search", "-c", "快手 k8s", "--relax").out == "2\n"
    assert indexed("search", "-c", "快手 k8s").code == 1


def test_paths_and_counts_never_relax(indexed: Souwen):
    assert titles(indexed("search", "快手", "k8s").out)
    assert indexed("search", "-l", "快手", "k8s").out == ""
    assert len(indexed("search", "-l", "快手", "k8s", "--relax").lines) == 2


def test_json_has_the_keys_of_the_contract_in_their_order(indexed: Souwen):
    done = indexed("search", "快手 外链", "--json", "--facets", "category", "--facets", "year")
    page = json.loads(done.out)
    page["took_ms"] = 0
    (hit,) = page.pop("hits")
    assert page == {
        "version": 1,
        "query": "快手 外链",
        "total": 1,
        "total_relaxed": 1,
        "exact": True,
        "relaxed": False,
        "more": False,
        "warnings": [],
        "took_ms": 0,
        "sort": "blend",
        "recency": {
            "weight": 0.25,
            "half_life_days": 365,
            "origin": "2023-05-31T16:00:00Z",
            "because": None,
        },
        "facets": {"category": [], "year": [{"value": "2021", "count": 1}]},
        "did_you_mean": [],
    }
    assert " ".join(json.loads(done.out)) == (
        "version query total total_relaxed exact relaxed more warnings took_ms sort recency hits "
        "facets did_you_mean"
    )
    assert hit["score"] == pytest.approx(hit["text_score"] * hit["recency_factor"])
    assert {name: value for name, value in hit.items() if "score" not in name} == {
        "rank": 1,
        "id": "快手.md",
        "path": "posts/快手.md",
        "title": "快手外链怎么加",
        "date": "2021-03-03T16:00:00Z",
        "updated": None,
        "author": [],
        "tags": ["教程"],
        "categories": [],
        "url": None,
        "recency_factor": hit["recency_factor"],
        "relaxed": False,
        "title_highlights": [[0, 4]],
        "snippet": "在快手里加外链，分三步。快手电商的商家都在用。广告",
        "highlights": [[1, 3], [5, 7], [12, 14]],
        "lacks": [],
        "duplicates": [],
        "duplicate": False,
    }


def test_a_query_for_what_is_new_says_so_on_stderr_and_in_json(indexed: Souwen):
    done = indexed("search", "最新 外链")
    assert "最新 asks for what is new" in done.err
    assert json.loads(indexed("search", "最新 外链", "--json").out)["recency"]["because"] == "最新"
    told = indexed("search", "最新 外链", "--recency", "normal")
    assert "asks for what is new" not in told.err


def test_hits_that_match_in_part_name_what_they_lack(indexed: Souwen):
    (row,) = csv.DictReader(indexed("search", "外链 橙子", "--format", "csv").lines)
    (line,) = indexed("search", "外链 橙子", "--format", "jsonl").lines
    assert (row["lacks"], json.loads(line)["lacks"]) == ("橙子", ["橙子"])
    assert "without: 橙子" in indexed("--color", "always", "search", "外链 橙子").out


def test_json_offsets_count_code_points_of_what_is_shown(indexed: Souwen):
    (hit,) = json.loads(indexed("search", "外链", "--format", "json").out)["hits"]
    assert [hit["snippet"][start:end] for start, end in hit["highlights"]] == ["外链"]


def test_json_paths_do_not_depend_on_where_one_stands(indexed: Souwen):
    (hit,) = json.loads(indexed("-C", "posts/2022", "search", "外链", "--json").out)["hits"]
    assert hit["path"] == "posts/快手.md"


def test_other_forms_have_the_same_hits(indexed: Souwen):
    hits = json.loads(indexed("search", "网关", "--json").out)["hits"]
    lines = [json.loads(line) for line in indexed("search", "网关", "--format", "jsonl").lines]
    rows = list(csv.DictReader(indexed("search", "网关", "--format", "csv").lines))
    assert lines == hits
    assert [row["path"] for row in rows] == [hit["path"] for hit in hits]
    assert [row["id"] for row in rows] == [hit["id"] for hit in hits]


def test_a_page_that_holds_relaxed_hits_marks_them(indexed: Souwen):
    page = json.loads(indexed("search", "快手", "k8s", "--json").out)
    assert (page["total"], page["total_relaxed"], page["relaxed"]) == (0, 2, True)
    assert [hit["relaxed"] for hit in page["hits"]] == [True, True]
    laid_out = indexed("--color", "always", "search", "快手", "k8s", "-P").out
    assert "No post matches all; these do in part:" in laid_out


def test_partial_matches_are_told_apart_in_pipes_as_well(indexed: Souwen):
    none = "souwen: no post matches all of the query; these match it in part\n"
    assert indexed("search", "快手", "k8s").err == none
    one = "souwen: the last line matches the query in part; `--all` leaves such posts out\n"
    assert indexed("search", "外链 OR (k8s 犰狳)").err == one
    assert indexed("search", "外链 OR (网关 犰狳)").err == one.replace(
        "line matches", "2 lines match"
    )
    assert indexed("-q", "search", "外链 OR (k8s 犰狳)").err == ""
    assert indexed("search", "外链 OR (k8s 犰狳)", "--explain").err == ""
    rows = csv.DictReader(indexed("search", "外链 OR (k8s 犰狳)", "--format", "csv").lines)
    assert [row["relaxed"] for row in rows] == ["false", "true"]


def test_colours_can_be_asked_for(indexed: Souwen):
    done = indexed("--color", "always", "search", "快手", "--hyperlink", "always")
    assert "\x1b[1;31m快手\x1b[0m" in done.out
    assert "\x1b]8;;file:///" in done.out


def test_an_explanation_is_laid_out_even_in_a_pipe(indexed: Souwen):
    done = indexed("search", "快手", "--explain")
    assert "body.bigrams:快手" in done.out
    numbers = re.search(r"score (\S+) = text (\S+) × recency (\S+)", done.out)
    terms = re.findall(r"^ +(\S+) = (\S+) × idf (\S+) × tf (\S+) ", done.out, re.MULTILINE)
    assert numbers is not None
    score, text, factor = map(float, numbers.groups())
    assert score == pytest.approx(text * factor, rel=1e-5)
    assert text == pytest.approx(sum(float(term[0]) for term in terms), rel=1e-4)
    for added, weight, idf, frequency in terms:
        expected = float(weight) * float(idf) * float(frequency)
        assert float(added) == pytest.approx(expected, abs=1e-5)


def test_facets_are_lines_of_three_columns_in_a_pipe(indexed: Souwen):
    done = indexed("search", "网关", "--facets", "tag", "--facets", "category")
    assert done.lines[2:] == [
        "tag\t微服务\t2",
        "tag\t服务网格\t1",
        "tag\t网关\t1",
        "category\t架构\t2",
        "category\t架构/云原生\t1",
    ]


@pytest.mark.parametrize("query", ["没有这样的词语", "！？。…", "\0", "()", "-"])
def test_nothing_found_is_exit_code_1(indexed: Souwen, query: str):
    done = indexed("search", query, "--all")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("souwen: ")


def test_a_query_with_nul_finds_what_it_would_find_without(indexed: Souwen):
    assert titles(indexed("search", "快\0手").out) == ["快手外链怎么加"]


def test_a_query_that_is_no_utf8_is_searched(indexed: Souwen):
    done = indexed("search", "快手 " + os.fsdecode(b"\xe4\xb8"), "--json")
    assert json.loads(done.out)["query"].startswith("快手 \ufffd")


@pytest.mark.parametrize("query", ["快手" * 50_000, "(" * 100_000, "a " * 50_000, '"' * 100_000])
def test_a_query_of_100_000_characters_is_answered(indexed: Souwen, query: str):
    assert indexed("search", query).code in (0, 1)


def test_what_cannot_be_parsed_is_searched_as_text_with_a_warning(indexed: Souwen):
    done = indexed("search", "(快手 外链")
    assert titles(done.out) == ["快手外链怎么加"]
    assert done.err.startswith("souwen: ")
    assert indexed("-q", "search", "(快手 外链").err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Nothing to search for"),
        (("",), "Nothing to search for"),
        (("快手", "--since", "someday"), "someday"),
        (("快手", "--until", "2022-13"), "2022-13"),
        (("快手", "-n", "-5"), "'-5' is neither 'all' nor a whole number"),
        (("快手", "-n", "many"), "'many' is neither"),
        (("快手", "-n", "9" * 5000), "9999…"),
        (("快手", "-n"), "Option '-n' requires an argument"),
        (("快手", "-n=many"), "'many' is neither"),
        (("快手", "-n="), "'' is neither"),
        (("快手", "--since", "2023", "--until", "2022-05"), "since is 2023 and until is 2022-05"),
        (("快手", "--all", "--any"), "both all and any"),
        (("快手", "--sort", "size"), "'size' is not one of"),
        (("快手", "--facets", "colour"), "'colour' is not one of"),
        (("快手", "--json=yes"), "does not take a value"),
        (("快手", "--json", "-l"), "Choose one way of output: json, paths"),
        (("快手", "--format", "csv", "-c"), "Choose one way of output: count, csv"),
        (("快手", "-l", "--facets", "tag"), "--facets goes with"),
        (("快手", "--format", "csv", "--explain"), "--explain goes with"),
    ],
)
def test_wrong_usage_is_exit_code_2(indexed: Souwen, arguments: tuple[str, ...], message: str):
    done = indexed("search", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("souwen: ")
    assert message in done.err


def test_names_that_are_no_utf8_and_control_characters_come_out_as_they_should(
    souwen: Souwen, blog: Path
):
    name = os.fsdecode(b"posts/\xe4\x1b[31m.md")
    (blog / name).write_text("---\ntitle: 古怪的名字\n---\n一个古怪的文件名。", encoding="utf-8")
    assert souwen("index", "posts").code == 0
    assert souwen("search", "-l", "古怪").out == name + "\n"
    assert "posts/\ufffd␛[31m.md\t" in souwen("search", "古怪").out
    (hit,) = json.loads(souwen("search", "古怪", "--json").out)["hits"]
    assert os.fsencode(hit["path"]) == os.fsencode(name)
    for form in ("csv", "jsonl", "text"):
        assert "\x1b" not in souwen("search", "古怪", "--format", form).out
    assert "\x1b" not in souwen("show", name).out.replace("\x1b[0m", "")


@pytest.mark.parametrize(
    ("flag", "choices"),
    [
        ("sort", get_args(Sort)),
        ("recency", tuple(RECENCY)),
        ("facets", get_args(FacetField)),
        ("hyperlink", ("auto", "always", "never")),
    ],
)
def test_flags_offer_what_a_search_knows(flag: str, choices: tuple[str, ...]):
    # They are written down in the flags, so that help need not import the search.
    declared = {one.name: one.type for one in program.commands["search"].params}
    assert declared[flag].choices == choices


def test_every_default_of_the_configuration_has_a_flag():
    declared = {option for one in program.commands["search"].params for option in one.opts}
    flags = {f"--{one.name}" for one in fields(SearchConfig)} - {"--pager"}
    assert flags | {"--no-pager"} <= declared
