"""What can be asked of results, and when is a post fetched?"""

from datetime import UTC, datetime

from tools.shelf import post

from souwen.index.documents import Document
from souwen.search.hits import Fragment, Hit, Match, RecencyUsed, Results

WHEN = datetime(2022, 2, 23, tzinfo=UTC)
POST = post("a/网关.md", "网关是大门。", "网关", date=WHEN)


class Shelf:
    """Hands out one post and counts how often it is fetched and cut."""

    def __init__(self) -> None:
        self.loads = 0
        self.cuts = 0

    def load(self) -> Document:
        self.loads += 1
        return POST

    def cut(self, document: Document) -> tuple[Fragment, Fragment]:
        self.cuts += 1
        return Fragment(document.title, ((0, 2),)), Fragment(document.body[:2], ((0, 2),))

    def hit(self, *, relaxed: bool = False) -> Hit:
        match = Match(POST.id, 2.5, 2.0, 1.25, relaxed, self.load)
        return Hit(1, match, self.cut)


def results(*hits: Hit) -> Results:
    recency = RecencyUsed(0.25, 365.0, WHEN)
    return Results("网关", hits, len(hits), len(hits), (), 1.0, "blend", recency)


def test_scores_are_there_without_fetching_the_post():
    shelf = Shelf()
    hit = shelf.hit()
    assert (hit.rank, hit.id, hit.score, hit.text_score) == (1, "a/网关.md", 2.5, 2.0)
    assert (hit.recency_factor, hit.relaxed, hit.explanation) == (1.25, False, ())
    assert repr(hit) == "<Hit 1: a/网关.md 2.5000>"
    assert (shelf.loads, shelf.cuts) == (0, 0)


def test_fields_of_the_post_cut_no_snippet():
    shelf = Shelf()
    hit = shelf.hit()
    assert (hit.path, hit.title, hit.date) == ("/posts/a/网关.md", "网关", WHEN)
    assert hit.document is POST
    assert (shelf.loads, shelf.cuts) == (1, 0)


def test_a_post_is_fetched_and_cut_once():
    shelf = Shelf()
    hit = shelf.hit()
    for _ in range(2):
        hit.load()
        assert (hit.snippet, hit.highlights, hit.title_highlights) == ("网关", ((0, 2),), ((0, 2),))
    assert (shelf.loads, shelf.cuts) == (1, 1)


def test_results_are_their_hits():
    hits = (Shelf().hit(), Shelf().hit())
    found = results(*hits)
    assert tuple(found) == found.hits == hits
    assert len(found) == 2


def test_a_page_is_relaxed_where_any_of_its_hits_is():
    firm, relaxed = Shelf().hit(), Shelf().hit(relaxed=True)
    assert not results().relaxed
    assert not results(firm).relaxed
    assert results(firm, relaxed).relaxed


def test_a_page_is_mixed_where_relaxed_hits_do_not_come_last():
    firm, relaxed = Shelf().hit(), Shelf().hit(relaxed=True)
    assert results(relaxed, firm).mixed
    assert not results(firm, relaxed, relaxed).mixed
    assert not results(relaxed).mixed
