"""Does any input break a promise? ``python tests/bench/fuzz/run.py TARGET --minutes N``

Atheris (extra ``fuzz``) changes inputs so that they reach new branches of the code; with
``--hypothesis``, or where Atheris is not installed, Hypothesis draws them. TARGET is one of those
of ``tests/tools/targets.py``, or ``all``, one after the other; N are minutes of the processor.
``--corpus FOLDER`` keeps the inputs that reached something new, for the next time. Ends at the
first input that breaks a promise or takes longer than PATIENCE, which is printed.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

PATIENCE = 15
"""Seconds of the processor for one input: 20,000 characters at most, and Atheris slows all down."""

ENDLESS = 900
"""Seconds by the clock after which an input is taken to have no end."""

LARGEST = 4096
"""Bytes of an input."""

ROOM = 8192
"""Megabytes of a process; Atheris itself takes up to half of that in an hour of the processor."""

SEEDS = 100
"""Inputs to begin with."""

NAMES = ("loader", "front_matter", "markup", "dates", "parser", "snippets", "codec")


def with_atheris(name: str, seconds: int, corpus: Path) -> None:
    """Fuzz until the time is over; the process ends there."""
    import atheris

    with atheris.instrument_imports(include=["souwen"]):
        from tools.targets import TARGETS

    def check(data: bytes) -> None:
        began = time.process_time()
        TARGETS[name](data)
        assert time.process_time() - began < PATIENCE, "it takes too long"
        if time.process_time() > seconds:
            os.kill(os.getpid(), signal.SIGUSR1)

    options = [
        f"-timeout={ENDLESS}",
        f"-rss_limit_mb={ROOM}",
        f"-malloc_limit_mb={ROOM // 4}",
        f"-max_len={LARGEST}",
        "-len_control=0",
        "-print_final_stats=1",
    ]
    options += [f"-artifact_prefix={corpus.parent}/{name}-"]
    if not any(corpus.iterdir()):
        chance = random.Random(1)
        for number in range(SEEDS):
            (corpus / f"seed{number}").write_bytes(
                chance.randbytes(chance.randrange(1, 80)) + b"\1"
            )
    atheris.Setup([sys.argv[0], *options, str(corpus)], check)
    atheris.Fuzz()


def with_hypothesis(name: str, seconds: int) -> None:
    """Draw inputs until the time is over. Raises what the check raises, for the least of them."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
    from tools.targets import TARGETS

    @settings(
        max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.binary(max_size=200))
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    rounds = 0
    while time.process_time() < seconds:
        holds()
        rounds += 1
    print(f"{name}: {rounds} rounds of up to 2000 inputs")


def main() -> int:
    """Fuzz one target in this process, or all in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", choices=[*NAMES, "all"])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--hypothesis", action="store_true")
    given = parser.parse_args()
    if given.target == "all":
        rest = sys.argv[1:]
        codes = [
            subprocess.run(
                [sys.executable, __file__, *(name if one == "all" else one for one in rest)],
                check=False,
            ).returncode
            for name in NAMES
        ]
        return int(any(codes))
    if not given.hypothesis:
        with suppress(ImportError), tempfile.TemporaryDirectory() as folder:
            corpus = (given.corpus or Path(folder)) / given.target
            corpus.mkdir(parents=True, exist_ok=True)
            with_atheris(given.target, round(given.minutes * 60), corpus)
    with_hypothesis(given.target, round(given.minutes * 60))
    return 0


if __name__ == "__main__":
    sys.exit(main())
