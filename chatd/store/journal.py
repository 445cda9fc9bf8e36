"""The journal: one table of events, and the feed that hands them to this process in its order.

The contract: an event is delivered if and only if its change committed; to every subscriber, once, in
journal order; across processes, restarts and crashes, for as long as the retention lasts.

How it holds:
- `journal_append` (sql/schema/0004) takes positions from a one-row head whose lock is kept until the
  commit, so positions are gapless and in commit order.
- A commit in this process gives its entries to `Feed.committed` directly. What another process commits
  is announced by NOTIFY, which is only a hint: the feed reads forward from where it is.
- Entries that come out of turn wait until the gap before them is filled, by their owner or by a read.

Who calls what of the feed: a transaction and the writer `follow` their own commit; one whose commit ended in
an error says `look_again`; the listener says `hear_of` for a notification, and `catch_up` when it has a new
connection; an action that was refused for old knowledge, `catch_up`; typing and presence, `signal`. All of
them end in `committed`, which alone decides what is delivered when.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

from asyncpg import Connection

from chatd.log import logger
from chatd.model.audience import Audience, Channel, Guild, Nobody, Onlookers, Users
from chatd.model.errors import Unavailable
from chatd.model.events import Entry, Event
from chatd.model.json_text import encode_json
from chatd.store.directory import Directory
from chatd.store.pool import is_away
from chatd.store.queries import journal as queries

log = logger.child("journal")

# How long a gap may stay before it is read from the table: its owner is usually microseconds away.
GAP_S = 0.05
# Between attempts to read while the database is away.
RETRY_S = 1.0
# In front of the ids of a row, which are never 0: the others are meant. See audience.Onlookers.
ALL_BUT = 0
# One page of a read forward.
PAGE_ENTRIES_MAX = 500

Subscriber = Callable[[list[Entry]], None]

class JournalCut(Exception):
    """Entries that this process has not seen are no longer kept: it must load everything anew."""


ReadAfter = Callable[[int, int], Awaitable[list[Entry]]]


def columns_of(events: Sequence[tuple[Event, Audience]]) -> dict[str, list[Any]]:
    """Events as the parallel arrays that journal_append takes."""
    places = [place_of(audience) for _, audience in events]
    return {
        "names": [event.name for event, _ in events],
        "guild_ids": [guild_id for guild_id, _, _ in places],
        "channel_ids": [channel_id for _, channel_id, _ in places],
        "user_ids": [user_ids for _, _, user_ids in places],
        "payloads": [encode_json(event.d) for event, _ in events],
    }


def place_of(audience: Audience) -> tuple[int | None, int | None, str | None]:
    """An audience as its columns: guild_id, channel_id, and user_ids as an array literal."""
    match audience:
        case Channel(channel_id, guild_id):
            return guild_id, channel_id, None
        case Guild(guild_id):
            return guild_id, None, None
        case Users(user_ids, guild_id):
            return guild_id, None, _array(user_ids)
        case Onlookers(user_ids, guild_id, channel_id, all_but):
            named = sorted(user_ids)
            return guild_id, channel_id, _array([ALL_BUT, *named] if all_but else named)
        case Nobody():
            return None, None, "{}"


def _array(user_ids: Iterable[int]) -> str:
    return "{" + ",".join(map(str, user_ids)) + "}"


def entry_of(row: Any) -> Entry:
    """A row of the journal as an Entry."""
    return Entry(row["position"], row["name"], row["payload"], _audience_of(row))


async def read_entries(conn: Connection, position: int, limit: int) -> list[Entry]:
    """Entries after `position`, in order, at most `limit`."""
    return [entry_of(row) for row in await queries.entries_after(conn, position=position, limit=limit)]


def _audience_of(row: Any) -> Audience:
    user_ids, guild_id, channel_id = row["user_ids"], row["guild_id"], row["channel_id"]
    if user_ids is not None and channel_id is not None:
        return Onlookers(frozenset(user_ids) - {ALL_BUT}, guild_id, channel_id, ALL_BUT in user_ids[:1])
    if user_ids is not None:
        return Users(tuple(user_ids), guild_id) if user_ids or guild_id else Nobody()
    return Guild(guild_id) if channel_id is None else Channel(channel_id, guild_id)


class Feed:
    """Entries in journal order, for the directory and then for every subscriber of this process.

    Invariant: everything up to `position` has been delivered, and nothing after it; `_early` holds only
    entries beyond `position + 1`.
    """

    def __init__(self, directory: Directory, read_after: ReadAfter) -> None:
        """`read_after(position, limit)` reads entries from the table."""
        self.position = directory.position
        self._directory = directory
        self._read_after = read_after
        self._subscribers: list[Subscriber] = []
        self._foreseers: list[Callable[[Entry], None]] = []
        self._early: dict[int, Entry] = {}
        self._reading: asyncio.Task[None] | None = None
        self._heard_of = self.position
        self._in_doubt = False
        self.failure: JournalCut | None = None

    def subscribe(self, subscriber: Subscriber) -> None:
        """`subscriber` is called with each run of entries, synchronously and in order."""
        self._subscribers.append(subscriber)

    def foresee(self, foreseer: Callable[[Entry], None]) -> None:
        """`foreseer` is called before the directory folds in an entry that changes who sees what."""
        self._foreseers.append(foreseer)

    def committed(self, entries: list[Entry]) -> None:
        """Take the entries of one commit, which have their positions."""
        if not entries or entries[-1].position <= self.position:
            return  # A read forward was faster.
        if not self._early and entries[0].position == self.position + 1:
            self._deliver(entries)
            return
        self._early.update((entry.position, entry) for entry in entries if entry.position > self.position)
        self._deliver(self._next_run())
        if self._early:
            asyncio.get_running_loop().call_later(GAP_S, self._read_if_behind)

    def signal(self, event: Event, to: Audience) -> None:
        """Deliver what nobody replays; it repeats the position that has been reached."""
        entry = Entry(self.position, event.name, encode_json(event.d), to, journalled=False, d=event.d)
        self._hand_out([entry])

    def hear_of(self, position: int) -> None:
        """Another process says that the journal has grown to `position`."""
        self._heard_of = max(self._heard_of, position)
        self._read_if_behind()

    def look_again(self) -> None:
        """A commit ended in an error, and nobody knows whether it took place: the journal does."""
        self._in_doubt = True
        self._read_if_behind()

    async def catch_up(self, read_after: ReadAfter | None = None) -> None:
        """Read forward until there is nothing more, with `read_after` for one's own connection."""
        read_after = read_after or self._read_after
        while True:
            entries = await read_after(self.position, PAGE_ENTRIES_MAX)
            if entries and entries[0].position > self.position + 1:
                self.failure = JournalCut(f"the journal was cut after position {self.position}")
                raise self.failure
            self.committed(entries)  # which drops what another delivery has brought meanwhile
            if len(entries) < PAGE_ENTRIES_MAX:
                return

    async def follow(self, entries: list[Entry], conn: Connection) -> None:
        """Take the entries of a commit that was made on `conn`, and return when they have been delivered.

        So who is told of a commit finds it in the directory. If another process has committed just
        before, what it did is read first.
        """
        self.committed(entries)
        if entries and self.position < entries[-1].position:
            try:
                await self.catch_up(partial(read_entries, conn))
            except Exception as error:
                if not is_away(error):
                    raise
                self.look_again()  # It is committed all the same, and will be delivered.

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    @property
    def _is_behind(self) -> bool:
        return bool(self._early) or self._heard_of > self.position or self._in_doubt

    def _read_if_behind(self) -> None:
        if self._is_behind and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read_until_level())

    async def _read_until_level(self) -> None:
        """Read forward; while the database is away, try again, since the events are safe in it."""
        while self._is_behind and self.failure is None:
            try:
                self._in_doubt = False
                await self.catch_up()
            except Exception as error:
                if isinstance(error, Unavailable) or is_away(error):
                    log.warning("journal not readable", error=type(error).__name__, position=self.position)
                else:  # a fault of ours, to be seen; what it kept back is tried again
                    log.exception("journal not readable", error, position=self.position)
                self._in_doubt = True
                await asyncio.sleep(RETRY_S)
            else:
                await asyncio.sleep(GAP_S)

    def _next_run(self) -> list[Entry]:
        """Take out of `_early` what follows `position` without a gap."""
        run = []
        at = self.position + 1
        while (entry := self._early.pop(at, None)) is not None:
            run.append(entry)
            at += 1
        return run

    def _deliver(self, entries: list[Entry]) -> None:
        """Fold entries into the directory and hand them out, in runs that see one state of it."""
        run: list[Entry] = []
        for entry in entries:
            assert entry.position == self.position + 1, "the journal has no gaps"
            if self._directory.changes_with(entry):
                self._hand_out(run)
                run = []
                self._announce(entry)
            self.position = entry.position
            self._fold(entry)
            run.append(entry)
        self._hand_out(run)

    def _fold(self, entry: Entry) -> None:
        try:
            self._directory.fold(entry)
        except Exception as error:  # one entry's fault must not keep back all that come after it
            log.exception("entry not folded", error, name=entry.name, position=entry.position)

    def _announce(self, entry: Entry) -> None:
        for foreseer in self._foreseers:
            try:
                foreseer(entry)
            except Exception as error:
                log.exception("foreseer failed", error, name=entry.name, position=entry.position)

    def _hand_out(self, run: list[Entry]) -> None:
        if not run:
            return
        for subscriber in self._subscribers:
            try:
                subscriber(run)
            except Exception:
                log.exception("subscriber failed", first=run[0].name, position=run[0].position)
