"""Bytes are told in the unit that fits them."""

import pytest

from souwen.index.sizes import words


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1024, "1.0 KiB"),
        (3 * 2**19, "1.5 MiB"),
        (5 * 2**30, "5.0 GiB"),
        (2**52, "4,096.0 TiB"),
    ],
)
def test_bytes_in_words(size: int, expected: str):
    assert words(size) == expected
