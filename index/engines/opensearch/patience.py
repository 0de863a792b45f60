"""For how long is what fails for a while tried again, and after which pauses?"""

import random
import time

LONGEST_PAUSE = 5.0
"""Seconds."""


class Patience:
    """So many seconds from now on, with pauses between attempts that grow."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._attempts = 0

    def pause(self) -> bool:
        """Wait until the next attempt; False, at once, where patience would be over by then."""
        seconds = back_off(self._attempts)
        self._attempts += 1
        if time.monotonic() + seconds > self._end:
            return False
        time.sleep(seconds)
        return True


def back_off(attempt: int) -> float:
    """Seconds to wait after so many attempts: twice as long each time, half of it by chance."""
    most: float = min(LONGEST_PAUSE, 0.1 * 2 ** min(attempt, 10))
    return most * (0.5 + random.random() / 2)
