"""Does the quick way through simple front matter see what PyYAML sees?"""

from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.index.front_matter.plain_yaml import read_events, read_simple

KEYS = st.sampled_from(["title", "date", "tags", "a-b"])
ENDS = st.sampled_from([": ", ": ", ":  ", ":\n- ", ":\n  - ", ":\n\n- ", ":", " : "])
SIMPLE = ["春天", "a b", "2020-05-02 10:00", "http://a/b", "a#b", '"一: #"', "'二'", "\u3000三"]
LISTS = ["[]", "[ 一,二 ]", "['一', \"二 c\"]", "[/a/b, a-b , 'c:,']"]
RARE = [
    "-a",
    "-",
    "=b",
    "<c> d",
    ".e",
    "/f",
    "[a",
    "[a,]",
    "[a b",
    "[a: b]",
    "[a #b]",
    "[?]",
    "[-]",
]
RARE += [
    "[a]b",
    "[,]",
    "['a'b]",
    "['a''b']",
    "[a:b]",
    "['a':b]",
    "[[a]]",
    "[~]",
    "...",
    "---",
    "(a",
]
RARE += ["a #b", "a: b", "a:", '"\\n"', "'", "[一]", "{a: b}", "&a", "*a", "!t", "|", "~", "-", ""]
VALUES = st.sampled_from(SIMPLE + LISTS) | st.sampled_from(SIMPLE + RARE)
LINES = st.tuples(KEYS, ENDS, VALUES).map("".join)
MORE = st.sampled_from(["- 三", "  - 四", "   ", "", "# 注", "  续", "---"])
BLOCKS = st.lists(LINES | LINES | MORE, max_size=5).map("\n".join)


@given(BLOCKS)
@settings(max_examples=1000, deadline=None)
def test_both_ways_through_front_matter_see_the_same_fields(block):
    simple = read_simple(block)
    if simple is not None:
        assert list(simple.items()) == list(read_events(block).items())


def test_simple_front_matter_takes_the_quick_way():
    block = "title: 春天\n\ntags:\n  - 一\n  - '二'\nurl: /a/b\nempty:\nlist: [三, \"四,\", ''] \n"
    found = read_simple(block)
    assert {key: field.value for key, field in found.items()} == {
        "title": "春天",
        "tags": ("一", "二"),
        "url": "/a/b",
        "empty": None,
        "list": ("三", "四,", ""),
    }
    assert [field.line for field in found.values()] == [1, 3, 6, 7, 8]
