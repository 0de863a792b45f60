"""What does ``souwen`` do? The options before a command, the command, messages and exit codes.

Of the modules here only click is imported at once: a command imports what it needs, so that
``souwen --help`` is there at once.
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from souwen.index import exits
from souwen.index.commands import upward
from souwen.index.errors import ConfigError
from souwen.index.exits import Exit
from souwen.search.commands import looking, searching, writing
from souwen.search.commands.setup import Setup, print_error
from souwen.search.output import Output

COMPLETE = "_SOUWEN_COMPLETE"
"""The variable by which a shell asks how a command line may go on."""

SELDOM = 100_000
"""New objects between two looks for garbage; a search makes no more, and little garbage."""


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
    print_error(message)
    return code


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
    file = config or upward("souwen.toml", Path.is_file)
    context.obj = Setup(named, Path(file) if file else None, given["quiet"], given["color"])


for one in (
    writing.index,
    writing.watch,
    writing.schedule,
    writing.check,
    writing.copy,
    searching.search,
    searching.suggest,
    searching.similar,
    searching.evaluation,
    looking.show,
    looking.analyze,
    looking.stats,
):
    souwen.add_command(one)


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
