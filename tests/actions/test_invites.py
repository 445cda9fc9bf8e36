"""Invites: codes that nobody guesses, for as many uses and as long as they say."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from chatd.actions import accounts, invites
from chatd.model.accounts import RegisterDraft
from chatd.model.actor import ANYONE
from tests.people import DAY, DEVICE, NO_PASSWORD, Heard, general


async def create(store: Any, **fields: Any) -> str:
    async with store.transaction(ANYONE) as tx:
        return await invites.create_invite(tx, **{"max_uses": 0, "expires_at": None, **fields})


async def register(store: Any, username: str, code: str) -> Any:
    async with store.transaction(ANYONE) as tx:
        draft = RegisterDraft(username, "", None, None, code)
        return await accounts.register(tx, draft, NO_PASSWORD, DEVICE, DAY)


async def test_an_invite_is_stored_for_the_default_guild(store):
    heard = Heard(store)
    async with store.reading(ANYONE) as tx:
        expires_at = tx.now() + timedelta(days=7)
    code = await create(store, max_uses=3, expires_at=expires_at)
    async with store.pool.acquire() as conn:
        row = await conn.fetchrow("select * from invites where code = $1", code)
    assert (row["guild_id"], row["channel_id"]) == (general(store).guild_id, general(store).id)
    assert (row["max_uses"], row["uses"], row["expires_at"]) == (3, 0, expires_at)
    assert heard.entries == []


async def test_codes_are_fit_for_a_link_and_never_repeat(store):
    codes = [await create(store) for _ in range(20)]
    assert len(set(codes)) == 20 and all(re.fullmatch(r"[A-Za-z0-9_-]{11}", code) for code in codes)


async def test_without_a_limit_anybody_may_come(store):
    code = await create(store)
    for number in range(5):
        await register(store, f"somebody_{number}", code)
    async with store.pool.acquire() as conn:
        assert await conn.fetchval("select uses from invites") == 5


async def test_a_code_lasts_until_its_time(store):
    async with store.reading(ANYONE) as tx:
        soon = tx.now() + timedelta(hours=1)
    assert await register(store, "ada", await create(store, expires_at=soon))
