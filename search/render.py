"""How are search results written: for people, line by line, or for programs?"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, tzinfo

from souwen.index.printable import printable, to_json
from souwen.search.hits import ALL_WORDS, LEAD, PAIRS, Hit, RecencyUsed, Results, TermScore
from souwen.search.terminal import BOLD, DIM, Screen, cells, fit, wrap

JSON_VERSION = 1
COLUMNS = (
    *("rank", "score", "date", "title", "path", "id"),
    *("author", "tags", "categories", "url", "snippet", "relaxed", "lacks", "duplicates"),
)
"""The columns of CSV. Lists are joined by ``; ``, categories by ``/``."""
MOST_FACETS = 20
MOST_REPOSTS = 3

ShowPath = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class View:
    """How results are shown: days are those of ``timezone``.

    ``path`` gives a file's path for people and ``stable_path`` for programs.
    """

    path: ShowPath
    stable_path: ShowPath
    timezone: tzinfo = UTC
    screen: Screen = field(default_factory=Screen)


def laid_out(results: Results, screen: Screen) -> bool:
    """Whether text is made to be read rather than to be piped; explanations always are."""
    return screen.laid_out or any(hit.explanation for hit in results)


# For people.


def pages(results: Results, view: View) -> Iterator[str]:
    """The lines of results as they are laid out on a terminal, without line ends."""
    if results.did_you_mean:
        meant = "  ".join(map(printable, results.did_you_mean))
        yield from (f"{view.screen.paint('Did you mean:', DIM)} {meant}", "")
    strict = True
    margin = max((len(str(hit.rank)) for hit in results), default=1) + 2
    for hit in results:
        if hit.relaxed and strict:
            strict = False
            yield from (view.screen.paint(_partial(results), DIM), "")
        yield from _hit(hit, margin, results.recency, view)
        yield ""
    yield from _facets(results, view.screen)
    yield view.screen.paint(_count(results), DIM)


def _partial(results: Results) -> str:
    if results.mixed:
        return "From here on some match in part:"
    return "These match in part:" if results.total else "No post matches all; these do in part:"


def _without(hit: Hit) -> str:
    return f"without: {printable('  '.join(hit.lacks))}"


def _hit(hit: Hit, margin: int, recency: RecencyUsed, view: View) -> Iterator[str]:
    screen, indent = view.screen, " " * margin
    yield f"{hit.rank:>{margin - 2}}  {_headline(hit, margin, view)}"
    yield indent + screen.paint(printable(view.path(hit.path)), DIM)
    if hit.lacks:
        yield indent + screen.paint(fit(_without(hit), max(20, screen.width - margin)), DIM)
    text = printable(hit.snippet)
    for stretch in wrap(text, max(20, screen.width - margin)):
        yield indent + screen.mark(text, hit.highlights, within=stretch).strip(" ")
    if hit.duplicate:
        yield indent + screen.paint("nearly the same post", DIM)
    if hit.duplicates:
        yield indent + screen.paint(_reposts(hit), DIM)
    for line in _explanation(hit, recency) if hit.explanation else ():
        yield indent + screen.paint(line, DIM)


def _reposts(hit: Hit) -> str:
    named = ", ".join(map(printable, hit.duplicates[:MOST_REPOSTS]))
    others = len(hit.duplicates) - MOST_REPOSTS
    return f"nearly the same: {named}" + (f" and {others} more" if others > 0 else "")


def _headline(hit: Hit, margin: int, view: View) -> str:
    """The title, linked, and the day at the right edge."""
    day = _day(hit.date, view.timezone) or "undated"
    room = max(20, view.screen.width - margin - len("2022-02-23") - 2)
    title = fit(printable(hit.title), room)
    shown = view.screen.mark(title, hit.title_highlights, style=BOLD)
    gap = " " * (room - cells(title) + 2)
    return view.screen.link(shown, hit.path) + gap + view.screen.paint(day, DIM)


def _facets(results: Results, screen: Screen) -> Iterator[str]:
    for name, facets in results.facets:
        yield screen.paint(name, BOLD)
        for facet in facets[:MOST_FACETS]:
            yield f"{facet.count:>7}  {printable(facet.value)}"
        if len(facets) > MOST_FACETS:
            yield f"{'':>7}  … {len(facets) - MOST_FACETS} more"
        yield ""


def _count(results: Results) -> str:
    partly = results.total_relaxed - results.total
    least = "" if results.exact else "at least "
    counts = f"{least}{results.total} found" + (f", {partly} more in part" if partly else "")
    more = "; -n all shows all" if results.hits and results.more else ""
    return f"{counts} ({results.took_ms:.1f} ms){more}"


def _day(date: datetime | None, timezone: tzinfo) -> str:
    return "" if date is None else date.astimezone(timezone).strftime("%Y-%m-%d")


# The explanation of a score.


def _explanation(hit: Hit, recency: RecencyUsed) -> Iterator[str]:
    """Numbers that can be followed with a calculator: factors multiply, terms add up."""
    yield f"score {hit.score:.6f} = text {hit.text_score:.6f} × recency {hit.recency_factor:.6f}"
    yield f"recency {hit.recency_factor:.6f} = {_recency(hit, recency)}"
    yield f"text {hit.text_score:.6f} = the sum of"
    for term in hit.explanation:
        yield f"  {_term(term)}"


def _recency(hit: Hit, recency: RecencyUsed) -> str:
    if recency.origin is None or not recency.weight:
        return "1: age does not count here"
    if hit.date is None:
        return "1: undated"
    days = max(0.0, (recency.origin - hit.date).total_seconds() / 86400)
    return f"1 + {recency.weight:g} × 2^(−{days:.3f} days / {recency.half_life_days:g})"


def _term(term: TermScore) -> str:
    return (
        f"{term.score:.6f} = {term.weight:g} × idf {term.idf:.6f} × tf {term.tf_weight:.6f}"
        f"  {term.field}:{printable(term.term)} ({_because(term)})"
    )


def _because(term: TermScore) -> str:
    if term.field == ALL_WORDS:
        return "nothing of the sentence is lacking; the sum of the idf of its words"
    spread = f"{_spread(term)} of {term.documents} posts"
    if term.field == LEAD:
        return f"the nearer to the beginning of the body the more; {spread}"
    return f"{term.tf:g} times in {term.length:g} terms, on average {term.average:.1f}; {spread}"


def _spread(term: TermScore) -> str:
    """How many posts hold the term; a pair is counted where its words would meet by chance."""
    return f"{'by chance ' if term.field == PAIRS else ''}in {term.matching}"


# Line by line.


def rows(results: Results, view: View) -> Iterator[str]:
    """A hit a line: path, day, score and title with tabs between them; then facets, likewise."""
    for hit in results:
        day = _day(hit.date, view.timezone)
        cells_of_row = (view.path(hit.path), day, f"{hit.score:.4f}", hit.title)
        yield "\t".join(map(printable, cells_of_row))
    for name, facets in results.facets:
        for facet in facets:
            yield "\t".join((name, printable(facet.value), str(facet.count)))


def paths(results: Results, view: View) -> Iterator[str]:
    """The path of each hit, as it is on disk, whatever is in it."""
    return (view.path(hit.path) for hit in results)


def table(results: Results, view: View) -> Iterator[str]:
    """The lines of a CSV table with a heading, without line ends."""
    yield _csv(COLUMNS)
    for hit in results:
        metadata = hit.document.metadata
        yield _csv(
            (
                str(hit.rank),
                repr(hit.score),
                moment(hit.date) or "",
                hit.title,
                view.stable_path(hit.path),
                hit.id,
                "; ".join(metadata.author),
                "; ".join(metadata.tags),
                "; ".join("/".join(branch) for branch in metadata.categories),
                metadata.url or "",
                hit.snippet,
                "true" if hit.relaxed else "false",
                "; ".join(hit.lacks),
                "; ".join(hit.duplicates),
            )
        )


def _csv(row: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(map(printable, row))
    return line.getvalue()


# For programs: keys are only ever added.


def json_page(results: Results, view: View) -> str:
    """The whole answer as one JSON object."""
    recency = results.recency
    return to_json(
        {
            "version": JSON_VERSION,
            "query": results.query,
            "total": results.total,
            "total_relaxed": results.total_relaxed,
            "exact": results.exact,
            "relaxed": results.relaxed,
            "more": results.more,
            "warnings": results.warnings,
            "took_ms": round(results.took_ms, 1),
            "sort": results.sort,
            "recency": {
                "weight": recency.weight,
                "half_life_days": recency.half_life_days,
                "origin": moment(recency.origin),
                "because": recency.because,
            },
            "hits": [_json_hit(hit, view) for hit in results],
            "facets": {
                name: [{"value": facet.value, "count": facet.count} for facet in facets]
                for name, facets in results.facets
            },
            "did_you_mean": results.did_you_mean,
        }
    )


def json_lines(results: Results, view: View) -> Iterator[str]:
    """A JSON object a hit."""
    return (to_json(_json_hit(hit, view)) for hit in results)


def _json_hit(hit: Hit, view: View) -> dict[str, object]:
    metadata = hit.document.metadata
    found: dict[str, object] = {
        "rank": hit.rank,
        "id": hit.id,
        "path": view.stable_path(hit.path),
        "title": hit.title,
        "date": moment(hit.date),
        "updated": moment(metadata.updated),
        "author": metadata.author,
        "tags": metadata.tags,
        "categories": metadata.categories,
        "url": metadata.url,
        "score": hit.score,
        "text_score": hit.text_score,
        "recency_factor": hit.recency_factor,
        "relaxed": hit.relaxed,
        "title_highlights": hit.title_highlights,
        "snippet": hit.snippet,
        "highlights": hit.highlights,
        "lacks": hit.lacks,
        "duplicates": hit.duplicates,
        "duplicate": hit.duplicate,
    }
    if hit.explanation:
        found["explanation"] = [asdict(term) for term in hit.explanation]
    return found


def moment(date: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if date is None else date.astimezone(UTC).isoformat().replace("+00:00", "Z")
