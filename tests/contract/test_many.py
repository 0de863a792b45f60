"""With many posts, answers that are found by bounds are those of the reference engine."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from tools.clusters import expunge
from tools.scores import alike
from tools.shelf import ENGINES, address

from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.builder import open_store
from souwen.index.documents import AnalyzedDocument, Document, Metadata
from souwen.index.engines.whoosh.layout import WORDS
from souwen.index.engines.whoosh.store import WhooshStore
from souwen.index.errors import StoreError
from souwen.index.schema import fingerprint
from souwen.index.settings import NAME, Settings, dump
from souwen.search.engine import Reader, Request, Weighted
from souwen.search.hits import Sort
from souwen.search.query import (
    Adjacent,
    And,
    Everything,
    Leaf,
    Not,
    Or,
    Prefix,
    Query,
    Range,
    Term,
)
from souwen.search.ranking import Recency
from souwen.search.searcher import open_reader

ANALYZER = Analyzer()
NOW = datetime(2024, 6, 1, tzinfo=UTC)
MILLISECONDS = int(NOW.timestamp() * 1000)
POSTS = 5400
COMMITS = (0, 3500, 4700, 5300, POSTS)
FIELD = "body.words"
COMMON = ("的", "搜索", "数据", "docker", "工程")
SCARCE = ("索引", "网关", "k8s", "dock", "缓存", "分词")
RARE = ("快手", "陶瓷", "doctor")


def body(dice: random.Random) -> str:
    """Words of which some stand in most posts, some in one of ten, some in one of a thousand."""
    words = [word for word in COMMON for _ in range(dice.choice((0, 1, 1, 1, 1, 2)))]
    words += [word for word in SCARCE for _ in range(dice.choice((0,) * 9 + (1, 4)))]
    words += [word for word in RARE if dice.random() < 0.001]
    if dice.random() < 0.002:
        words += ["搜索"] * 300
    dice.shuffle(words)
    return "，".join(words)


def post(number: int) -> AnalyzedDocument:
    dice = random.Random(number)
    # Few dates, so that many posts are level; the newer ones come later, as they do in folders.
    day = NOW - timedelta(days=30 * ((POSTS - number) // 100) + dice.randint(0, 3))
    metadata = Metadata(
        date=day if dice.random() < 0.9 else None, tags=(dice.choice(("甲", "乙", "丙")),)
    )
    id = f"{dice.randrange(10**6):06}-{number}.md"  # noqa: A001
    return analyze_document(Document(id, f"/posts/{id}", "", body(dice), metadata), ANALYZER)


@pytest.fixture(scope="module", params=ENGINES[1:])
def places(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """The same posts in the reference engine and in another: several commits, some deleted."""
    folder = tmp_path_factory.mktemp("many")
    posts = [post(number) for number in range(POSTS)]
    settings = dump(Settings(fingerprint(ANALYZER.fingerprint), "auto", "Asia/Shanghai"))
    found = (address("memory", folder), address(request.param, folder))
    lean = WhooshStore(folder / "index", layout=WORDS)
    for place in found:
        store = lean if request.param == "whoosh" and place == found[1] else open_store(place)
        for begin, end in pairwise(COMMITS):
            with store.writer() as writer:
                writer.keep(NAME, settings)
                for one in posts[begin:end]:
                    writer.put(one)
        with store.writer() as writer:
            for one in posts[::37]:
                writer.delete(one.document.id)
        expunge(place)
    return found


@pytest.fixture(scope="module")
def readers(places: tuple[str, str]) -> Iterator[tuple[Reader, Reader]]:
    """A reader of the reference engine, and one of the other."""
    first, second = map(open_reader, places)
    yield first, second
    first.close()
    second.close()


def term(word: str) -> Term:
    return Term(FIELD, word)


def any_words(dice: random.Random) -> tuple[Term, ...]:
    words = dice.sample(COMMON, dice.randint(1, 2)) + dice.sample(SCARCE, dice.randint(0, 2))
    return tuple(map(term, words + dice.sample(RARE, dice.randint(0, 1))))


def dated(dice: random.Random) -> Query:
    since, until = sorted(MILLISECONDS - 86_400_000 * dice.randint(0, 1700) for _ in range(2))
    return Range("date", since if dice.random() < 0.8 else None, until)


KINDS: dict[str, Callable[[random.Random], Query]] = {
    "a common word": lambda dice: term(dice.choice(COMMON)),
    "any of some words": lambda dice: Or(any_words(dice)),
    "all of some words": lambda dice: And(any_words(dice)),
    "a word and dates": lambda dice: And((term(dice.choice(COMMON)), dated(dice))),
    "any word but one": lambda dice: And((Or(any_words(dice)), Not(term(dice.choice(SCARCE))))),
    "any of all words": lambda dice: Or(tuple(map(term, COMMON + SCARCE + RARE))),
    "a prefix": lambda dice: Or((Prefix(FIELD, "doc"), *any_words(dice))),
    "neighbours": lambda dice: Adjacent((term("搜索"), term(dice.choice(COMMON))), (0, 3)),
    "all posts": lambda dice: Everything(),
}


def leaves(query: Query) -> Iterator[Leaf]:
    match query:
        case Term() | Prefix():
            yield query
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Adjacent(terms=terms):
            yield from terms


def requests(kind: str, count: int = 6) -> Iterator[Request]:
    """Requests of one kind, in every order, of several lengths."""
    dice = random.Random(kind)
    for number in range(count):
        query = KINDS[kind](dice)
        sort: Sort = ("blend", "relevance", "blend", "date", "blend", "date-asc")[number % 6]
        scored = [Weighted(leaf, dice.choice((1.0, 0.5))) for leaf in leaves(query)]
        yield Request(
            query=query,
            relaxed=Or((query, term(dice.choice(SCARCE)))) if number % 2 else None,
            scoring=tuple(scored),
            sort=sort,
            recency=(
                Recency(0.25, 365.0, MILLISECONDS - 86_400_000 * dice.choice((-300, 20)))
                if sort == "blend"
                else None
            ),
            offset=dice.choice((0, 0, 7)),
            limit=dice.choice((1, 10, 50)),
            facets=("year",) if number == 0 else (),
        )


def answer(reader: Reader, request: Request) -> object:
    found = reader.search(request)
    rows = [(m.id, m.relaxed, m.score, m.text_score, m.recency_factor) for m in found.matches]
    return rows, found.total, found.total_relaxed, found.facets, found.origin


@pytest.mark.parametrize("kind", KINDS)
def test_among_many_posts_every_engine_answers_as_the_reference_does(
    places: tuple[str, str], readers: tuple[Reader, Reader], kind: str
) -> None:
    for request in requests(kind):
        expected, found = (answer(reader, request) for reader in readers)
        assert found == alike(expected, places[1]), request


def test_four_threads_on_one_reader_get_the_answers_that_one_gets(places: tuple[str, str]) -> None:
    # A cluster takes milliseconds for what takes none here.
    times = (1, 1) if places[1].startswith("opensearch:") else (24, 3)
    asked = [request for kind in KINDS for request in requests(kind, times[0])] * times[1]
    alone, shared = open_reader(places[1]), open_reader(places[1])
    expected = [answer(alone, request) for request in asked]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda request: answer(shared, request), asked)) == expected
    alone.close()
    shared.close()


def test_without_positions_neighbours_are_not_guessed(tmp_path: Path) -> None:
    with WhooshStore(tmp_path / "index").writer() as writer:
        writer.keep(NAME, dump(Settings(fingerprint(ANALYZER.fingerprint), "auto", "UTC")))
        writer.put(post(1))
    reader = open_reader(str(tmp_path / "index"))
    words = (term("搜索"), term("数据"))
    with pytest.raises(StoreError, match="holds no positions"):
        reader.search(Request(query=And((Or(words), Adjacent((words[0], words[0]), (0, 1))))))
    reader.close()
