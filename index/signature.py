"""Is a post nearly the text of another one? A signature tells, made of its letters alone.

The set of all stretches of SHINGLE letters of a text is sampled by the MinHash of rensa, of whose
least hashes one bit each is kept (Li and König 2010). The share of equal bits, less what chance
gives, is the share of the stretches that two texts have in common. Beside the bits stand a few
keys, the least hashes of longer stretches, which few texts share by chance: of two texts that are
nearly the same some are the same, so that one finds the other.

Everything is whole numbers of fixed width: the same on every machine. Another version of rensa may
give others, so there is one that this version of the index goes with.
"""

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from souwen.index.analysis.characters import points

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

SHINGLE = 4
"""Letters of a stretch. Of fewer, texts on one subject share many; more are lost by one change."""

BITS, KEYS = 512, 12

WORDS = KEYS // 4 + BITS // 64
"""64-bit numbers of a signature: first the keys, four in each, then the bits."""

DIFFERENT = 198
"""Bits that may differ between near-duplicates: 23 % of all stretches are common to both.

That is little, because where one letter of ten is changed, half the stretches are others.
"""

FEWEST = 100
"""A text with fewer stretches is filled up with some of its own: a little is no evidence.

They are those of its title and body as a whole, so that what is equal stays so.
"""

SENTENCE = 20
"""Letters; a text with fewer is like none but itself: many posts are pictures, or two words."""

SEED = 1
"""Of the MinHash."""

AHEAD = 512
"""Stretches among which FEWEST distinct ones are first looked for."""

_KEY = 0xFFFF
_PAIR = 32
_LATIN = 0x250


def signature(id: str, title: str, body: str) -> bytes:
    """The signature of a post by its folded title and body, which alone counts if not short."""
    import numpy as np

    letters = _letters(body)
    hashes = _hashes(letters)
    longer = _least(_longer(letters, hashes), KEYS)
    if len(_ascending(hashes[:AHEAD])) < FEWEST:
        hashes = _filled(_ascending(hashes), (title, body) if len(letters) >= SENTENCE else (id,))
    if len(longer) < KEYS:
        longer = np.concatenate((longer, _least(hashes, KEYS)))[:KEYS]
    keys = (longer & np.uint64(_KEY)).astype("<u2")
    return keys.tobytes() + _bits(hashes)


def _least(hashes: "Hashes", count: int) -> "Hashes":
    """The ``count`` least of them, each once and ascending; all where there are fewer."""
    import numpy as np

    several = 16 * count
    if len(hashes) > several:
        least = _ascending(np.partition(hashes, several)[:several])
        if len(least) >= count:
            return least[:count]
    return _ascending(hashes)[:count]


def _filled(hashes: "Hashes", whole: tuple[str, ...]) -> "Hashes":
    """At least FEWEST distinct numbers: the given ones, and as many of the texts' own as it takes.

    Other texts do not have those.
    """
    import numpy as np

    missing = max(0, FEWEST - len(hashes))
    text = "\0".join(whole).encode("utf-8", "surrogatepass")
    own = np.frombuffer(hashlib.shake_256(text).digest(8 * missing), "<u8")
    return np.concatenate((hashes, own.astype(np.uint64)))


def _bits(hashes: "Hashes") -> bytes:
    """The last bit of each least hash of a MinHash."""
    import numpy as np
    from rensa import RMinHash

    row = np.array([0, len(hashes)], np.uint64)
    digests = RMinHash.digest_matrix_from_flat_token_hashes(hashes, row, BITS, SEED).to_rows()
    least = np.fromiter(digests[0], np.uint32, BITS)
    return np.packbits(least & 1, bitorder="little").tobytes()


def near(one: bytes, other: bytes) -> bool:
    """Whether two posts of these signatures are near-duplicates: a key in common, and the bits."""
    begin = KEYS * 2
    keys = ({each[at : at + 2] for at in range(0, begin, 2)} for each in (one, other))
    first, second = (int.from_bytes(each[begin:]) for each in (one, other))
    return bool(set.intersection(*keys)) and (first ^ second).bit_count() <= DIFFERENT


def _letters(folded: str) -> "NDArray[np.uint32]":
    """The code points of a folded text without blanks and punctuation, which reposts change."""
    codes = points(folded)
    kept: NDArray[np.uint32] = codes[_is_letter().take(codes, mode="clip")]
    return kept


@cache
def _is_letter() -> "NDArray[np.bool_]":
    """Whether a code point is no blank and no punctuation; the last stands for all behind it.

    Ranges, not Unicode's categories, which change with the version of Python.
    """
    import numpy as np

    found = np.ones(0x3041, np.bool_)
    for begin, end in (
        (0x00, 0x30),
        (0x3A, 0x41),
        (0x5B, 0x61),
        (0x7B, 0xC0),
        (0x2000, 0x2070),
        (0x3000, 0x3005),
        (0x3008, 0x3021),
    ):
        found[begin:end] = False
    return found


def _hashes(letters: "NDArray[np.uint32]") -> "Hashes":
    """A number for each stretch; by MurmurHash3's finalizer (Appleby 2011), which mixes well."""
    import numpy as np

    if len(letters) < SHINGLE:
        return np.zeros(0, np.uint64)
    wide = letters.astype(np.uint64)
    pairs = wide[:-1] << np.uint64(_PAIR) | wide[1:]
    found: Hashes = pairs[:-2] * np.uint64(0x9E3779B97F4A7C15) + pairs[2:]
    return _mixed(found)


def _longer(letters: "NDArray[np.uint32]", hashes: "Hashes") -> "Hashes":
    """A number for each stretch of six letters, or of ten from a Latin one on.

    ``hashes`` are those of the stretches of four at each letter, of which they are made.
    """
    import numpy as np

    count = max(0, len(hashes) - 6)
    first = hashes[:count] * np.uint64(0x9E3779B97F4A7C15)
    tens = hashes[3 : count + 3] * np.uint64(0xC2B2AE3D27D4EB4F) + hashes[6:]
    return _mixed(first + np.where(letters[:count] < _LATIN, tens, hashes[2 : count + 2]))


def _mixed(hashes: "Hashes") -> "Hashes":
    import numpy as np

    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        hashes ^= hashes >> np.uint64(33)
        hashes *= np.uint64(factor)
    hashes ^= hashes >> np.uint64(33)
    return hashes


def _ascending(hashes: "Hashes") -> "Hashes":
    """Each of them once."""
    import numpy as np

    ordered: Hashes = np.sort(hashes)
    distinct: Hashes = ordered[np.diff(ordered, prepend=~ordered[:1]) != 0]
    return distinct
