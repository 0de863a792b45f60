"""Which flags has ``souwen search``, and what do they ask of a search and of its output?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from souwen.search.arguments import ALL, limit

if TYPE_CHECKING:
    from souwen.search.config import SearchConfig

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("text", "json", "jsonl", "csv", "paths")
OUTPUT = ("form", "json", "files", "nul", "count", "hyperlink", "no_pager")
"""The flags that say how results are written, and are none of the search."""
FILTERS = ("tag", "category", "author", "path", "since", "until")
"""The flags with which a search needs no words."""

NONE = "none"
"""In place of a file of synonyms."""

PAGING = (
    click.option(
        "-n", "--limit", callback=limit, metavar="N|all", help="Hits to show; default 10."
    ),
    click.option(
        "--offset", type=click.IntRange(0), default=0, metavar="N", help="Hits to pass over."
    ),
)

COLLAPSE = click.option(
    "--collapse/--no-collapse",
    default=None,
    help="Whether reposts stand under the best of them; by default they do, but for quoted "
    "queries, --exact, -l, -c and a --sort by date.",
)

WRITING = (
    click.option("--format", "form", type=click.Choice(FORMATS), help="text is the default."),
    click.option("--json", "json", is_flag=True, help="Short for --format json."),
    click.option("-l", "--files", is_flag=True, help="Paths alone; short for --format paths."),
    click.option("-0", "nul", is_flag=True, help="Paths alone, each ended by NUL, for xargs -0."),
    click.option("--snippet", type=click.IntRange(0), metavar="N", help="Characters; default 160."),
    click.option("--explain", is_flag=True, help="Show how each score came about."),
    COLLAPSE,
    click.option(
        "--hyperlink",
        type=click.Choice(["auto", "always", "never"]),
        help="Link titles to files, where the terminal can.",
    ),
    click.option("-P", "--no-pager", is_flag=True, help="Never use a pager."),
)

ORDER = (
    click.option(
        "--sort",
        type=click.Choice(["blend", "relevance", "date", "date-asc"]),
        help="blend (default): relevance, a little more for newer posts; date: newest first.",
    ),
    click.option(
        "--recency",
        type=click.Choice(["off", "low", "normal", "high"]),
        help="How much newer posts gain in blend; default normal, or high where the query asks for "
        "最新 最近 近期 今年 latest or the current year.",
    ),
)

MATCHING = (
    click.option("--all", "all", is_flag=True, help="Only posts that match all words."),
    click.option("--any", "any", is_flag=True, help="One of the words is enough."),
    click.option("--relax", is_flag=True, help="Partial matches too, where they are left out."),
    click.option("--exact", is_flag=True, help="Take the whole query as one quoted phrase."),
    click.option("--title-only", is_flag=True, help="Look in titles alone."),
    click.option(
        "--synonyms",
        metavar="FILE",
        help="Words that mean the same, a line each: a = b, a => b. none: not those configured.",
    ),
    click.option(
        "--regional/--no-regional",
        default=None,
        help="Whether words count that Taiwan and the mainland call otherwise: 软件 軟體.",
    ),
)

FLAGS = (
    *PAGING,
    *ORDER,
    click.option("--tag", multiple=True, help="Only posts with this tag."),
    click.option("--category", multiple=True, help="Only posts in this category, as in a or a/b."),
    click.option("--author", multiple=True, help="Only posts by this author."),
    click.option(
        "--path",
        multiple=True,
        metavar="GLOB",
        help="Only posts whose id or path matches: '2022/*'.",
    ),
    click.option("--since", metavar="DATE", help="From 2022, 2022-05, 2022-05-01, 90d, 去年 … on."),
    click.option("--until", metavar="DATE", help="Up to the end of that day, month or year."),
    *MATCHING,
    click.option("-c", "--count", is_flag=True, help="The number of posts that match, alone."),
    click.option(
        "--facets",
        multiple=True,
        type=click.Choice(["category", "tag", "author", "year"]),
        help="Count the posts found by this.",
    ),
    *WRITING,
)


def search_flags(command: F) -> F:
    """Declare the flags of ``souwen search``, in the order of the help."""
    for flag in reversed(FLAGS):
        command = flag(command)
    return command


def similar_flags(command: F) -> F:
    """Declare the flags of ``souwen similar``: those that say what is shown, and how."""
    for flag in reversed((*PAGING, *WRITING)):
        command = flag(command)
    return command


def evaluation_flags(command: F) -> F:
    """Declare the flags of ``souwen eval``: those that decide which posts come first."""
    for flag in reversed((*ORDER, *MATCHING, COLLAPSE)):
        command = flag(command)
    return command


@dataclass(frozen=True, slots=True)
class Form:
    """How results are written; ``name`` is one of FORMATS, or ``count``."""

    name: str
    nul: bool
    hyperlink: str
    pager: bool


def output_form(given: Mapping[str, Any], config: "SearchConfig") -> Form:
    """How to write the results. Raises click.UsageError for flags that exclude each other."""
    asked = {"json": given["json"], "paths": given["files"] or given["nul"]}
    asked |= {"count": given.get("count", False), given["form"]: True}
    forms = [name for name, on in asked.items() if name and on]
    if len(forms) > 1:
        raise click.UsageError(f"Choose one way of output: {', '.join(sorted(forms))}.")
    chosen = forms[0] if forms else "text"
    for name, fitting in (("facets", ("text", "json")), ("explain", ("text", "json", "jsonl"))):
        if given.get(name) and chosen not in fitting:
            raise click.UsageError(f"--{name} goes with --format {' or '.join(fitting)}.")
    return Form(
        name=chosen,
        nul=given["nul"],
        hyperlink=given["hyperlink"] or config.hyperlink,
        pager=config.pager and not given["no_pager"],
    )


def keywords(given: Mapping[str, Any], config: "SearchConfig", form: str) -> dict[str, Any]:
    """The keywords of ``Index.search``; what was not given comes from the configuration."""
    options = _shown(given, config, form) | ranking_keywords(given, config)
    if form == "count":
        options["limit"] = 0
    if not options["relax"]:
        options["relax"] = False if form in ("paths", "count") else None
    return options


def ranking_keywords(given: Mapping[str, Any], config: "SearchConfig") -> dict[str, Any]:
    """The keywords of ``Index.search`` that say what a query means, and in which order hits are."""
    names = ("sort", "recency", "synonyms", "regional")
    found = {name: getattr(config, name) if given[name] is None else given[name] for name in names}
    return found | {"synonyms": None if found["synonyms"] == NONE else found["synonyms"]}


def similar_keywords(given: Mapping[str, Any], config: "SearchConfig", form: str) -> dict[str, Any]:
    """The keywords of ``Index.similar``; what was not given comes from the configuration."""
    options = _shown(given, config, form)
    if options["collapse"] is None:
        options["collapse"] = True
    return options


def _shown(given: Mapping[str, Any], config: "SearchConfig", form: str) -> dict[str, Any]:
    """The keywords that say what is shown of what is found."""
    options = {name: value for name, value in given.items() if name not in OUTPUT}
    for name in ("limit", "snippet"):
        if options[name] is None:
            options[name] = getattr(config, name)
    if options["limit"] == ALL:
        options["limit"] = None
    if options["collapse"] is None and form in ("paths", "count"):
        options["collapse"] = False
    return options
