"""How is an index searched from Python? Parses, analyzes, asks the engine, cuts snippets."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from souwen.index import history as histories
from souwen.index.analysis import Analyzer, whole
from souwen.index.analyzed import analyze_document
from souwen.index.dictionary import analyzer_of
from souwen.index.documents import Document, Token
from souwen.index.errors import QueryError, StoreCorrupt
from souwen.index.history import History
from souwen.index.manifest import load_paths
from souwen.index.places import engine_of, no_engine
from souwen.index.roots import absolute, ids_of_path
from souwen.index.settings import NAME as SETTINGS
from souwen.index.settings import load
from souwen.search.analyze import PLACES, Analyzed, Context, analyze_query, as_typed, title_term
from souwen.search.correction import NO_GUESSES, Guesser, Guesses, widened
from souwen.search.engine import Reader, Request, StoreInfo
from souwen.search.freshness import fresh_word
from souwen.search.globs import by_path
from souwen.search.highlight import patterns, spans
from souwen.search.hits import Cut, FacetField, Fragment, Hit, Matches, RecencyUsed, Results, Sort
from souwen.search.lacking import lacking
from souwen.search.options import Options, Values, When, filters
from souwen.search.parser import Parsed, exact, parse, plain
from souwen.search.query import And, Everything, Named, Or, Query, Text, Words
from souwen.search.ranking import Recency, RecencyName
from souwen.search.rewrite import any_of, in_title, unquoted
from souwen.search.similar import as_text, like, marked, own_words, strongest
from souwen.search.snippet import snippet as cut_snippet
from souwen.search.synonyms import with_synonyms

if TYPE_CHECKING:
    from souwen.search.suggest import Suggester, Suggestion

Place = str | os.PathLike[str]


class Index:
    """An open index: one commit, searched by any number of threads at once.

    A context manager. It goes on serving its commit while another process writes; ``refresh``
    gives the newest one.
    """

    def __init__(self, reader: Reader, *, place: str) -> None:
        self._reader = reader
        self._place = place
        try:
            settings = load(reader.kept(SETTINGS), place=place)
            self._timezone = ZoneInfo(settings.timezone)
            self._roots = settings.roots
            self._analyzer = analyzer_of(settings, place=place)
        except BaseException:
            reader.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def timezone(self) -> ZoneInfo:
        """What naive dates were in when the posts were indexed, and in which days are counted."""
        return self._timezone

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders and files that were indexed, absolute, with ``/`` between their parts."""
        return tuple(root.path for root in self._roots)

    def search(  # noqa: PLR0913
        self,
        query: str,
        *,
        limit: int | None = 10,
        offset: int = 0,
        sort: Sort = "blend",
        recency: RecencyName | None = None,
        tag: Values = (),
        category: Values = (),
        author: Values = (),
        path: Values = (),
        since: When = None,
        until: When = None,
        all: bool = False,
        any: bool = False,
        relax: bool | None = None,
        exact: bool = False,
        title_only: bool = False,
        facets: FacetField | Sequence[FacetField] = (),
        snippet: int = 160,
        explain: bool = False,
        collapse: bool | None = None,
        synonyms: Place | None = None,
        regional: bool = False,
        now: datetime | None = None,
    ) -> Results:
        """The posts that the query asks for, best first.

        ``limit`` hits from ``offset`` on, all of them where it is None. ``recency`` is how much
        newer posts gain in the order ``blend``: ``normal`` where it is None, or ``high`` where a
        word of the query asks for what is new. ``tag``, ``category``,
        ``author`` and ``path`` filter: several values of one mean any of them. ``path`` is a shell
        pattern of ids, or of the paths of files, absolute or from the current folder.
        ``since`` and ``until`` take dates, or words such as ``"2022-05"`` and ``"90d"``; a period
        or day given as ``until`` is included. ``all`` wants every word, ``any`` is content with
        one; by default posts that lack some words come after those that have all, unless
        ``relax`` is False or the order is by date. ``exact`` takes the query as one quoted string,
        ``title_only`` looks in titles. ``facets`` counts posts by category, tag, author or year.
        ``snippet`` is the length of snippets in characters. ``explain`` adds how scores came
        about. Near-duplicates, as reposts are, stand under the best of them, as ``hit.duplicates``;
        with ``collapse=False`` each is a hit of its own, and by default also where something is
        quoted, for ``exact``, and where the order is by date. ``synonyms`` is a file of words that
        mean the same: a post that has one of them has the others, where these are plain words of
        the query; ``regional`` adds what Taiwan and the mainland call otherwise. ``now`` is what
        ages are counted from; the present by default. Dates without a zone are in ``timezone``.

        Raises QueryError for a date or an option that cannot be understood, ConfigError for
        synonyms that cannot be read, StoreError once the index is closed or where it is damaged.
        """
        options = Options(
            limit=limit,
            offset=offset,
            sort=sort,
            recency=recency,
            tag=tag,
            category=category,
            author=author,
            path=path,
            since=since,
            until=until,
            all=all,
            any=any,
            relax=relax,
            exact=exact,
            title_only=title_only,
            facets=(facets,) if isinstance(facets, str) else facets,
            snippet=snippet,
            explain=explain,
            collapse=collapse,
            synonyms=synonyms,
            regional=regional,
        )
        return self._search(query, options, self._moment(now))

    def _moment(self, now: datetime | None) -> datetime:
        """The present where none is given; one without a zone is in that of the index."""
        now = now or datetime.now(UTC)
        return now if now.tzinfo else now.replace(tzinfo=self.timezone)

    def _search(self, query: str, options: Options, now: datetime) -> Results:
        began = time.perf_counter()
        parsed = self._parse(query, options)
        fresh = self._fresh_word(query, parsed, options, now)
        if fresh is not None:
            options = replace(options, recency="high")
        meant = _meant(parsed.query, options)
        guesses = self._guesser.guesses(query, meant)
        known = options.known_synonyms
        if known.sources and meant is not None:
            meant = with_synonyms(meant, known, self._analyzer)
            guesses = guesses.each(lambda text: with_synonyms(text, known, self._analyzer))
        found, text = self._found(query, meant, options, now, guesses)
        cut = self._cutter(guesses.beside(text), options.snippet)
        lacks = lacking(text, self._analyzer)
        return Results(
            query=query,
            hits=tuple(
                Hit(rank, match, cut, lacks)
                for rank, match in enumerate(found.matches, options.offset + 1)
            ),
            total=found.total,
            total_relaxed=found.total_relaxed,
            warnings=(
                *(() if options.narrows and not query.strip() else parsed.warnings),
                *known.warnings,
            ),
            took_ms=(time.perf_counter() - began) * 1000,
            sort=options.sort,
            recency=RecencyUsed(*options.age, found.origin, fresh),
            facets=found.facets,
            did_you_mean=guesses.offered,
            more=found.more,
            exact=found.exact,
        )

    def similar(  # noqa: PLR0913
        self,
        id: str,
        *,
        limit: int | None = 10,
        offset: int = 0,
        snippet: int = 160,
        explain: bool = False,
        collapse: bool = True,
    ) -> Results:
        """The posts that are most like the one with this id, by its strongest words.

        Its near-duplicates come first, marked by ``hit.duplicate``; itself is left out. Totals
        count all posts that hold any of the words. The options are those of ``search``.

        Raises QueryError where there is no such post.
        """
        began = time.perf_counter()
        options = Options(
            limit=limit,
            offset=offset,
            sort="relevance",
            snippet=snippet,
            explain=explain,
            collapse=collapse,
        )
        document = self.document(id)
        if document is None:
            raise QueryError(f"{id}: there is no such post in the index")
        post = analyze_document(document, self._analyzer)
        words = strongest(self._reader.search(own_words(post)))
        found = self._reader.search(
            replace(
                like(post, words), limit=limit, offset=offset, explain=explain, collapse=collapse
            )
        )
        cut = self._cutter(as_text(words), options.snippet)
        return Results(
            query=document.id,
            hits=tuple(
                Hit(rank, marked(match), cut)
                for rank, match in enumerate(found.matches, options.offset + 1)
            ),
            total=found.total_relaxed,
            total_relaxed=found.total_relaxed,
            warnings=(),
            took_ms=(time.perf_counter() - began) * 1000,
            sort=options.sort,
            recency=RecencyUsed(*options.age, found.origin),
            more=found.more,
            exact=found.exact,
        )

    @cached_property
    def _guesser(self) -> Guesser:
        return Guesser(self._reader, self._analyzer)

    def _cutter(self, text: Text | None, length: int) -> Cut:
        """What cuts the title and the snippet of a hit, with the places that the query asks for."""
        of_title, of_body = (patterns(text, place, self._analyzer) for place in PLACES)

        def cut(document: Document) -> tuple[Fragment, Fragment]:
            title, body = document.title, document.body
            found = spans(body, of_body, self._analyzer)
            return (
                Fragment(title, spans(title, of_title, self._analyzer)),
                cut_snippet(body, found, length=length),
            )

        return cut

    def _parse(self, query: str, options: Options) -> Parsed:
        """A title that is pasted whole is no expression, whatever signs are in it."""
        if options.exact:
            return exact(query)
        parsed = parse(query)
        if parsed.plain and parsed.query is not None:
            return parsed
        if self._is_title(query):
            return Parsed(plain(query).query or Words(query.strip()), plain=True)
        return parsed

    def _is_title(self, query: str) -> bool:
        title = whole(query)
        return bool(title) and any(
            term == title for term, _ in self._reader.terms("title.whole", title)
        )

    def _fresh_word(
        self, query: str, parsed: Parsed, options: Options, now: datetime
    ) -> str | None:
        """The word by which the query asks for what is new, where nobody said how much age counts.

        Whoever pastes the title of a post wants that post.
        """
        if options.recency is not None or options.sort != "blend":
            return None
        year = now.astimezone(self._timezone).year
        found = fresh_word(parsed.query, self._analyzer, year=year)
        return None if found is None or self._is_title(query) else found

    def _found(
        self, query: str, text: Text | None, options: Options, now: datetime, guesses: Guesses
    ) -> tuple[Matches, Text | None]:
        """What the engine finds, and the query by which.

        A question may quote what stands in no post: then the words of the quotation must do.
        """
        narrowing = tuple(filters(options, timezone=self._timezone, now=now, path=self._path_query))
        if text is None and not narrowing:
            return Matches((), 0, 0), None
        request = self._request(query, text, options, narrowing, now, guesses=guesses)
        found = self._reader.search(request)
        loose = None if text is None else unquoted(text)
        if found.total_relaxed or request.relaxed is None or loose == text:
            return found, text
        second = self._request(query, loose, options, narrowing, now)
        second = replace(second, query=request.query, collapse=request.collapse)
        return self._reader.search(second), loose

    def _context(self, now: datetime) -> Context:
        return Context(self._analyzer, self._timezone, now, self._path_query)

    def _path_query(self, pattern: str) -> Query:
        return by_path(pattern, self._paths)

    @cached_property
    def _paths(self) -> dict[str, str]:
        """The path of each file by its id."""
        return load_paths(self._reader.kept)

    def _request(  # noqa: PLR0913
        self,
        query: str,
        text: Text | None,
        options: Options,
        narrowing: tuple[Query, ...],
        now: datetime,
        *,
        guesses: Guesses = NO_GUESSES,
    ) -> Request:
        analyzed = Analyzed(Everything(), None, ())
        if text is not None:
            context = self._context(now)
            others = ((analyze_query(one.query, context), one) for one in guesses.branches)
            analyzed = widened(analyze_query(text, context), others)
        required, relaxed = analyzed.query, analyzed.relaxed
        if options.any and relaxed is not None:
            required, relaxed = Or((required, relaxed)), None
        if not options.relaxes:
            relaxed = None
        return Request(
            query=And((required, *narrowing)),
            relaxed=None if relaxed is None else And((relaxed, *narrowing)),
            scoring=(*analyzed.scoring, title_term(query)) if text else (),
            pairs=analyzed.pairs,
            sentence=None if analyzed.sentence and self._stands(query) else analyzed.sentence,
            recency=self._recency(options, now),
            sort=options.sort,
            offset=options.offset,
            limit=options.limit,
            facets=tuple(options.facets),
            timezone=self._timezone.key,
            explain=options.explain,
            collapse=options.collapses(quoted=text is not None and unquoted(text) != text),
        )

    def _stands(self, text: str) -> bool:
        """Whether some post holds the text as it is typed, and so is meant."""
        return self._reader.search(Request(query=as_typed(text), limit=0)).total > 0

    @staticmethod
    def _recency(options: Options, now: datetime) -> Recency | None:
        weight, half_life = options.age
        return Recency(weight, half_life, int(now.timestamp() * 1000)) if weight else None

    def suggest(
        self, prefix: str, limit: int = 10, *, now: datetime | None = None
    ) -> "tuple[Suggestion, ...]":
        """How a query that is being typed may go on: words, tags and titles, best first.

        Letters are also read as pinyin that is not finished, or as initials. ``now`` is as in
        ``search``. Raises StoreError once the index is closed.
        """
        return self._suggester.suggest(prefix, limit, self._moment(now))

    @cached_property
    def _suggester(self) -> "Suggester":
        from souwen.search.suggest import Suggester

        return Suggester(self._reader, self._guesser.lexicon)

    def document(self, name: str) -> Document | None:
        """The post with this id, or whose file lies at this path; None where there is none."""
        path = _absolute(name)
        names = tuple(dict.fromkeys((name, *ids_of_path(path, self._roots))))
        found = self._reader.search(Request(query=Named(names), limit=len(names)))
        by_id = {match.id: match for match in found.matches}
        documents = (by_id[one].load() for one in names if one in by_id)
        return next((one for one in documents if name == one.id or path == one.path), None)

    def analyze(self, text: str) -> dict[str, tuple[Token, ...]]:
        """The tokens of a text, by the part of a field that they go to."""
        return self._analyzer.tokens(text)

    def analyzes_as(self, analyzer: Analyzer) -> bool:
        """Whether the analyzer gives every text the terms that it has in this index."""
        mine = self._analyzer
        return (mine.fingerprint, mine.dictionary) == (analyzer.fingerprint, analyzer.dictionary)

    def info(self) -> StoreInfo:
        """What the index holds."""
        return replace(self._reader.info(), analyzer=self._analyzer.description)

    def history(self) -> History:
        """The last runs that changed it, and the posts that took longest; none if that is lost."""
        try:
            return histories.load(self._reader.kept(histories.NAME))
        except StoreCorrupt:
            return History()

    def refresh(self) -> "Index":
        """The newest commit; this index itself where nothing has changed.

        Otherwise this one stays open and usable, to be closed on its own.
        """
        reader = self._reader.refresh()
        return self if reader is self._reader else Index(reader, place=self._place)

    def close(self) -> None:
        """Let go of files and memory."""
        self._reader.close()


def _absolute(name: str) -> str:
    """The path without links; the name itself where the file system can have no such path."""
    try:
        return absolute(Path(name))
    except (ValueError, OSError):
        return name


def _meant(text: Text | None, options: Options) -> Text | None:
    """The query as the options change it."""
    if text is not None and options.title_only:
        text = in_title(text)
    if text is not None and options.any:
        text = any_of(text)
    return text


def open_index(index: Place = ".souwen") -> Index:
    """Open the newest commit of an index: a directory, or ``memory:``.

    Raises StoreMissing, StoreOutdated or StoreCorrupt, and EngineMissing for an address that this
    version has no engine for.
    """
    address = os.fspath(index)
    return Index(open_reader(address), place=address)


def open_reader(address: str) -> Reader:
    """The engine's reader behind an address."""
    match engine_of(address):
        case "memory":
            from souwen.search.engines.memory import open_reader as open_memory

            return open_memory(address)
        case "whoosh":
            from souwen.search.engines.whoosh.reader import open_reader as open_directory

            return open_directory(Path(address))
        case "opensearch":
            from souwen.index.engines.opensearch.address import parse as parse_address
            from souwen.search.engines.opensearch.reader import open_reader as open_cluster

            return open_cluster(parse_address(address))
        case _:
            raise no_engine(address)


def search(query: str, *, index: Place = ".souwen", **options: Any) -> Results:
    """Open an index, search it once with the options of ``Index.search``, and close it.

    The hits are loaded before it is closed, so this is for a page, not for all posts.
    """
    with open_index(index) as opened:
        results = opened.search(query, **options)
        for hit in results:
            hit.load()
    return results
