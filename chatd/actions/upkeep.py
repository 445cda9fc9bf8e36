"""Upkeep: forget what nobody can ask for any more. The server does this by itself, as no user."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chatd.store.blobs import FOLDERS, Blobs
from chatd.store.queries import administration, blobs, channels, gateway_sessions, journal, messages
from chatd.store.transaction import Reading

# Messages of deleted channels: what one statement takes away, and what one round does.
SLICE_MESSAGES = 2_000
ROUND_MESSAGES_MAX = 100_000
ROUND_CHANNELS_MAX = 500


async def forget(tx: Reading, *, journal_kept: timedelta, nonces_kept: timedelta) -> dict[str, int]:
    """Drop what is older than it is kept, and what hangs on nothing any more; how many of each.

    A gateway session can be resumed for as long as the journal is kept.
    """
    now = tx.now()
    async with tx.connection() as conn:
        return {
            "entries": await journal.delete_entries_before(conn, before=now - journal_kept),
            "nonces": await messages.delete_nonces_before(conn, before=now - nonces_kept),
            "sessions": await gateway_sessions.delete_expired_sessions(conn, before=now - journal_kept),
            "password_links": await administration.delete_expired_links(conn, now=now),
            "messages": await _forget_deleted_channels(conn),
        }


async def _forget_deleted_channels(conn: Any) -> int:
    """Take away what was said in channels that are no more. How many messages; the rest has its next turn."""
    gone = 0
    for row in await channels.list_deleted(conn, limit=ROUND_CHANNELS_MAX):
        while gone < ROUND_MESSAGES_MAX:
            taken = await channels.delete_messages_of(conn, channel_id=row["id"], limit=SLICE_MESSAGES)
            gone += taken
            if taken < SLICE_MESSAGES:
                await channels.forget_deleted(conn, id=row["id"])
                break
    return gone


async def sweep_blobs(tx: Reading, store: Blobs, *, kept: timedelta) -> int:
    """Remove files that nothing names, now and when it was their turn before; how many.

    Each minute one of the folders has its turn, so that a round stays small: all of them in some four hours.
    In between every transaction that was about to name one (a forward, say) has ended.
    """
    age_s = kept.total_seconds()
    folder = int(tx.now().timestamp() / 60) % FOLDERS
    names = await store.names_in(folder, older_than_s=age_s)
    unused: set[str] = set()
    if names:
        async with tx.connection() as conn:
            unused = {row["name"] for row in await blobs.list_unused_blobs(conn, names=names)}
    suspected = unused & store.suspects
    store.suspects.difference_update(names)
    store.suspects |= unused - suspected
    removed = [name for name in suspected if await store.delete(name, older_than_s=age_s)]
    return len(removed) + await store.drop_abandoned(age_s)
