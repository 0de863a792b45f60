"""Whoosh, on its own index of the same words, and on the index that souwen writes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import whoosh.index
from whoosh import analysis, fields, query, scoring
from whoosh.util.times import datetime_to_long

from race.corpus import Post
from race.engine import HALF_LIFE, K1, WEIGHT, Answer, B
from race.kinds import Question
from souwen.index.engines.whoosh.codec import whoosh_name
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.search.engines.whoosh.weighting import LuceneWeighting

LIMIT_MB = 256
Ready = tuple[str, tuple[str, ...], datetime]


def _moment(date: int) -> datetime:
    return datetime.fromtimestamp(date / 1000, UTC).replace(tzinfo=None)


class Whoosh:
    def ready(self, posts: Iterable[Post], newest: int) -> Iterable[Ready]:
        return [(str(post.number), post.terms, _moment(post.date)) for post in posts]

    def build(self, directory: Path, ready: Iterable[Ready]) -> None:
        schema = fields.Schema(
            number=fields.ID(stored=True),
            body=fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer(), phrase=True),
            date=fields.DATETIME(sortable=True),
        )
        index = whoosh.index.create_in(directory, schema)
        writer = index.writer(limitmb=LIMIT_MB, procs=2, multisegment=True)
        for number, words, date in ready:
            writer.add_document(number=number, body=list(words), date=date)
        writer.commit()

    def open(self, directory: Path, newest: int) -> "Searching":
        return Searching(directory, newest)


class Recent(scoring.BM25F):  # type: ignore[misc]  # Whoosh has no types
    """BM25 with recency as its final step."""

    use_final = True

    def __init__(self, newest: int) -> None:
        super().__init__(B=B, K1=K1)
        self._newest = datetime_to_long(_moment(newest))
        self._dates: Any = None

    def final(self, searcher: Any, docnum: int, score: float) -> float:
        if self._dates is None:
            self._dates = searcher.reader().column_reader("date", translate=False)
        age = max(0, self._newest - self._dates[docnum]) / 86_400_000_000
        return float(score * (1.0 + WEIGHT * 2.0 ** (-age / HALF_LIFE)))


class Searching:
    def __init__(self, directory: Path, newest: int) -> None:
        index = whoosh.index.open_dir(directory)
        self._plain = index.searcher(weighting=scoring.BM25F(B=B, K1=K1))
        self._recent = index.searcher(weighting=Recent(newest))

    def ask(self, question: Question, limit: int) -> Any:
        asked = _query("body", question)
        match question.kind:
            case "term, dates":
                # Whoosh's ranges have both ends in them.
                since, until = _moment(question.since), _moment(question.until - 1000)
                dates = query.DateRange("date", since, until)
                return self._plain.search(asked, filter=dates, limit=limit)
            case "by date":
                return self._plain.search(asked, sortedby="date", reverse=True, limit=limit)
            case "recency":
                return self._recent.search(asked, limit=limit)
            case _:
                return self._plain.search(asked, limit=limit)

    def read(self, found: Any) -> Answer:
        return None, [(int(hit["number"]), float(hit.score or 0)) for hit in found]


def _query(field: str, question: Question) -> Any:
    terms = [query.Term(field, word) for word in question.words]
    match question.kind:
        case "2-AND":
            return query.And(terms)
        case "3-OR" | "recency":
            return query.Or(terms)
        case "phrase":
            return query.Phrase(field, list(question.words))
        case "prefix":
            return query.Prefix(field, question.words[0])
        case _:
            return terms[0]


class WhooshOnSouwen:
    def open(self, directory: Path, newest: int) -> "OnSouwen":
        return OnSouwen(directory)


class OnSouwen:
    def __init__(self, directory: Path) -> None:
        weighting = LuceneWeighting(Snapshot(directory))
        self._searcher = whoosh.index.open_dir(directory).searcher(weighting=weighting)

    def ask(self, question: Question, limit: int) -> Any:
        asked = _query(whoosh_name("body.words"), question)
        # With a limit Whoosh asks for bounds of blocks, which these matchers do not have.
        return self._searcher.search(asked, limit=None), limit

    def read(self, found: Any) -> Answer:
        hits, limit = found
        best = [(int(hit["id"]), float(hit.score or 0)) for hit in hits[:limit]]
        return len(hits), best
