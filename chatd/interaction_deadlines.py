"""Interactions that wait for their first answer: given up when it has not come in time.

All wait equally long, so those that have waited longest are first in line, and one timer is enough for all of
them; while nobody waits there is none. It is in memory only: what a server that ended has not given up, the
next sweep does (jobs.py).
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from chatd.actions import interactions
from chatd.log import logger
from chatd.model.actor import ANYONE
from chatd.model.errors import Unavailable
from chatd.model.interactions import ANSWER_WITHIN
from chatd.model.jobs import AwaitAnswer

log = logger.child("interactions")


class InteractionDeadlines:
    """One line of those that wait. Leave it by `stop`."""

    def __init__(self, store: Any, *, wait_s: float = ANSWER_WITHIN.total_seconds()) -> None:
        self._store = store
        self._wait_s = wait_s
        self._waiting: deque[tuple[float, int]] = deque()  # when its time is over, and which
        self._timer: asyncio.TimerHandle | None = None
        self._giving_up: set[asyncio.Task[int]] = set()

    def begin(self, job: AwaitAnswer) -> None:
        loop = asyncio.get_running_loop()
        self._waiting.append((loop.time() + self._wait_s, job.interaction_id))
        if self._timer is None:
            self._timer = loop.call_at(self._waiting[0][0], self._ring)

    @property
    def is_waiting(self) -> bool:
        return self._timer is not None

    async def settle(self) -> None:
        """Return when those whose time is over have been given up."""
        await asyncio.gather(*self._giving_up)

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for task in self._giving_up:
            task.cancel()
        await asyncio.gather(*self._giving_up, return_exceptions=True)

    def _ring(self) -> None:
        """The first in line has waited long enough, and those whose time is the same."""
        loop = asyncio.get_running_loop()
        over = []
        while self._waiting and self._waiting[0][0] <= loop.time():
            over.append(self._waiting.popleft()[1])
        self._timer = loop.call_at(self._waiting[0][0], self._ring) if self._waiting else None
        if over:
            task = loop.create_task(give_up(self._store, over))
            self._giving_up.add(task)
            task.add_done_callback(self._giving_up.discard)


async def give_up(store: Any, interaction_ids: list[int]) -> int:
    """Give up those of them that nobody has answered, each by itself; how many."""
    given_up = 0
    for interaction_id in interaction_ids:
        try:
            async with store.transaction(ANYONE) as tx:
                given_up += await interactions.give_up(tx, interaction_id)
        except Unavailable:
            log.warning("interaction not given up: the database is away", id=interaction_id)
        except Exception:  # A fault of ours with this one, which must not keep the others waiting.
            log.exception("interaction not given up", id=interaction_id)
    return given_up
