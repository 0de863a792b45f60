"""Which commands show what an index holds? Imports what they need when they run."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from souwen.index import exits
from souwen.index.errors import StoreMissing
from souwen.index.exits import Exit
from souwen.search.arguments import WordsCommand, joined, path_text
from souwen.search.commands.setup import Setup, configuration
from souwen.search.output import Output
from souwen.search.place import Place

if TYPE_CHECKING:
    from souwen.index.documents import Document, Token
    from souwen.search import Index


@click.command(epilog=exits.HELP)
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
        document = find(place, opened, post)
        if document is None:
            setup.say(unknown(post))
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


def unknown(post: str) -> str:
    """That there is no such post."""
    return f"{post}: there is no such post in the index; `souwen search -l` gives paths"


def find(place: Place, opened: "Index", name: str) -> "Document | None":
    """The post by its id, by its path from here, or by its path from the index's folder."""
    names = (name, str(Path(name).resolve()), str((place.base / name).resolve()))
    found = (opened.document(path_text(one)) for one in dict.fromkeys(names))
    return next((document for document in found if document is not None), None)


@click.command(cls=WordsCommand, epilog=exits.HELP)
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
        return analyzer(configuration(IndexConfig, "index", setup.config)).tokens


@click.command(epilog=exits.HELP)
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
