"""Tokens: what proves who somebody is, for how long that is remembered, and when it is forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chatd.actions import accounts, tokens, users
from chatd.model.actor import ANYONE
from chatd.model.credentials import hash_token, mint_token
from chatd.model.users import UserEdit
from tests.conftest import opened_store
from tests.people import DAY, bot, person


async def expiry_of(store: Any, token: str) -> Any:
    async with store.pool.acquire() as conn:
        return await conn.fetchval("select expires_at from tokens where hash = $1", hash_token(token))


async def forget_on_disk(store: Any, token: str) -> None:
    """Delete the row behind everybody's back, so that only what is remembered can answer."""
    async with store.pool.acquire() as conn:
        await conn.execute("delete from tokens where hash = $1", hash_token(token))


async def age(store: Any, token: str, by: timedelta) -> None:
    """Make the last use of a token that much longer ago."""
    async with store.pool.acquire() as conn:
        used = "update tokens set last_used_at = last_used_at - $2::interval where hash = $1"
        await conn.execute(used, hash_token(token), by)


async def test_a_token_tells_a_person_a_bot_and_an_administrator(store):
    people = [await person(store, "ada"), await bot(store, "robo"), await person(store, "owner", admin=True)]
    for expected, token in people:
        assert await tokens.authenticate(store, token) == expected
        assert await tokens.authenticate(store, token) == expected  # from what is remembered


@pytest.mark.parametrize(
    "token", ["", "x", ".", "..", "\ud800", "\x00", "é" * 50, "x" * 200, "x" * 201, "x" * 100_000]
)
async def test_any_other_text_is_nobody(store, token):
    assert await tokens.authenticate(store, token) is None
    assert store.directory.actors == {}


async def test_a_token_of_our_shape_that_was_never_given_is_nobody(store):
    ada, token = await person(store, "ada")
    for forged in (mint_token(ada.id, 0.0), token[:-1], token + "A", token.swapcase(), f"Bot {token}"):
        assert await tokens.authenticate(store, forged) is None


async def test_what_is_remembered_is_asked_again_after_a_while(store):
    _, token = await person(store, "ada")
    assert await tokens.authenticate(store, token)
    await forget_on_disk(store, token)
    now_s = store.clock()
    store.clock = lambda: now_s + tokens.REMEMBERED_S - 1
    assert await tokens.authenticate(store, token)
    store.clock = lambda: now_s + tokens.REMEMBERED_S + 1
    assert await tokens.authenticate(store, token) is None


async def test_nothing_is_remembered_beyond_its_expiry(store):
    _, token = await person(store, "ada")
    async with store.pool.acquire() as conn:
        await conn.execute("update tokens set expires_at = now() + interval '30 seconds'")
    assert await tokens.authenticate(store, token)
    remembered = store.directory.actors[hash_token(token)]
    assert remembered.until_s == (await expiry_of(store, token)).timestamp()


async def test_a_token_expires_by_the_clock_of_the_store(store):
    _, token = await person(store, "ada")
    expires_at_s = (await expiry_of(store, token)).timestamp()
    store.clock = lambda: expires_at_s - 1
    assert await tokens.authenticate(store, token)
    store.clock = lambda: expires_at_s + 1
    assert await tokens.authenticate(store, token) is None


async def test_a_session_in_use_is_extended_but_not_at_every_look(store, pool):
    _, token = await person(store, "ada")
    at_first = await expiry_of(store, token)
    await tokens.authenticate(store, token, 30 * DAY)
    assert await expiry_of(store, token) == at_first
    store.directory.actors.clear()
    await age(store, token, tokens.EXTEND_AFTER + timedelta(minutes=1))
    await tokens.authenticate(store, token)  # a look that is no use
    assert await expiry_of(store, token) == at_first
    store.directory.actors.clear()
    await tokens.authenticate(store, token, 30 * DAY)
    assert await expiry_of(store, token) > at_first + 28 * DAY


async def test_a_bots_token_never_expires(store):
    _, token = await bot(store, "robo")
    await age(store, token, 365 * DAY)
    assert await tokens.authenticate(store, token, DAY)
    assert await expiry_of(store, token) is None


async def test_a_token_is_not_remembered_when_one_was_revoked_while_we_looked(store, pool):
    """It could have been this one; then its event has gone by, and would never come again."""
    ada, token = await person(store, "ada")
    bob, _ = await person(store, "bob")
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("lock table accounts in access exclusive mode")
        looking = asyncio.create_task(tokens.authenticate(store, token))
        await waiting_for_a_lock(store)
        async with store.transaction(bob) as tx:
            await accounts.sign_out(tx)
    assert await looking == ada
    assert store.directory.actors == {}


async def test_a_token_is_remembered_whatever_else_happens_while_we_look(store, pool):
    """A busy server would otherwise look every token up, at every request."""
    ada, token = await person(store, "ada")
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("lock table tokens in access exclusive mode")
        looking = asyncio.create_task(tokens.authenticate(store, token))
        await waiting_for_a_lock(store)
        async with store.transaction(ada) as tx:
            await users.update_self(tx, UserEdit("ada_2"))
    assert await looking == ada
    assert store.directory.actors[hash_token(token)].actor == ada


async def waiting_for_a_lock(store: Any) -> None:
    """Return once somebody waits for a lock of this database."""
    waiting = "select exists (select from pg_locks l join pg_database d on d.oid = l.database"
    waiting += " where d.datname = current_database() and not l.granted)"
    async with store.pool.acquire() as conn:
        while not await conn.fetchval(waiting):
            pass


async def test_a_token_is_good_in_every_process(store, pool):
    other = await opened_store(pool, process=1)
    try:
        ada, token = await person(store, "ada")
        assert await tokens.authenticate(other, token) == ada
    finally:
        await other.close()


async def test_a_token_revoked_elsewhere_is_forgotten_when_the_journal_says_so(store, pool):
    other = await opened_store(pool, process=1)
    try:
        ada, token = await person(store, "ada")
        assert await tokens.authenticate(store, token)
        async with other.transaction(ada) as tx:
            await accounts.sign_out(tx)
        await store.feed.catch_up()
        assert await tokens.authenticate(store, token) is None
    finally:
        await other.close()


async def test_the_server_itself_needs_no_token(store):
    assert ANYONE.token_hash is None and ANYONE.id == 0 and not ANYONE.admin
