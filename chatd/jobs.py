"""Work on a clock: what has outlived its use is forgotten, a little at a time.

Each job takes the same road as a user, through an action or one named query, and a failed round is only
a later one: whatever is missed is found by the next.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from chatd.actions import (
    accounts,
    announcements,
    ephemeral_messages,
    interactions,
    invites,
    polls,
    purges,
    scheduled_events,
    search,
    stage_instances,
    threads,
    upkeep,
)
from chatd.actions.clock import clock_actor
from chatd.interaction_deadlines import give_up
from chatd.log import logger
from chatd.model.actor import ANYONE
from chatd.model.errors import Unavailable
from chatd.model.events import PURGE_BEGUN, Entry

log = logger.child("jobs")

ROUND_S = 60.0
# The index of the search is looked after this often. While there is more to do, it rests this many times as
# long as a page of it took, so that a flood of messages has the rest of the time.
INDEX_ROUND_S = 0.5
INDEX_RESTS = 4
# Copies of published messages are looked after this often, when anything has happened.
COPIES_ROUND_S = 1.0
# After a purge could not go on, it is tried again this late.
PURGE_PUT_OFF_S = 5.0
# Long enough for a sender that lost its answer to ask again; the documentation says "a few minutes".
NONCES_KEPT = timedelta(minutes=5)
# A file is stored before the transaction that names it opens: far more than any takes.
BLOBS_KEPT = timedelta(hours=1)


async def run_forever(store: Any, *, journal_kept: timedelta) -> None:
    """Sweep once a minute until cancelled."""
    while True:
        await asyncio.sleep(ROUND_S)
        try:
            await sweep(store, journal_kept=journal_kept)
        except Unavailable:
            log.warning("sweep put off: the database is away")
        except Exception:  # A fault of ours, to be seen; the next round may do better.
            log.exception("sweep failed")


async def index_forever(store: Any) -> None:
    """Keep the index of the search behind the commits, a page at a time, until cancelled."""
    done: int | None = None  # the position that it has come to
    clock = asyncio.get_running_loop().time
    while True:
        position, more, began = store.feed.position, False, clock()
        try:
            if position != done:
                more = await search.index_next(store)
                done = None if more else position
        except Unavailable:
            log.warning("index put off: the database is away")
        except Exception:  # A fault of ours, to be seen; the next round begins where this one did.
            log.exception("index failed")
        await asyncio.sleep(INDEX_RESTS * (clock() - began) if more else INDEX_ROUND_S)


async def purge_forever(store: Any) -> None:
    """Take away what is to be taken away (actions/purges.py), as soon as it is asked for, until cancelled."""
    asked = asyncio.Event()
    asked.set()  # Something may be left of the run before.

    def listen(entries: list[Entry]) -> None:
        if any(entry.name == PURGE_BEGUN for entry in entries):
            asked.set()

    store.feed.subscribe(listen)
    clock = asyncio.get_running_loop().time
    while True:
        await asked.wait()
        asked.clear()
        try:
            more = True
            while more:
                began = clock()
                more = await purges.take_next_page(store)
                await asyncio.sleep(clock() - began)  # Half of the time is for those who talk.
        except Unavailable:
            log.warning("purge put off: the database is away")
            await asyncio.sleep(PURGE_PUT_OFF_S)
            asked.set()
        except Exception:  # A fault of ours, to be seen; the next round begins where this one did.
            log.exception("purge failed")
            await asyncio.sleep(PURGE_PUT_OFF_S)
            asked.set()


async def copy_forever(store: Any) -> None:
    """Keep copies of what was published behind the commits (actions/announcements.py), until cancelled."""
    done: int | None = None  # the position that it has come to
    while True:
        position = store.feed.position
        try:
            if position != done:
                while await announcements.update_next_copy(store):
                    pass
                done = position
        except Unavailable:
            log.warning("copies put off: the database is away")
        except Exception:  # A fault of ours, to be seen; the next round begins where this one did.
            log.exception("copy failed")
            await asyncio.sleep(ROUND_S)
        await asyncio.sleep(COPIES_ROUND_S)


async def sweep(store: Any, *, journal_kept: timedelta) -> None:
    """One round of every job."""
    async with store.transaction(ANYONE) as tx:
        expired = await accounts.sweep_sessions(tx)
        over = await invites.sweep_expired(tx)
    ended, archived = await end_due_polls(store), await archive_threads(store)
    happened, given_up = await keep_time(store), await give_up_interactions(store)
    async with store.reading(ANYONE) as tx:
        unseen = {"interactions": await interactions.forget(tx),
                  "ephemeral_messages": await ephemeral_messages.forget(tx)}  # fmt: skip
        forgotten = unseen | await upkeep.forget(tx, journal_kept=journal_kept, nonces_kept=NONCES_KEPT)
        swept = await upkeep.sweep_blobs(tx, store.blobs, kept=BLOBS_KEPT)
    done = {"signed_out": expired, "invites": over, "blobs": swept, "polls": ended, "threads": archived,
            "happenings": happened, "given_up": given_up}  # fmt: skip
    if any(done.values()) or any(forgotten.values()):
        log.debug("swept", **done, **forgotten)


async def end_due_polls(store: Any) -> int:
    """End the polls whose time has come, each by itself; how many there were."""
    async with store.reading(ANYONE) as tx:
        due = await polls.due(tx)
    for channel_id, message_id in due:
        try:
            async with store.transaction(ANYONE) as tx:
                await polls.end_due_poll(tx, channel_id, message_id)
        except Unavailable:
            raise
        except Exception:  # A fault of ours with this one, which must not keep the others open.
            log.exception("poll not ended", message_id=message_id)
    return len(due)


async def give_up_interactions(store: Any) -> int:
    """Give up those that a server was waiting for when it ended; how many."""
    async with store.reading(ANYONE) as tx:
        over = await interactions.unanswered(tx)
    return await give_up(store, over)


async def archive_threads(store: Any) -> int:
    """Archive what nobody has written in for long enough, each by itself. Returns how many."""
    async with store.reading(ANYONE) as tx:
        idle = threads.idle_threads(tx)
    archived = 0
    for channel_id in idle:
        async with store.transaction(ANYONE) as tx:
            archived += await threads.archive_if_idle(tx, channel_id)
    return archived


async def keep_time(store: Any) -> int:
    """Begin and end events and stages as it is time to, each by itself; how many there were."""
    actor = await clock_actor(store)
    async with store.transaction(actor) as tx:
        work = [*await scheduled_events.due(tx), *await stage_instances.silent(tx)]
    for act in work:
        try:
            async with store.transaction(actor) as tx:
                await act(tx)
        except Unavailable:
            raise
        except Exception:  # A fault of ours with this one, which must not keep the others waiting.
            log.exception("it was time, and nothing happened")
    return len(work)
