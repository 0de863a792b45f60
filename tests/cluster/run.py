"""Runs a command with a cluster of three nodes: ``python tests/cluster/run.py COMMAND…``

The addresses of the nodes stand in SOUWEN_CLUSTER, with blanks between. Ends with the command's
exit code; without a command it prints them, and ends with Ctrl-C. Where this machine can have no
cluster it says why, and runs the command without one; with CI set it does not, and ends with 1.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.distribution import Lacking
from cluster.running import running

VARIABLE = "SOUWEN_CLUSTER"


def main(command: Sequence[str]) -> int:
    """Start, run, stop."""
    # Whoever ends this politely is as much to be heeded as Ctrl-C: the nodes must end as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with running() as cluster:
            addresses = " ".join(cluster.addresses)
            print(f"{VARIABLE}='{addresses}'", flush=True)
            return _run(command, {VARIABLE: addresses}) if command else _sleep()
    except Lacking as error:
        print(f"no cluster: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI") or not command else _run(command, {})
    except KeyboardInterrupt:
        return 130


def _run(command: Sequence[str], variables: dict[str, str]) -> int:
    return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode


def _sleep() -> int:
    signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
