"""How many reposts are found, and how many posts are taken for reposts that are none?

``python tests/bench/reposts.py [FOLDER…]``: every folder is a site, by default those of blogs,
articles and docs in ``../shared/data``. Real posts are edited with a fixed seed, as
``tests/tools/reposts.py`` says. False pairs are looked for among any posts and among those of one
site; some of these are in truth the same post twice.

With datasketch installed (the extra ``bench``), its MinHash of 128 permutations judges the same
pairs by the same stretches: what a signature of six times the size, by another hand, can tell.
"""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

from tools.reposts import EDITS, with_all_of_these

from souwen.index.analysis.fold import fold_text
from souwen.index.loading import load_document
from souwen.index.signature import near, signature
from souwen.index.source import list_files, read_file

DATA = Path(__file__).parents[3] / "shared" / "data"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SEED = 20260101
PER_SITE = 150
EDITED = 1000
LEAST = 100
"""Characters of the posts that are edited."""

Site = list[str]
Judge = Callable[[str], object]
Same = Callable[[object, object], bool]


def bodies(folder: Path, dice: random.Random) -> Site:
    """The folded texts of some posts below a folder."""
    files = list_files(folder, exclude=(), max_bytes=2**20).files
    chosen = dice.sample(files, min(PER_SITE, len(files)))
    loaded = (
        load_document(
            read_file(file, max_bytes=2**20), id=file.id, path=file.path, timezone=ZONE, now=NOW
        )
        for file in chosen
    )
    return [text for one in loaded if len(text := fold_text(one.document.body)) >= LEAST]


def ours(text: str) -> object:
    """The signature of a text."""
    return signature("", "", text)


def ours_same(one: object, other: object) -> bool:
    """Whether souwen takes the one for a repost of the other."""
    return isinstance(one, bytes) and isinstance(other, bytes) and near(one, other)


def judges() -> Iterator[tuple[str, Judge, Same]]:
    """Who is asked about each pair."""
    yield "souwen", ours, ours_same
    try:
        from datasketch import MinHash
    except ImportError:
        return

    def sketch(text: str) -> object:
        letters = "".join(one for one in text if one.isalnum())
        found = MinHash(num_perm=128, seed=1)
        found.update_batch([letters[at : at + 4].encode() for at in range(len(letters) - 3)])
        return found

    yield "datasketch", sketch, lambda one, other: one.jaccard(other) >= 0.23  # type: ignore[attr-defined]


def share(pairs: Sequence[tuple[object, object]], same: Same) -> str:
    """The share of pairs that are judged to be the same."""
    found = sum(same(one, other) for one, other in pairs)
    return f"{found / max(1, len(pairs)):8.2%}  ({found} of {len(pairs)})"


def report(sites: dict[str, Site], judge: Judge, same: Same) -> None:
    """Print the rates."""
    dice = random.Random(SEED)
    every = [text for texts in sites.values() for text in texts]
    chosen = dice.sample(every, min(EDITED, len(every)))
    signed = [judge(text) for text in chosen]
    for edit in (*EDITS, with_all_of_these):
        edited = [judge(edit(text, dice)) for text in chosen]
        name = edit.__name__.replace("_", " ")
        print(f"  found, {name:26}{share(list(zip(signed, edited, strict=True)), same)}")
    print(f"  false, any two{'':18}{share(list(combinations(signed, 2)), same)}")
    within = [
        pair
        for texts in sites.values()
        for pair in combinations([judge(text) for text in texts], 2)
    ]
    print(f"  false, two of a site{'':12}{share(within, same)}", flush=True)


def main(folders: Sequence[Path]) -> None:
    """Print a table for each judge."""
    dice = random.Random(SEED)
    sites = {str(folder): bodies(folder, dice) for folder in sorted(folders)}
    print(f"{sum(map(len, sites.values()))} posts of {len(sites)} sites")
    for name, judge, same in judges():
        print(name)
        report(sites, judge, same)


if __name__ == "__main__":
    default = [one for kind in ("blogs", "articles", "docs") for one in (DATA / kind).glob("*")]
    main([Path(one) for one in sys.argv[1:]] or default)
