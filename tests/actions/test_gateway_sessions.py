"""The rows of gateway sessions, as the gateway writes them: in groups, while other things happen."""

from __future__ import annotations

import asyncio
from typing import Any

from chatd.actions.gateway_sessions import SavedSession, find_session, save_sessions
from chatd.model.actor import Actor
from tests.people import person


def session_of(actor: Actor, session_id: str) -> SavedSession:
    assert actor.token_hash is not None
    return SavedSession(session_id, actor.id, actor.token_hash, 0, 0, 1, 50, "{}")


async def waiting_for_a_transaction(store: Any) -> None:
    """Return once somebody of this database waits for another to end."""
    waiting = "select exists (select from pg_stat_activity"
    waiting += " where datname = current_database() and wait_event = 'transactionid')"
    async with store.pool.acquire() as conn:
        while not await conn.fetchval(waiting):
            pass


async def test_a_token_revoked_at_that_moment_fails_no_other_session(store):
    ada, _ = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute("delete from tokens where hash = $1", ada.token_hash)
        saving = asyncio.create_task(
            save_sessions(store, opened=[session_of(ada, "adas"), session_of(bob, "bobs")])
        )
        await waiting_for_a_transaction(store)
    await saving
    assert await find_session(store, "adas", window_s=60) is None
    saved = await find_session(store, "bobs", window_s=60)
    assert saved is not None and saved.user_id == bob.id
