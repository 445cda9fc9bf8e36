"""Time that can be turned forward: the clock of tokens, time-outs, polls, slow mode and limits.

It never goes back: ids and what is remembered lean on that. Time limits of sockets and heartbeats are not on
it, as a bot, which lives in the time of the machine, would seem to have been silent for as long.
"""

from __future__ import annotations

import time


class Clock:
    """Unix seconds, ahead of the machine's by as much as it has been turned."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s

    def advance(self, seconds: float) -> None:
        assert seconds >= 0, "time does not go back"
        self.ahead_s += seconds
