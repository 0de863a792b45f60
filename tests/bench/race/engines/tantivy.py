"""tantivy-py: a field cut at blanks, with positions; date, recency and number as fast fields."""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import exp2
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from race.corpus import Post
from race.engine import Answer, recency
from race.kinds import Question

HEAP = 300_000_000
Ready = tuple[int, str, datetime, float]


def _moment(date: int) -> datetime:
    return datetime.fromtimestamp(date / 1000, UTC)


def _analyzer() -> Any:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


class Tantivy:
    threads = 1
    counting = False

    def ready(self, posts: Iterable[Post], newest: int) -> Iterable[Ready]:
        # tantivy multiplies a score by log2(2 + the value of the field).
        return [
            (
                post.number,
                " ".join(post.terms),
                _moment(post.date),
                exp2(recency(post.date, newest)) - 2.0,
            )
            for post in posts
        ]

    def build(self, directory: Path, ready: Iterable[Ready]) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body", tokenizer_name="blanks")
        schema.add_date_field("date", indexed=True, fast=True)
        schema.add_float_field("recency", fast=True)
        schema.add_integer_field("number", stored=True, fast=True)
        index = tantivy.Index(schema.build(), path=str(directory))
        index.register_tokenizer("blanks", _analyzer())
        writer = index.writer(heap_size=HEAP * self.threads, num_threads=self.threads)
        for number, body, date, factor in ready:
            writer.add_document(
                tantivy.Document(number=number, body=body, date=date, recency=factor)
            )
        writer.commit()
        writer.wait_merging_threads()

    def open(self, directory: Path, newest: int) -> "Searching":
        return Searching(directory, counting=self.counting)


class TantivyWithTotals(Tantivy):
    counting = True


class TantivyTwoThreads(Tantivy):
    threads = 2


class Searching:
    def __init__(self, directory: Path, *, counting: bool) -> None:
        index = tantivy.Index.open(str(directory))
        index.register_tokenizer("blanks", _analyzer())
        self._searcher = index.searcher()
        self._schema = index.schema
        self._counting = counting

    def _term(self, word: str) -> Any:
        return Query.term_query(self._schema, "body", word)

    def ask(self, question: Question, limit: int) -> Any:
        query, options = self._query(question), dict[str, Any]()
        if question.kind == "by date":
            options = {"order_by_field": "date", "order": tantivy.Order.Desc}
        elif question.kind == "recency":
            options = {"weight_by_field": "recency"}
        return self._searcher.search(query, limit, count=self._counting, **options)

    def _query(self, question: Question) -> Any:
        words = question.words
        match question.kind:
            case "2-AND":
                return Query.boolean_query([(Occur.Must, self._term(word)) for word in words])
            case "3-OR" | "recency":
                return Query.boolean_query([(Occur.Should, self._term(word)) for word in words])
            case "phrase":
                return Query.phrase_query(self._schema, "body", list(words))
            case "prefix":
                return Query.regex_query(self._schema, "body", f"{words[0]}.*")
            case "term, dates":
                dates = Query.range_query(
                    self._schema,
                    "date",
                    tantivy.FieldType.Date,
                    _moment(question.since),
                    _moment(question.until),
                    include_upper=False,
                )
                unscored = Query.const_score_query(dates, 0.0)
                return Query.boolean_query(
                    [(Occur.Must, self._term(words[0])), (Occur.Must, unscored)]
                )
            case _:
                return self._term(words[0])

    def read(self, found: Any) -> Answer:
        best = [
            (self._searcher.doc(address)["number"][0], float(score))
            for score, address in found.hits
        ]
        return found.count, best
