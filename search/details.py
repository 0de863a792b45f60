"""How are one post, the tokens of a text, and a whole index shown?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from souwen.index.documents import Document, Token
from souwen.index.history import History, Run
from souwen.index.printable import printable, to_json
from souwen.index.sizes import words
from souwen.search.engine import SegmentInfo, StoreInfo
from souwen.search.render import JSON_VERSION, moment

if TYPE_CHECKING:
    from souwen.search.evaluation import Evaluation
    from souwen.search.suggest import Suggestion

Tokens = Mapping[str, Sequence[Token]]
"""The tokens of a text by the part of a field that they go to: words, bigrams, chars."""

TAB = 4


def post(
    document: Document, found: Mapping[str, Tokens], *, path: str, timezone: tzinfo
) -> Iterator[str]:
    """A post as it is indexed: its fields, its text, the tokens of the fields in ``found``."""
    metadata = document.metadata
    yield from labelled(
        (
            ("id", document.id),
            ("path", path),
            ("title", document.title),
            ("date", _local(metadata.date, timezone) or "undated"),
            ("updated", _local(metadata.updated, timezone)),
            ("author", "; ".join(metadata.author)),
            ("tags", "; ".join(metadata.tags)),
            ("categories", "; ".join("/".join(branch) for branch in metadata.categories)),
            ("url", metadata.url or ""),
            ("description", metadata.description or ""),
            ("lang", metadata.lang or ""),
            *metadata.extra,
        )
    )
    yield ""
    yield from (printable(line.expandtabs(TAB)) for line in document.body.split("\n"))
    texts = {"title": document.title, "body": document.body}
    for field, parts in found.items():
        yield from ("", f"{field}:", *tokens(texts[field], parts))


def labelled(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Names and values in two columns; without those that have no value."""
    width = max((len(name) for name, value in pairs if value), default=0)
    for name, value in pairs:
        if value:
            yield f"{printable(name):<{width}}  {printable(value)}"


def _local(date: datetime | None, timezone: tzinfo) -> str:
    return "" if date is None else date.astimezone(timezone).isoformat(" ")


def tokens(text: str, found: Tokens) -> Iterator[str]:
    """A line for each part of a field, with its terms in the order of the text.

    Where folding made another word of what stands in the text, both are shown.
    """
    return labelled(
        [(part, " ".join(_token(text, one) for one in terms)) for part, terms in found.items()]
    )


def _token(text: str, token: Token) -> str:
    written = text[token.start : token.end]
    return token.term if written == token.term else f"{written}→{token.term}"


def post_json(document: Document, found: Mapping[str, Tokens], *, path: str) -> str:
    """A post, and where found the tokens of its title and body, as JSON."""
    metadata = document.metadata
    content: dict[str, object] = {
        "version": JSON_VERSION,
        "id": document.id,
        "path": path,
        "title": document.title,
        "date": moment(metadata.date),
        "updated": moment(metadata.updated),
        "author": metadata.author,
        "tags": metadata.tags,
        "categories": metadata.categories,
        "url": metadata.url,
        "description": metadata.description,
        "lang": metadata.lang,
        "extra": dict(metadata.extra),
        "body": document.body,
    }
    if found:
        content["tokens"] = {field: _tokens(parts) for field, parts in found.items()}
    return to_json(content)


def tokens_json(text: str, found: Tokens) -> str:
    """The tokens of a text as JSON; offsets count code points of the text."""
    return to_json({"version": JSON_VERSION, "text": text, "tokens": _tokens(found)})


def _tokens(found: Tokens) -> dict[str, list[dict[str, object]]]:
    return {
        part: [{"term": one.term, "start": one.start, "end": one.end} for one in terms]
        for part, terms in found.items()
    }


def suggestions_json(text: str, found: "Sequence[Suggestion]") -> str:
    """How a query may go on: what to search, whether that is a word, tag or title, its posts."""
    each = [asdict(one) for one in found]
    return to_json({"version": JSON_VERSION, "prefix": text, "suggestions": each})


def stats(info: StoreInfo, history: History, *, index: str, timezone: tzinfo) -> Iterator[str]:
    """What an index holds, a line each; then its parts, its segments and its last runs."""
    dates = (_local(date, timezone) for date in (info.oldest, info.newest))
    yield from labelled(
        (
            ("index", index),
            ("folders", "; ".join(info.roots)),
            ("posts", f"{info.posts:,}"),
            ("undated", f"{info.undated:,}"),
            ("dates", " to ".join(filter(None, dates))),
            ("terms", f"{info.terms:,}"),
            ("tokens", f"{info.tokens:,}"),
            ("size", words(info.size)),
            ("format", info.format),
            *info.analyzer,
        )
    )
    yield from _table("size by part", ((name, words(size)) for name, size in info.parts))
    yield from _table("segments", ((one.name, _segment(one)) for one in info.segments))
    runs = (
        (_local(datetime.fromisoformat(run.began), timezone), _run(run)) for run in history.runs
    )
    yield from _table("last runs that changed anything", runs)
    slow = ((f"{one.ms:,.0f} ms", one.id) for one in history.slowest)
    yield from _table("files that took longest", slow)


def _table(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    if lines := [f"  {line}" for line in labelled(tuple(rows))]:
        yield from ("", f"{title}:", *lines)


def _segment(one: SegmentInfo) -> str:
    return f"posts {one.posts:,}, deleted {one.deleted:,}, {words(one.size)}"


def _run(run: Run) -> str:
    anew = "" if run.reason is None else f"; built anew: {run.reason}"
    return (
        f"added {run.added}, updated {run.updated}, renamed {run.renamed}, removed {run.removed}, "
        f"skipped {run.skipped}, posts {run.posts} ({run.took_ms:,.0f} ms){anew}"
    )


def stats_json(
    info: StoreInfo, history: History, *, index: str, watch: Mapping[str, object] | None
) -> str:
    """What an index holds, as JSON; sizes are in bytes, ``watch`` is the health of a watch."""
    return to_json(
        {
            "version": JSON_VERSION,
            "index": index,
            "folders": info.roots,
            "posts": info.posts,
            "undated": info.undated,
            "oldest": moment(info.oldest),
            "newest": moment(info.newest),
            "terms": info.terms,
            "tokens": info.tokens,
            "size": info.size,
            "format": info.format,
            "fingerprint": info.fingerprint,
            "analyzer": dict(info.analyzer),
            "parts": dict(info.parts),
            "segments": [asdict(one) for one in info.segments],
            "runs": [asdict(run) for run in history.runs],
            "slowest": [one._asdict() for one in history.slowest],
            "watch": watch,
        }
    )


def evaluation(found: "Evaluation") -> Iterator[str]:
    """Each measure with its interval, a line each."""
    yield f"{found.queries:,} queries; the mean of each, and its 95 % interval"
    for one in found.measures:
        yield f"{one.name:<12}  {one.mean:.4f}  {one.low:.4f}–{one.high:.4f}"


def evaluation_json(found: "Evaluation") -> str:
    """An evaluation as JSON."""
    measures = {
        one.name: {"mean": one.mean, "low": one.low, "high": one.high} for one in found.measures
    }
    return to_json(
        {
            "version": JSON_VERSION,
            "queries": found.queries,
            "unjudged": found.unjudged,
            "missing": found.missing,
            "measures": measures,
        }
    )
