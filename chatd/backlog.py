"""Work that was named in a transaction and is done after its commit: `tx.later(job)`.

Nobody waits for it and nothing depends on it: a message whose links were not looked up is a message. So it
is in memory only, bounded, and dropped when the server stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from chatd.log import logger
from chatd.model.errors import Unavailable
from chatd.model.jobs import Job

log = logger.child("jobs")

# A burst of links may take its time; beyond this it would be looked up when nobody reads it any more.
JOBS_WAITING_MAX = 1000
WORKERS = 3

Handler = Callable[[Any], Awaitable[None]]


class Backlog:
    """Jobs, done by a few at a time by the handler of their class."""

    def __init__(self, handlers: dict[type, Handler]) -> None:
        self._handlers = handlers
        self._queue: asyncio.Queue[Job] = asyncio.Queue(JOBS_WAITING_MAX)
        self._workers: list[asyncio.Task[None]] = []

    def put(self, job: Job) -> None:
        """Have it done; never waits."""
        try:
            self._queue.put_nowait(job)
        except asyncio.QueueFull:
            log.warning("job dropped: too many are waiting", job=type(job).__name__)

    def start(self) -> None:
        self._workers = [asyncio.create_task(self._work()) for _ in range(WORKERS)]

    async def stop(self) -> None:
        """Break off what runs, and drop what waits."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if waiting := self._queue.qsize():
            log.info("jobs dropped at the end", jobs=waiting)

    async def drain(self) -> None:
        """Wait until everything has been done, for a test."""
        await self._queue.join()

    async def _work(self) -> None:
        while True:
            job = await self._queue.get()
            try:
                await self._handlers[type(job)](job)
            except Unavailable:
                log.warning("job dropped: the database is away", job=type(job).__name__)
            except Exception:  # A fault of ours, to be seen; the next job may do better.
                log.exception("job failed", job=type(job).__name__)
            finally:
                self._queue.task_done()
