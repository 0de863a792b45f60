"""How large is a number of bytes, in words?"""

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def words(size: float) -> str:
    """Bytes in the unit in which they are a number of few digits."""
    for unit in _UNITS[:-1]:
        if size < 1024:
            return f"{size:,.0f} B" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1024
    return f"{size:,.1f} {_UNITS[-1]}"
