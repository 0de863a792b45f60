import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.index.encodings import decode
from souwen.index.markup import plain_text
from souwen.index.markup.html import read_html
from souwen.index.markup.tags import only_markup

WRITTEN = """[ ] ( ) ![ ]( * ** _ ` ``` ~~ > - 1. # | & &amp; &lt; \\ {% %} {{< >}} {# } : = --- ===
< > /> <b> </b> <div> </div> <p> </p> <pre> </pre> <h1> </h1> <td> <br> </br> <T> <a <img <!-- -->
<script> </script> <style> [^1] [^1]: [甲]: 甲 乙 word http://a data:a;base64,AA"""
PIECES = st.sampled_from(
    [*WRITTEN.split(), "\n", "\n\n", " ", "    ", "\t", "\x00", "\x1b", "\u2028", "\ud800", "'"]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=80)
SOURCES = TEXTS.map(lambda text: decode(text.encode("utf-8", "surrogatepass")).text)
MARKUPS = st.sampled_from(["markdown", "html"])


@given(SOURCES, MARKUPS, st.none() | st.text(max_size=5))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_clean_lines(source, markup, title):
    found = plain_text(source, markup=markup, title=title)
    lines = found.body.split("\n") if found.body else []
    assert all(line and line == line.strip() for line in lines)
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for line in lines for char in line)


@given(st.lists(st.text("甲乙丙a1 ", min_size=1).filter(str.strip), min_size=1))
@settings(deadline=None)
def test_paragraphs_of_words_are_the_lines_of_the_text(paragraphs):
    source = "\n\n".join("字" + " ".join(text.split()) for text in paragraphs)
    assert plain_text(source, markup="markdown", title="题").body == source.replace("\n\n", "\n")


@given(st.lists(st.sampled_from("*_`~[]()#>-+|!:1.\\ \n字词句"), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_word_of_markdown_without_targets_gets_lost(source):
    # Numbers tell the words apart.
    source = re.sub("[字词句]", lambda found: f"{found[0]}{found.start()}字", source)
    source = source.replace("](", "] (").replace("]:", "] :").replace("`", "")
    found = plain_text(source, markup="markdown", title="题").body
    assert sorted(re.findall("[字词句]", found)) == sorted(re.findall("[字词句]", source))


@given(st.lists(st.sampled_from("*_`~[]()#>-+|!:1.\\ \n字词a&;{%}"), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_short_way_through_markdown_sees_what_the_long_way_sees(source):
    short = plain_text(source, markup="markdown", title="题").body
    long = plain_text(f"{source}\n\n\n<hr>", markup="markdown", title="题").body
    assert long in {short, f"{short}\n<hr>".lstrip()}


@given(SOURCES)
@settings(deadline=None)
def test_what_is_left_of_tags_is_sound(source):
    source = source.encode(errors="replace").decode()
    assert only_markup(only_markup(source)).count("<") == only_markup(source).count("<")
    assert read_html(only_markup(source)) is not None
