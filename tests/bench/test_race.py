"""What the benchmark says can be relied on: agreement, memory, tables."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

# The benchmark is a script with its modules beside it.
sys.path.insert(0, str(Path(__file__).parent))

from race.agreement import equal_tens, equal_totals
from race.engine import DAY_MS, ENTRIES, Answer, recency
from race.memory import Watch, measure
from race.report import BEGIN, END, LABELS, into_readme, table

OURS: Answer = (4, [(7, 3.0), (2, 2.0), (5, 2.0), (9, 1.0)])


@pytest.mark.parametrize(
    ("theirs", "share"),
    [
        ([(7, 3.0), (2, 2.0), (5, 2.0), (9, 1.0)], 1.0),
        ([(7, 6.6), (5, 4.4), (2, 4.4), (9, 2.2)], 1.0),
        ([(2, 2.0), (7, 3.0), (5, 2.0), (9, 1.0)], 0.0),
        ([(7, 3.0), (2, 2.0), (5, 2.0)], 0.0),
        ([(7, 3.0), (2, 2.0), (5, 2.0), (8, 1.0)], 0.0),
    ],
    ids=["the same", "a tie the other way round", "another order", "fewer", "another post"],
)
def test_best_tens_are_equal_where_only_ties_differ(theirs, share):
    assert equal_tens([OURS], [(None, theirs)]) == share


def test_dates_are_no_ties_because_they_are_near():
    ours: Answer = (2, [(1, 1_700_000_000_001), (2, 1_700_000_000_000)])
    theirs: Answer = (None, [(2, 0), (1, 0)])
    assert equal_tens([ours], [theirs]) == 0.0


def test_totals_are_compared_only_where_all_are_counted():
    assert equal_totals([OURS, OURS], [(4, []), (5, [])]) == 0.5
    assert equal_totals([OURS], [(None, [])]) is None


def test_recency_is_halved_in_a_year_and_never_more_than_a_quarter():
    now = 20_000 * DAY_MS
    assert [recency(now - days * DAY_MS, now) for days in (-1, 0, 365, 730)] == [
        1.25,
        1.25,
        1.125,
        1.0625,
    ]


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")
def test_memory_is_that_of_a_process_and_its_children():
    inner = "held = b'x' * 60_000_000; print(flush=True); input()"
    outer = (
        "import subprocess, sys; held = b'x' * 60_000_000; "
        f"subprocess.run([sys.executable, '-c', {inner!r}])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", outer], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        with Watch(process.pid) as watch:
            time.sleep(0.3)
        assert 120_000_000 < watch.peak.own < 250_000_000
        process.communicate(b"\n")
    assert measure(process.pid).own == 0
    assert measure(os.getpid()).own > 0


def test_tables_go_between_the_marks_of_the_readme(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"前\n{BEGIN}\n旧\n{END}\n后\n", encoding="utf-8")
    into_readme(readme, table(("甲", "乙"), [("1", "2")]))
    assert readme.read_text(encoding="utf-8") == (
        f"前\n{BEGIN}\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n\n{END}\n后\n"
    )
    readme.write_text("没有记号\n", encoding="utf-8")
    with pytest.raises(ValueError, match="found it 0 times"):
        into_readme(readme, "")


def test_every_engine_is_named_in_the_report():
    assert set(ENTRIES) <= set(LABELS)
