"""Upkeep: forget what nobody can ask for any more. The server does this by itself, as no user."""

from __future__ import annotations

from datetime import timedelta

from chatd.store.queries import gateway_sessions, journal, messages
from chatd.store.transaction import Reading


async def forget(tx: Reading, *, journal_kept: timedelta, nonces_kept: timedelta) -> dict[str, int]:
    """Drop what is older than it is kept; how many of each.

    A gateway session can be resumed for as long as the journal is kept.
    """
    now = tx.now()
    async with tx.connection() as conn:
        return {
            "entries": await journal.delete_entries_before(conn, before=now - journal_kept),
            "nonces": await messages.delete_nonces_before(conn, before=now - nonces_kept),
            "sessions": await gateway_sessions.delete_expired_sessions(conn, before=now - journal_kept),
        }
