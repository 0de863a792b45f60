"""Do all engines collapse the same near-duplicates, whatever page is asked for?"""

import random
from datetime import timedelta

import pytest
from tools.clusters import expunge
from tools.reposts import EDITS
from tools.scores import alike
from tools.shelf import ANALYZER, ENGINES, NOW, address, fill, post

from souwen.index.analyzed import analyze_document
from souwen.index.builder import open_store
from souwen.index.documents import Document
from souwen.index.signature import near
from souwen.search.engine import Request, Weighted
from souwen.search.hits import Match
from souwen.search.query import Everything, Not, Reposts, Term
from souwen.search.searcher import open_reader

SOME = "搜索 索引 分词 排序 网关 服务 代理 流量 缓存 日志"


def text(seed: int) -> str:
    """Sentences of words by chance: no two of these texts have much in common."""
    dice = random.Random(seed)
    words = dice.sample(SOME.split(), 4)
    words += ("".join(map(chr, dice.choices(range(0x4E00, 0x5E00), k=2))) for _ in range(60))
    sentences = ("".join(dice.choices(words, k=dice.randint(3, 8))) for _ in range(40))
    return "。\n".join(sentences)


def family(seed: int) -> list[Document]:
    """A post, what others made of it, and a post of its own kind."""
    dice = random.Random(seed)
    body = text(seed)
    edited = [edit(body, dice) for edit in EDITS[: 1 + seed % len(EDITS)]]
    bodies = [body, *edited, text(seed + 1000)]
    return [
        post(
            f"{dice.randrange(1000):03}/{seed}-{at}.md",
            one,
            dice.choice(SOME.split()),
            date=NOW - timedelta(days=dice.randint(0, 900)),
        )
        for at, one in enumerate(bodies)
    ]


FAMILIES = [family(seed) for seed in range(12)]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The same posts in every engine, after commits, replacements and deletions."""
    folder = tmp_path_factory.mktemp("families")
    places = [address(engine, folder) for engine in ENGINES]
    every = [one for some in FAMILIES for one in some]
    random.Random(1).shuffle(every)
    for place in places:
        for start in range(0, len(every), 20):
            fill(place, *every[start : start + 20])
        with open_store(place).writer() as writer:
            for one in every[::10]:
                writer.delete(one.id)
            for one in every[5::10]:
                writer.put(analyze_document(one, ANALYZER))
        expunge(place)
    return places


SCORING = tuple(Weighted(Term("body.words", word), 1.0) for word in SOME.split()[:3])


def matches(place: str, **options: object) -> tuple[list[Match], bool]:
    request = Request(Term("body.words", "搜索"), SCORING, relaxed=Everything(), collapse=True)
    reader = open_reader(place)
    try:
        found = reader.search(
            Request(
                **{
                    **{name: getattr(request, name) for name in Request.__slots__},
                    **options,
                }
            )
        )
        return [match._replace(load=Document) for match in found.matches], found.more
    finally:
        reader.close()


def test_every_engine_collapses_as_the_reference_does(places: list[str]) -> None:
    reference, *others = (matches(place, limit=None) for place in places)
    for place, other in zip(places[1:], others, strict=True):
        assert other == alike(reference, place)
    assert any(len(match.duplicates) > 2 for match in reference[0])
    assert any(match.relaxed for match in reference[0])


@pytest.mark.parametrize("limit", [0, 1, 3, 10, 1000])
@pytest.mark.parametrize("offset", [0, 1, 7, 5000])
def test_a_page_is_a_slice_of_all_hits_with_all_their_duplicates(
    places: list[str], limit: int, offset: int
) -> None:
    for place in places:
        every, _ = matches(place, limit=None)
        page, more = matches(place, limit=limit, offset=offset)
        assert page == every[offset : offset + limit]
        assert more == (offset + limit < len(every))


def test_every_post_is_on_one_page_once(places: list[str]) -> None:
    for place in places:
        every, _ = matches(place, limit=None)
        plain, _ = matches(place, limit=None, collapse=False)
        shown = [one for match in every for one in (match.id, *match.duplicates)]
        assert sorted(shown) == sorted(match.id for match in plain)
        assert not any(match.duplicates for match in plain)
        assert [m.id for m in every] == [m.id for m in plain if m.id in {one.id for one in every}]


def test_the_reposts_of_a_signature_are_those_that_are_near_it(places: list[str]) -> None:
    signatures = {
        one.id: analyze_document(one, ANALYZER).signature for some in FAMILIES for one in some
    }
    for place in places:
        live = {
            match.id for match in matches(place, query=Everything(), collapse=False, limit=None)[0]
        }
        for wanted in list(signatures.values())[::7]:
            found, _ = matches(
                place, query=Reposts(wanted), relaxed=None, limit=None, collapse=False
            )
            others, _ = matches(
                place, query=Not(Reposts(wanted)), relaxed=None, limit=None, collapse=False
            )
            alike = {name for name in live if near(signatures[name], wanted)}
            assert {match.id for match in found} == alike
            assert {match.id for match in others} == live - alike
