import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from souwen.index.analysis import Analyzer
from souwen.index.analysis.pieces import Coded, Pieces
from souwen.index.engines.whoosh.inversion import Vocabulary


def halves(piece: str) -> Iterator[tuple[int, str]]:
    """A piece has itself as a term, and where it is longer its two halves."""
    yield 0, piece
    if len(piece) > 1:
        middle = len(piece) // 2
        yield 0, piece[:middle]
        yield middle, piece[middle:]


def terms(pieces: Pieces, *texts: str) -> list[tuple[str, int]]:
    found = pieces.expand(pieces.numbers(texts))
    return list(zip(Coded(found.codes, pieces.names), found.offsets.tolist(), strict=True))


def test_a_piece_has_its_terms_with_their_offsets() -> None:
    pieces = Pieces(halves)
    assert terms(pieces, "乙", "快手", "乙") == [
        ("乙", 0),
        ("快手", 0),
        ("快", 0),
        ("手", 1),
        ("乙", 0),
    ]


def test_a_piece_is_learned_once() -> None:
    asked = []
    pieces = Pieces(lambda piece: (asked.append(piece), halves(piece))[1])
    terms(pieces, "快手", "电商", "快手")
    terms(pieces, "电商")
    assert sorted(asked) == ["快手", "电商"]
    assert len(pieces) == 2
    assert sorted(pieces.names) == ["商", "快", "快手", "手", "电", "电商"]


def test_more_pieces_than_there_was_room_for_keep_their_terms() -> None:
    pieces = Pieces(halves)
    many = [f"词{number}" for number in range(20_000)]
    before = terms(pieces, *many[:10])
    terms(pieces, *many)
    assert terms(pieces, *many[:10]) == before
    assert terms(pieces, many[-1])[0] == ("词19999", 0)


def test_threads_that_learn_the_same_agree() -> None:
    pieces = Pieces(halves)
    many = [f"词{number}" for number in range(3_000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: terms(pieces, *many), range(8)))
    assert all(one == found[0] for one in found)
    assert len(pieces) == len(many)


def test_coded_terms_are_a_sequence_of_strings() -> None:
    coded = Coded(np.array([1, 0, 1], np.uint32), ["甲", "乙"])
    assert coded == ("乙", "甲", "乙")
    assert coded[0] == "乙"
    assert coded[1:] == ("甲", "乙")
    assert "甲" in coded
    assert repr(coded) == "('乙', '甲', '乙')"


def test_coded_terms_are_sent_as_strings_without_the_names_of_others() -> None:
    names = ["甲", "乙", *(f"别的词{number}" for number in range(1_000))]
    sent = pickle.dumps(Coded(np.array([1, 0], np.uint32), names))
    assert pickle.loads(sent) == ("乙", "甲")
    assert len(sent) < 200


def test_a_vocabulary_gives_equal_terms_equal_codes_wherever_they_come_from() -> None:
    vocabulary = Vocabulary()
    one, other = ["甲", "乙"], ["丙", "乙", "甲"]
    first = vocabulary.encode(Coded(np.array([1, 0, 1], np.uint32), one))
    plain = vocabulary.encode(("甲", "丁"))
    second = vocabulary.encode(Coded(np.array([0, 1, 2], np.uint32), other))
    one.append("戊")
    third = vocabulary.encode(Coded(np.array([2, 1, 0], np.uint32), one))
    codes = {
        "乙甲乙": first.tolist(),
        "甲丁": plain.tolist(),
        "丙乙甲": second.tolist(),
        "戊乙甲": third.tolist(),
    }
    pairs = {pair for terms, found in codes.items() for pair in zip(terms, found, strict=True)}
    assert sorted(code for _, code in pairs) == [0, 1, 2, 3, 4]
    assert len({term for term, _ in pairs}) == len(vocabulary) == 5


def test_much_is_cut_at_once_as_little_is_one_by_one() -> None:
    texts = [
        f"第{number}篇：全文检索引擎 node.js/C++ 与5G手机，𠀀々〇カタ한글。"
        for number in range(1_200)
    ]
    texts.append("江南岸" * 400)
    together = Analyzer().analyze_all(texts)
    alone = Analyzer(segmenter="jieba")
    assert together == [alone.analyze(text) for text in texts]


def test_an_analyzer_that_has_forgotten_finds_the_same_terms() -> None:
    analyzer = Analyzer()
    texts = [f"快手电商 x{number}" for number in range(140_000)]
    first = analyzer.analyze_all(texts[:10])
    analyzer.analyze_all(texts)
    assert analyzer.analyze_all(texts[:10]) == first
