"""Eight readers and two writers on one index for a minute: every answer is checked afterwards.

``python tests/bench/together.py [SECONDS]``
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools.together import run


def main() -> None:
    """Print what happened; exit with 1 if anything was wrong."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), seconds=seconds, readers=8, writers=2)
    print(f"commits {outcome.commits}, answers {outcome.answers}, states read {outcome.states}")
    for error in outcome.errors[:10]:
        print(error)
    sys.exit(bool(outcome.errors))


if __name__ == "__main__":
    main()
