"""Group commit: the writes of hot actions that wait at the same time become one commit.

A transaction of its own costs every message a round trip for BEGIN, one for COMMIT, an fsync, and a turn
at the journal's head. Here one connection commits whatever is waiting: while one group is on its way,
the next one gathers. With one sender a group is one message and a single round trip; with many it
grows by itself.

A batch query (sql/messages.sql, `insert_messages`) takes an array for each field, appends the events
itself, and answers `n` (from 1) and `position` for each row that it accepted. It is one statement, so a
group of one kind needs no BEGIN. A row that fails alone must not fail its neighbours: when a group
raises, each of its writes is tried by itself.

The most frequent write has a second query for a group of one (ALONE), which is what a quiet server commits.
"""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import Any

import asyncpg
from asyncpg import Connection, Pool

from chatd.log import logger
from chatd.model.audience import Audience
from chatd.model.errors import Unavailable
from chatd.model.events import Entry, Event
from chatd.model.json_text import encode_json
from chatd.store.journal import Feed
from chatd.store.pool import is_away
from chatd.store.queries import messages

log = logger.child("store")

# A group larger than this gains nothing more and delays its first.
GROUP_WRITES_MAX = 500

# What does for one row what a batch query does for many. It takes the same fields in the same order, each by
# itself, and answers the position, None for a row that it refuses.
ALONE = {messages.insert_messages: messages.insert_message}


class Write:
    """One waiting row of a batch query, with the event that it makes."""

    __slots__ = ("query", "row", "event", "audience", "payload", "done")

    def __init__(self, query: Any, row: dict[str, Any], event: Event, audience: Audience) -> None:
        self.query = query
        self.row = row
        self.event = event
        self.audience = audience
        self.payload = encode_json(event.d)
        self.done: asyncio.Future[bool] | None = None

    def entry(self, position: int) -> Entry:
        return Entry(position, self.event.name, self.payload, self.audience, d=self.event.d)


async def run_batch(conn: Connection, writes: list[Write]) -> list[Entry]:
    """Run writes of one query as one statement. The accepted ones' entries, by position."""
    query = writes[0].query
    if len(writes) == 1 and query in ALONE:
        return await _run_alone(conn, writes[0])
    columns = {name: [write.row[name] for write in writes] for name in writes[0].row}
    columns["payloads"] = [write.payload for write in writes]
    rows = await query(conn, **columns)
    return [writes[row["n"] - 1].entry(row["position"]) for row in rows]


async def _run_alone(conn: Connection, write: Write) -> list[Entry]:
    query = ALONE[write.query]
    fields = {**write.row, "payloads": write.payload}
    names = zip(query.parameters, write.query.parameters, strict=True)
    position = await query(conn, **{name: fields[name_in_batch] for name, name_in_batch in names})
    return [] if position is None else [write.entry(position)]


class Writer:
    """Commits what is waiting, group by group, on one connection that it keeps.

    Invariant: `_group` is running exactly while `_waiting` holds something or a group is on its way.
    """

    def __init__(self, pool: Pool, feed: Feed) -> None:
        """`feed` delivers the entries of each commit before those who wait are told."""
        self._pool = pool
        self._feed = feed
        self._conn: Connection | None = None
        self._waiting: list[Write] = []
        self._group: asyncio.Task[None] | None = None

    async def commit(self, write: Write) -> bool:
        """Wait for the commit of this write. False when its statement refused it.

        Raises the database's error if the write itself was wrong, and Unavailable when the connection
        was lost and nobody can say whether it was committed.
        """
        write.done = asyncio.get_running_loop().create_future()
        self._waiting.append(write)
        if self._group is None:
            self._group = asyncio.create_task(self._commit_groups())
        return await write.done

    async def close(self) -> None:
        """Wait until everything has been committed, and give the connection back."""
        while self._group is not None:
            await asyncio.gather(self._group, return_exceptions=True)
        await self._give_back()

    async def _commit_groups(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:GROUP_WRITES_MAX], self._waiting[GROUP_WRITES_MAX:]
                await self._commit(group)
        finally:
            self._group = None

    async def _commit(self, group: list[Write]) -> None:
        try:
            if self._conn is None:
                self._conn = await self._pool.acquire()
            await self._commit_on(self._conn, group)
        except Exception as error:
            if is_away(error):
                log.error("commit lost", writes=len(group), error=type(error).__name__)
                _fail(group, Unavailable())
                await self._give_back()
                self._feed.look_again()
            else:
                log.exception("commit failed", writes=len(group))
                _fail(group, error)

    async def _give_back(self) -> None:
        """Return the connection to the pool, which replaces it if it is broken."""
        conn, self._conn = self._conn, None
        if conn is None:
            return
        try:
            await self._pool.release(conn)
        except Exception as error:
            if not is_away(error):  # a broken connection is what the pool replaces
                raise

    async def _commit_on(self, conn: Connection, group: list[Write]) -> None:
        try:
            entries = await self._run(conn, group)
        except asyncpg.PostgresError as error:
            if is_away(error):
                raise
            if len(group) == 1:
                _fail(group, error)
                return
            # One of them is at fault, and the statement does not say which.
            for write in group:
                await self._commit_on(conn, [write])
            return
        await self._feed.follow(entries, conn)
        _tell(group, entries)

    async def _run(self, conn: Connection, group: list[Write]) -> list[Entry]:
        """One statement for a group of one kind; a transaction around several."""
        if len(group) == 1:
            return await run_batch(conn, group)
        batches = [list(batch) for _, batch in groupby(group, key=lambda write: write.query)]
        if len(batches) == 1:
            return await run_batch(conn, group)
        async with conn.transaction():
            return [entry for batch in batches for entry in await run_batch(conn, batch)]


def _tell(group: list[Write], entries: list[Entry]) -> None:
    """Tell each who waits whether its write was accepted: its event then is in an entry."""
    accepted = {id(entry.d) for entry in entries}
    for write in group:
        assert write.done is not None
        if not write.done.done():
            write.done.set_result(id(write.event.d) in accepted)


def _fail(group: list[Write], error: Exception) -> None:
    for write in group:
        assert write.done is not None
        if not write.done.done():
            write.done.set_exception(error)
