"""How long is a time as people write it?"""

import re

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[smhd])+|[0-9]+(?:\.[0-9]+)?")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd]?)")


def parse(text: str) -> float:
    """Seconds in a time such as ``90``, ``90s``, ``5m`` or ``1h30m``.

    Raises ValueError for anything else, and for less than a second.
    """
    plain = text.strip().lower()
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(plain))
    if not _DURATION.fullmatch(plain) or seconds < 1:
        raise ValueError(f"{text!r} is no time of a second or more; write it as in 30s, 5m, 1h30m")
    return seconds


def words(seconds: float) -> str:
    """A time as ``parse`` reads it, to the second."""
    rest, parts = round(seconds), []
    for unit in "dhms":
        count, rest = divmod(rest, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
