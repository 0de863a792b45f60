"""The report of the contract suite."""

from tools.side_by_side import table


def test_each_engine_has_a_column_and_each_test_a_line() -> None:
    outcomes = [
        ("tests/contract/test_engines.py::test_a[memory]", "passed"),
        ("tests/contract/test_engines.py::test_a[whoosh]", "passed"),
        ("tests/contract/test_engines.py::test_a[opensearch]", "skipped"),
        ("tests/contract/test_engines.py::test_b[1-whoosh]", "passed"),
        ("tests/contract/test_engines.py::test_b[2-whoosh]", "failed"),
    ]
    lines = [" ".join(line.split()) for line in table(outcomes)]
    assert lines == [
        "memory whoosh opensearch",
        "test_engines::test_a 1 passed 1 passed 1 skipped",
        "test_engines::test_b – 1 failed, 1 passed –",
        "all 1 passed 1 failed, 2 passed 1 skipped",
    ]


def test_tests_of_one_engine_or_of_none_are_left_out() -> None:
    outcomes = [
        ("tests/unit/test_fold.py::test_fold", "passed"),
        ("tests/unit/test_fold.py::test_fold[ﬁ]", "passed"),
        ("tests/contract/test_copying.py::test_copy[memory-whoosh]", "passed"),
    ]
    assert len(list(table(outcomes))) == 2
