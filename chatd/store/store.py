"""The store: the pool, the directory, the feed, the writer and the blobs, opened and closed together.

Both doors are given one of these and ask it for transactions; they never import this room.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from asyncpg import Connection, Pool

from chatd.log import logger
from chatd.model.actor import Actor
from chatd.model.attachment_links import LINK_LIFETIME_S, AttachmentLinks
from chatd.model.errors import ApiError, Unavailable
from chatd.model.events import Entry
from chatd.model.jobs import Job
from chatd.model.rule_set import WordLists
from chatd.model.snowflakes import Mint
from chatd.store.blobs import Blobs
from chatd.store.directory import Directory
from chatd.store.journal import PAGE_ENTRIES_MAX, Feed, read_entries
from chatd.store.listener import Listener
from chatd.store.pool import is_away
from chatd.store.queries import journal as queries
from chatd.store.queries import settings
from chatd.store.transaction import Queued, Reading, Transaction
from chatd.store.writer import Writer

log = logger.child("store")

# Who waits longer than this for a free connection is told that the database is away (503).
LEND_SECONDS_MAX = 30.0


class Store:
    """Open with `await Store.open(pool, …)`, end with `await store.close()`."""

    def __init__(
        self, pool: Pool, directory: Directory, mint: Mint, clock: Callable[[], float], blobs: Blobs,
        links: AttachmentLinks,
    ) -> None:  # fmt: skip
        self.name = secrets.token_hex(8)  # Tells our own notifications from those of other processes.
        self.pool = pool
        self.directory = directory
        self.mint = mint
        self.clock = clock
        self.blobs = blobs
        self.links = links
        # Where work for after a commit goes; nowhere, until somebody does such work.
        self.later: Callable[[Job], None] = lambda job: None
        self.feed = Feed(directory, self.journal_after)
        self.writer = Writer(pool, self.feed)
        self.listener = Listener(pool, self.feed, self.name)

    @classmethod
    async def open(
        cls, pool: Pool, *, blobs: Path, link_lifetime_s: float = LINK_LIFETIME_S, worker: int = 0,
        process: int = 0, clock: Callable[[], float] = time.time, word_lists: WordLists | None = None,
    ) -> Store:  # fmt: skip
        """Load the directory. `worker` and `process` tell this process's ids from another's.

        `blobs` is the folder for files, made when the first one comes.
        """
        directory = Directory(word_lists or {})
        async with pool.acquire() as conn:
            await directory.load(conn)
            key = await settings.find_attachment_key(conn)
        links = AttachmentLinks(key, clock, lifetime_s=link_lifetime_s)
        # A clock that was set back since the last run must not make new messages older than old ones.
        newest = max((channel.last_message_id or 0 for channel in directory.channels.values()), default=0)
        return cls(pool, directory, Mint(worker, process, clock, after=newest), clock, Blobs(blobs), links)

    async def listen(self, *, alone: bool = False) -> None:
        """Follow what other processes commit; see Listener.start."""
        await self.listener.start(alone=alone)

    async def close(self) -> None:
        """Commit what is waiting, then let go of the feed. The pool stays its owner's."""
        await self.writer.close()
        await self.listener.stop()
        await self.feed.close()

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Connection]:
        """A connection of the pool. Raises Unavailable for a database that is away, or goes meanwhile."""
        try:
            async with self.pool.acquire(timeout=LEND_SECONDS_MAX) as conn:
                yield conn
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("database away", error=type(error).__name__)
            raise Unavailable() from error

    @asynccontextmanager
    async def transaction(self, actor: Actor, reason: str | None = None) -> AsyncIterator[Transaction]:
        """BEGIN … COMMIT; events leave after the commit, and only then. `reason` is for the audit log."""
        tx = None
        try:
            async with self.lend() as conn:
                tx = Transaction(self, actor, conn, reason)
                try:
                    async with conn.transaction():
                        yield tx
                        await tx.before_commit()
                except BaseException:
                    # The connection may have been lost, or we cancelled, in the midst of COMMIT.
                    if tx.has_appended:
                        self.feed.look_again()
                    raise
                await tx.leave()
        except ApiError:
            if tx is not None:
                await tx.make_amends()  # by now without the connection, which it may need
            raise

    def queued(self, actor: Actor) -> Queued:
        """For hot actions: no connection is held, each write returns after its commit."""
        return Queued(self, actor)

    def reading(self, actor: Actor) -> Reading:
        return Reading(self, actor)

    async def journal_after(self, position: int, limit: int = PAGE_ENTRIES_MAX) -> list[Entry]:
        """Entries after `position`, in order, at most `limit`."""
        async with self.lend() as conn:
            return await read_entries(conn, position, limit)

    async def unseen_at(self, position: int, user_id: int) -> tuple[set[int], set[int]]:
        """The guilds that a user has joined since then, and the channels that have appeared for them."""
        async with self.lend() as conn:
            guilds = await queries.first_membership(conn, position=position, user_id=str(user_id))
            channels = await queries.first_sight(conn, position=position, user_id=user_id)
        return (
            {row["guild_id"] for row in guilds if row["name"] == "GUILD_MEMBER_ADD"},
            {row["channel_id"] for row in channels if row["name"] == "CHANNEL_CREATE"},
        )

    async def journal_bounds(self) -> tuple[int, int]:
        """The position before the oldest entry that is kept, and the newest position."""
        async with self.lend() as conn:
            row = await queries.journal_bounds(conn)
        return row["before_oldest"], row["head"]
