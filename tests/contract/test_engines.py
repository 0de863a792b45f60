"""What every engine promises: the same posts in the same order with the same scores."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools.clusters import expunge
from tools.scores import alike
from tools.shelf import ENGINES, address

from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.builder import open_store
from souwen.index.documents import AnalyzedDocument, Document, Metadata
from souwen.index.engine import Store, of_one_commit
from souwen.index.errors import StoreError, StoreLocked, StoreMissing
from souwen.index.schema import fingerprint
from souwen.index.settings import NAME, Settings, dump
from souwen.search.engine import Request, Weighted
from souwen.search.pairs import Pair
from souwen.search.query import (
    Alike,
    And,
    Contiguous,
    Everything,
    Fuzzy,
    Glob,
    Holds,
    Named,
    Not,
    Or,
    Passage,
    Prefix,
    Query,
    Range,
    Term,
    Whole,
)
from souwen.search.ranking import Recency
from souwen.search.searcher import open_reader
from souwen.search.sentence import Sentence

OTHERS = ENGINES[1:]
ANALYZER = Analyzer()
NOW = datetime(2024, 6, 1, tzinfo=UTC)
WORDS = [
    "搜索",
    "引擎",
    "全文",
    "检索",
    "快手",
    "电商",
    "网关",
    "微服务",
    "的",
    "docker",
    "C++",
    "C",
    "k8s",
    "数据库",
    "索引",
    "中文",
    "分词",
]


def post(number: int, seed: int) -> AnalyzedDocument:
    """A post of random words; the same numbers give the same post."""
    dice = random.Random(seed * 1000 + number)
    body = "".join(
        dice.choice(WORDS) + dice.choice(["", "", " ", "，", "。\n"])
        for _ in range(dice.randint(0, 60))
    )
    title = "".join(dice.choice(WORDS) for _ in range(dice.randint(0, 4)))
    dated = dice.random() < 0.8
    metadata = Metadata(
        date=NOW - timedelta(days=dice.randint(-30, 2000)) if dated else None,
        tags=tuple(dice.sample(["Go", "搜索", "数据库 入门"], dice.randint(0, 2))),
        categories=(("编程", dice.choice(["Go", "Python"])),) if dice.random() < 0.5 else (),
        author=("甲",) if dice.random() < 0.5 else ("乙", "丙"),
    )
    id = f"{dice.choice(['a', 'b'])}/{number:03}.md"  # noqa: A001
    return analyze_document(Document(id, f"/posts/{id}", title, body, metadata), ANALYZER)


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of each engine."""
    return address(request.param, tmp_path)


def commit(store: Store, *documents: AnalyzedDocument, delete: tuple[str, ...] = ()) -> None:
    with store.writer() as writer:
        for id in delete:  # noqa: A001
            writer.delete(id)
        for document in documents:
            writer.put(document)
        known = Settings(fingerprint(ANALYZER.fingerprint), "auto", "Asia/Shanghai")
        writer.keep(NAME, dump(known))


def ids(place: str) -> list[str]:
    reader = open_reader(place)
    try:
        found = reader.search(Request(query=Everything(), limit=None))
        return [match.id for match in found.matches]
    finally:
        reader.close()


QUERIES: list[Query] = [
    Term("body.words", "搜索"),
    Term("title.words", "c++"),
    Term("body.words", "nowhere"),
    And((Term("body.words", "搜索"), Not(Term("body.chars", "的")))),
    And((Not(Term("body.words", "docker")),)),
    Or((Term("body.bigrams", "快手"), Term("title.bigrams", "检索"))),
    Prefix("body.words", "d"),
    Prefix("body.words", "数"),
    Fuzzy("body.words", "dokcer", 2),
    Fuzzy("body.words", "快递", 1),
    Contiguous("body", "搜索引擎", (Term("body.bigrams", "索引"),)),
    Contiguous("body", "c", (Term("body.words", "c"),)),
    Contiguous("title", "c++", ()),
    Contiguous("body", "引擎全文", (), strict=False),
    Whole("tags", "go"),
    Whole("categories", "编程/python"),
    Holds("tags", "数据库"),
    Holds("author", "甲"),
    Glob("a/*"),
    Named(("a/1", "none", "b/3")),
    Range("date", int(NOW.timestamp() * 1000) - 86_400_000 * 700, int(NOW.timestamp() * 1000)),
    Range("updated", None, None),
    Everything(),
    And(()),
    Or(()),
]
PAIR = Term("body.bigrams", "快手")
COUNTED = Passage(Contiguous("body", "快手", (PAIR,), PAIR))
SCORING = (
    Weighted(Term("body.words", "搜索"), 1.0),
    Weighted(Term("body.bigrams", "快手"), 0.5),
    Weighted(Term("body.chars", "的"), 0.6),
    Weighted(Term("title.words", "c++"), 0.5),
    Weighted(Prefix("body.words", "d"), 1.0),
    Weighted(Fuzzy("body.words", "快递", 1), 1.0),
    Weighted(Term("title.whole", "搜索"), 3.0),
    Weighted(Passage(Contiguous("body", "网关的", (Term("body.bigrams", "网关"),))), 0.5),
    Weighted(Passage(Contiguous("title", "c++", ())), 0.5),
    Weighted(Alike((Term("body.words", "检索"), Term("body.words", "k8s"), COUNTED)), 0.8),
)
PAIRS = (
    Pair(Term("body.words", "搜索"), Term("body.words", "引擎"), 0.5),
    Pair(Term("body.words", "docker"), Term("body.words", "检索"), 0.5),
    Pair(Term("body.words", "nowhere"), Term("body.words", "检索"), 0.5),
)
SENTENCE = Sentence(tuple(Term("body.words", one) for one in ("搜索", "nowhere", "的", "docker")))
REQUESTS = {
    "blend": {"recency": Recency(0.25, 365.0, int(NOW.timestamp() * 1000))},
    "relevance": {},
    "blend with pairs": {
        "pairs": PAIRS,
        "recency": Recency(0.25, 365.0, int(NOW.timestamp() * 1000)),
    },
    "relevance with pairs": {"sort": "relevance", "pairs": PAIRS},
    "blend with a sentence": {
        "pairs": PAIRS,
        "sentence": SENTENCE,
        "recency": Recency(0.25, 365.0, int(NOW.timestamp() * 1000)),
    },
    "relevance with a sentence": {"sort": "relevance", "sentence": SENTENCE},
    "by date": {"sort": "date", "pairs": PAIRS, "sentence": SENTENCE},
    "oldest first": {"sort": "date-asc"},
}


def answers(place: str, request: Request) -> object:
    reader = open_reader(place)
    try:
        found = reader.search(request)
        rows = [(m.id, m.relaxed, m.score, m.text_score, m.recency_factor) for m in found.matches]
        documents = [match.load() for match in found.matches]
        explained = [match.explanation for match in found.matches]
        return (
            rows,
            documents,
            explained,
            found.total,
            found.total_relaxed,
            found.facets,
            found.origin,
        )
    finally:
        reader.close()


@pytest.fixture(scope="module", params=OTHERS)
def other(request: pytest.FixtureRequest) -> str:
    """An engine that must equal the reference."""
    return str(request.param)


@pytest.fixture(scope="module", params=[1, 2])
def both(
    request: pytest.FixtureRequest, other: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """The same posts in the reference engine and in another, after updates and deletions."""
    folder = tmp_path_factory.mktemp("both")
    places = (address("memory", folder), address(other, folder))
    seed = request.param
    for place in places:
        store = open_store(place)
        commit(store, *(post(number, seed) for number in range(30)))
        for start in range(30, 90, 15):
            commit(store, *(post(number, seed) for number in range(start, start + 15)))
        gone = tuple(post(number, seed).document.id for number in range(0, 90, 7))
        commit(store, *(post(number, seed) for number in range(1, 60, 9)), delete=gone)
    expunge(places[1])
    return places


@pytest.mark.parametrize("query", QUERIES, ids=str)
@pytest.mark.parametrize("kind", REQUESTS)
def test_every_engine_answers_as_the_reference_does(
    both: tuple[str, str], query: Query, kind: str
) -> None:
    request = Request(
        query=query,
        relaxed=Or((query, Term("body.words", "检索"), Term("body.words", "docker"))),
        scoring=SCORING,
        limit=None,
        facets=("category", "tag", "author", "year"),
        timezone="Asia/Shanghai",
        explain=True,
        **REQUESTS[kind],  # type: ignore[arg-type]
    )
    reference, found = (answers(place, request) for place in both)
    assert found == alike(reference, both[1])


@pytest.mark.parametrize("limit", [0, 1, 3, 10, 1000])
@pytest.mark.parametrize("offset", [0, 2, 25, 5000])
def test_a_page_is_a_slice_of_the_whole_order(
    both: tuple[str, str], limit: int, offset: int
) -> None:
    for place in both:
        reader = open_reader(place)
        request = Request(
            query=Term("body.words", "检索"),
            relaxed=Everything(),
            scoring=SCORING,
            pairs=PAIRS,
            limit=None,
        )
        whole = [match.id for match in reader.search(request).matches]
        page = Request(
            query=request.query,
            relaxed=request.relaxed,
            scoring=SCORING,
            pairs=PAIRS,
            offset=offset,
            limit=limit,
        )
        assert [m.id for m in reader.search(page).matches] == whole[offset : offset + limit]
        reader.close()


def test_terms_come_by_frequency_then_by_name(both: tuple[str, str]) -> None:
    first, second = (
        {
            (field, prefix): list(reader.terms(field, prefix))
            for field in ("body.words", "title.whole", "tags", "body.bigrams")
            for prefix in ("", "数", "g")
        }
        for reader in map(open_reader, both)
    )
    assert first == second
    counts = [count for _, count in first["body.words", ""]]
    assert counts == sorted(counts, reverse=True)


def test_the_vocabulary_holds_every_term_at_least_as_often_as_it_stands(
    both: tuple[str, str],
) -> None:
    for place in both:
        reader = open_reader(place)
        for field in ("body.words", "title.bigrams", "body.chars"):
            text, lengths, counts = reader.vocabulary(field)
            found: Counter[str] = Counter()
            ends = lengths.cumsum().tolist()
            for end, length, count in zip(ends, lengths.tolist(), counts.tolist(), strict=True):
                found[text[end - length : end]] += count
            assert ends[-1:] == [len(text)]
            assert all(found[term] >= count for term, count in reader.terms(field, ""))
        reader.close()


def test_frequencies_count_live_posts_alone(both: tuple[str, str]) -> None:
    for place in both:
        reader = open_reader(place)
        known = dict(reader.terms("body.words", ""))
        asked = [*known, "无此词", ""]
        assert reader.frequencies("body.words", asked) == [known.get(term, 0) for term in asked]
        reader.close()


def test_info_counts_live_posts_alone(both: tuple[str, str]) -> None:
    first, second = (open_reader(place).info() for place in both)
    for name in (
        "format",
        "fingerprint",
        "posts",
        "tokens",
        "oldest",
        "newest",
        "undated",
        "roots",
    ):
        assert getattr(first, name) == getattr(second, name)


def test_a_put_replaces_the_document_of_the_same_id_even_within_one_transaction(place: str) -> None:
    store = open_store(place)
    first, second = post(1, seed=1), post(1, seed=1)
    changed = analyze_document(Document(second.document.id, "/x", "改过的标题", "新"), ANALYZER)
    with store.writer() as writer:
        writer.put(first)
        writer.put(changed)
        writer.keep(NAME, dump(Settings("f", "auto", "UTC")))
    assert ids(place) == [first.document.id]
    reader = open_reader(place)
    (match,) = reader.search(Request(query=Term("title.bigrams", "标题"))).matches
    assert match.load() == changed.document
    commit(store, first)
    assert ids(place) == [first.document.id]
    assert not open_reader(place).search(Request(query=Term("title.bigrams", "标题"))).matches


def test_a_document_comes_back_as_it_was_put(place: str) -> None:
    document = Document(
        "目录/名 字.md",
        "/posts/目录/名 字.md",
        "标题 😀",
        "正文\n第二行\u3000𠮷",
        Metadata(
            date=NOW,
            updated=NOW + timedelta(microseconds=123456),
            tags=("一", "二"),
            categories=(("a", "b"), ("c",)),
            author=("甲",),
            url="https://example.org/x",
            description="说明",
            lang="zh",
            extra=(("layout", "post"),),
        ),
    )
    commit(open_store(place), analyze_document(document, ANALYZER))
    reader = open_reader(place)
    (match,) = reader.search(Request(query=Everything())).matches
    assert match.load() == document


def half_way(store: Store, gone: str) -> None:
    with store.writer() as writer:
        writer.put(post(3, 1))
        writer.delete(gone)
        writer.keep("manifest.json", b"new")
        raise RuntimeError("half way")


def test_an_exception_leaves_the_store_as_it_was(place: str) -> None:
    store = open_store(place)
    commit(store, post(1, 1), post(2, 1))
    before = ids(place)
    with pytest.raises(RuntimeError, match="half way"):
        half_way(store, before[0])
    assert ids(place) == before
    assert sorted(store.ids()) == sorted(before)
    assert store.kept("manifest.json") is None
    commit(store, post(3, 1))
    assert len(ids(place)) == 3


def test_a_store_gives_the_documents_that_it_was_given(place: str) -> None:
    store, posts = open_store(place), [post(number, 1) for number in range(5)]
    assert list(store.documents()) == []
    commit(store, *posts[:3])
    commit(store, *posts[3:], posts[1], delete=(posts[0].document.id,))
    expected = [one.document for one in posts[1:]]
    assert sorted(open_store(place).documents(), key=str) == sorted(expected, key=str)


def test_readers_see_nothing_of_a_transaction_before_its_end(place: str) -> None:
    store = open_store(place)
    commit(store, post(1, 1))
    with store.writer() as writer:
        writer.put(post(2, 1))
        assert len(ids(place)) == 1
    assert len(ids(place)) == 2


def test_a_reader_keeps_its_snapshot_until_it_is_refreshed(place: str) -> None:
    store = open_store(place)
    commit(store, post(1, 1), post(2, 1))
    reader = open_reader(place)
    for number in range(3, 12):
        commit(store, post(number, 1), delete=(post(1, 1).document.id,))
    everything = Request(query=Everything(), limit=None)
    assert len(reader.search(everything).matches) == 2
    assert all(match.load().id == match.id for match in reader.search(everything).matches)
    newest = reader.refresh()
    assert len(newest.search(everything).matches) == 10
    assert newest.refresh() is newest
    reader.close()
    assert len(newest.search(everything).matches) == 10


def test_a_closed_reader_says_so(place: str) -> None:
    commit(open_store(place), post(1, 1))
    reader = open_reader(place)
    (match,) = reader.search(Request(query=Everything())).matches
    reader.close()
    with pytest.raises(StoreError, match="closed"):
        reader.search(Request(query=Term("body.words", "搜索")))
    with pytest.raises(StoreError, match="closed"):
        match.load()
    with pytest.raises(StoreError, match="closed"):
        reader.kept("manifest.json")


def test_only_one_writer_at_a_time(place: str) -> None:
    store = open_store(place)
    with store.writer() as writer:
        writer.put(post(1, 1))
        with pytest.raises(StoreLocked), open_store(place).writer():
            pass
    with open_store(place).writer():
        pass


def test_clear_removes_what_was_there_and_keeps_what_comes_after(place: str) -> None:
    store = open_store(place)
    commit(store, post(1, 1), post(2, 1))
    with store.writer() as writer:
        writer.clear()
        writer.put(post(3, 1))
    assert ids(place) == [post(3, 1).document.id]


def test_what_is_put_before_clear_stays_unless_it_is_deleted(place: str) -> None:
    store = open_store(place)
    commit(store, post(1, 1), post(2, 1))
    with store.writer() as writer:
        writer.put(post(2, 1))
        writer.put(post(3, 1))
        writer.put(post(4, 1))
        writer.clear()
        writer.delete(post(4, 1).document.id)
    assert sorted(store.ids()) == sorted(post(number, 1).document.id for number in (2, 3))


def test_a_part_that_is_not_there_is_given_up_without_a_loss(place: str) -> None:
    store = open_store(place)
    commit(store, post(1, 1), post(2, 1))
    both = sorted(store.ids())
    with store.writer() as writer:
        assert sorted(writer.discard({"none"})) == both
    assert sorted(store.ids()) == both


def test_files_are_kept_from_commit_to_commit_until_replaced(place: str) -> None:
    store = open_store(place)
    with store.writer() as writer:
        writer.keep(NAME, dump(Settings("f", "auto", "UTC")))
        writer.keep("manifest.json", b"1")
    commit(store, post(1, 1))
    assert store.kept("manifest.json") == b"1"
    with store.writer() as writer:
        writer.keep("manifest.json", b"2")
    assert store.kept("manifest.json") == b"2"
    assert open_reader(place).kept("manifest.json") == b"2"
    assert store.kept("b.json") is None


def test_a_store_exists_from_its_first_commit_on(place: str) -> None:
    store = open_store(place)
    assert not store.exists()
    assert store.check()
    with store.writer():
        pass
    assert not store.exists()
    commit(store, post(1, 1))
    assert store.exists()
    assert store.check()


def test_what_is_found_while_a_store_is_written_to_is_of_one_commit(place: str) -> None:
    store = open_store(place)

    def keep(number: int) -> None:
        with store.writer() as writer:
            writer.keep("manifest.json", b"%d" % number)
            writer.keep("changes.json", b"%d" % number)

    def look(coming: Iterator[int]) -> tuple[bytes | None, bytes | None]:
        first = store.kept("manifest.json")
        for number in islice(coming, 1):
            keep(number)
        return first, store.kept("changes.json")

    commit(store, post(1, 1))
    keep(0)
    assert look(iter([1])) == (b"0", b"1")
    assert of_one_commit(store, partial(look, iter([2, 3]))) == (b"3", b"3")
    with pytest.raises(StoreError, match="writes to this index again and again"):
        of_one_commit(store, partial(look, iter(range(4, 99))))


def test_a_store_tells_that_a_transaction_is_at_work(place: str) -> None:
    store = open_store(place)
    commit(store, post(1, 1))
    with store.writer():
        assert not store.check()
    assert store.check()


def test_there_is_no_whoosh_index_before_the_first_commit(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match=r"`souwen --index .*/none index FOLDER` builds one"):
        open_reader(str(tmp_path / "none"))
    assert list(open_store(tmp_path / "none").ids()) == []
    assert open_store(tmp_path / "none").kept(NAME) is None


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[list[int], list[int]]]:
    numbers = st.lists(st.integers(0, 12), max_size=6)
    return draw(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6))


@given(histories(), st.integers(0, 5))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_history_of_commits_leaves_the_same_index(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[list[int], list[int]]], seed: int
) -> None:
    request = Request(query=Everything(), scoring=SCORING, limit=None, explain=True)
    reference, found = after(history, seed, "whoosh", tmp_path_factory, request)
    assert found == reference


@given(histories(), st.integers(0, 5))
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_history_of_commits_leaves_the_same_posts_on_a_cluster(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[list[int], list[int]]], seed: int
) -> None:
    # What is deleted may count in scores until it is expunged, but never in what is explained.
    request = Request(query=Everything(), sort="date", limit=None, facets=("tag",), explain=True)
    reference, found = after(history, seed, "opensearch", tmp_path_factory, request)
    assert found == reference


def after(
    history: list[tuple[list[int], list[int]]],
    seed: int,
    engine: str,
    factory: pytest.TempPathFactory,
    request: Request,
) -> list[object]:
    """The answers of the reference engine and of another one after the same commits."""
    folder = factory.mktemp("history")
    places = (address("memory", folder), address(engine, folder))
    for place in places:
        store = open_store(place)
        for put, delete in history:
            gone = tuple(post(number, seed).document.id for number in delete)
            commit(store, *(post(number, seed) for number in put), delete=gone)
    return [answers(place, request) for place in places]
