"""Does an index hold what it says it holds? Every byte is looked at, every number counted again."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import compress, pairwise
from pathlib import Path

import numpy as np

from souwen.index.analysis.grams import gram_codes
from souwen.index.engine import Flaw, field_dates
from souwen.index.engines.whoosh.commit import Commit, HeldFile, latest, read_commit
from souwen.index.engines.whoosh.dictionary import Dictionary
from souwen.index.engines.whoosh.runs import Numbers, Run
from souwen.index.engines.whoosh.segment import SUFFIX, Segment, plain_fields
from souwen.index.engines.whoosh.stored import UNDATED, encode
from souwen.index.errors import StoreCorrupt, StoreOutdated
from souwen.index.history import NAME as HISTORY
from souwen.index.norms import encode as norm_codes
from souwen.index.schema import DATE_FIELDS

_CLOSE = 1e-9


def verify(directory: Path) -> Iterator[Flaw]:
    """What is wrong in the newest commit, be it swept away meanwhile; nothing where there is none.

    Reads all of it, a block of terms and a document at a time.
    """
    try:
        found = read_commit(directory, partial(_opened, directory))
    except (StoreCorrupt, StoreOutdated) as error:
        yield Flaw(getattr(error, "path", str(directory)), str(error), whole=True)
        return
    if found is None:
        return
    kept, segments, flaws = found
    yield from _kept_files(kept)
    yield from flaws
    seen: dict[str, str] = {}
    for segment in segments:
        part = segment.file.path.name
        try:
            segment.file.verify()
            reasons = [*_segment(segment), *_again(segment, seen)]
        except StoreCorrupt as error:
            yield Flaw(part, str(error))
        except (ValueError, LookupError) as error:
            yield Flaw(part, f"it cannot be read: {type(error).__name__}: {error}")
        else:
            yield from map(partial(Flaw, part), reasons)


def _opened(
    directory: Path, commit: Commit
) -> tuple[dict[str, HeldFile], list[Segment], list[Flaw]]:
    """All files of a commit, and what is wrong with segments that cannot be opened.

    Raises FileNotFoundError where a later commit has swept one away.
    """
    kept = {name: HeldFile(directory, commit, name) for name in commit.kept}
    segments, flaws = [], []
    for info in commit.segments:
        try:
            segments.append(Segment(directory, info, commit.layout))
        except FileNotFoundError:
            if latest(directory) != commit.generation:
                raise
            flaws.append(Flaw(f"{info.name}{SUFFIX}", "it is missing"))
        except StoreCorrupt as error:
            flaws.append(Flaw(f"{info.name}{SUFFIX}", str(error)))
    return kept, segments, flaws


def _kept_files(kept: Mapping[str, HeldFile]) -> Iterator[Flaw]:
    for name, file in kept.items():
        try:
            file.read()
        except StoreCorrupt as error:
            yield Flaw(file.path.name, str(error), whole=name != HISTORY)


def _again(segment: Segment, seen: dict[str, str]) -> Iterator[str]:
    """Live documents that another segment has as well."""
    for name in compress(segment.ids(), segment.info.live().tolist()):
        if name in seen:
            yield f"{name} stands in it, and in {seen[name]} too"
        seen[name] = segment.info.name


def _segment(segment: Segment) -> Iterator[str]:
    """What is wrong in a segment whose checksums are right."""
    documents = segment.info.documents
    for field in segment.layout.fields:
        counted = np.zeros(documents, np.int64)
        yield from _terms(field.name, segment.dictionary(field.name), documents, counted)
        yield from _statistics(segment, field.name, counted)
    for name in plain_fields(segment.layout):
        counted = np.zeros(documents, np.int64)
        yield from _terms(name, segment.dictionary(name), documents, counted)
    yield from _ids(segment)
    if segment.layout.texts:
        yield from _texts(segment)


def _terms(name: str, dictionary: Dictionary, documents: int, counted: Numbers) -> Iterator[str]:
    """Looks at all terms of a field; ``counted`` gets how many stand in each document."""
    last: bytes | None = None
    terms = postings = 0
    for run in dictionary.runs():
        ascending = run.terms if last is None else [last, *run.terms]
        if any(before >= after for before, after in pairwise(ascending)):
            yield f"{name}: its terms are not in order"
        last = run.terms[-1]
        terms, postings = terms + len(run.terms), postings + len(run.numbers)
        yield from (f"{name}: {reason}" for reason in _postings(run, documents))
        weights = run.frequencies
        counted += np.bincount(run.numbers, weights, minlength=documents)[:documents].astype(
            np.int64
        )
    if (terms, postings) != (dictionary.terms, dictionary.postings):
        yield (
            f"{name}: it has {terms} terms with {postings} postings, its catalogue says "
            f"{dictionary.terms} with {dictionary.postings}"
        )


def _postings(run: Run, documents: int) -> Iterator[str]:
    heads = np.cumsum(run.counts) - run.counts
    steps = np.diff(run.numbers, prepend=-1)
    steps[heads] = 1
    if (steps <= 0).any():
        yield "postings are not in order"
    if len(run.numbers) and (run.numbers.min() < 0 or run.numbers.max() >= documents):
        yield f"a posting is of no document: there are {documents}"
    if run.frequencies is not None and (run.frequencies <= 0).any():
        yield "a posting has no occurrence"
    positions = run.whole_steps()
    if positions is not None and run.frequencies is not None:
        within = positions > 0
        within[np.cumsum(run.frequencies) - run.frequencies] = True
        if not within.all():
            yield "positions are not in order"


def _statistics(segment: Segment, name: str, counted: Numbers) -> Iterator[str]:
    """Lengths, their codes, and what is summed up of them, against what was counted."""
    lengths = segment.lengths(name).astype(np.int64)
    wrong = np.flatnonzero(lengths != counted)
    if len(wrong):
        at = int(wrong[0])
        yield (
            f"{name}: {len(wrong)} lengths are wrong, the first that of {segment.id(at)}: "
            f"{lengths[at]}, where {counted[at]} terms stand in it"
        )
    if (segment.norms(name) != norm_codes(lengths)).any():
        yield f"{name}: codes of lengths are not those of the lengths"
    documents, total = int(np.count_nonzero(counted)), int(counted.sum())
    if segment.totals(name) != (documents, total):
        yield (
            f"{name}: {documents} documents have {total} terms, its catalogue says "
            "{} have {}".format(*segment.totals(name))
        )
    average = total / documents if documents else 1.0
    if abs(segment.average(name) - average) > _CLOSE * average:
        yield f"{name}: the mean length is {average}, its catalogue says {segment.average(name)}"


def _ids(segment: Segment) -> Iterator[str]:
    """Every live document is to be found by its id."""
    for number in np.flatnonzero(segment.info.live()).tolist():
        name = segment.id(number)
        if segment.number(encode(name)) != number:
            yield f"{name} is not found by its id"


def _texts(segment: Segment) -> Iterator[str]:
    """What is stored of each live document, against its columns."""
    dates = {name: segment.dates(name) for name in DATE_FIELDS}
    lengths = {
        f"{place}.{kind}": segment.lengths(f"{place}.{kind}")
        for place in ("title", "body")
        for kind in ("bigrams", "chars")
    }
    for number in np.flatnonzero(segment.info.live()).tolist():
        own = segment.id(number)
        document = segment.document(number)
        if document.id != own:
            yield f"{own}: the text stored for it is that of {document.id}"
            continue
        for name, date in field_dates(document.metadata):
            if dates[name][number] != (UNDATED if date is None else date):
                yield f"{own}: the column {name} has another date than the post"
        for place, folded in zip(("title", "body"), segment.folded(number), strict=True):
            bigrams, _, chars, _ = gram_codes(folded)
            for kind, codes in (("bigrams", bigrams), ("chars", chars)):
                if lengths[f"{place}.{kind}"][number] != len(codes):
                    yield f"{own}: {place}.{kind} has another number of terms than the text"
