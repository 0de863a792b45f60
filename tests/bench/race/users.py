"""How fast is an index as users get it? Queries as they are typed, ten hits with snippets."""

import gc
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from race.corpus import NOW
from race.kinds import Question, questions
from race.process import threaded
from souwen.search import open_index

SHOWN = 10


class UserWorker:
    """What a process can be told to do with an index that ``souwen index`` has built."""

    def __init__(self, place: Path) -> None:
        self._questions = questions(place)
        self._index: Any = None

    def open(self, directory: Path) -> float:
        """Seconds until the first page of hits."""
        question = self._questions["medium"][0]
        gc.collect()
        began = time.perf_counter()
        self._index = open_index(directory)
        self._ask(question)
        return time.perf_counter() - began

    def _ask(self, question: Question) -> tuple[int, list[tuple[str, float, str]]]:
        """How many there are, and what is shown of the first ones."""
        query, options = _typed(question)
        found = self._index.search(query, limit=SHOWN, now=NOW, **options)
        for hit in found:
            hit.load()
        return found.total, [(hit.id, hit.score, hit.snippet) for hit in found]

    def threads(self, count: int, queries: int) -> tuple[float, int]:
        """Seconds of asking so many questions on so many threads, and how many wrong answers."""
        asked = [one for several in self._questions.values() for one in several]
        return threaded(self._ask, asked, count, queries)

    def times(self, kind: str) -> list[float]:
        """Seconds of each question of a kind, once."""
        found = []
        for question in self._questions[kind]:
            began = time.perf_counter()
            self._ask(question)
            found.append(time.perf_counter() - began)
        return found


def _typed(question: Question) -> tuple[str, dict[str, Any]]:
    """The query as it is typed, and its options."""
    words, best = question.words, {"sort": "relevance"}
    match question.kind:
        case "2-AND":
            return " ".join(words), best | {"all": True}
        case "3-OR":
            return " OR ".join(words), best
        case "recency":
            return " OR ".join(words), {}
        case "phrase":
            return f'"{"".join(words)}"', best
        case "prefix":
            return f"{words[0]}*", best
        case "term, dates":
            since, until = (
                datetime.fromtimestamp(date / 1000, UTC)
                for date in (question.since, question.until)
            )
            return words[0], best | {"since": since, "until": until}
        case "by date":
            return words[0], {"sort": "date"}
        case _:
            return words[0], best
