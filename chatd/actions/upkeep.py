"""Upkeep: forget what nobody can ask for any more. The server does this by itself, as no user."""

from __future__ import annotations

from datetime import timedelta

from chatd.store.queries import journal, messages
from chatd.store.transaction import Reading


async def forget(tx: Reading, *, journal_kept: timedelta, nonces_kept: timedelta) -> dict[str, int]:
    """Drop journal entries and nonces that are older than they are kept; how many of each."""
    now = tx.now()
    async with tx.connection() as conn:
        return {
            "entries": await journal.delete_entries_before(conn, before=now - journal_kept),
            "nonces": await messages.delete_nonces_before(conn, before=now - nonces_kept),
        }
