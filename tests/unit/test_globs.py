"""Shell patterns that are read in linear time, and match what they matched."""

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from souwen.search.globs import settled


@given(st.text(alphabet="[]!-ab*?^\\"), st.text(alphabet="[]!-ab^\\"))
@example("[]", "[]")
@example("[!]", "[!]")
@example("[]]", "]")
@example("a[b]c[d", "abc[d")
def test_a_settled_pattern_matches_what_the_pattern_matches(pattern: str, name: str):
    assert fnmatchcase(name, settled(pattern)) == fnmatchcase(name, pattern)


@given(st.text(alphabet="[]!-ab*?"))
def test_a_settled_pattern_matches_the_pattern_itself_as_before(pattern: str):
    assert fnmatchcase(pattern, settled(pattern)) == fnmatchcase(pattern, pattern)


@pytest.mark.parametrize("unit", ["[", "[!", "[a", "*[", "[]", "*a", "[^]"])
def test_a_hostile_pattern_takes_linear_time(unit: str):
    """As it is, the first of them takes minutes."""
    pattern = (unit * 100_000)[:100_000]
    began = time.process_time()
    assert not fnmatchcase("a" * 1000 + "b", settled(pattern))
    assert time.process_time() - began < 20
