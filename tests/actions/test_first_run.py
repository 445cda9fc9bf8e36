"""The first run: once, whoever starts it, and whenever it is killed."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg
import pytest

from chatd.actions import accounts, first_run
from chatd.model.accounts import RegisterDraft
from chatd.model.actor import ANYONE
from chatd.model.credentials import hash_token
from chatd.model.permissions import DEFAULT_EVERYONE
from chatd.model.presence import STATUSES
from chatd.model.snowflakes import Mint
from tests.people import NO_PASSWORD

# Every table that the first run writes to, in its order.
WRITTEN = ("statuses", "users", "guilds", "roles", "channels", "members", "settings")


def mint(process: int = 0) -> Mint:
    return Mint(0, process, time.time)


async def initialise(conn: Any, *, name: str = "Home", registration: str = "", process: int = 0) -> bool:
    return await first_run.initialise(conn, mint(process), server_name=name, registration=registration)


async def counts(conn: Any) -> dict[str, int]:
    return {table: await conn.fetchval(f"select count(*) from {table}") for table in WRITTEN}


ONCE = {
    "statuses": len(STATUSES),
    "users": 1,
    "guilds": 1,
    "roles": 1,
    "channels": 1,
    "members": 1,
    "settings": 1,
}


async def test_an_empty_database_becomes_a_server(connection):
    assert await initialise(connection)
    assert await counts(connection) == ONCE
    row = await connection.fetchrow("""
        select s.*, g.name as guild_name, g.owner_id, g.system_channel_id, r.permissions,
               c.name as channel_name, c.type, u.username, u.system, u.bot
          from settings s
          join guilds g on g.id = s.guild_id
          join roles r on r.id = s.guild_id
          join channels c on c.id = s.channel_id and c.guild_id = s.guild_id
          join users u on u.id = s.system_user_id
    """)
    assert (row["name"], row["guild_name"], row["registration"]) == ("Home", "Home", "open")
    assert (row["username"], row["system"], row["bot"]) == ("chatd", True, True)
    assert row["owner_id"] == row["system_user_id"] and row["system_channel_id"] == row["channel_id"]
    assert (row["channel_name"], row["type"], row["permissions"]) == ("general", 0, DEFAULT_EVERYONE)
    assert row["setup_hash"] is None
    found = await connection.fetch("select name, colour from statuses")
    assert {row["name"]: row["colour"] for row in found} == STATUSES


async def test_a_second_run_changes_nothing(connection):
    await initialise(connection)
    before = await everything(connection)
    assert not await initialise(connection, name="Other")
    assert await everything(connection) == before


async def test_an_explicit_registration_is_taken_over_later(connection):
    await initialise(connection, registration="closed")
    policies = []
    for registration in ("", "invite", "", "open"):
        await initialise(connection, registration=registration)
        policies.append(await connection.fetchval("select registration from settings"))
    assert policies == ["closed", "invite", "invite", "open"]


async def test_two_servers_on_one_empty_database_do_it_once(database, pool):
    async def start(process: int) -> bool:
        async with pool.acquire() as conn:
            return await initialise(conn, process=process)

    done = await asyncio.gather(*(start(process) for process in range(5)))
    assert sorted(done) == [False, False, False, False, True]
    async with pool.acquire() as conn:
        assert await counts(conn) == ONCE


@pytest.mark.parametrize("table", WRITTEN)
async def test_killed_at_any_point_it_can_be_run_again(database, connection, table):
    """The run stands still where it writes to a table that somebody else holds, and is killed there."""
    victim = await asyncpg.connect(**database)
    async with connection.transaction():
        await connection.execute(f"lock table {table} in exclusive mode")
        running = asyncio.create_task(initialise(victim))
        await standing_still(connection, victim.get_server_pid())
        await connection.execute("select pg_terminate_backend($1)", victim.get_server_pid())
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
            await running
    assert set((await counts(connection)).values()) == {0}
    assert await initialise(connection)
    assert await counts(connection) == ONCE
    assert not await initialise(connection)


async def standing_still(conn: Any, pid: int) -> None:
    """Return once the backend waits for a lock."""
    while not await conn.fetchval("select cardinality(pg_blocking_pids($1)) > 0", pid):
        pass


async def test_a_set_up_secret_is_kept_as_a_hash_and_replaced_by_the_next(connection):
    await initialise(connection)
    first = await first_run.renew_setup_secret(connection)
    second = await first_run.renew_setup_secret(connection)
    assert first and second and first != second
    kept = await connection.fetchval("select setup_hash from settings")
    assert kept == hash_token(second)
    assert first not in str(await everything(connection)) and second not in str(await everything(connection))


async def test_there_is_no_secret_once_somebody_administers(connection):
    await initialise(connection)
    await connection.execute(
        "insert into accounts (user_id, password_hash, admin) select id, 'x', true from users limit 1"
    )
    assert await first_run.renew_setup_secret(connection) is None
    assert await connection.fetchval("select setup_hash from settings") is None


async def everything(conn: Any) -> list[str]:
    return [
        row["text"] for table in WRITTEN for row in await conn.fetch(f"select t::text as text from {table} t")
    ]


async def test_a_link_that_is_made_while_an_administrator_is_made_does_not_outlive_it(store, pool):
    """The link waits for the row that the administrator's transaction holds, and then counts one."""
    async with pool.acquire() as conn:
        async with store.transaction(ANYONE) as tx:
            draft = RegisterDraft("owner", "", None, None, None)
            await accounts.create_account(tx, draft, NO_PASSWORD, admin=True)
            making = asyncio.ensure_future(first_run.renew_setup_secret(conn))
            while not await tx.conn.fetchval("select count(*) from pg_locks where not granted"):
                await asyncio.sleep(0)
        assert await making is None
        assert await conn.fetchval("select setup_hash from settings") is None
