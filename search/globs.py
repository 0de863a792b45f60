"""Which shell pattern means the same as another, and is read in linear time?"""


def settled(pattern: str) -> str:
    """The pattern, in which every ``[`` that begins no class is written as one, ``[[]``.

    For each that does not, fnmatch (of Python 3.11 to 3.13) looks through all that follows.
    """
    at = pattern.find("[")
    while at >= 0:
        begin = at + 1 + pattern.startswith("!", at + 1)
        # A bracket at the beginning of a class stands in it.
        end = pattern.find("]", begin + 1)
        if end < 0:
            return pattern[:at] + pattern[at:].replace("[", "[[]")
        at = pattern.find("[", end)
    return pattern
