"""What may a library user import to search an index?"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from souwen.search.config import SearchConfig
    from souwen.search.copying import CopyReport, copy_index
    from souwen.search.evaluation import Evaluation, Measure, evaluate
    from souwen.search.hits import Facet, Fragment, Hit, Results, TermScore
    from souwen.search.searcher import Index, open_index, search
    from souwen.search.suggest import Suggestion

__all__ = [
    "CopyReport",
    "Evaluation",
    "Facet",
    "Fragment",
    "Hit",
    "Index",
    "Measure",
    "Results",
    "SearchConfig",
    "Suggestion",
    "TermScore",
    "copy_index",
    "evaluate",
    "open_index",
    "search",
]

_HOME = {
    "CopyReport": "copying",
    "Evaluation": "evaluation",
    "Facet": "hits",
    "Fragment": "hits",
    "Hit": "hits",
    "Index": "searcher",
    "Measure": "evaluation",
    "Results": "hits",
    "SearchConfig": "config",
    "Suggestion": "suggest",
    "TermScore": "hits",
    "copy_index": "copying",
    "evaluate": "evaluation",
    "open_index": "searcher",
    "search": "searcher",
}


def __getattr__(name: str) -> object:
    """Import a name when it is first used: ``souwen --help`` needs none of them."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
