"""souwen with words alone: its segments without grams, titles and texts."""

from array import array
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from race.corpus import Post
from race.engine import HALF_LIFE, WEIGHT, Answer
from race.kinds import Question
from souwen.index.documents import AnalyzedDocument, AnalyzedText, Document, Metadata, Terms
from souwen.index.engines.whoosh.layout import WORDS
from souwen.index.engines.whoosh.store import WhooshStore
from souwen.index.settings import NAME, Settings, dump
from souwen.search.engine import Request, Weighted
from souwen.search.engines.whoosh.reader import open_reader
from souwen.search.hits import Matches
from souwen.search.query import Adjacent, And, Or, Prefix, Query, Range, Term
from souwen.search.ranking import Recency

FIELD = "body.words"

_NOTHING = AnalyzedText("", Terms())


class Souwen:
    """Positions count words, as they do in the other engines."""

    def __init__(self) -> None:
        self._places = array("I")

    def ready(self, posts: Iterable[Post], newest: int) -> list[Post]:
        return list(posts)

    def build(self, directory: Path, ready: Iterable[Post]) -> None:
        with WhooshStore(directory, WORDS).writer() as writer:
            for post in ready:
                writer.put(self._document(post))
            writer.keep(NAME, dump(Settings("", "auto", "UTC")))

    def _document(self, post: Post) -> AnalyzedDocument:
        name = f"{post.number:07d}"
        date = datetime.fromtimestamp(post.date / 1000, UTC)
        if len(post.terms) > len(self._places):
            self._places = array("I", range(2 * len(post.terms)))
        words = Terms(post.terms, self._places[: len(post.terms)])
        document = Document(name, "", "", "", Metadata(date=date))
        return AnalyzedDocument(document, _NOTHING, AnalyzedText("", words), "", b"")

    def open(self, directory: Path, newest: int) -> "Searching":
        return Searching(directory, newest)


class Searching:
    """Asks the reader below the query language: other engines are not asked in theirs either."""

    def __init__(self, directory: Path, newest: int) -> None:
        self._reader = open_reader(directory)
        self._recency = Recency(WEIGHT, HALF_LIFE, newest)

    def ask(self, question: Question, limit: int) -> Matches:
        return self._reader.search(self._request(question, limit))

    def _request(self, question: Question, limit: int) -> Request:
        words = question.words
        if question.kind == "prefix":
            prefix = Prefix(FIELD, words[0])
            return Request(prefix, (Weighted(prefix, 1.0),), limit=limit)
        terms = tuple(Term(FIELD, word) for word in words)
        scoring = tuple(Weighted(term, 1.0) for term in terms)
        query: Query = terms[0]
        match question.kind:
            case "2-AND":
                query = And(terms)
            case "3-OR" | "recency":
                query = Or(terms)
            case "phrase":
                query = Adjacent(terms, tuple(range(len(terms))))
            case "term, dates":
                query = And((terms[0], Range("date", question.since, question.until)))
            case "by date":
                return Request(query, sort="date", limit=limit)
        recency = self._recency if question.kind == "recency" else None
        return Request(query, scoring, recency=recency, limit=limit)

    def read(self, found: Matches) -> Answer:
        return found.total, [(int(match.id), match.score) for match in found.matches]
