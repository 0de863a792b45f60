"""Are snippets true to their text, whatever it is and wherever it matches?"""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from souwen.search.hits import Span
from souwen.search.snippet import merge, snippet

PIECES = [
    *(
        "网关",
        "微服务",
        "。",
        "，",
        "！」",
        "\n",
        " ",
        "　",
        "\t",
        "\r\n",
        "Docker",
        "3.14",
        ". ",
        "; ",
    ),
    *(
        "&amp;",
        "&#20013;",
        "👩\u200d💻",
        "🇨🇳",
        "e\u0301",
        "\u0301",
        "\u200b",
        "的",
        "\ud800",
        "x" * 30,
    ),
]
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=200)
BLANKS = str.maketrans("\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029", " " * 11)


@st.composite
def matches(draw: st.DrawFn) -> tuple[str, tuple[Span, ...]]:
    """A text and some stretches of it."""
    text = draw(texts)
    places = st.integers(0, max(0, len(text) - 1))
    drawn = draw(st.lists(st.tuples(places, st.integers(1, 12)), max_size=12 if text else 0))
    found = sorted((start, min(len(text), start + long)) for start, long in drawn)
    return text, merge(found)


@given(matches(), st.integers(0, 80))
def test_a_snippet_is_a_stretch_of_the_text_with_its_matches(
    found: tuple[str, tuple[Span, ...]], length: int
) -> None:
    text, spans = found
    fragment = snippet(text, spans, length=length)
    shown = text.translate(BLANKS)
    assert len(fragment.text) <= length
    assert any(
        clipped(spans, at, at + len(fragment.text)) == fragment.highlights
        for at in range(len(text) + 1)
        if shown.startswith(fragment.text, at)
    )


def clipped(spans: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    """The parts of the spans that lie within, counted from ``start``."""
    inside = ((max(begin, start), min(stop, end)) for begin, stop in spans)
    return tuple((begin - start, stop - start) for begin, stop in inside if begin < stop)


@given(matches(), st.integers(1, 80))
def test_highlights_are_in_order_apart_and_inside(
    found: tuple[str, tuple[Span, ...]], length: int
) -> None:
    fragment = snippet(*found, length=length)
    edges = [edge for highlight in fragment.highlights for edge in highlight]
    assert edges == sorted(edges)
    assert len(set(edges)) == len(edges)
    assert all(0 <= edge <= len(fragment.text) for edge in edges)


@given(matches())
def test_a_short_text_is_shown_whole(found: tuple[str, tuple[Span, ...]]) -> None:
    text, spans = found
    assert snippet(text, spans, length=len(text) + 1).text.strip() == text.translate(BLANKS).strip()


@given(
    st.lists(st.sampled_from("网关微服务，的"), min_size=1, max_size=200).map("".join), st.data()
)
def test_some_match_is_always_shown(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    assert snippet(text, ((start, start + 1),), length=20).highlights


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9))))
def test_merged_spans_cover_the_same_and_lie_apart(drawn: list[tuple[int, int]]) -> None:
    spans = sorted((start, start + long) for start, long in drawn)
    merged = merge(spans)
    assert {at for span in merged for at in range(*span)} == {
        at for span in spans for at in range(*span)
    }
    assert all(left[1] < right[0] for left, right in pairwise(merged))
