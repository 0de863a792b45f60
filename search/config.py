"""How can searching be configured?"""

from dataclasses import dataclass, field
from typing import Literal, get_args

from souwen.index.config import FILE, FLAG, check, choice, whole_number
from souwen.search.hits import Sort
from souwen.search.ranking import RECENCY, RecencyName


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """The table ``[search]`` of ``souwen.toml``: defaults of the options of the same names.

    ``limit`` hits a page; ``recency`` None leaves it to the query; ``snippet`` is their length in
    characters; ``pager`` shows long results a page at a time on a terminal. ``synonyms`` is a file
    of words that mean the same; ``regional`` adds what Taiwan and the mainland call otherwise.
    """

    limit: int = field(default=10, metadata=whole_number(0))
    sort: Sort = field(default="blend", metadata=choice(*get_args(Sort)))
    recency: RecencyName | None = field(default=None, metadata=choice(*RECENCY))
    snippet: int = field(default=160, metadata=whole_number(0))
    hyperlink: Literal["auto", "always", "never"] = field(
        default="auto", metadata=choice("auto", "always", "never")
    )
    pager: bool = field(default=True, metadata=FLAG)
    synonyms: str | None = field(default=None, metadata=FILE)
    regional: bool = field(default=False, metadata=FLAG)

    def __post_init__(self) -> None:
        check(self)
