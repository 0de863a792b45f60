"""Of which units is a folded text, so that a cluster can tell what stands in it contiguously?

A run of letters and digits is one unit, since a text that begins or ends in the midst of it does
not stand there; everything else is a unit by the character. Units hold no white space, and the
same units in the same order are the same text.
"""

import hashlib
import re
from itertools import pairwise

from souwen.index.analysis.characters import ALNUM, entries

LONGEST = 64
"""Characters of a run that is kept as it is; Lucene would cut longer ones at 255."""

ESCAPE, HASHED = "\ue000", "\ue001"
"""Begin a character told by its number, and a run told by its hash."""

_TOLD = re.compile(
    f"[\\s\x00-\x1f\x7f-\xa0\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    f"\ud800-\udfff{ESCAPE}{HASHED}\ufeff\ufffe\uffff]"
)
"""Characters that an analyzer could take for white space or drop, or no encoding holds."""


def units(folded: str) -> list[str]:
    """The units of a folded text, in order."""
    if not folded:
        return []
    alnum = entries(folded) & ALNUM != 0
    begins = (~(alnum[1:] & alnum[:-1])).nonzero()[0] + 1
    edges = [0, *begins.tolist(), len(folded)]
    return [_unit(folded[begin:end]) for begin, end in pairwise(edges)]


def _unit(text: str) -> str:
    if len(text) > LONGEST:
        return HASHED + hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{ESCAPE}{ord(text):x}" if len(text) == 1 and _TOLD.match(text) else text
