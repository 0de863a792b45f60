"""Which text do the bytes of a file hold?"""

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"gb18030": "GB18030", "big5hkscs": "Big5"}
_SAMPLE = 1 << 20
"""Bytes that are looked at to find out how much of a file does not decode."""
_EVIDENCE = 1 << 16
"""Bytes that are looked at to tell GB18030 from Big5."""
_LITTLE = 12
"""Of fewer bytes that are not ASCII charset-normalizer makes Big5, be they what they may."""
_ASCII = bytes(range(128))
_DOUBT = 0.8
"""charset-normalizer's limit is 0.2; posts with much code and few words need a higher one."""

_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_CONTROLS = bytes([*range(9), *range(11, 32), 127])
_NO_CHARACTERS = "\ufeff\ufffe\uffff"
_BREAKS = {"\x0b": " ", "\x0c": " ", "\x85": "\n"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text whose lines end with ``\\n`` and which holds no control character but that and tabs.

    ``problem`` says what could not be decoded cleanly, ``line`` where that begins, counted from 1.
    """

    text: str
    problem: str | None = None
    line: int | None = None


def decode(data: bytes) -> Decoded:
    """Decode as the byte order mark says, else as UTF-8, GB18030 or Big5 by evidence.

    What does not decode becomes U+FFFD. Never raises; linear in the length of ``data``.
    """
    if (plain := _plain(data)) is not None:
        return Decoded(plain)
    encoding, mark = _encoding(data)
    raw = data[len(mark) :]
    try:
        return Decoded(_clean(raw.decode(encoding)))
    except UnicodeDecodeError as error:
        before = _clean(raw[: error.start].decode(encoding, "replace"))
        name = _NAMES.get(encoding, encoding.upper())
        return Decoded(
            _clean(raw.decode(encoding, "replace")),
            f"not all of it is {name}; what could not be read became “\ufffd”",
            before.count("\n") + 1,
        )


def _plain(data: bytes) -> str | None:
    """The text of nearly every file: UTF-8 with nothing in it to take out; else None."""
    # In UTF-8 the control characters from U+0080 begin with C2.
    if b"\xc2" in data or len(data.translate(None, _CONTROLS)) < len(data):
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if any(map(text.__contains__, _NO_CHARACTERS)) else text


def _clean(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub(lambda found: _BREAKS.get(found[0], ""), text)


def _encoding(data: bytes) -> tuple[str, bytes]:
    """The encoding and the mark that says so, empty where none does."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, mark
    return _guess(data), b""


def _guess(data: bytes) -> str:
    if _fits(data, "utf-8"):
        return "utf-8"
    if _nearly_utf_8(data[:_SAMPLE]):
        return "utf-8"
    fitting = [encoding for encoding in _NAMES if _fits(data, encoding)]
    if not fitting:
        return _least_broken(data[:_SAMPLE])
    return _detect(data) if len(fitting) > 1 else fitting[0]


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _nearly_utf_8(data: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8: a file that was cut or patched by a machine."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    return broken * 4 < foreign


def _detect(data: bytes) -> str:
    """GB18030 or Big5, both of which the bytes fit; the first where nothing can be said."""
    evidence = _evidence(data)
    if len(evidence.translate(None, _ASCII)) < _LITTLE:
        # Common words of GB18030 are GB2312 as well; half of Big5's characters are not.
        return "gb18030" if _fits(evidence, "gb2312") else "big5hkscs"
    from charset_normalizer import from_bytes

    best = from_bytes(evidence, cp_isolation=list(_NAMES), threshold=_DOUBT).best()
    return best.encoding if best else "gb18030"


def _evidence(data: bytes) -> bytes:
    """The first lines that are not plain ASCII, which would say nothing."""
    found, size = [], 0
    for line in data[:_SAMPLE].split(b"\n"):
        if not line.isascii() and size < _EVIDENCE:
            found.append(line[:_EVIDENCE])
            size += len(line)
    return b"\n".join(found)


def _least_broken(data: bytes) -> str:
    return min(("utf-8", *_NAMES), key=lambda name: data.decode(name, "replace").count("\ufffd"))
