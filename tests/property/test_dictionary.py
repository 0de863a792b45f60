"""Does a word of the user's change those posts alone that hold it, and are those all found?"""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tools.shelf import ENGINES, NOW, address

from souwen.index import IndexReport, build
from souwen.index.analysis.fold import fold_text
from souwen.index.analysis.words import DictionaryWord, loaded
from souwen.index.config import IndexConfig
from souwen.index.dictionary import changed_words
from souwen.search.engine import Request
from souwen.search.query import Everything
from souwen.search.searcher import open_reader

TEXTS = (
    "快手电商的商家都在卖橙子，快 手电筒也卖。",
    "機器學習框架真多，机器学习的框架也多。",
    "他来到了网易杭研大厦，研究生命起源。",
    "南京市长江大桥的市长说结婚的和尚未结婚的。",
    "5G手机和T恤，A股市场大涨；Ｃ＋＋程序员在加班。",
    "服务网格把 k8s 里的流量管了起来。",
    "人々〇カタカナの한국어",
)
WORDS = (
    *("快手", "快手电", "电商的", "機器學習", "学习框架", "研究生", "生命起源", "市长江"),
    *("长江大桥", "的", "说结婚", "尚未结", "5G手机", "T恤", "A股", "股市", "k8s", "务网"),
    *("里的流量", "々〇", "カの"),
)

dictionaries = st.lists(
    st.builds(
        DictionaryWord,
        st.sampled_from(WORDS),
        st.none() | st.integers(1, 50) | st.sampled_from((10**4, 10**7, 2**31 - 1)),
    ),
    max_size=4,
).map(tuple)
few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(dictionaries, dictionaries)
@few
def test_a_text_without_any_changed_word_is_cut_as_before(
    before: tuple[DictionaryWord, ...], after: tuple[DictionaryWord, ...]
):
    changed = changed_words("auto", before, after)
    one, other = loaded("rjieba", before), loaded("rjieba", after)
    for text in map(fold_text, TEXTS):
        if not any(word in text for word in changed):
            assert one.cut(text) == other.cut(text)


def lines(words: Sequence[DictionaryWord]) -> str:
    return "".join(f"{one.word} {one.frequency or ''}\n" for one in words)


class Blog:
    """The texts as posts, indexed with one dictionary after the other."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        self.place = address(engine, folder)
        for number, text in enumerate(TEXTS):
            post = folder / "posts" / f"{number}.md"
            post.parent.mkdir(exist_ok=True)
            post.write_text(f"---\ntitle: 第{number}篇\n---\n{text}\n", encoding="utf-8")

    def build(self, words: Sequence[DictionaryWord], *, full: bool = False) -> IndexReport:
        path = self.folder / "words.txt"
        path.write_text(lines(words), encoding="utf-8")
        config = IndexConfig(dictionary=str(path))
        return build([self.folder / "posts"], index=self.place, config=config, full=full, now=NOW)

    def content(self) -> list[object]:
        """Every term with the number of its posts, and every post."""
        reader = open_reader(self.place)
        try:
            fields = ("body.words", "body.bigrams", "body.chars", "title.words")
            found = reader.search(Request(query=Everything(), limit=None))
            return [
                *(sorted(reader.terms(field, "")) for field in fields),
                sorted((match.id, match.load().body) for match in found.matches),
                reader.kept("settings.json"),
            ]
        finally:
            reader.close()


@pytest.mark.parametrize("engine", ENGINES)
@given(before=dictionaries, after=dictionaries)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_index_that_is_brought_up_to_date_equals_one_that_is_built_anew(
    tmp_path_factory: pytest.TempPathFactory,
    engine: str,
    before: tuple[DictionaryWord, ...],
    after: tuple[DictionaryWord, ...],
):
    blog = Blog(tmp_path_factory.mktemp("blog"), engine)
    blog.build(before)
    report = blog.build(after)
    assert report.reason is None
    brought = blog.content()
    blog.build(after, full=True)
    assert brought == blog.content()


@pytest.mark.parametrize("engine", ENGINES)
def test_only_posts_that_hold_the_word_are_analyzed_again(tmp_path: Path, engine: str):
    blog = Blog(tmp_path, engine)
    blog.build(())
    for words, count in (
        ([DictionaryWord("快手")], 1),
        ([DictionaryWord("快手")], 0),
        ([DictionaryWord("快手"), DictionaryWord("机器学习框架", 3)], 1),
        ([DictionaryWord("快手", 7), DictionaryWord("机器学习框架", 3)], 1),
        ([DictionaryWord("服务网格"), DictionaryWord("云原生"), DictionaryWord("docker")], 3),
        ([DictionaryWord("的", 3)], 4),
        ([], 4),
    ):
        report = blog.build(words)
        assert (report.reanalyzed, report.updated, report.reason) == (count, count, None), words
        assert report.unchanged == len(TEXTS) - count
