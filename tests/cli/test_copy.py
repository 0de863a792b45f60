"""``souwen copy`` from the command line."""

import json

from tools.blog import Souwen


def test_a_copy_answers_as_the_index_does(indexed: Souwen):
    done = indexed("copy", ".souwen", "elsewhere")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("posts 4 copied to elsewhere (")
    found = [
        indexed("--index", place, "search", "-l", "微服务") for place in (".souwen", "elsewhere")
    ]
    assert found[0] == found[1]
    assert found[0].lines == ["posts/2022/网关.md"]


def test_slices_become_one_index(souwen: Souwen):
    for part in ("1", "2"):
        assert souwen("--index", part, "index", "posts", "--slice", f"{part}/2").code == 0
    done = souwen("copy", "1", "2", ".souwen", "--json")
    report = json.loads(done.out)
    assert report.pop("took_ms") > 0
    assert report == {"version": 1, "posts": 4, "from": ["1", "2"], "to": ".souwen"}
    assert json.loads(souwen("index", "--json").out)["unchanged"] == 4


def test_an_index_that_is_there_is_a_reason_to_stop(indexed: Souwen):
    assert indexed("copy", ".souwen", "elsewhere", "--replace").code == 0
    done = indexed("copy", ".souwen", "elsewhere")
    assert (done.code, done.out) == (2, "")
    assert "--replace" in done.err
    assert indexed("-q", "copy", ".souwen", "elsewhere", "--replace") == (0, "", "")


def test_a_slice_of_no_such_kind_is_wrong_usage(indexed: Souwen):
    done = indexed("index", "--slice", "4/3")
    assert (done.code, done.out) == (2, "")
    assert "such as 3/16" in done.err


def test_where_there_is_no_index_nothing_is_copied(souwen: Souwen):
    assert souwen("copy", ".souwen", "elsewhere").code == 4
