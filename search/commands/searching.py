"""Which commands find posts, and tell how well? Imports what they need when they run."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from souwen.index import exits
from souwen.index.exits import Exit
from souwen.search.arguments import DOUBTFUL, WordsCommand, joined
from souwen.search.commands.looking import find, unknown
from souwen.search.commands.setup import Setup, configuration
from souwen.search.flags import (
    FILTERS,
    evaluation_flags,
    keywords,
    output_form,
    ranking_keywords,
    search_flags,
    similar_flags,
    similar_keywords,
)
from souwen.search.output import Output

if TYPE_CHECKING:
    from souwen.search.terminal import Screen

_JUDGED = click.Path(exists=True, dir_okay=False, path_type=Path)


def _screen(setup: Setup, output: Output, hyperlink: str) -> "Screen":
    from souwen.search.terminal import Screen

    if not output.terminal and setup.color != "always":
        return Screen(links=hyperlink == "always")
    from shutil import get_terminal_size

    return Screen.fitting(
        *get_terminal_size(),
        terminal=output.terminal,
        color=setup.color,
        hyperlink=hyperlink,
        variables=os.environ,
    )


def _completions(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    """How a word of a query may go on, for the shell: nothing, whatever is wrong."""
    given = context.find_root().params
    try:
        os.chdir(given.get("directory") or ".")
        from souwen.search import open_index

        place = Setup(given.get("named"), None, quiet=True, color="never").place()
        with open_index(place.address) as opened:
            found = [one.text for one in opened.suggest(incomplete)]
    except Exception:
        return []
    return [text for text in found if text.isprintable() and " " not in text]


@click.command(cls=WordsCommand, epilog=exits.HELP)
@click.argument("words", nargs=-1, metavar="QUERY...", shell_complete=_completions)
@search_flags
@click.pass_context
def search(context: click.Context, /, words: tuple[str, ...], **given: Any) -> Exit:
    """Search the posts.

    \b
    souwen search 微服务 网关              posts on both, then posts on one 两者皆有在前
    souwen search '"服务网格"'             exactly this 精确短语
    souwen search 手机 -广告               without the word 广告 排除
    souwen search 'k8s OR 容器'            either 任一
    souwen search title:网关 tag:Go        title author category path url
    souwen search 手机 --since 90d         date:2022-02 date:2022..2023 日期
    souwen search 'web*' '快手~'           words that begin so, words spelt nearly so
    souwen search -l 快手 -n all -0        paths, for xargs -0

    A word that begins with - and is no option belongs to the query. Several --tag, or --path
    and so on, mean any of them; different ones mean all. Posts that match all words come first;
    posts that match some come after them, but not with -l, -0, -c, --all or a --sort by date.

    On a terminal the results are laid out to be read. Piped, each hit is one line of path, date,
    score and title with tabs between them; --json has everything.
    """
    from souwen.index.config import IndexConfig
    from souwen.search import open_index, remarks, render
    from souwen.search.config import SearchConfig

    setup: Setup = context.obj
    for word in context.meta.get(DOUBTFUL, ()):
        setup.say(
            f"{word} is no option of `souwen search`, so it is part of the query; "
            "`souwen search --help` lists its options, and those of souwen itself stand before "
            "`search`"
        )
    analysis = configuration(IndexConfig, "index", setup.config)
    config = configuration(SearchConfig, "search", setup.config)
    query, form = joined(words), output_form(given, config)
    if not query.strip() and not any(given[name] for name in FILTERS):
        raise click.UsageError("Nothing to search for: no words and no filter.", context)
    place, output = setup.place(), Output(sys.stdout)
    screen = _screen(setup, output, form.hyperlink)
    with open_index(place.address) as opened:
        results = opened.search(query, **keywords(given, config, form.name))
        doubts = (*results.warnings, *remarks.on_analysis(opened, analysis, place.address))
        for message in (*doubts, *remarks.on_results(results, form.name, screen)):
            setup.say(message)
        view = render.View(place.shown, place.relative, opened.timezone, screen)
        output.results(results, form, view)
    return Exit.DONE if results.total_relaxed else Exit.NOTHING


@click.command(cls=WordsCommand, epilog=exits.HELP)
@click.argument("words", nargs=-1, required=True, metavar="TEXT...", shell_complete=_completions)
@click.option("-n", "--limit", type=click.IntRange(1), default=10, metavar="N", help="Default 10.")
@click.option("--json", "json", is_flag=True, help="As JSON, with the number of posts of each.")
@click.pass_obj
def suggest(setup: Setup, /, words: tuple[str, ...], *, limit: int, json: bool) -> Exit:
    """Complete a query: words, tags and titles of the index, one a line.

    \b
    souwen suggest 快               words that begin so 以此开头
    souwen suggest kuaish           pinyin that is not finished 没打完的拼音
    souwen suggest ks               the initials of pinyin 首字母
    souwen suggest 微服务 网         the last word of several 补全最后一个词

    The more posts have it the earlier it comes, and newer posts count twice.
    """
    from souwen.index.printable import printable
    from souwen.search import details, open_index

    text, output = joined(words), Output(sys.stdout)
    with open_index(setup.place().address) as opened:
        found = opened.suggest(text, limit)
    if json:
        output.utf8([details.suggestions_json(text, found)])
    else:
        output.lines(printable(one.text) for one in found)
    return Exit.DONE if found else Exit.NOTHING


@click.command(epilog=exits.HELP)
@click.argument("post", metavar="ID|PATH")
@similar_flags
@click.pass_obj
def similar(setup: Setup, /, post: str, **given: Any) -> Exit:
    """Show the posts that are most like one.

    \b
    souwen similar posts/2022/网关.md     a path 相似的文章
    souwen similar 2022/网关.md --json    an id, as `souwen search --json` gives it

    They are found by the words that weigh most in it. Posts that are nearly the same, as reposts
    are, come first and are marked.
    """
    from souwen.search import open_index, remarks, render
    from souwen.search.config import SearchConfig

    config = configuration(SearchConfig, "search", setup.config)
    form, place, output = output_form(given, config), setup.place(), Output(sys.stdout)
    screen = _screen(setup, output, form.hyperlink)
    with open_index(place.address) as opened:
        document = find(place, opened, post)
        if document is None:
            setup.say(unknown(post))
            return Exit.NOTHING
        results = opened.similar(document.id, **similar_keywords(given, config, form.name))
        for message in remarks.on_similar(results, form.name, screen):
            setup.say(message)
        view = render.View(place.shown, place.relative, opened.timezone, screen)
        output.results(results, form, view)
    return Exit.DONE if results.total else Exit.NOTHING


@click.command("eval", epilog=exits.HELP)
@click.argument("queries", type=_JUDGED)
@click.argument("qrels", type=_JUDGED)
@evaluation_flags
@click.option("--json", "json", is_flag=True, help="As JSON.")
@click.pass_obj
def evaluation(setup: Setup, /, *, queries: Path, qrels: Path, json: bool, **given: Any) -> Exit:
    """Measure how good the answers to judged queries are.

    \b
    queries.jsonl                {"_id": "1", "text": "微服务 网关"}   a query a line
    qrels.tsv                    1<TAB>2022/gateway.md<TAB>1        query, post, grade
    souwen eval queries.jsonl qrels.tsv --recency off

    The files have the form of BEIR; queries may also be lines of id, tab, text. Posts are named by
    their ids, as `souwen search --json` shows them; a grade above 0 is a right answer. Each mean
    over the queries comes with its 95 % bootstrap interval. Two settings whose intervals do not
    meet differ; a near-duplicate counts as found with the hit under which it stands.
    """
    from souwen.search import details, open_index
    from souwen.search.config import SearchConfig
    from souwen.search.evaluation import evaluate
    from souwen.search.judgements import read_judgements, read_queries
    from souwen.search.synonyms import synonyms

    config = configuration(SearchConfig, "search", setup.config)
    asked = read_queries(queries)
    judged = read_judgements(qrels, asked)
    options = {**given, **ranking_keywords(given, config), "relax": given["relax"] or None}
    file = options["synonyms"]
    for warning in synonyms(Path(file) if file else None, regional=False).warnings:
        setup.say(warning)
    with open_index(setup.place().address) as opened:
        found = evaluate(opened, asked, judged, **options)
    if found.missing:
        setup.say(
            f"{len(found.missing)} right answers are not in the index, such as {found.missing[0]}"
        )
    output = Output(sys.stdout)
    if json:
        output.utf8([details.evaluation_json(found)])
    else:
        output.lines(details.evaluation(found))
    return Exit.DONE
