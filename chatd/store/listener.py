"""The listener: one connection that hears what other processes append to the journal.

LISTEN belongs to a connection, and so does the lock by which a server keeps others off its database: both
are held on this one for as long as it lives, and taken anew on the next when it is lost. Nothing is missed
meanwhile, because the feed then reads forward from where it is.
"""

from __future__ import annotations

import asyncio
from typing import Any

from asyncpg import Connection, Pool

from chatd.log import logger
from chatd.model.errors import Unavailable
from chatd.store.journal import Feed
from chatd.store.pool import is_away
from chatd.store.queries import journal as queries

log = logger.child("store")

CHANNEL = "chatd_journal"
RETRY_S = 1.0


class Superseded(Exception):
    """Another server took over the database while this one could not reach it."""


class Listener:
    """`start` returns when nothing can be missed any more; `failure` is set when it gave up for good."""

    def __init__(self, pool: Pool, feed: Feed, name: str) -> None:
        """`name` is how this process signs its own notifications."""
        self.failure: Superseded | None = None
        self._pool = pool
        self._feed = feed
        self._name = name
        self._alone = False
        self._started = asyncio.Event()
        self._well = True  # what the log knows
        self._task: asyncio.Task[None] | None = None

    async def start(self, *, alone: bool) -> None:
        """Begin to follow. `alone`: wait until no other server is on this database, and keep others off."""
        self._alone = alone
        self._task = asyncio.create_task(self._run())
        await self._started.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self.failure is None:
            try:
                async with self._pool.acquire() as conn:
                    await self._follow(conn)
                self._note("connection ended")
            except Superseded as error:
                self.failure = error
            except Exception as error:  # whatever it was: unheard events are cured by the next connection
                if not (isinstance(error, Unavailable) or is_away(error)):
                    log.exception("journal listener failed", error)  # a fault of ours, to be seen
                self._note(type(error).__name__)
            await asyncio.sleep(RETRY_S)

    async def _follow(self, conn: Connection) -> None:
        """Hear notifications until the connection is lost."""
        if self._alone and not await queries.try_serve(conn):
            self._is_served_by_another()
            return
        lost = asyncio.Event()

        def on_lost(_: Any) -> None:
            lost.set()

        conn.add_termination_listener(on_lost)
        await conn.add_listener(CHANNEL, self._on_notification)
        try:
            await self._feed.catch_up()
            if not self._well:
                log.info("journal followed again", position=self._feed.position)
                self._well = True
            self._started.set()
            await lost.wait()
        finally:
            conn.remove_termination_listener(on_lost)
            if not conn.is_closed():
                await conn.remove_listener(CHANNEL, self._on_notification)

    def _is_served_by_another(self) -> None:
        if self._started.is_set():
            raise Superseded("another chatd serves this database now")
        if self._well:
            log.warning("another chatd serves this database; waiting for it to end")
            self._well = False

    def _note(self, reason: str) -> None:
        """Say once that the connection is lost, however long it stays away."""
        if self._well:
            log.warning("journal not followed", reason=reason)
            self._well = False

    def _on_notification(self, conn: Any, pid: int, channel: str, payload: str) -> None:
        sender, _, position = payload.partition(":")
        if sender != self._name:
            self._feed.hear_of(int(position))
