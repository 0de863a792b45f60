"""What does a query ask for?

Two closed unions share the operators ``And``, ``Or`` and ``Not``. The parser gives a ``Text``
tree: the query as it was typed. Analysis turns it into a ``Query`` tree: the same question in
terms of the index. Neither knows an engine.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar, Union

N = TypeVar("N")

TextField = Literal["title", "body", "tag", "category", "author", "path", "url"]
DateField = Literal["date", "updated"]


@dataclass(frozen=True, slots=True)
class And(Generic[N]):
    """Posts that match every part; every post where there is none."""

    parts: tuple[N, ...]


@dataclass(frozen=True, slots=True)
class Or(Generic[N]):
    """Posts that match at least one part; none where there is none."""

    parts: tuple[N, ...]


@dataclass(frozen=True, slots=True)
class Not(Generic[N]):
    """Posts that do not match the part."""

    part: N


# The query as text. ``field`` is None where none was named: title and body are meant.


@dataclass(frozen=True, slots=True)
class Synonym:
    """What may stand in place of ``[start, end)`` of the folded text of words; folded as well."""

    start: int
    end: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words as typed, blanks between them included.

    ``synonyms`` are in the order of the text and apart from one another.
    """

    text: str
    field: TextField | None = None
    synonyms: tuple[Synonym, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """A quoted string: exactly this, contiguously, after folding."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class StartsWith:
    """``web*``: words that begin so."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Resembles:
    """``快手~``: words spelt nearly so."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class DateExpression:
    """``date:2022-02``, ``date:90d..``: the expression as typed, without the field's name."""

    field: DateField
    expression: str


TextLeaf: TypeAlias = Union["Not[Text]", Words, Phrase, StartsWith, Resembles, DateExpression]
Text: TypeAlias = Union["And[Text]", "Or[Text]", TextLeaf]


def leaves(text: Text | None) -> Iterator[TextLeaf]:
    """What a query is put together from by ``And`` and ``Or``, in its order."""
    match text:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from leaves(part)
        case None:
            return
        case _:
            yield text


def changed(text: Text, change: Callable[[TextLeaf], Text]) -> Text:
    """The query, put together in the same way from what each of its leaves is changed to."""
    match text:
        case And(parts=parts):
            return And(tuple(changed(part, change) for part in parts))
        case Or(parts=parts):
            return Or(tuple(changed(part, change) for part in parts))
        case _:
            return change(text)


# The query as terms. ``field`` is a field of the schema.


@dataclass(frozen=True, slots=True)
class Term:
    """Posts that hold the term in a term field, such as ``body.words``.

    In a keyword field the terms are the folded values.
    """

    field: str
    term: str

    @property
    def label(self) -> str:
        """How an explanation names it."""
        return self.term


@dataclass(frozen=True, slots=True)
class Prefix:
    """Posts that hold a term which begins so; counted as one term with their joint frequency."""

    field: str
    prefix: str

    @property
    def label(self) -> str:
        """How an explanation names it."""
        return f"{self.prefix}*"


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Posts that hold a term within ``distance`` edits: insert, delete or substitute."""

    field: str
    term: str
    distance: int

    @property
    def label(self) -> str:
        """How an explanation names it."""
        return f"{self.term}~"


@dataclass(frozen=True, slots=True)
class Contiguous:
    """Posts whose folded ``title`` or ``body`` holds ``folded`` as it stands.

    Where it begins or ends with a letter or digit, that edge is an edge of such a run in the
    text; with ``strict`` also an edge of a token, so that C does not stand in C++. ``terms`` are
    terms that every such post holds in that field, ``sure`` one that no other post holds.
    """

    field: Literal["title", "body"]
    folded: str
    terms: tuple[Term, ...]
    sure: Term | None = None
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Adjacent:
    """Posts in which the terms stand at these distances from one another.

    The position of each term, less its offset, is the same. Positions count characters of the
    folded text. All terms are of one of the fields ``title.words`` and ``body.words``.
    """

    terms: tuple[Term, ...]
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """Posts with a tag, category path, author or url that is exactly this after folding."""

    field: str
    folded: str


@dataclass(frozen=True, slots=True)
class Holds:
    """Posts with a tag, category path, author or url that holds this (edges as in Contiguous)."""

    field: str
    folded: str


@dataclass(frozen=True, slots=True)
class Glob:
    """Posts whose id matches a shell pattern (``*`` crosses ``/``), case and all."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Named:
    """Posts with one of these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reposts:
    """Near-duplicates of a post by its signature, itself among them: ``index.signature.near``."""

    signature: bytes


@dataclass(frozen=True, slots=True)
class Range:
    """Posts dated in ``[since, until)``, in milliseconds since 1970 UTC; None is open."""

    field: DateField
    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class Everything:
    """Every post."""


# What is scored: a leaf counts as one term of its field, with the joint frequency of what it means.


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as it stands in title or body; counted as a term of the words of that field."""

    stands: Contiguous

    @property
    def field(self) -> str:
        """Whose statistics count."""
        return f"{self.stands.field}.words"

    @property
    def label(self) -> str:
        """How an explanation names it."""
        return self.stands.folded


@dataclass(frozen=True, slots=True)
class Alike:
    """Synonyms, the one that was typed first; all of one field."""

    leaves: tuple[Term | Passage, ...]

    @property
    def field(self) -> str:
        """Their field."""
        return self.leaves[0].field

    @property
    def label(self) -> str:
        """How an explanation names them."""
        return "=".join(one.label for one in self.leaves)


Leaf: TypeAlias = Term | Prefix | Fuzzy | Passage | Alike
Query: TypeAlias = Union[
    "And[Query]",
    "Or[Query]",
    "Not[Query]",
    Term,
    Prefix,
    Fuzzy,
    Contiguous,
    Adjacent,
    Whole,
    Holds,
    Glob,
    Named,
    Reposts,
    Range,
    Everything,
]
