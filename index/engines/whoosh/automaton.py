"""Which terms of a dictionary are within so many edits of another? By Whoosh's automata."""

from collections.abc import Iterator

from whoosh.automata.fsa import DFA
from whoosh.automata.lev import levenshtein_automaton

from souwen.index.engines.whoosh.dictionary import Dictionary
from souwen.index.engines.whoosh.stored import decode, encode


def within(dictionary: Dictionary, term: str, distance: int) -> Iterator[str]:
    """The terms that so many insertions, deletions and substitutions lead to."""
    automaton: DFA = levenshtein_automaton(term, distance, 0).to_dfa()
    found = _first(dictionary, "")
    while found is not None:
        wanted = automaton.next_valid_string(found)
        if wanted is None:
            return
        found = _first(dictionary, wanted)
        if found == wanted:
            yield wanted
            found = f"{wanted}\0"


def _first(dictionary: Dictionary, term: str) -> str | None:
    """The first term of a dictionary that is not before this one."""
    number, place = dictionary.begin(encode(term))
    return decode(dictionary.entry(number).term(place)) if number < len(dictionary) else None
