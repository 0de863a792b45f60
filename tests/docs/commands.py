"""Which commands does the README give? Prints one of them: ``python commands.py demo``."""

import re
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def command(name: str) -> str:
    """The line of the README's code block that is marked ``<!-- name -->``."""
    found = re.search(
        rf"<!-- {name} -->\n```(?:bash|sh)\n(.+)\n```", README.read_text(encoding="utf-8")
    )
    if found is None:
        raise LookupError(f"{README}: no code block marked <!-- {name} -->")
    return found[1]


if __name__ == "__main__":
    print(command(sys.argv[1]))
