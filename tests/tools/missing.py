"""What happens to a test that needs what is not there? It is skipped, or fails where CI is set."""

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """End the test that runs."""
    if os.environ.get("CI"):
        pytest.fail(f"no {what}, though CI is set")
    pytest.skip(f"no {what}")
