"""Where do the corpora come from? Real posts, and real paragraphs recombined, always the same.

Everything is kept in a working folder: the unpacked archives, the posts as Markdown files, and
their words, cut once, so that every engine is fed the same.
"""

import json
import os
import random
import re
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from race.corpus import NOW, SEED, Corpus
from souwen.index.analysis import Analyzer
from souwen.index.errors import PostError
from souwen.index.loading import load_document
from souwen.index.posts import read_post

SHARED = Path(__file__).parents[4] / "shared" / "data"
SETS = ("blogs", "articles", "docs")
SUFFIXES = {".md", ".markdown"}

REAL = 10_000
"""Up to so many posts are real ones, as they are; more are made of paragraphs of real ones."""

SOURCES = 15_000
"""Real posts whose paragraphs are recombined."""

FIRST, LAST = 1_199_145_600, 1_727_740_800
"""Posts without a date, and recombined ones, get one from 2008 to September 2024, in seconds."""

_MEAN_BYTES = 3_900
_SPREAD = 0.6
_BLOCK = 1_000
_BATCH = 64
_STRANGE = re.compile(r"\s*(?:```|~~~|<|\{|---|\+\+\+|\[#|\|)|.*```", re.DOTALL)
_HAN = re.compile("[\u4e00-\u9fff]")


def prepare(work: Path, size: int, *, jobs: int, files: bool = True) -> Corpus:
    """The corpus of so many posts, made where it is not there yet.

    ``files``: the recombined posts are to be there as files too.
    """
    if size <= REAL:
        return _real(work, size, jobs)
    return mixed(work, size, jobs=jobs, files=files)


def _real(work: Path, size: int, jobs: int) -> Corpus:
    """Real posts: equal shares of each set."""
    place = work / f"real-{size}"
    if not (place / "dates.npy").exists():
        paths = _chosen(work, size)
        (place / "posts").mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(paths):
            copy = place / "posts" / f"{number:05d}{path.suffix}"
            copy.write_bytes(path.read_bytes())
        found = [piece for batch in _spread(_whole, paths, jobs) for piece in batch]
        dice = np.random.default_rng(SEED)
        drawn = dice.integers(FIRST, LAST, len(found))
        dates = [
            int(one) if piece.date is None else piece.date // 1000
            for piece, one in zip(found, drawn, strict=True)
        ]
        _save_pieces(place, found)
        ends = np.arange(len(found) + 1)
        _save_recipe(place, ends[:-1], ends, np.array(dates, np.int64) * 1000)
    return Corpus(place)


def mixed(work: Path, size: int, *, jobs: int, files: bool = False) -> Corpus:
    """Posts of some 3.9 KB made of real paragraphs; fewer are the first ones of more."""
    pool = work / "paragraphs"
    if not (pool / "texts.jsonl").exists():
        pool.mkdir(parents=True, exist_ok=True)
        paths = _chosen(work, SOURCES)
        found = [piece for batch in _spread(_paragraphs, paths, jobs) for piece in batch]
        _save_pieces(pool, found)
        lines = (json.dumps([piece.title, piece.tags, piece.text]) for piece in found)
        (pool / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    place = work / f"mixed-{size}"
    if not (place / "dates.npy").exists():
        place.mkdir(parents=True, exist_ok=True)
        for name in ("terms.txt", "pieces.npy", "ends.npy", "sizes.npy"):
            (place / name).unlink(missing_ok=True)
            os.link(pool / name, place / name)
        _save_recipe(place, *_recombined(np.load(pool / "sizes.npy"), size))
    corpus = Corpus(place)
    if files and corpus.folder is None:
        _write_files(corpus, pool)
        corpus = Corpus(place)
    return corpus


@dataclass(frozen=True, slots=True)
class _Piece:
    """A post or a paragraph: its words, and what a post made of it is told."""

    terms: tuple[str, ...]
    title: str = ""
    tags: tuple[str, ...] = ()
    date: int | None = None
    text: str = ""


def _sources(work: Path, name: str) -> Path | None:
    """The folder of a set, unpacked where it has to be."""
    places = [Path(os.environ.get("SOUWEN_DATA", SHARED)), SHARED]
    for place in places:
        if (place / name).is_dir():
            return place / name
        archive = place / "posts" / f"{name}.tar.xz"
        if archive.is_file():
            folder = work / "data" / name
            if not folder.is_dir():
                with tarfile.open(archive) as tar:
                    tar.extractall(folder, filter="data")
            return folder
    return None


def _chosen(work: Path, size: int) -> list[Path]:
    """Real posts in random order: those in Han of which some are in each set."""
    sets = [folder for name in SETS if (folder := _sources(work, name)) is not None]
    if not sets:
        raise SystemExit("no real posts: set SOUWEN_DATA, or put shared/data beside the checkout")
    dice = random.Random(SEED)
    shelves = []
    for folder in sets:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
        shelves.append([path for path in dice.sample(paths, len(paths)) if _is_post(path)])
    found: list[Path] = []
    while len(found) < size and any(shelves):
        found += [shelf.pop() for shelf in shelves if shelf]
    return found[:size]


def _is_post(path: Path) -> bool:
    return path.is_file() and len(_HAN.findall(path.read_text("utf-8", "replace"))) >= 100


def _spread(work: Any, paths: Sequence[Path], jobs: int) -> Iterable[list[_Piece]]:
    """What ``work`` makes of the paths, on several processes, in order."""
    batches = [paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH)]
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(work, batches)


@cache
def _analyzer() -> Analyzer:
    return Analyzer()


def _load(data: bytes, name: str) -> Any:
    zone = ZoneInfo("Asia/Shanghai")
    return load_document(data, id=name, path=f"/{name}", timezone=zone, now=NOW).document


def _whole(paths: Sequence[Path]) -> list[_Piece]:
    """Each post as one piece; its title is one of its words no more than for other engines."""
    found = []
    for path in paths:
        document = _load(path.read_bytes(), path.name)
        date = document.metadata.date
        terms = _analyzer().analyze(document.body).words.terms
        found.append(_Piece(terms, date=None if date is None else int(date.timestamp() * 1000)))
    return found


def _paragraphs(paths: Sequence[Path]) -> list[_Piece]:
    """The paragraphs of each post in Markdown, as they are written."""
    found = []
    for path in paths:
        zone = ZoneInfo("Asia/Shanghai")
        post = read_post(path.read_bytes(), id=path.name, path="/", timezone=zone, now=NOW)
        for paragraph in re.split(r"\n\s*\n", post.body):
            text = paragraph.strip("\n")
            size = len(text.encode("utf-8", "replace"))
            if 30 <= size <= 3_000 and _HAN.search(text) and not _STRANGE.match(text):
                terms = _terms(text)
                if terms:
                    found.append(_Piece(terms, post.title or "", post.metadata.tags, None, text))
    return found


def _terms(text: str) -> tuple[str, ...]:
    try:
        body: str = _load(text.encode("utf-8", "replace"), "paragraph.md").body
    except PostError:
        return ()
    return _analyzer().analyze(body).words.terms


def _save_pieces(place: Path, pieces: Sequence[_Piece]) -> None:
    known: dict[str, int] = {}
    numbers = [
        np.array([known.setdefault(term, len(known)) for term in piece.terms], np.uint32)
        for piece in pieces
    ]
    (place / "terms.txt").write_text("\n".join(known), encoding="utf-8")
    np.save(place / "pieces.npy", np.concatenate(numbers))
    np.save(place / "ends.npy", np.cumsum([0, *map(len, numbers)], dtype=np.int64))
    sizes = [len(piece.text.encode("utf-8", "replace")) for piece in pieces]
    np.save(place / "sizes.npy", np.array(sizes, np.int64))


def _save_recipe(place: Path, recipe: Any, ends: Any, dates: Any) -> None:
    np.save(place / "recipe.npy", recipe)
    np.save(place / "recipe_ends.npy", ends)
    np.save(place / "dates.npy", dates)


def _recombined(sizes: Any, count: int) -> tuple[Any, Any, Any]:
    """Which pieces make up each post, where those of each end, and its date."""
    recipe, ends, dates = [], [np.zeros(1, np.int64)], []
    used = 0
    for block in range(-(-count // _BLOCK)):
        dice = np.random.default_rng([SEED, block])
        mean = np.log(_MEAN_BYTES) - _SPREAD**2 / 2
        wanted = np.cumsum(dice.lognormal(mean, _SPREAD, _BLOCK))
        drawn = dice.integers(0, len(sizes), int(2 * wanted[-1] / sizes.mean()) + _BLOCK)
        lasts = np.searchsorted(np.cumsum(sizes[drawn]), wanted) + 1
        # No post is empty.
        lasts = np.maximum.accumulate(lasts - np.arange(_BLOCK)) + np.arange(_BLOCK)
        recipe.append(drawn[: lasts[-1]])
        ends.append(used + lasts)
        used += int(lasts[-1])
        dates.append(dice.integers(FIRST, LAST, _BLOCK) * 1000)
    joined = np.concatenate(ends)[: count + 1]
    return np.concatenate(recipe)[: joined[-1]], joined, np.concatenate(dates)[:count]


def _write_files(corpus: Corpus, pool: Path) -> None:
    """Every post as a Markdown file with front matter."""
    texts = [json.loads(line) for line in (pool / "texts.jsonl").read_text().split("\n")]
    half = corpus.place / "posts.half"
    for number in range(len(corpus)):
        pieces = [texts[piece] for piece in corpus.recipe(number)]
        date = datetime.fromtimestamp(int(corpus.dates[number]) / 1000, UTC)
        front = {
            "title": pieces[0][0] or f"第 {number} 篇",
            "date": date.isoformat(),
            "tags": pieces[0][1],
        }
        # JSON is YAML too.
        head = "".join(f"{k}: {json.dumps(v, ensure_ascii=False)}\n" for k, v in front.items())
        body = "\n\n".join(piece[2] for piece in pieces)
        path = half / f"{number // _BLOCK:03d}" / f"{number:07d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{head}---\n{body}\n", encoding="utf-8", errors="replace")
    half.rename(corpus.place / "posts")
