"""A document comes back as it was put, whatever its frames were made with."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from souwen.index.analysis import Analyzer
from souwen.index.analyzed import analyze_document
from souwen.index.documents import AnalyzedDocument, Document, Metadata
from souwen.index.engines.whoosh.stored import Texts, train

ANALYZER = Analyzer()
LINES = (
    "春风又绿江南岸，",
    "明月何时照我还。\n",
    "Golang 的全文检索",
    "海上生明月",
    "\t天涯共此時",
)


def post(number: int) -> AnalyzedDocument:
    chance = random.Random(number)
    metadata = Metadata(
        date=datetime(2024, 5, 1, tzinfo=UTC),
        tags=("诗",),
        categories=(("文学", "唐诗"),),
        author=("甲", "乙"),
        url=f"https://example.org/{number}",
        extra=(("layout", "post"),),
    )
    body = "".join(chance.choice(LINES) for _ in range(chance.randrange(80)))
    document = Document(
        f"诗/{number}.md", f"/posts/诗/{number}.md", f"第 {number} 首", body, metadata
    )
    return analyze_document(document, ANALYZER)


POSTS = [post(number) for number in range(300)]
TRAINED = train(POSTS)


@pytest.mark.parametrize("texts", [Texts(), TRAINED], ids=["plain", "trained"])
def test_a_document_comes_back_as_it_was_put(texts: Texts):
    for one in POSTS:
        folded, stored = texts.frames(one)
        assert texts.load_folded(folded) == (one.title.folded, one.body.folded)
        assert texts.load(folded, stored) == one.document


def test_odd_texts_come_back_as_they_were_put():
    odd = replace(POSTS[0].document, id="\udcff.md", title="", body="\udcff\x00\n\r\u2028𠮷\n")
    for document in (odd, replace(odd, body=""), replace(odd, metadata=Metadata())):
        analyzed = analyze_document(document, ANALYZER)
        assert TRAINED.load(*TRAINED.frames(analyzed)) == document


def test_frames_made_without_a_dictionary_are_read_with_one():
    for one in POSTS:
        folded, stored = Texts().frames(one)
        assert TRAINED.load_folded(folded) == (one.title.folded, one.body.folded)
        # What stands before the folded text in the dictionary does not move it: distances count
        # from its end.
        assert TRAINED.load(folded, stored) == one.document


def test_a_dictionary_makes_frames_smaller():
    sizes = [
        sum(len(frame) for one in POSTS[200:] for frame in texts.frames(one))
        for texts in (TRAINED, Texts())
    ]
    assert sizes[0] < 0.8 * sizes[1]


def test_few_documents_make_no_dictionary():
    assert train(POSTS[:20]).trained == b""
