"""bm25s: every score computed beforehand, added up over all posts, sifted with numpy."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from race.corpus import Post
from race.engine import K1, Answer, B, recency
from race.kinds import Question

Ready = tuple[list[list[int]], dict[str, int], Any]


class Bm25s:
    def ready(self, posts: Iterable[Post], newest: int) -> Ready:
        known: dict[str, int] = {}
        ids, columns = [], []
        for post in posts:
            ids.append([known.setdefault(term, len(known)) for term in post.terms])
            columns.append((post.date, recency(post.date, newest)))
        return ids, known, np.array(columns)

    def build(self, directory: Path, ready: Ready) -> None:
        ids, known, columns = ready
        engine = bm25s.BM25(k1=K1, b=B, method="lucene")
        engine.index(bm25s.tokenization.Tokenized(ids=ids, vocab=known), show_progress=False)
        engine.save(str(directory), show_progress=False)
        np.save(directory / "columns.npy", columns)

    def open(self, directory: Path, newest: int) -> "Searching":
        return Searching(directory)


class Searching:
    def __init__(self, directory: Path) -> None:
        self._engine = bm25s.BM25.load(str(directory), mmap=True)
        columns = np.load(directory / "columns.npy")
        self._dates = columns[:, 0].astype(np.int64)
        self._recency = columns[:, 1].astype(np.float32)

    def ask(self, question: Question, limit: int) -> list[tuple[int, float]]:
        scores = self._engine.get_scores(list(question.words))
        match question.kind:
            case "term, dates":
                scores *= (self._dates >= question.since) & (self._dates < question.until)
            case "by date":
                scores = (scores > 0) * self._dates
            case "recency":
                scores *= self._recency
        limit = min(limit, len(scores))
        best = np.argpartition(scores, len(scores) - limit)[-limit:]
        best = best[np.argsort(-scores[best])]
        return [(int(at), float(scores[at])) for at in best if scores[at] > 0]

    def read(self, found: list[tuple[int, float]]) -> Answer:
        return None, found
