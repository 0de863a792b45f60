"""Results are written as SEARCH.md promises: for people, line by line, for programs."""

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from souwen.index.documents import Document, Metadata, Notice, Token
from souwen.index.history import History, Run, Slow
from souwen.index.indexer import IndexReport
from souwen.index.summary import as_json, lines, no_posts
from souwen.search import details, remarks, render
from souwen.search.engine import SegmentInfo, StoreInfo
from souwen.search.hits import (
    ALL_WORDS,
    LEAD,
    Facet,
    Fragment,
    Hit,
    Match,
    RecencyUsed,
    Results,
    TermScore,
)
from souwen.search.render import View
from souwen.search.terminal import Screen, cells

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = datetime(2022, 2, 22, 20, 7, tzinfo=UTC)
TERM = TermScore("body.words", "快手", 1.0, 2.0, 1.5, 3.0, 2.0, 120.0, 98.5, 1273, 12)

ZAKER = Document(
    id="新媒体/x.md",
    path="/blog/posts/新媒体/x.md",
    title="快手外链怎么加",
    body="在快手里加外链，分三步。",
    metadata=Metadata(
        date=DAY,
        tags=("教程", "快手"),
        categories=(("新媒体", "运营"), ("教程",)),
        author=("小林",),
        url="https://example.org/x",
    ),
)
PLAIN = Document(id="b.md", path="/elsewhere/b.md", title="别的\x1b[2J标题", body="外链")


def hit(
    rank: int,
    document: Document,
    *,
    relaxed: bool = False,
    explanation: tuple[TermScore, ...] = (),
    duplicates: tuple[str, ...] = (),
) -> Hit:
    factor = 1.25 if document.metadata.date else 1.0
    match = Match(
        document.id,
        3.0 * factor,
        3.0,
        factor,
        relaxed,
        lambda: document,
        explanation,
        duplicates,
    )
    return Hit(
        rank,
        match,
        lambda document: (Fragment(document.title, ((0, 2),)), Fragment(document.body, ((1, 3),))),
    )


def results(
    hits: Sequence[Hit] = (), total: int = 1, *, weight: float = 0.25, facets: bool = False
) -> Results:
    counted = (("category", (Facet("新媒体", 12), Facet("a\tb", 1))),) if facets else ()
    return Results(
        query="快手 外链",
        hits=tuple(hits),
        total=total,
        total_relaxed=2,
        warnings=("a warning",),
        took_ms=3.14159,
        sort="blend",
        recency=RecencyUsed(weight, 365, DAY if weight else None),
        facets=counted,
        more=len(hits) < 2,
    )


def below(path: str) -> str:
    return path.removeprefix("/blog/")


def view(screen: Screen | None = None) -> View:
    return View(lambda path: "~/" + below(path), below, SHANGHAI, screen or Screen(width=60))


NOTHING = replace(results(), total=0, total_relaxed=0)
FOUR = ("a.md", "b.md", "c.md", "d.md")
TWO = results([hit(1, ZAKER), hit(2, PLAIN, relaxed=True)])
MIXED = results([hit(1, PLAIN, relaxed=True), hit(2, ZAKER)])


def test_a_page_is_laid_out_with_days_in_the_zone_of_the_index():
    assert list(render.pages(TWO, view())) == [
        "1  快手外链怎么加" + " " * 33 + "2022-02-23",
        "   ~/posts/新媒体/x.md",
        "   在快手里加外链，分三步。",
        "",
        "These match in part:",
        "",
        "2  别的␛[2J标题" + " " * 35 + "undated",
        "   ~//elsewhere/b.md",
        "   外链",
        "",
        "1 found, 1 more in part (3.1 ms)",
    ]


def test_days_stand_below_each_other_whatever_the_titles_are():
    heads = [line for line in render.pages(TWO, view()) if re.match(r"\d  ", line)]
    days = ["2022-02-23", "undated"]
    columns = {cells(line[: line.index(day)]) for line, day in zip(heads, days, strict=True)}
    assert columns == {50}


def test_a_page_without_full_matches_says_so():
    shown = list(render.pages(results([hit(1, ZAKER, relaxed=True)], total=0), view()))
    assert shown[0] == "No post matches all; these do in part:"


def test_a_page_of_a_sentence_says_where_those_begin_of_which_some_match_in_part():
    shown = list(render.pages(MIXED, view()))
    assert shown[0] == "From here on some match in part:"
    assert sum(line.endswith("in part:") for line in shown) == 1


def test_a_page_that_does_not_show_all_says_how_to_see_all():
    assert list(render.pages(results([hit(1, ZAKER)], total=2), view()))[-1] == (
        "2 found (3.1 ms); -n all shows all"
    )
    assert list(render.pages(results(total=0), view()))[-1] == "0 found, 2 more in part (3.1 ms)"


def test_near_duplicates_are_named_below_the_post_they_stand_under():
    shown = list(render.pages(results([hit(1, ZAKER, duplicates=FOUR)]), view()))
    assert shown[3] == "   nearly the same: a.md, b.md, c.md and 1 more"
    shown = list(render.pages(results([hit(1, ZAKER, duplicates=("a\t.md",))]), view()))
    assert shown[3] == "   nearly the same: a .md"


def test_a_long_title_is_cut_and_a_long_snippet_wrapped():
    long = Document("a", "/a", "题" * 60, "快手" * 60)
    shown = list(render.pages(results([hit(1, long)]), view()))
    assert all(cells(line) <= 60 for line in shown)
    assert "…" in shown[0]
    assert "".join(shown[2:]).replace(" ", "").startswith("快手" * 60)


def test_colours_mark_what_matched_and_the_title_links_to_the_file():
    shown = "\n".join(render.pages(TWO, view(Screen(width=60, color=True, links=True))))
    assert "\x1b[1;31m快手\x1b[0m\x1b[1m外链怎么加\x1b[0m" in shown
    assert "在\x1b[1;31m快手\x1b[0m里" in shown
    assert "\x1b]8;;file:///blog/posts/%E6%96%B0" in shown
    assert "\x1b[2J" not in shown


def test_facets_follow_the_hits():
    shown = list(render.pages(results([hit(1, ZAKER)], facets=True), view()))
    assert shown[-5:-1] == ["category", "     12  新媒体", "      1  a b", ""]


def test_of_many_facets_the_first_are_shown():
    many = results()
    facets = tuple(Facet(str(number), 1) for number in range(25))
    shown = list(
        render._facets(Results(**{**fields_of(many), "facets": (("tag", facets),)}), Screen())
    )
    assert len(shown) == 23
    assert shown[-2].strip() == "… 5 more"


def fields_of(answer: Results) -> dict[str, object]:
    return {name: getattr(answer, name) for name in Results.__slots__}


@pytest.mark.parametrize(
    ("document", "weight", "recency"),
    [
        (ZAKER, 0.25, "1 + 0.25 × 2^(−0.000 days / 365)"),
        (PLAIN, 0.25, "1: undated"),
        (ZAKER, 0.0, "1: age does not count here"),
    ],
)
def test_an_explanation_can_be_followed_with_a_calculator(
    document: Document, weight: float, recency: str
):
    one = hit(1, document, explanation=(TERM,))
    shown = "\n".join(render.pages(results([one], weight=weight), view(Screen(width=120))))
    numbers = re.search(r"score (\S+) = text (\S+) × recency (\S+)", shown)
    assert numbers is not None
    score, text, factor = map(float, numbers.groups())
    assert score == pytest.approx(text * factor)
    assert f"= {recency}" in shown
    assert "3.000000 = 1 × idf 2.000000 × tf 1.500000  body.words:快手 (2 times in 120" in shown


def test_an_explanation_gives_the_age_from_which_the_factor_follows():
    old = Document("a", "/a", "t", "b", Metadata(date=DAY - timedelta(days=365)))
    shown = "\n".join(render.pages(results([hit(1, old, explanation=(TERM,))]), view()))
    assert "2^(−365.000 days / 365)" in shown


def test_an_explanation_says_what_a_sentence_added():
    begins = replace(TERM, field=LEAD, weight=0.6, tf_weight=0.5, score=0.6)
    whole = replace(begins, field=ALL_WORDS, term="快手 外链", weight=0.2, tf_weight=1.0, score=0.4)
    shown = list(render.pages(results([hit(1, ZAKER, explanation=(begins, whole))]), view()))
    assert shown[-4:-2] == [
        "     0.600000 = 0.6 × idf 2.000000 × tf 0.500000  body.lead:快手"
        " (the nearer to the beginning of the body the more; in 12 of 1273 posts)",
        "     0.400000 = 0.2 × idf 2.000000 × tf 1.000000  sentence:快手 外链"
        " (nothing of the sentence is lacking; the sum of the idf of its words)",
    ]


def test_in_a_pipe_a_hit_is_a_line():
    assert list(render.rows(results([hit(1, ZAKER), hit(2, PLAIN)], facets=True), view())) == [
        "~/posts/新媒体/x.md\t2022-02-23\t3.7500\t快手外链怎么加",
        "~//elsewhere/b.md\t\t3.0000\t别的␛[2J标题",
        "category\t新媒体\t12",
        "category\ta b\t1",
    ]


def test_paths_are_what_is_on_disk():
    odd = Document("a", "/blog/\x1b\udce4.md", "t", "b")
    assert list(render.paths(results([hit(1, odd)]), view())) == ["~/\x1b\udce4.md"]


def test_a_table_has_a_heading_and_every_field():
    rows = list(csv.DictReader(render.table(results([hit(1, ZAKER), hit(2, PLAIN)]), view())))
    assert rows[0] == {
        "rank": "1",
        "score": "3.75",
        "date": "2022-02-22T20:07:00Z",
        "title": "快手外链怎么加",
        "path": "posts/新媒体/x.md",
        "id": "新媒体/x.md",
        "author": "小林",
        "tags": "教程; 快手",
        "categories": "新媒体/运营; 教程",
        "url": "https://example.org/x",
        "snippet": "在快手里加外链，分三步。",
        "relaxed": "false",
        "lacks": "",
        "duplicates": "",
    }
    assert (rows[1]["date"], rows[1]["title"]) == ("", "别的␛[2J标题")


def test_a_table_says_which_hits_match_in_part():
    rows = csv.DictReader(render.table(TWO, view()))
    assert [row["relaxed"] for row in rows] == ["false", "true"]


def test_json_is_the_contract_to_the_letter():
    one = results([hit(1, ZAKER, duplicates=FOUR)], facets=True)
    assert render.json_page(one, view()) == (
        '{"version":1,"query":"快手 外链","total":1,"total_relaxed":2,"exact":true,'
        '"relaxed":false,"more":true,'
        '"warnings":["a warning"],"took_ms":3.1,"sort":"blend",'
        '"recency":{"weight":0.25,"half_life_days":365,"origin":"2022-02-22T20:07:00Z",'
        '"because":null},'
        '"hits":[{"rank":1,"id":"新媒体/x.md","path":"posts/新媒体/x.md","title":"快手外链怎么加",'
        '"date":"2022-02-22T20:07:00Z","updated":null,"author":["小林"],"tags":["教程","快手"],'
        '"categories":[["新媒体","运营"],["教程"]],"url":"https://example.org/x",'
        '"score":3.75,"text_score":3.0,"recency_factor":1.25,"relaxed":false,'
        '"title_highlights":[[0,2]],"snippet":"在快手里加外链，分三步。","highlights":[[1,3]],'
        '"lacks":[],"duplicates":["a.md","b.md","c.md","d.md"],"duplicate":false}],'
        '"facets":{"category":[{"value":"新媒体","count":12},{"value":"a\\tb","count":1}]},'
        '"did_you_mean":[]}'
    )


def test_json_lines_are_the_hits_of_json():
    lines_of_json = [json.loads(line) for line in render.json_lines(TWO, view())]
    assert lines_of_json == json.loads(render.json_page(TWO, view()))["hits"]


def test_json_explains_a_score_where_that_was_asked():
    (line,) = render.json_lines(results([hit(1, ZAKER, explanation=(TERM,))]), view())
    (term,) = json.loads(line)["explanation"]
    assert term["score"] == term["weight"] * term["idf"] * term["tf_weight"]
    assert "explanation" not in next(render.json_lines(TWO, view()))


@pytest.mark.parametrize(
    ("found", "form", "told"),
    [
        (TWO, "text", ["the last line matches the query in part; `--all` leaves such posts out"]),
        (MIXED, "text", ["1 line matches the query in part; `--all` leaves such posts out"]),
        (TWO, "paths", []),
        (TWO, "csv", []),
        (
            results([hit(1, PLAIN, relaxed=True)], total=0),
            "text",
            ["no post matches all of the query; these match it in part"],
        ),
        (results([hit(1, ZAKER)]), "text", []),
        (
            results([hit(1, ZAKER, duplicates=("a.md",))]),
            "text",
            [
                "1 post is not listed, which is nearly the same as one that is; "
                "`--no-collapse` lists all"
            ],
        ),
        (
            results([hit(1, ZAKER, duplicates=FOUR)]),
            "text",
            [
                "4 posts are not listed, which are nearly the same as one that is; "
                "`--no-collapse` lists all"
            ],
        ),
        (results([hit(1, ZAKER, duplicates=FOUR)]), "csv", []),
        (results([hit(1, ZAKER)]), "paths", ["1 of 2 posts; `-n all` gives all"]),
        (results([hit(1, ZAKER)]), "json", []),
        (results(), "paths", []),
        (NOTHING, "json", ["nothing found; fewer words, `--any` or `--relax` may find more"]),
        (replace(NOTHING, query=""), "text", ["nothing found"]),
    ],
)
def test_a_form_without_room_for_remarks_has_them_told(found: Results, form: str, told: list[str]):
    assert list(remarks.on_results(found, form, Screen())) == told


def test_what_is_laid_out_needs_no_remark_on_partial_matches():
    assert list(remarks.on_results(TWO, "text", Screen(laid_out=True))) == []
    explained = results([hit(1, PLAIN, relaxed=True, explanation=(TERM,))])
    assert list(remarks.on_results(explained, "text", Screen())) == []


def test_a_post_is_shown_with_its_fields_and_text_and_tokens():
    tokens = {"title": {"words": (Token("快手", 0, 2), Token("外炼", 2, 4)), "bigrams": ()}}
    document = Document(
        "a.md", "/blog/a.md", "快手外链", "one\ttwo\nthree", Metadata(extra=(("layout", "post"),))
    )
    shown = list(details.post(document, tokens, path="a.md", timezone=SHANGHAI))
    assert shown == [
        "id      a.md",
        "path    a.md",
        "title   快手外链",
        "date    undated",
        "layout  post",
        "",
        "one two",
        "three",
        "",
        "title:",
        "words  快手 外链→外炼",
    ]


def test_a_post_in_json_has_all_that_is_indexed():
    tokens = {"title": {"words": (Token("快手", 0, 2),)}}
    found = json.loads(details.post_json(ZAKER, tokens, path="x.md"))
    assert found["date"] == "2022-02-22T20:07:00Z"
    assert found["body"] == ZAKER.body
    assert found["tokens"] == {"title": {"words": [{"term": "快手", "start": 0, "end": 2}]}}
    assert "tokens" not in json.loads(details.post_json(ZAKER, {}, path="x.md"))


def test_the_numbers_of_an_index_are_shown():
    info = StoreInfo(
        *("1", "f00", 1273, 5, 6, 2**21, DAY, DAY, 7, ("/blog",), (("segmenter", "x"),)),
        parts=(("texts", 2**20), ("manifest", 2**19)),
        segments=(SegmentInfo("MAIN_1", 1273, 12, 2**20),),
    )
    run = Run("2022-02-23T04:07:00+00:00", 1234.5, "--full", 1273, 1273, 0, 0, 0, 2)
    history = History((run, replace(run, reason=None)), (Slow("慢\x1b.md", 812.4),))
    shown = "\n".join(details.stats(info, history, index=".souwen", timezone=SHANGHAI))
    assert re.search(r"^posts +1,273$", shown, re.MULTILINE)
    assert re.search(r"^size +2\.0 MiB$", shown, re.MULTILINE)
    assert "2022-02-23 04:07:00+08:00 to 2022-02-23" in shown
    assert "\n\nsize by part:\n  texts     1.0 MiB\n  manifest  512.0 KiB\n" in shown
    assert "  MAIN_1  posts 1,273, deleted 12, 1.0 MiB\n" in shown
    counts = "added 1273, updated 0, renamed 0, removed 0, skipped 2, posts 1273 (1,234 ms)"
    assert f"  2022-02-23 12:07:00+08:00  {counts}; built anew: --full\n" in shown
    assert f"  2022-02-23 12:07:00+08:00  {counts}\n" in shown
    assert shown.endswith("\n\nfiles that took longest:\n  812 ms  慢␛.md")
    found = json.loads(details.stats_json(info, history, index=".souwen", watch={"pid": 1}))
    assert (found["size"], found["analyzer"]) == (2**21, {"segmenter": "x"})
    assert found["parts"] == {"texts": 2**20, "manifest": 2**19}
    assert found["segments"] == [{"name": "MAIN_1", "posts": 1273, "deleted": 12, "size": 2**20}]
    assert (found["runs"][0]["took_ms"], found["runs"][1]["reason"]) == (1234.5, None)
    assert (found["slowest"], found["watch"]) == ([{"id": "慢\x1b.md", "ms": 812.4}], {"pid": 1})


REPORT = IndexReport(
    posts=3,
    added=2,
    updated=1,
    removed=0,
    unchanged=0,
    drafts=1,
    excluded=4,
    skipped=(Notice("/blog/a\x1b.md", "empty"),),
    warnings=(Notice("/blog/b.md", "no date", 3),),
    took_ms=812.34,
    index=".souwen",
    reason="--full",
)


def test_a_run_is_reported_with_every_file_that_was_skipped_or_doubtful():
    assert list(lines(REPORT, below)) == [
        "skipped, not in the index (1):",
        "  a␛.md: empty",
        "indexed, but look at (1):",
        "  b.md:3: no date",
        "built anew: --full",
        "added 2, updated 1, renamed 0, removed 0, unchanged 0, skipped 1",
        "left out: drafts 1, excluded by rule 4",
        "posts 3 in .souwen (0.8 s)",
    ]


def test_a_run_is_reported_as_json():
    assert as_json(REPORT, below) == {
        "version": 1,
        "posts": 3,
        "added": 2,
        "updated": 1,
        "removed": 0,
        "unchanged": 0,
        "drafts": 1,
        "skipped": [{"path": "a\x1b.md", "line": None, "reason": "empty"}],
        "warnings": [{"path": "b.md", "line": 3, "reason": "no date"}],
        "took_ms": 812.3,
        "index": ".souwen",
        "excluded": 4,
        "dry_run": False,
        "reason": "--full",
        "renamed": 0,
        "reanalyzed": 0,
        "waiting": [],
        "needs": None,
        "free": None,
        "changes": [],
    }


def test_a_run_that_found_nothing_says_what_is_expected():
    assert "1 drafts are left out without --drafts" in no_posts(REPORT)
