"""What is to be said beside the results of a search?"""

from collections.abc import Iterator

from souwen.index.commands import command
from souwen.index.config import IndexConfig
from souwen.index.dictionary import analyzer
from souwen.index.errors import ConfigError
from souwen.search.hits import Results
from souwen.search.render import laid_out
from souwen.search.searcher import Index
from souwen.search.terminal import Screen


def on_results(results: Results, form: str, screen: Screen) -> Iterator[str]:
    """What to tell beside the results, where it does not stand in them.

    That there are none, that a word made age count more, that some match in part, or that there
    are more paths than are listed.
    """
    if not results.total_relaxed:
        hint = "; fewer words, `--any` or `--relax` may find more" if results.query.strip() else ""
        yield f"nothing found{hint}"
    if form == "text" and results.recency.because is not None:
        yield (
            f"{results.recency.because} asks for what is new, so newer posts gain more; "
            "`--recency normal` weighs age as usual"
        )
    if form == "text" and not laid_out(results, screen):
        yield from _partly(results)
        yield from _collapsed(results)
    piped = form in ("csv", "paths", "count") or (form == "text" and not laid_out(results, screen))
    if results.did_you_mean and piped:
        yield f"did you mean: {'  '.join(results.did_you_mean)}"
    yield from _paths_left(results, form)


def on_similar(results: Results, form: str, screen: Screen) -> Iterator[str]:
    """What to tell beside the posts that are like one, where it does not stand in them."""
    if not results.total:
        yield "no other post is like it"
    if form == "text" and not laid_out(results, screen):
        yield from _same(results)
        yield from _collapsed(results)
    yield from _paths_left(results, form)


def _paths_left(results: Results, form: str) -> Iterator[str]:
    if form == "paths" and results.hits and results.more:
        yield f"{results.hits[-1].rank} of {results.total_relaxed} posts; `-n all` gives all"


def _partly(results: Results) -> Iterator[str]:
    """Where relaxed hits come last, their number says which they are."""
    partly = sum(hit.relaxed for hit in results)
    if partly and not results.total:
        yield "no post matches all of the query; these match it in part"
    elif results.mixed:
        lines = "line matches" if partly == 1 else "lines match"
        yield f"{partly} {lines} the query in part; `--all` leaves such posts out"
    elif partly:
        lines = "line matches" if partly == 1 else f"{partly} lines match"
        yield f"the last {lines} the query in part; `--all` leaves such posts out"


def _collapsed(results: Results) -> Iterator[str]:
    """A line has no place for them."""
    count = sum(len(hit.duplicates) for hit in results)
    if count:
        stand = "post is not listed, which is" if count == 1 else "posts are not listed, which are"
        yield f"{count} {stand} nearly the same as one that is; `--no-collapse` lists all"


def _same(results: Results) -> Iterator[str]:
    """The near-duplicates of a post come first among those that are like it."""
    count = sum(hit.duplicate for hit in results)
    if count:
        lines = "line is" if count == 1 else f"{count} lines are"
        yield f"the first {lines} nearly the same post"


def on_analysis(opened: Index, config: IndexConfig, place: str) -> Iterator[str]:
    """That the configuration would analyze texts otherwise than the index at ``place`` does."""
    try:
        if not opened.analyzes_as(analyzer(config)):
            yield (
                "the index was built with another segmenter or dictionary than is configured, and "
                f"is searched as it was built; {command(place, 'index')} changes that"
            )
    except ConfigError as error:
        yield f"{error}; the index is searched as it was built"
