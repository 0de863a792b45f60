"""What do the commands of ``souwen`` do? Flags, environment, souwen.toml, output, exit codes.

Of the modules here only click is imported at once: a command imports what it needs, so that
``souwen --help`` is there at once.
"""

import gc
import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from souwen.index import exits
from souwen.index.commands import USUAL, in_use
from souwen.index.errors import ConfigError, StoreMissing
from souwen.index.exits import Exit
from souwen.index.places import engine_of
from souwen.search.arguments import DOUBTFUL, WordsCommand, joined, path_text
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
from souwen.search.place import Place

if TYPE_CHECKING:
    from souwen.index.config import Config
    from souwen.index.documents import Document, Token
    from souwen.index.schedule.schedulers import Kind
    from souwen.search import Index
    from souwen.search.terminal import Screen

    C = TypeVar("C", bound=Config)

LONGEST_MESSAGE = 2000
"""Characters: what was typed may be much longer, and is repeated in messages."""


COMPLETE = "_SOUWEN_COMPLETE"
"""The variable by which a shell asks how a command line may go on."""

SELDOM = 100_000
"""New objects between two looks for garbage; a search makes no more, and little garbage."""

RARELY = 400_000
"""The same for a run of ``souwen index``, which remembers all of some 50,000 posts in as many."""


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    gc.set_threshold(SELDOM)
    if instruction := os.environ.get(COMPLETE):
        from click.shell_completion import shell_complete

        sys.exit(shell_complete(souwen, {}, "souwen", COMPLETE, instruction))
    # Numpy's linear algebra, of which nothing is used, would start threads that take 50 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Whoever ends souwen politely is as much to be heeded as Ctrl-C: workers must end as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = run(sys.argv[1:])
    # Otherwise the interpreter ends by looking for garbage three times, for 30 ms.
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code. Messages go to stderr, nothing is raised."""
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            # A terminal that cannot show Chinese shows escapes, where Python would give up.
            stream.reconfigure(errors="backslashreplace")
        code = _run(list(arguments))
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        code = Exit.DONE
    except OSError as error:
        code = _failed(error, verbose=False)
    _let_go(sys.stdout)
    return code


def _run(arguments: list[str]) -> int:
    verbose = False
    try:
        with souwen.make_context("souwen", arguments) as context:
            verbose = context.params["verbose"]
            return Exit(souwen.invoke(context) or Exit.DONE)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return Exit.USAGE
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        return _failed(error, verbose=verbose)


def _let_go(stream: Any) -> None:
    """Whatever could not be written must not be tried again when the interpreter ends."""
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _failed(error: BaseException, *, verbose: bool) -> Exit:
    if verbose:
        import traceback

        traceback.print_exception(error)
    code, message = exits.explain(error)
    _print_error(message)
    return code


def _print_error(message: str) -> None:
    from souwen.index.printable import printable

    shown = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"
    click.echo(f"souwen: {printable(shown)}", err=True)


# Where things are, and how they are configured.


@dataclass(frozen=True, slots=True)
class Setup:
    """The options that stand before the command."""

    named: str | None
    config: Path | None
    quiet: bool
    color: Literal["auto", "always", "never"]

    def place(self, default: str | None = None) -> Place:
        """The index that was named, or the nearest one here or above, or else ``default``.

        Raises StoreMissing where there is none of them.
        """
        address = self.named or _upward(USUAL, in_use) or default
        if address is None:
            raise StoreMissing(
                f"{Path.cwd()}: there is no index here or in a folder above; `souwen index posts/` "
                "builds one of the posts in posts/, `--index DIR` names another place"
            )
        here = engine_of(address) == "whoosh"
        return Place(address, Path(address).resolve().parent if here else Path.cwd())

    def say(self, message: str) -> None:
        """Tell something that is no result."""
        if not self.quiet:
            _print_error(message)


def _upward(name: str, kind: Callable[[Path], bool]) -> str | None:
    """The nearest file of that name, in the current folder or above; relative where it is here."""
    if kind(Path(name)):
        return name
    return next((str(one) for folder in Path.cwd().parents if kind(one := folder / name)), None)


def _configuration(kind: "type[C]", table: str, file: Path | None) -> "C":
    """The defaults, changed by a table of souwen.toml, changed by ``SOUWEN_*`` variables."""
    from souwen.index.config import from_mapping, read_variable

    config = from_mapping(kind, _tables(file).get(table, {}), place=f"{file}: [{table}]")
    for field in fields(kind):
        variable = f"SOUWEN_{field.name.upper()}"
        if text := os.environ.get(variable):
            value = read_variable(kind, field.name, text)
            given = from_mapping(kind, {field.name: value}, place=variable)
            config = replace(config, **{field.name: getattr(given, field.name)})
    return config


def _tables(file: Path | None) -> dict[str, dict[str, Any]]:
    """The tables of souwen.toml, all of them checked: what is wrong in one is told at once."""
    if file is None:
        return {}
    from souwen.index import toml
    from souwen.index.config import IndexConfig, from_mapping
    from souwen.search.config import SearchConfig

    tables = toml.parse(file.read_bytes(), file=file)
    from_mapping(IndexConfig, tables["index"], place=f"{file}: [index]")
    from_mapping(SearchConfig, tables["search"], place=f"{file}: [search]")
    return tables


def _must_stand_in_a_file(file: Path | None) -> None:
    """What decides over indexing must be known to runs that have none of these variables."""
    from souwen.index.config import IndexConfig

    _configuration(IndexConfig, "index", file)
    names = [f"SOUWEN_{field.name.upper()}" for field in fields(IndexConfig)]
    if given := [name for name in names if os.environ.get(name)]:
        raise ConfigError(
            f"{', '.join(given)} is set here, but will not be when the system runs souwen; write "
            f"it into {file or 'a souwen.toml beside the index'}"
        )


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


# The commands.


@click.group(
    epilog=exits.HELP,
    context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]},
)
@click.option("-C", "directory", metavar="DIR", help="Work as if started in DIR.")
@click.option(
    "--index",
    "named",
    envvar="SOUWEN_INDEX",
    metavar="DIR|URL",
    help="Where the index is. By default the nearest .souwen/ here or in a folder above; the "
    "first one is made in the current folder.",
)
@click.option(
    "--config",
    envvar="SOUWEN_CONFIG",
    metavar="FILE",
    help="By default the nearest souwen.toml here or in a folder above.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only results and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more of an error.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    envvar="SOUWEN_COLOR",
    help="When to use colours; always also lays out as on a terminal. NO_COLOR is honoured.",
)
@click.version_option(package_name="souwen", message="%(prog)s %(version)s")
@click.pass_context
def souwen(
    context: click.Context,
    /,
    directory: str | None,
    named: str | None,
    config: str | None,
    **given: Any,
) -> None:
    """搜文: full-text search for Chinese posts in Markdown and HTML.

    \b
    souwen index posts/                 build an index of the posts in posts/
    souwen search 全文检索               search it 搜索
    souwen search '"服务网格" -广告'      an exact phrase, without the word 广告
    souwen search tag:Go date:2022..    fields and dates 标签、日期
    souwen index                        look at the same posts again 更新
    souwen demo                         try it on sample posts 试一试

    Defaults can be set in souwen.toml and in variables: that of --limit as `limit` in the table
    [search], or as SOUWEN_LIMIT. Flags win over variables, variables over the file.
    """
    try:
        os.chdir(directory or ".")
    except OSError as error:
        raise click.UsageError(f"-C {directory}: {error.strerror}.", context) from error
    if config and not Path(config).is_file():
        raise ConfigError(f"{config}: there is no such file; `--config` must name one that exists")
    file = config or _upward("souwen.toml", Path.is_file)
    context.obj = Setup(named, Path(file) if file else None, given["quiet"], given["color"])


@souwen.command(epilog=exits.HELP)
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--full", is_flag=True, help="Build anew from all posts.")
@click.option("--dry-run", is_flag=True, help="Change nothing, say what would be done.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes; by default all cores."
)
@click.option("--drafts/--no-drafts", default=None, help="Index drafts too.")
@click.option("--strict", is_flag=True, help="Exit with 3 if any post was skipped or doubtful.")
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="How long to wait for another process that writes.",
)
@click.option(
    "--keep-old",
    is_flag=True,
    help="On a cluster, keep the index that one built anew takes the place of.",
)
@click.option("--json", "json", is_flag=True, help="Report as JSON.")
@click.option(
    "--forget",
    multiple=True,
    type=click.Path(),
    metavar="PATH",
    help="Remove a folder that was indexed, and its posts. Can be repeated.",
)
@click.option(
    "--slice",
    metavar="I/N",
    help="Only the I-th of N parts of the posts, by a hash of their ids; the others stay.",
)
@click.pass_obj
def index(setup: Setup, /, paths: tuple[str, ...], jobs: int | None, **given: Any) -> Exit:
    """Build the index, or bring it up to date.

    \b
    souwen index posts/ drafts/one.md   these folders and files 目录或文件
    souwen index                        those that were indexed before 更新
    souwen index --full                 everything anew 重建

    Only what changed is read again, and what is gone is removed. All or nothing: when something
    fails or Ctrl-C is pressed, the index is as it was. Every file that is skipped or doubtful is
    listed with the reason.
    """
    from souwen.index import forecast, summary
    from souwen.index.builder import build
    from souwen.index.config import IndexConfig
    from souwen.index.printable import to_json
    from souwen.index.progress import Progress

    gc.set_threshold(RARELY)
    config = _configuration(IndexConfig, "index", setup.config)
    strict, json = given.pop("strict"), given.pop("json")
    place = setup.place(".souwen")

    output = Output(sys.stdout)

    def announce(expected: "forecast.Forecast") -> None:
        if not expected.fits:
            setup.say(forecast.line(expected))
        elif expected.reason is not None and not (json or setup.quiet):
            output.lines([forecast.line(expected)])
            output.flush()

    with Progress(None if setup.quiet else sys.stderr) as bar:
        report = build(
            paths,
            index=place.address,
            config=config,
            jobs=jobs or config.jobs or _cores(),
            progress=bar,
            announce=announce,
            **given,
        )
    if json:
        output.utf8([to_json(summary.as_json(report, place.relative))])
    elif not setup.quiet:
        output.lines(summary.lines(report, place.shown))
    if strict and (report.skipped or report.warnings):
        return Exit.SKIPPED
    if not (report.posts or report.removed or given["forget"]):
        setup.say(summary.no_posts(report))
        return Exit.NOTHING
    return Exit.DONE


def _duration(_: click.Context, parameter: click.Parameter, text: str | None) -> float | None:
    from souwen.index import durations

    if text is None:
        return None
    try:
        return durations.parse(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param=parameter) from error


@souwen.command(epilog=exits.HELP)
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--once", is_flag=True, help="One run, then end; for schedulers.")
@click.option(
    "--interval",
    callback=_duration,
    metavar="TIME",
    help="Look at everything that often, and nothing else: 30s, 5m, 1h30m.",
)
@click.option("--poll", is_flag=True, help="Do not rely on the system to tell of changes.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes; by default all cores."
)
@click.option("--drafts/--no-drafts", default=None, help="Index drafts too.")
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a run waits for another process that writes.",
)
@click.option(
    "--health", metavar="FILE", help="Where to say how it goes; by default .souwen/health.json."
)
@click.option("--json", "json", is_flag=True, help="One JSON object a run.")
@click.pass_obj
def watch(setup: Setup, /, paths: tuple[str, ...], jobs: int | None, **given: Any) -> Exit:
    """Keep the index up to date as posts change.

    \b
    souwen watch                        follow the folders that were indexed 跟着变
    souwen watch posts/                 index posts/ and follow it
    souwen watch --interval 5m          no more than a run every 5 minutes 定时
    souwen watch --once                 one run, for cron and the like 只跑一次

    Each batch of changes is one line: time, what was done, milliseconds. Every ten minutes
    everything is looked at, in case the system did not tell of something; network folders are
    looked at every half minute. A run that fails is told of and done again, later each time.

    Ctrl-C or SIGTERM ends it with 0; a run that it cuts off leaves the index as it was. The file
    health.json in the index says when the last run was and how it ended.
    """
    from souwen.index import turns
    from souwen.index.config import IndexConfig
    from souwen.index.watcher import Turn
    from souwen.index.watcher import watch as follow

    if given["once"] and given["interval"] is not None:
        raise click.UsageError("--once and --interval exclude each other.")

    def config() -> IndexConfig:
        return _configuration(IndexConfig, "index", setup.config)

    output, json = Output(sys.stdout), given.pop("json")

    def tell(turn: Turn) -> None:
        if json:
            output.utf8([turns.as_json(turn)])
        elif turn.error is not None:
            _print_error(turns.line(turn))
        elif turn.is_news and not setup.quiet:
            output.lines([turns.line(turn)])
        output.flush()

    place = setup.place(".souwen").address
    most = jobs or config().jobs or _cores()
    # Watchdog 7.1 warns of a folder that comes back, which does no harm.
    warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
    try:
        follow(paths, index=place, config=config, jobs=most, tell=tell, **given)
    except KeyboardInterrupt:
        # This is how it is meant to end.
        setup.say("watch: ended")
    return Exit.DONE


@souwen.command(epilog=exits.HELP)
@click.argument(
    "kind", required=False, type=click.Choice(["systemd", "crontab", "launchd", "windows"])
)
@click.option(
    "--interval",
    callback=_duration,
    default="5m",
    show_default=True,
    metavar="TIME",
    help="How often: 1m, 5m, 1h.",
)
@click.option("--install", is_flag=True, help="Have it done from now on.")
@click.option("--remove", is_flag=True, help="Have it done no longer.")
@click.pass_obj
def schedule(setup: Setup, /, *, kind: "Kind | None", interval: float, **given: bool) -> Exit:
    """Show what has the system update this index again and again, or install it.

    \b
    souwen schedule                     what --install would do here 只显示
    souwen schedule --install           do it 安装
    souwen schedule --remove            undo it 移除
    souwen schedule crontab             a line for a crontab; also systemd, launchd, windows

    Without a kind it is that of this system: launchd on macOS, a task on Windows, elsewhere a timer
    of systemd where that runs, or else a line in the crontab. All of them run `souwen watch --once`
    on this index with this Python, for the current user.
    """
    from souwen.index.builder import must_be_there
    from souwen.index.schedule import schedulers
    from souwen.index.schedule.job import job

    if given["install"] and given["remove"]:
        raise click.UsageError("--install and --remove exclude each other.")
    place = setup.place()
    if not given["remove"]:
        must_be_there(place.address)
        _must_stand_in_a_file(setup.config)
    todo = job(place.address, folder=place.base, config=setup.config, seconds=interval)
    name = kind or schedulers.usual(sys.platform)
    scheduler = schedulers.scheduler(name, home=Path.home(), variables=os.environ)
    if given["install"]:
        setup.say(scheduler.install(todo))
    elif given["remove"]:
        found = scheduler.remove(todo)
        setup.say(f"{todo.name} is removed" if found else f"there is no {todo.name} to remove")
        return Exit.DONE if found else Exit.NOTHING
    else:
        Output(sys.stdout).utf8(scheduler.text(todo).rstrip("\n").split("\n"))
    return Exit.DONE


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@souwen.command(cls=WordsCommand, epilog=exits.HELP)
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
    analysis = _configuration(IndexConfig, "index", setup.config)
    config = _configuration(SearchConfig, "search", setup.config)
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


@souwen.command(cls=WordsCommand, epilog=exits.HELP)
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


@souwen.command(epilog=exits.HELP)
@click.argument("post", metavar="ID|PATH")
@click.option("--tokens", is_flag=True, help="Show its tokens too.")
@click.option("--raw", is_flag=True, help="Show the file itself, byte by byte.")
@click.option("--json", "json", is_flag=True, help="As JSON.")
@click.pass_obj
def show(setup: Setup, /, post: str, **given: bool) -> Exit:
    """Show one post as it is indexed: its fields and its text.

    \b
    souwen show posts/2022/网关.md        a path
    souwen show 2022/网关.md --tokens     an id, as `souwen search --json` gives it
    """
    from souwen.search import details, open_index

    place, output = setup.place(), Output(sys.stdout)
    with open_index(place.address) as opened:
        document = _find(place, opened, post)
        if document is None:
            setup.say(_unknown(post))
            return Exit.NOTHING
        texts = {"title": document.title, "body": document.body} if given["tokens"] else {}
        tokens = {field: opened.analyze(text) for field, text in texts.items()}
        roots = opened.roots
    if given["raw"]:
        output.file(_file(document.path, roots))
    elif given["json"]:
        output.utf8([details.post_json(document, tokens, path=place.relative(document.path))])
    else:
        path = place.shown(document.path)
        output.lines(details.post(document, tokens, path=path, timezone=opened.timezone))
    return Exit.DONE


def _file(path: str, roots: Sequence[str]) -> bytes:
    """The file of a post, in whose place no link may be. Raises PostError."""
    from souwen.index.errors import PostError
    from souwen.index.roots import within
    from souwen.index.source import named, read_file

    root = next((root for root in roots if within(path, root)), None)
    if root is None:
        raise PostError(path, "it lies in none of the folders that were indexed")
    return read_file(named(path, root), max_bytes=sys.maxsize - 1)


@souwen.command(epilog=exits.HELP)
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

    config = _configuration(SearchConfig, "search", setup.config)
    form, place, output = output_form(given, config), setup.place(), Output(sys.stdout)
    screen = _screen(setup, output, form.hyperlink)
    with open_index(place.address) as opened:
        document = _find(place, opened, post)
        if document is None:
            setup.say(_unknown(post))
            return Exit.NOTHING
        results = opened.similar(document.id, **similar_keywords(given, config, form.name))
        for message in remarks.on_similar(results, form.name, screen):
            setup.say(message)
        view = render.View(place.shown, place.relative, opened.timezone, screen)
        output.results(results, form, view)
    return Exit.DONE if results.total else Exit.NOTHING


def _unknown(post: str) -> str:
    return f"{post}: there is no such post in the index; `souwen search -l` gives paths"


def _find(place: Place, opened: "Index", name: str) -> "Document | None":
    """The post by its id, by its path from here, or by its path from the index's folder."""
    names = (name, str(Path(name).resolve()), str((place.base / name).resolve()))
    found = (opened.document(path_text(one)) for one in dict.fromkeys(names))
    return next((document for document in found if document is not None), None)


@souwen.command(cls=WordsCommand, epilog=exits.HELP)
@click.argument("words", nargs=-1, required=True, metavar="TEXT...")
@click.option("--json", "json", is_flag=True, help="As JSON, with the offsets of each token.")
@click.pass_obj
def analyze(setup: Setup, /, words: tuple[str, ...], *, json: bool) -> Exit:
    """Show the tokens of a text, by which posts are found.

    \b
    souwen analyze 快手电商上线 GPT-4

    The words are those of the index, or where there is none, of the configuration.
    """
    from souwen.search import details

    text = joined(words)
    found = _analyzer(setup)(text)
    output = Output(sys.stdout)
    if json:
        output.utf8([details.tokens_json(text, found)])
    else:
        output.lines(details.tokens(text, found))
    return Exit.DONE


def _analyzer(setup: Setup) -> "Callable[[str], dict[str, tuple[Token, ...]]]":
    from souwen.index.config import IndexConfig
    from souwen.index.dictionary import analyzer
    from souwen.search import open_index

    try:
        with open_index(setup.place().address) as opened:
            return opened.analyze
    except StoreMissing:
        return analyzer(_configuration(IndexConfig, "index", setup.config)).tokens


@souwen.command(epilog=exits.HELP)
@click.option("--json", "json", is_flag=True, help="As JSON.")
@click.pass_obj
def stats(setup: Setup, /, *, json: bool) -> Exit:
    """Show what the index holds: posts, terms, sizes, segments, dates, analyzer.

    Then the last runs that changed it, and the files that took longest to read and analyze, as far
    as that says anything of them.
    """
    from souwen.index import health
    from souwen.search import details, open_index

    place = setup.place().address
    with open_index(place) as opened:
        info, history = opened.info(), opened.history()
    output = Output(sys.stdout)
    if json:
        watch = health.read(Path(place) / health.NAME)
        output.utf8([details.stats_json(info, history, index=place, watch=watch)])
    else:
        output.lines(details.stats(info, history, index=place, timezone=opened.timezone))
    return Exit.DONE


@souwen.command("eval", epilog=exits.HELP)
@click.argument("queries", type=click.Path(path_type=Path))
@click.argument("qrels", type=click.Path(path_type=Path))
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

    config = _configuration(SearchConfig, "search", setup.config)
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


@souwen.command(epilog=exits.HELP)
@click.option("--repair", is_flag=True, help="Build anew what is damaged, and only that.")
@click.option("--json", "json", is_flag=True, help="Report as JSON.")
@click.pass_obj
def check(setup: Setup, /, *, repair: bool, json: bool) -> Exit:
    """Look whether the index is sound: index, manifest and posts against each other.

    \b
    souwen check                        what is wrong, and what changed since 检查
    souwen check --repair               mend it 修复

    Reads all of the index: checksums, order of terms and postings, statistics counted again, dates
    and texts. With --repair the posts of damaged parts are read again. Exits with 4 if something
    is wrong and not mended.
    """
    from souwen.index import check as checking
    from souwen.index.config import IndexConfig
    from souwen.index.printable import printable, to_json
    from souwen.index.progress import Progress

    config = _configuration(IndexConfig, "index", setup.config)
    with Progress(None if setup.quiet else sys.stderr) as bar:
        report = checking.check(setup.place().address, config=config, repair=repair, progress=bar)
    output = Output(sys.stdout)
    if json:
        output.utf8([to_json(checking.as_json(report))])
    elif not (setup.quiet and report.sound):
        output.lines(map(printable, checking.lines(report)))
    return Exit.DONE if report.sound else Exit.INDEX


@souwen.command(epilog=exits.HELP)
@click.argument("sources", nargs=-1, required=True, metavar="FROM...")
@click.argument("target", metavar="TO")
@click.option(
    "--replace", is_flag=True, help="Put the copy in the place of an index that is there."
)
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes; by default all cores."
)
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="How long to wait for another process that writes.",
)
@click.option("--json", "json", is_flag=True, help="Report as JSON.")
@click.pass_obj
def copy(setup: Setup, /, *, json: bool, jobs: int | None, **given: Any) -> Exit:
    """Copy an index to another place, without the posts; or several, as one.

    \b
    souwen copy .souwen backup/.souwen              a copy that lies elsewhere 备份、搬家
    souwen copy part1 part2 part3 .souwen           of three slices one index 合并

    The next `souwen index` of the copy finds all posts as they were. All or nothing.
    """
    from souwen.index.printable import to_json
    from souwen.index.progress import Progress
    from souwen.search import copying

    with Progress(None if setup.quiet else sys.stderr) as bar:
        report = copying.copy_index(
            given.pop("sources"), given.pop("target"), jobs=jobs or _cores(), progress=bar, **given
        )
    output = Output(sys.stdout)
    if json:
        output.utf8([to_json(copying.as_json(report))])
    elif not setup.quiet:
        output.lines(copying.lines(report))
    return Exit.DONE


@souwen.command(epilog=exits.HELP)
@click.pass_obj
def demo(setup: Setup, /) -> Exit:
    """Index sample posts in a temporary folder, and search them."""
    import shlex

    from souwen.search import tour

    output = Output(sys.stdout)
    with tour.samples():
        for line in tour.COMMANDS:
            output.lines([f"$ souwen {line}"])
            options = ["--config", "souwen.toml", "--index", ".souwen", "--color", setup.color]
            code = _run([*options, *shlex.split(line)])
            output.lines([""])
            if code != Exit.DONE:
                return Exit(code)
    output.lines(tour.NEXT)
    return Exit.DONE


if __name__ == "__main__":
    main()
