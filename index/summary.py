"""How is an index run reported to people, and how to programs?"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from souwen.index.documents import Notice
from souwen.index.forecast import line
from souwen.index.indexer import IndexReport
from souwen.index.printable import printable
from souwen.index.source import SUFFIXES
from souwen.index.tally import Change

JSON_VERSION = 1

MANY = 20
"""Changes that are listed for people; programs get them all."""
SOME = 8
"""Slices that are named."""


def lines(report: IndexReport, path: Callable[[str], str]) -> Iterator[str]:
    """The report for people: every skipped and doubtful file, then the counts.

    ``path`` says how a file's path is shown.
    """
    yield from _notices("skipped, not in the index", report.skipped, path)
    yield from _notices("indexed, but look at", report.warnings, path)
    would = "would be " if report.dry_run else ""
    if report.reason is not None:
        yield f"{would}built anew: {report.reason}"
    if report.reanalyzed:
        yield f"{would}analyzed again for changed words of the dictionary: {report.reanalyzed}"
    yield (
        f"{would}added {report.added}, updated {report.updated}, renamed {report.renamed}, "
        f"removed {report.removed}, unchanged {report.unchanged}, skipped {len(report.skipped)}"
    )
    if report.reason is None:
        yield from _changes(report.changes, path)
    if report.dry_run and report.forecast is not None:
        yield line(replace(report.forecast, reason=None))
    if report.drafts or report.excluded:
        yield f"left out: drafts {report.drafts}, excluded by rule {report.excluded}"
    if report.waiting:
        some = ", ".join(report.waiting[:SOME]) + (", …" if len(report.waiting) > SOME else "")
        yield f"the new index still lacks {len(report.waiting)} slices: {some}"
    yield f"posts {report.posts} in {printable(report.index)} ({report.took_ms / 1000:.1f} s)"


def _changes(changes: tuple[Change, ...], path: Callable[[str], str]) -> Iterator[str]:
    for one in changes[:MANY]:
        yield f"  {one.what} {printable(path(one.path))}: {printable(one.why)}"
    if len(changes) > MANY:
        yield f"  and {len(changes) - MANY:,} more"


def _notices(title: str, notices: tuple[Notice, ...], path: Callable[[str], str]) -> Iterator[str]:
    if notices:
        yield f"{title} ({len(notices)}):"
    for notice in notices:
        place = "" if notice.line is None else f":{notice.line}"
        yield f"  {printable(path(notice.path))}{place}: {printable(notice.reason)}"


def as_json(report: IndexReport, path: Callable[[str], str]) -> dict[str, object]:
    """The report for programs."""
    return {
        "version": JSON_VERSION,
        "posts": report.posts,
        "added": report.added,
        "updated": report.updated,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "drafts": report.drafts,
        "skipped": [_notice(notice, path) for notice in report.skipped],
        "warnings": [_notice(notice, path) for notice in report.warnings],
        "took_ms": round(report.took_ms, 1),
        "index": report.index,
        "excluded": report.excluded,
        "dry_run": report.dry_run,
        "reason": report.reason,
        "renamed": report.renamed,
        "reanalyzed": report.reanalyzed,
        "waiting": list(report.waiting),
        "needs": None if report.forecast is None else report.forecast.needs,
        "free": None if report.forecast is None else report.forecast.free,
        "changes": [
            {"what": one.what, "path": path(one.path), "why": one.why} for one in report.changes
        ],
    }


def _notice(notice: Notice, path: Callable[[str], str]) -> dict[str, object]:
    return {"path": path(notice.path), "line": notice.line, "reason": notice.reason}


def no_posts(report: IndexReport) -> str:
    """What to tell where a run found no posts at all."""
    hint = f"; {report.drafts} drafts are left out without --drafts" if report.drafts else ""
    return (
        f"no posts found; expected files that end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}; "
        f"name the folder that holds them{hint}"
    )
