"""Is anything missed? Strings of real posts, looked for by souwen and by reading every post.

``python tests/bench/promises.py COUNT FOLDER…`` indexes the folders and draws COUNT strings from
raw lines of their files, four of five of Han alone, the others of Han with Latin words or numbers.
Prints the recall of each as typed, and the precision and recall of each quoted. The scan shares
with souwen the table of script variants alone.
"""

import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from data import scan

from souwen.index import build
from souwen.search import Index, open_index

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MIXED = 5


def found(index: Index, query: str) -> set[str]:
    """The ids of the posts that match all of the query."""
    hits = index.search(query, limit=None, relax=False, recency="off", collapse=False, now=NOW)
    return {hit.id for hit in hits}


def strings(folders: list[Path], count: int) -> list[str]:
    """As many strings of each folder as of any other."""
    each = -(-count // len(folders))
    mixed = each // MIXED
    drawn = [
        string
        for folder in folders
        for string in (
            *scan.han_strings(folder, each - mixed),
            *scan.mixed_strings(folder, mixed),
        )
    ]
    return drawn[:count]


def shelf(index: Index) -> scan.Shelf:
    """The title and body of every post, as they are shown."""
    everything = index.search("", path="*", limit=None, collapse=False, now=NOW)
    return scan.Shelf(
        (hit.id, text) for hit in everything for text in (hit.title, hit.document.body)
    )


def counted(index: Index, drawn: list[str]) -> Counter[str]:
    """Posts that hold the strings, and how many of them, and of others, are found."""
    counts: Counter[str] = Counter()
    posts = shelf(index)
    for string in drawn:
        expected, quoted = posts.holding(string), found(index, f'"{string}"')
        counts["expected"] += len(expected)
        counts["typed"] += len(expected & found(index, string))
        counts["right"] += len(expected & quoted)
        counts["quoted"] += len(quoted)
    return counts


def main(count: int, folders: list[Path]) -> None:
    """Print what is found of what is there."""
    drawn = strings(folders, count)
    with tempfile.TemporaryDirectory() as place:
        for folder in folders:
            build(folder, index=place, now=NOW)
        with open_index(place) as index:
            posts, counts = index.info().posts, counted(index, drawn)
    print(f"{len(drawn):,} strings of {posts:,} posts, {counts['expected']:,} times in a post")
    print(f"recall as typed   {counts['typed'] / counts['expected']:.6f}")
    print(f"recall quoted     {counts['right'] / counts['expected']:.6f}")
    print(f"precision quoted  {counts['right'] / counts['quoted']:.6f}")


if __name__ == "__main__":
    main(int(sys.argv[1]), list(map(Path, sys.argv[2:])))
