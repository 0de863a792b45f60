"""How are typed letters cut into syllables?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.search.readings import readings
from souwen.search.syllables import cuts, letters, openings


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("kuaishou", {("kuai", "shou"), ("ku", "ai", "shou")}),
        ("xian", {("xian",), ("xi", "an")}),
        ("xi'an", {("xi", "an")}),
        ("fangan", {("fang", "an"), ("fan", "gan")}),
        ("fangyi", {("fang", "yi")}),
        ("lvse", {("lv", "se")}),
        ("kuberentes", set()),
        ("", set()),
    ],
)
def test_letters_are_cut_in_every_way(typed: str, ways: set[tuple[str, ...]]):
    assert set(cuts(letters(typed))) == ways


@pytest.mark.parametrize("typed", ["lüse", "LÜSE", "lǜsè", "lvse", "lyuse"])
def test_the_umlaut_may_be_typed_in_any_way(typed: str):
    assert ("lv", "se") in cuts(letters(typed))


@pytest.mark.parametrize("typed", ["zhanlve", "zhanlue", "zhànlüè", "ZhanLüe"])
def test_the_umlaut_before_e_may_be_left_out(typed: str):
    assert ("zhan", "lve") in cuts(letters(typed))


def test_tones_and_capitals_mean_nothing():
    assert letters("KuàiShǒu") == "kuaishou"


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("ks", ("k", "s")),
        ("zhs", ("zh", "s")),
        ("kuaish", ("kuai", "sh")),
        ("kuais", ("kuai", "s")),
        ("k", ("k",)),
    ],
)
def test_what_is_being_typed_may_end_within_a_syllable_or_be_initials(
    typed: str, way: tuple[str, ...]
):
    assert way in openings(typed)


@given(st.lists(st.sampled_from(sorted(readings())), min_size=1, max_size=6))
def test_syllables_with_apostrophes_are_cut_as_they_were_joined(syllables: list[str]):
    assert tuple(syllables) in {
        way for way in cuts("'".join(syllables)) if len(way) == len(syllables)
    }


@given(st.text("abeghiknosuvz'", max_size=50))
def test_every_cut_is_of_syllables_and_has_all_letters(typed: str):
    for way in cuts(typed):
        assert all(syllable in readings() for syllable in way)
    assert all(cuts(typed)) or not typed.strip("'")
