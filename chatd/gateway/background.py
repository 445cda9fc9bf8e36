"""Work that callbacks ask for and nobody waits for: one run at a time, however often it is asked for.

A run starts with what is there and takes all of it; what comes in meanwhile is for one more run. A failure
is logged, and the work that asks again finds what was left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from chatd.log import logger
from chatd.model.errors import Unavailable

log = logger.child("gateway")


class Background:
    def __init__(self, work: Callable[[], Awaitable[None]], event_of_failure: str) -> None:
        self._work = work
        self._event_of_failure = event_of_failure
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def kick(self) -> None:
        """Run the work soon."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        else:
            self._again = True

    async def settle(self) -> None:
        """Return when everything that was asked for so far has been tried."""
        while self._task is not None:
            await asyncio.shield(self._task)

    async def _run(self) -> None:
        try:
            self._again = True
            while self._again:
                self._again = False
                await self._work()
        except Unavailable:
            log.warning(self._event_of_failure, reason="the database is away")
        except Exception as error:
            log.exception(self._event_of_failure, error)
        finally:
            self._task = None
