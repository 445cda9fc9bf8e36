"""Rate limits: a window that counts, with time as an argument. The arithmetic behind every limit.

A bucket allows `limit` calls in each window of `window_s` seconds. The window opens with the first call
and is forgotten when it ends, which is what the X-RateLimit headers can state exactly: `remaining` until
`reset`.
"""

from __future__ import annotations

from typing import NamedTuple


class Rate(NamedTuple):
    """`limit` calls in `window_s` seconds. A setting of 0 that means no limit is for its reader to know."""

    limit: int
    window_s: float


class Taken(NamedTuple):
    """The bucket after a call: was it allowed, how many are left, and when the window ends."""

    allowed: bool
    remaining: int
    reset_s: float


class Bucket:
    """Calls counted in the window that is open, if one is."""

    __slots__ = ("used", "reset_s")

    def __init__(self) -> None:
        self.used = 0
        self.reset_s = 0.0

    def take(self, rate: Rate, now_s: float) -> Taken:
        """Count one call at `now_s`; a refused call is not counted."""
        if now_s >= self.reset_s:
            self.used, self.reset_s = 0, now_s + rate.window_s
        if self.used >= rate.limit:
            return Taken(False, 0, self.reset_s)
        self.used += 1
        return Taken(True, rate.limit - self.used, self.reset_s)
