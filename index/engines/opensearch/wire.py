"""How is text sent to a cluster, and how does it come back? As JSON, whatever is in the text.

JSON in UTF-8 holds no lone surrogates, which names of files may have. Such a one is sent as two
characters that no text has otherwise, and that sort as it does: behind U+D7FF, before U+E000.
"""

import json
import re
from typing import Any

_MARK = "\ud7ff"
_FIRST = 0xD800
_OFFSET = 0x4E00
_ODD = re.compile("[\ud7ff\ud800-\udfff]")
_MARKED = re.compile(f"{_MARK}(.)", re.DOTALL)

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encode(value: Any) -> bytes:
    """A value as JSON, without line ends."""
    text = _encoder.encode(value)
    if _MARK in text:
        return plain(text).encode()
    try:
        return text.encode()
    except UnicodeEncodeError:
        return plain(text).encode()


def decode(data: bytes | str) -> Any:
    """The value that ``encode`` was given."""
    text = data.decode() if isinstance(data, bytes) else data
    found = json.loads(text)
    return _original(found) if _MARK in text or "\\ud7ff" in text.lower() else found


def plain(text: str) -> str:
    """A text without lone surrogates."""
    return _ODD.sub(lambda one: _MARK + chr(_OFFSET + ord(one[0]) - ord(_MARK)), text)


def original(text: str) -> str:
    """The text that ``plain`` was given."""
    return _MARKED.sub(lambda one: chr(ord(one[1]) - _OFFSET + ord(_MARK)), text)


def _original(value: Any) -> Any:
    match value:
        case str():
            return original(value)
        case list():
            return [_original(one) for one in value]
        case dict():
            return {name: _original(one) for name, one in value.items()}
        case _:
            return value
