"""Which commands write an index, once or again and again? Imports what they need when they run."""

import gc
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from souwen.index import exits
from souwen.index.exits import Exit
from souwen.search.commands.setup import (
    Setup,
    configuration,
    cores,
    must_stand_in_a_file,
    print_error,
)
from souwen.search.output import Output

if TYPE_CHECKING:
    from souwen.index import forecast
    from souwen.index.schedule.schedulers import Kind

RARELY = 400_000
"""New objects between two looks for garbage in a run of ``souwen index``, which remembers all of
some 50,000 posts in as many."""

_jobs = click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes; by default all cores."
)
_wait = click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    help="How long to wait for another process that writes.",
)


@click.command(epilog=exits.HELP)
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--full", is_flag=True, help="Build anew from all posts.")
@click.option("--dry-run", is_flag=True, help="Change nothing, say what would be done.")
@_jobs
@click.option("--drafts/--no-drafts", default=None, help="Index drafts too.")
@click.option("--strict", is_flag=True, help="Exit with 3 if any post was skipped or doubtful.")
@_wait
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
    config = configuration(IndexConfig, "index", setup.config)
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
            jobs=jobs or config.jobs or cores(),
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


@click.command(epilog=exits.HELP)
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--once", is_flag=True, help="One run, then end; for schedulers.")
@click.option(
    "--interval",
    callback=_duration,
    metavar="TIME",
    help="Look at everything that often, and nothing else: 30s, 5m, 1h30m.",
)
@click.option("--poll", is_flag=True, help="Do not rely on the system to tell of changes.")
@_jobs
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
        return configuration(IndexConfig, "index", setup.config)

    output, json = Output(sys.stdout), given.pop("json")

    def tell(turn: Turn) -> None:
        if json:
            output.utf8([turns.as_json(turn)])
        elif turn.error is not None:
            print_error(turns.line(turn))
        elif turn.is_news and not setup.quiet:
            output.lines([turns.line(turn)])
        output.flush()

    place = setup.place(".souwen").address
    most = jobs or config().jobs or cores()
    # Watchdog 7.1 warns of a folder that comes back, which does no harm.
    warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
    try:
        follow(paths, index=place, config=config, jobs=most, tell=tell, **given)
    except KeyboardInterrupt:
        # This is how it is meant to end.
        setup.say("watch: ended")
    return Exit.DONE


@click.command(epilog=exits.HELP)
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
    variables = {} if given["remove"] else os.environ
    todo = job(
        place.address,
        folder=place.base,
        config=setup.config,
        seconds=interval,
        variables=variables,
    )
    if not given["remove"]:
        must_be_there(place.address)
        must_stand_in_a_file(setup.config)
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


@click.command(epilog=exits.HELP)
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

    config = configuration(IndexConfig, "index", setup.config)
    with Progress(None if setup.quiet else sys.stderr) as bar:
        report = checking.check(setup.place().address, config=config, repair=repair, progress=bar)
    output = Output(sys.stdout)
    if json:
        output.utf8([to_json(checking.as_json(report))])
    elif not (setup.quiet and report.sound):
        output.lines(map(printable, checking.lines(report)))
    return Exit.DONE if report.sound else Exit.INDEX


@click.command(epilog=exits.HELP)
@click.argument("sources", nargs=-1, required=True, metavar="FROM...")
@click.argument("target", metavar="TO")
@click.option(
    "--replace", is_flag=True, help="Put the copy in the place of an index that is there."
)
@_jobs
@_wait
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
            given.pop("sources"), given.pop("target"), jobs=jobs or cores(), progress=bar, **given
        )
    output = Output(sys.stdout)
    if json:
        output.utf8([to_json(copying.as_json(report))])
    elif not setup.quiet:
        output.lines(copying.lines(report))
    return Exit.DONE
