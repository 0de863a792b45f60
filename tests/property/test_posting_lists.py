"""Whatever postings a field has, they are read back as they were written, and merged as one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.index.engines.whoosh.blocks import DENSE, RANGE, Worth
from souwen.index.engines.whoosh.dictionary import Dictionary, DictionaryWriter
from souwen.index.engines.whoosh.merging import WINDOW, merged
from souwen.index.engines.whoosh.runs import Run, gaps_within, narrow
from souwen.index.engines.whoosh.segment_file import SegmentFile, SegmentFileWriter
from souwen.index.norms import encode

Postings = dict[bytes, dict[int, list[int]]]
"""For each term and document the positions; as many as the term's frequency there."""

words = st.text("搜索引擎abc·𠮷", min_size=1, max_size=4).map(str.encode)
places = st.lists(st.integers(0, 70_000), min_size=1, max_size=20, unique=True).map(sorted)
postings = st.dictionaries(
    words, st.dictionaries(st.integers(0, 1500), places, min_size=1, max_size=8), max_size=30
)


def run_of(found: Postings, *, positioned: bool) -> Run:
    """The postings as arrays."""
    terms = sorted(found)
    lists = [sorted(found[term].items()) for term in terms]
    flat = [places for one in lists for _, places in one]
    frequencies = np.array([len(places) for places in flat], np.int64)
    positions = np.array([place for places in flat for place in places], np.int64)
    return Run(
        terms,
        np.array([len(one) for one in lists], np.int64),
        np.array([number for one in lists for number, _ in one], np.int64),
        frequencies,
        [narrow(gaps_within(positions, frequencies))] if positioned else None,
    )


def written(
    path: Path, found: Postings, documents: int, *, positioned: bool
) -> tuple[Dictionary, Worth]:
    """A dictionary in a file of its own."""
    worth = Worth(encode(np.arange(documents) % 500), 250.0, 0.75)
    file = SegmentFileWriter(path)
    facts = DictionaryWriter(file, "f", documents, worth).write(
        [run_of(found, positioned=positioned)] if found else []
    )
    size, checksum = file.finish({"fields": {"f": facts}})
    opened = SegmentFile(path, size=size, checksum=checksum)
    return Dictionary(opened, "f", documents, counted=True, positioned=positioned), worth


def read(dictionary: Dictionary) -> Postings:
    """The postings, term by term."""
    found: Postings = {}
    for term, block, place in dictionary.starting(b""):
        flat, starts = block.positions(place)
        found[term] = {
            number: flat[start:end].tolist()
            for number, start, end in zip(
                block.numbers(place).tolist(), starts, starts[1:], strict=False
            )
        }
        assert block.frequencies(place).tolist() == np.diff(starts).tolist()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("postings")


def fresh(folder: Path) -> Path:
    return folder / f"{len(list(folder.iterdir()))}"


@given(postings)
@settings(deadline=None)
def test_what_is_written_is_read(folder: Path, found: Postings):
    dictionary, _ = written(fresh(folder), found, 1501, positioned=True)
    assert read(dictionary) == found
    for term in found:
        block, place = dictionary.find(term) or pytest.fail(f"{term!r} is lost")
        assert block.numbers(place).tolist() == sorted(found[term])
    assert dictionary.find(b"nowhere") is None


@given(st.integers(1, 3), st.integers(1, 40_000), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_lists_of_every_length_are_read_one_by_one_and_all_at_once(
    folder: Path, step: int, documents: int, seed: int
):
    random = np.random.default_rng(seed)
    found = {
        f"词{spread:06}".encode(): {
            int(number): list(range(int(random.geometric(0.3))))
            for number in range(int(random.integers(spread)), documents, spread)
        }
        for spread in (1, 2 * step, 30, 300, 3000, 30_000)
        if spread <= documents
    }
    found = {term: numbers for term, numbers in found.items() if numbers}
    dictionary, worth = written(fresh(folder), found, documents, positioned=False)
    runs = list(dictionary.runs())
    expected = run_of(found, positioned=False)
    assert [term for run in runs for term in run.terms] == expected.terms
    assert np.concatenate([run.numbers for run in runs]).tolist() == expected.numbers.tolist()
    frequencies = [run.frequencies for run in runs if run.frequencies is not None]
    assert expected.frequencies is not None
    assert np.concatenate(frequencies).tolist() == expected.frequencies.tolist()
    for term, block, place in dictionary.starting(b""):
        numbers, counts = block.numbers(place), block.frequencies(place)
        assert numbers.tolist() == sorted(found[term])
        assert counts.tolist() == [len(found[term][number]) for number in numbers.tolist()]
        ranges = block.ranges(place)
        assert (ranges is None) == (block.heads.kinds[place] != DENSE)
        if ranges is not None:
            values = worth.of(numbers, counts.astype(np.int64))
            assert (
                ranges.counts.tolist()
                == np.bincount(numbers // RANGE, minlength=-(-documents // RANGE)).tolist()
            )
            assert (values <= ranges.bounds[numbers // RANGE] / 255).all()
            assert ((ranges.bounds > 0) == (ranges.counts > 0)).all()


@given(
    st.lists(st.tuples(postings, st.sets(st.integers(0, 1500))), min_size=1, max_size=3),
    st.sampled_from([WINDOW, 40, 3]),
)
@settings(deadline=None)
def test_merging_keeps_what_is_alive_and_nothing_else(
    folder: Path, parts: list[tuple[Postings, set[int]]], window: int
):
    dictionaries, maps, expected, base = [], [], {}, 0
    for found, dead in parts:
        dictionaries.append(written(fresh(folder), found, 1501, positioned=True)[0])
        alive = [number for number in range(1501) if number not in dead]
        moved = np.full(1501, -1)
        moved[alive] = np.arange(base, base + len(alive))
        maps.append(moved)
        base += len(alive)
        for term, numbers in found.items():
            for number, places in numbers.items():
                if number not in dead:
                    expected.setdefault(term, {})[int(moved[number])] = places
    runs = merged(dictionaries, maps, window)
    file = SegmentFileWriter(fresh(folder))
    facts = DictionaryWriter(file, "f", max(1, base), None).write(runs)
    size, checksum = file.finish({"fields": {"f": facts}})
    opened = SegmentFile(file.path, size=size, checksum=checksum)
    joined = Dictionary(opened, "f", max(1, base), counted=True, positioned=True)
    assert read(joined) == expected
