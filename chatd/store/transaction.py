"""What an action is given: who asks, the directory, a place to write, and `emit`.

Three kinds, one face. A Transaction is BEGIN to COMMIT on one connection; its events are appended by the
last statement before the commit and leave after it, so a change that rolled back cannot be announced. A
Queued one holds no connection: its writes join the group that commits next (store/writer.py). A
Reading one only reads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from asyncpg import Connection

from chatd.model.actor import Actor
from chatd.model.attachment_links import AttachmentLinks
from chatd.model.audience import Audience, guild_of
from chatd.model.errors import ApiError
from chatd.model.events import Entry, Event
from chatd.model.jobs import Job
from chatd.store import journal
from chatd.store.directory import CHANGES_PERMISSIONS, Directory
from chatd.store.queries import journal as queries
from chatd.store.sight import Sight
from chatd.store.writer import Write, run_batch

if TYPE_CHECKING:
    from chatd.store.store import Store


# What is written in the place of a refused act.
Amends = Callable[["Transaction"], Awaitable[None]]


class Reading:
    """Read as `actor`; connections are borrowed for as long as a query takes."""

    def __init__(self, store: Store, actor: Actor) -> None:
        self._store = store
        self.actor = actor
        self._signals: list[tuple[Event, Audience]] = []
        self._jobs: list[Job] = []
        self._amends: list[Amends] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if error is None:
            await self.leave()
        elif isinstance(error, ApiError):
            await self.make_amends()

    @property
    def directory(self) -> Directory:
        return self._store.directory

    @property
    def links(self) -> AttachmentLinks:
        return self._store.links

    def next_id(self) -> int:
        return self._store.mint.next()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._store.clock(), UTC)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        async with self._store.lend() as conn:
            yield conn

    async def hold_permissions(self, guild_id: int) -> None:
        """Make what is remembered of a guild good enough to decide by.

        Here it is as it is: a reader may be answered by the moment before, and a queued write carries
        how old its knowledge was.
        """

    async def catch_up(self) -> None:
        """After a refusal, or where a row is ahead of the directory: learn what has changed since."""
        await self._store.feed.catch_up()

    def signal(self, event: Event, *, to: Audience) -> None:
        """Announce what nobody replays (typing, presence), once this has ended well."""
        self._signals.append((event, to))

    def later(self, job: Job) -> None:
        """Have something done that needs the outside world, once this has ended well (backlog.py)."""
        self._jobs.append(job)

    def even_if_refused(self, act: Amends) -> None:
        """Have something written though this ends in a refusal, which undoes all else: why it was refused."""
        self._amends.append(act)

    async def make_amends(self) -> None:
        """It was refused, and is over: write what is to be known of it, in a transaction of its own."""
        if self._amends:
            async with self._store.transaction(self.actor) as tx:
                for act in self._amends:
                    await act(tx)

    async def leave(self) -> None:
        """It ended well: let go of what was only to be said, or done, then."""
        for event, audience in self._signals:
            self._store.feed.signal(event, audience)
        for job in self._jobs:
            self._store.later(job)


class Queued(Reading):
    """Write as `actor` with the group that commits next."""

    async def write(self, query: Any, row: dict[str, Any], event: Event, *, to: Audience) -> bool:
        """Commit one row of a batch query with its event; False when the statement refused it."""
        return await self._store.writer.commit(Write(query, row, event, to))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """What must be written before, and seldom: a transaction of the same actor, over when it ends."""
        async with self._store.transaction(self.actor) as tx:
            yield tx


class Transaction(Queued):
    """Read and write as `actor` between BEGIN and COMMIT, on `conn`."""

    def __init__(self, store: Store, actor: Actor, conn: Connection, reason: str | None = None) -> None:
        """`reason` is what the actor says of it, for the audit log."""
        super().__init__(store, actor)
        self.reason = reason
        self.conn = conn
        self._events: list[tuple[Event, Audience]] = []
        self._sight = Sight(self.directory)
        self._written: list[Entry] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        yield self.conn

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """This one."""
        yield self

    @contextmanager
    def acting_as(self, actor: Actor) -> Iterator[None]:
        """Within it somebody else acts: what is done in their name, and not to them."""
        own, self.actor = self.actor, actor
        try:
            yield
        finally:
            self.actor = own

    def emit(self, event: Event, *, to: Audience) -> None:
        """Announce a change: the event is appended at the commit and leaves after it."""
        self._events.append((event, to))

    async def write(self, query: Any, row: dict[str, Any], event: Event, *, to: Audience) -> bool:
        """The same row, in this transaction. Its event keeps its place among the others'."""
        await self._append()
        entries = await run_batch(self.conn, [Write(query, row, event, to)])
        self._written += entries
        return bool(entries)

    async def hold_permissions(self, guild_id: int) -> None:
        """Keep the guild's permissions as they are until the commit, and know them."""
        changed = await queries.hold_permissions(self.conn, guild_id=guild_id)
        # Without a row: it is no guild, or was deleted while we waited, which is then to be learned.
        is_news = guild_id in self.directory.guilds if changed is None else changed > self.directory.position
        if is_news:
            await self.catch_up()

    async def _hold(self, guild_ids: list[int]) -> None:
        """Likewise for several, before something that changes them is appended."""
        held = await queries.lock_guilds(self.conn, guild_ids=guild_ids)
        if any(row["permission_position"] > self.directory.position for row in held):
            await self.catch_up()

    async def catch_up(self) -> None:
        """On this connection: one more might not be free, when all of them are waiting here."""
        await self._store.feed.catch_up(partial(journal.read_entries, self.conn))

    @property
    def has_appended(self) -> bool:
        return bool(self._written)

    async def before_commit(self) -> None:
        await self._append()

    async def leave(self) -> None:
        await self._store.feed.follow(self._written, self.conn)
        await super().leave()

    async def _append(self) -> None:
        """Append what has been emitted so far. From here to the commit this transaction holds the head."""
        if not self._events:
            return
        events, self._events = self._events, []
        changed = sorted(guilds_changed_by(events))
        if changed:
            await self._hold(changed)
            events = self._sight.told_with(events)
        columns = journal.columns_of(events)
        last = await queries.append_entries(self.conn, sender=self._store.name, **columns)
        if changed:
            await queries.mark_guilds(self.conn, guild_ids=changed, position=last)
        first = last - len(events) + 1
        self._written += [
            Entry(first + at, event.name, payload, audience, d=event.d)
            for at, ((event, audience), payload) in enumerate(zip(events, columns["payloads"], strict=True))
        ]


def guilds_changed_by(events: list[tuple[Event, Audience]]) -> set[int]:
    """The guilds in which these events change what somebody may do."""
    guild_ids = (guild_of(audience) for event, audience in events if event.name in CHANGES_PERMISSIONS)
    return {guild_id for guild_id in guild_ids if guild_id is not None}
