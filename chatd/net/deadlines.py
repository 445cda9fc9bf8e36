"""Every time limit of the server, looked at once per tick.

A connection has one due time. Moving it is an assignment: no timer, no allocation, nothing per
message. What is watched lies in a bucket named by the tick at which somebody has to look; when that
tick comes, an item whose due time has moved on goes into a later bucket, and one that is due is told.
A limit therefore acts at its due time or up to one tick later, never before.

Invariant: an item that has a due time lies in exactly one bucket, at or before that time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from chatd.log import logger

log = logger.child("net")

# One second is fine enough for limits of many seconds; short limits (tests) get a quarter of theirs.
TICK_S_MAX = 1.0
TICK_S_MIN = 0.02


class Watched(Protocol):
    """What Deadlines looks after. Both attributes are written by Deadlines alone, `due` starting as None."""

    due: float | None
    bucket: int

    def on_due(self, now: float) -> None: ...


class Deadlines:
    """Buckets of watched items by tick, and the one timer that sweeps them.

    `clock` counts seconds; `now` is its value at the last sweep, for those who need the time cheaply.
    """

    def __init__(self, *, tick_s: float = TICK_S_MAX, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.tick_s = tick_s
        self.now = clock()
        self._swept = int(self.now / tick_s)
        self._buckets: dict[int, set[Watched]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def after(self, item: Watched, seconds: float) -> None:
        """Tell `item` in `seconds` from now, instead of whenever it was to be told before."""
        self.at(item, self.clock() + seconds)

    def at(self, item: Watched, due: float) -> None:
        """Tell `item` at `due` on the clock, instead of whenever it was to be told before."""
        item.due = due
        bucket = max(int(due / self.tick_s), self._swept) + 1
        if item.bucket:
            if item.bucket <= bucket:
                return  # looked at before that anyhow
            self._leave(item)
        item.bucket = bucket
        self._buckets.setdefault(bucket, set()).add(item)

    def forget(self, item: Watched) -> None:
        """Never tell `item`, and hold no reference to it."""
        item.due = None
        if item.bucket:
            self._leave(item)

    def _leave(self, item: Watched) -> None:
        # While a bucket is being swept it is in the dict no more.
        bucket = self._buckets.get(item.bucket)
        if bucket is not None:
            bucket.discard(item)
            if not bucket:
                del self._buckets[item.bucket]
        item.bucket = 0

    def sweep(self) -> None:
        """Look at every bucket whose tick has come."""
        now = self.now = self.clock()
        current = int(now / self.tick_s)
        for bucket in sorted(bucket for bucket in self._buckets if bucket <= current):
            self._swept = bucket
            for item in self._buckets.pop(bucket, ()):
                if item.bucket == bucket:
                    item.bucket = 0
                    self._look_at(item, now)
        self._swept = max(self._swept, current)

    def _look_at(self, item: Watched, now: float) -> None:
        if item.due is None:
            return
        if item.due > now:
            self.at(item, item.due)
            return
        item.due = None
        try:
            item.on_due(now)
        except Exception:
            log.exception("time limit failed", item=type(item).__name__)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Sweep every tick from now on."""
        if self._timer is None:
            self._swept = max(self._swept, int(self.clock() / self.tick_s) - 1)
            self.now = self.clock()
            self._timer = loop.call_later(self.tick_s, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_later(self.tick_s, self._tick, loop)
        self.sweep()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
