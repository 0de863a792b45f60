"""What may a library user import to search an index?"""

from souwen.search.hits import Facet, Fragment, Hit, Results, TermScore
from souwen.search.searcher import Index, open_index, search

__all__ = ["Facet", "Fragment", "Hit", "Index", "Results", "TermScore", "open_index", "search"]
