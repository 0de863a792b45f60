"""SQLite FTS5: a contentless table of words between blanks, dates and recency beside it."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from race.corpus import Post
from race.engine import Answer, recency
from race.kinds import Question

# Whatever is no blank is part of a word.
_TOKENS = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Cc Cf Cn Co Cs'"
_TABLES = f"""
pragma journal_mode = wal;
pragma synchronous = off;
create virtual table words using fts5(body, content='', tokenize="{_TOKENS}");
create table posts(number integer primary key, date integer, recency real);
"""
_BEST = "select rowid, rank from words where words match ? order by rank limit ?"
_IN_RANGE = """
select words.rowid, rank from words join posts on posts.number = words.rowid
where words match ? and posts.date >= ? and posts.date < ? order by rank limit ?
"""
_BY_DATE = """
select words.rowid, posts.date from words join posts on posts.number = words.rowid
where words match ? order by posts.date desc limit ?
"""
_RECENCY = """
select words.rowid, bm25(words) * posts.recency score
from words join posts on posts.number = words.rowid where words match ? order by score limit ?
"""

Ready = tuple[int, str, int, float]


class Fts5:
    def ready(self, posts: Iterable[Post], newest: int) -> Iterable[Ready]:
        return [
            (post.number, " ".join(post.terms), post.date, recency(post.date, newest))
            for post in posts
        ]

    def build(self, directory: Path, ready: Iterable[Ready]) -> None:
        database = sqlite3.connect(directory / "words.db")
        database.executescript(_TABLES)
        for number, body, date, factor in ready:
            database.execute("insert into words(rowid, body) values(?, ?)", (number, body))
            database.execute("insert into posts values(?, ?, ?)", (number, date, factor))
        database.execute("create index dates on posts(date)")
        database.commit()
        database.execute("insert into words(words) values('optimize')")
        database.commit()
        database.execute("vacuum")
        database.execute("pragma wal_checkpoint(truncate)")
        database.close()

    def open(self, directory: Path, newest: int) -> "Searching":
        return Searching(directory)


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


class Searching:
    def __init__(self, directory: Path) -> None:
        self._database = sqlite3.connect(directory / "words.db")
        self._database.execute("pragma mmap_size = 4000000000")
        self._database.execute("pragma cache_size = -65536")

    def ask(self, question: Question, limit: int) -> list[tuple[int, float]]:
        words, asked, statement = list(map(_quoted, question.words)), [], _BEST
        match question.kind:
            case "3-OR" | "recency":
                text = " OR ".join(words)
                statement = _RECENCY if question.kind == "recency" else _BEST
            case "phrase":
                text = _quoted(" ".join(question.words))
            case "prefix":
                text = f"{words[0]}*"
            case "term, dates":
                text, asked, statement = words[0], [question.since, question.until], _IN_RANGE
            case kind:
                text = " AND ".join(words)
                statement = _BY_DATE if kind == "by date" else _BEST
        return self._database.execute(statement, (text, *asked, limit)).fetchall()

    def read(self, found: list[tuple[int, float]]) -> Answer:
        return None, found
