"""Which fields does an index have, and which format is it in?"""

import hashlib
import json
from dataclasses import dataclass

FORMAT = "4"

K1 = 1.2
"""How soon more occurrences of a term in a document stop to count, as in Lucene's BM25."""


@dataclass(frozen=True, slots=True)
class TermField:
    """A field of terms with statistics of its own.

    ``weight`` is its share in the text score, 0 where it serves matching alone; ``b`` is BM25's
    length normalisation.
    """

    name: str
    weight: float
    b: float


TERM_FIELDS = (
    TermField("body.words", 1.0, 0.75),
    TermField("body.bigrams", 0.5, 0.75),
    TermField("body.chars", 0.3, 0.75),
    TermField("title.words", 0.5, 0.3),
    TermField("title.bigrams", 0.25, 0.3),
    TermField("title.chars", 0.0, 0.3),
    TermField("title.whole", 3.0, 0.0),
)
"""Weights and b as measured on the judged sets; ``title.whole`` holds one term, the title."""

KEYWORD_FIELDS = ("tags", "categories", "author", "url")
DATE_FIELDS = ("date", "updated")

FIELD = {field.name: field for field in TERM_FIELDS}


def fingerprint(analyzer: str) -> str:
    """Names all that decides which terms are in an index: the analyzer and the fields."""
    content = json.dumps([FORMAT, analyzer, [field.name for field in TERM_FIELDS], KEYWORD_FIELDS])
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
