"""What does an index hold of each document?"""

from dataclasses import dataclass

from souwen.index.schema import FIELD, KEYWORD_FIELDS, TERM_FIELDS, TermField


@dataclass(frozen=True, slots=True)
class Layout:
    """Term fields, keyword fields, fields whose postings have positions, and whether texts.

    Without ``texts`` nothing can be shown and no ``Contiguous`` be verified: dates and ids remain.
    """

    fields: tuple[TermField, ...] = TERM_FIELDS
    keywords: tuple[str, ...] = KEYWORD_FIELDS
    positions: frozenset[str] = frozenset()
    texts: bool = True


FULL = Layout()
"""What users get. Positions would add a third to its size; the folded text verifies phrases."""

WORDS = Layout((FIELD["body.words"],), (), frozenset({"body.words"}), texts=False)
"""Words alone, with positions: what other engines hold of a text, for comparison with them."""
