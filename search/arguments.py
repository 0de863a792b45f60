"""Which arguments of a command are options, and which are words of a query?"""

import os
import re
from collections.abc import Iterator, Sequence

import click

DOUBTFUL = "souwen.doubtful"
ALL = -1
DIGITS = 18

_SHORT_WITH_VALUE = re.compile(r"(-[A-Za-z])(?:=|(?=\d+$))(.*)", re.DOTALL)


class WordsCommand(click.Command):
    """A command whose words may begin with ``-``: what is no declared option is a word.

    Short options do not cluster, and take their value as the next argument, or as ``-n=1``, or
    ``-n1`` where it is a number. ``--`` ends the options. The words that look like options are
    kept in ``context.meta[DOUBTFUL]``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sort the arguments, options first."""
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for argument in rest:
            if argument == "--":
                words.extend(rest)
            elif taken := self._option(argument, rest, ctx):
                options.extend(taken)
            else:
                words.append(argument)
                if self._looks_like_option(argument, ctx):
                    ctx.meta.setdefault(DOUBTFUL, []).append(argument)
        return super().parse_args(ctx, [*options, "--", *words])

    def _option(self, argument: str, rest: Iterator[str], ctx: click.Context) -> list[str]:
        """The argument and its value, where it is an option; else nothing."""
        name, equals, _ = argument.partition("=")
        if equals and name.startswith("--"):
            return [argument] if self._find(name, ctx) else []
        if short := _SHORT_WITH_VALUE.fullmatch(argument):
            return self._short(short[1], short[2], ctx)
        option = self._find(argument, ctx)
        if option is None:
            return []
        if option.is_flag or option.count:
            return [argument]
        value = next(rest, None)
        if value is None:
            raise click.BadOptionUsage(argument, f"Option {argument!r} requires an argument.", ctx)
        return [argument, value]

    def _short(self, name: str, value: str, ctx: click.Context) -> list[str]:
        option = self._find(name, ctx)
        return [] if option is None or option.is_flag or option.count else [name, value]

    def _looks_like_option(self, word: str, ctx: click.Context) -> bool:
        """Whether it is ``--x…``, or ``-x``, or short options of this command run together."""
        if re.match(r"--\w|-[A-Za-z]$", word):
            return True
        return word[:1] == "-" and len(word) > 2 and all(self._find(f"-{x}", ctx) for x in word[1:])

    def _find(self, name: str, ctx: click.Context) -> click.Option | None:
        return next(
            (
                one
                for one in self.get_params(ctx)
                if isinstance(one, click.Option) and name in (*one.opts, *one.secondary_opts)
            ),
            None,
        )


def path_text(argument: str) -> str:
    """A path as it stands in an index: UTF-8 where it is that, whatever the locale says."""
    return os.fsencode(argument).decode("utf-8", "surrogateescape")


def joined(words: Sequence[str]) -> str:
    """The words as one text; bytes that are not UTF-8 are replaced."""
    return os.fsencode(" ".join(words)).decode("utf-8", "replace")


def limit(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """The callback of an option that is a whole number, or ``all``, which gives ``ALL``."""
    if value is None:
        return None
    if value == "all":
        return ALL
    if not value.isdecimal() or len(value) > DIGITS:
        message = f"{value!r} is neither 'all' nor a whole number of up to {DIGITS} digits."
        raise click.BadParameter(message, context, parameter)
    return int(value)
