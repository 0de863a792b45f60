"""How do results get to stdout: in its encoding, in UTF-8, byte by byte, or in a pager?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from souwen.search.flags import Form
    from souwen.search.hits import Results
    from souwen.search.render import View


class Output:
    """Writes to a stream, which may be None where a process has no stdout."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    @property
    def terminal(self) -> bool:
        """Whether a person is looking."""
        return self._stream is not None and self._stream.isatty()

    def lines(self, lines: Iterable[str]) -> None:
        """Text in the encoding of the stream."""
        if self._stream is not None:
            self._stream.writelines(f"{line}\n" for line in lines)

    def utf8(self, lines: Iterable[str]) -> None:
        """Formats that are UTF-8 whatever the terminal is; no lone surrogates."""
        self.raw(f"{line}\n".encode() for line in lines)

    def paths(self, paths: Iterable[str], *, end: str) -> None:
        """Names of files: on a terminal safe to see, else byte for byte as on disk."""
        if self.terminal:
            from souwen.index.printable import printable

            self.lines(map(printable, paths))
        else:
            self.raw(f"{path}{end}".encode("utf-8", "surrogateescape") for path in paths)

    def file(self, content: bytes) -> None:
        """A file: on a terminal safe to see, else byte for byte as on disk."""
        if self.terminal:
            from souwen.index.encodings import decode
            from souwen.index.printable import printable

            self.lines(printable(line) for line in decode(content).text.splitlines())
        else:
            self.raw([content])

    def raw(self, chunks: Iterable[bytes]) -> None:
        """Bytes as they are."""
        if self._stream is not None:
            self._stream.flush()
            self._stream.buffer.writelines(chunks)

    def flush(self) -> None:
        """Have it read at once."""
        if self._stream is not None:
            self._stream.flush()

    def pages(self, lines: Iterable[str], *, height: int, color: bool) -> None:
        """Text for people; what is longer than the height is shown in a pager on a terminal."""
        shown = list(lines)
        if self.terminal and len(shown) >= height:
            click.echo_via_pager("\n".join(shown), color=color)
        else:
            self.lines(shown)

    def results(self, results: "Results", form: "Form", view: "View") -> None:
        """Write results in one of the forms that ``souwen search`` knows."""
        from souwen.search import render

        match form.name:
            case "count":
                self.lines([str(results.total_relaxed)])
            case "paths":
                self.paths(render.paths(results, view), end="\0" if form.nul else "\n")
            case "json":
                self.utf8([render.json_page(results, view)])
            case "jsonl":
                self.utf8(render.json_lines(results, view))
            case "csv":
                self.utf8(render.table(results, view))
            case _ if render.laid_out(results, view.screen):
                lines, screen = render.pages(results, view), view.screen
                if form.pager:
                    self.pages(lines, height=screen.height, color=screen.color)
                else:
                    self.lines(lines)
            case _:
                self.lines(render.rows(results, view))
