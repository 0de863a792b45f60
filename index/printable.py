"""Which text can be shown on a terminal, or given to a program, without doing any harm?"""

import json
import re

_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters, marks that change the direction of text, lone surrogates."""

_BLANK = "\t\n\r\u2028\u2029"
_PICTURES = 0x2400


def printable(text: str) -> str:
    """The text with every control character replaced by one visible character.

    Line ends and tabs become blanks, so that the result is one line; offsets stay valid.
    """
    return _HARMFUL.sub(_visible, text)


def _visible(found: re.Match[str]) -> str:
    char = found.group()
    if char in _BLANK:
        return " "
    if char < " ":
        return chr(_PICTURES + ord(char))
    return "␡" if char == "\x7f" else "\ufffd"


def to_json(value: object) -> str:
    """JSON on one line, readable as it is, with control characters and surrogates escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _HARMFUL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
