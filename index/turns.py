"""How is a run of a watch told to people, and how to programs?"""

from souwen.index.durations import words
from souwen.index.printable import printable, to_json
from souwen.index.watcher import Turn, told


def line(turn: Turn) -> str:
    """One line: the time, what was done or what failed, and how long it took."""
    when = f"{turn.began.astimezone():%Y-%m-%d %H:%M:%S}"
    if turn.report is None:
        error = "" if turn.error is None else told(turn.error)
        again = "" if turn.retry is None else f", again in {words(turn.retry)}"
        return printable(f"{when} failed{again}: {' '.join(error.split())}")
    report = turn.report
    return (
        f"{when} added {report.added}, updated {report.updated}, renamed {report.renamed}, "
        f"removed {report.removed}, skipped {len(report.skipped)}, posts {report.posts} "
        f"({turn.took_ms:.0f} ms)"
    )


def as_json(turn: Turn) -> str:
    """One object on one line; keys are only ever added."""
    report = turn.report
    counts = ("posts", "added", "updated", "renamed", "removed")
    return to_json(
        {
            "version": 1,
            "began": turn.began.isoformat(timespec="milliseconds"),
            "why": turn.why,
            "took_ms": turn.took_ms,
            "error": None if turn.error is None else told(turn.error),
            "retry_s": turn.retry,
            **{name: None if report is None else getattr(report, name) for name in counts},
            "skipped": None if report is None else len(report.skipped),
        }
    )
