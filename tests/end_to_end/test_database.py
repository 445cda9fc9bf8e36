"""A server on a PostgreSQL that is not its own: it comes late, refuses, or goes away for a while."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from chatd.store.embedded import EmbeddedPostgres
from tests.end_to_end.chatd_process import ChatdProcess, running
from tests.end_to_end.clients import API, Reply, ask, chatd, guild_of, listening, say, until, until_answer


@pytest.fixture
def postgres(fast_path: Path) -> Iterator[EmbeddedPostgres]:
    """A cluster of the test's own, not started."""
    postgres = EmbeddedPostgres(fast_path / "cluster")
    yield postgres
    postgres.stop()


def dsn_of(postgres: EmbeddedPostgres, *, password: str = "", database: str = "chatd") -> str:
    folder = quote(str(postgres.socket_directory), safe="")
    return f"postgresql://chatd:{password}@/{database}?host={folder}&port={postgres.dsn_kwargs['port']}"


async def test_a_server_that_is_earlier_than_its_database_waits_and_comes_up_by_itself(fast_path, postgres):
    server = ChatdProcess(fast_path / "data", CHATD_DATABASE_DSN=dsn_of(postgres))
    starting = asyncio.create_task(server.start())
    try:
        await until(lambda: server.log_path.exists() and "waiting for the database" in server.log)
        (line,) = server.log.splitlines()
        assert " warning store " in line.replace("   ", " ") and " at=/chatd " in line and " reason=" in line
        postgres.start()
        await starting
        assert server.ready["first_run"] and server.ready["database_pid"] is None
        assert server.log.count("waiting for the database") == server.log.count("the database is up") == 1
        assert "Traceback" not in server.log
        assert not (fast_path / "data").exists(), "nothing is kept anywhere else"
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await server.stop()


async def test_a_server_that_waits_for_its_database_can_be_stopped(fast_path, postgres):
    server = ChatdProcess(fast_path / "data", CHATD_DATABASE_DSN=dsn_of(postgres))
    starting = asyncio.create_task(server.start())
    await until(lambda: server.log_path.exists() and "waiting for the database" in server.log)
    assert await server.stop() == 0
    await asyncio.gather(starting, return_exceptions=True)
    assert "Traceback" not in server.log


async def test_a_database_that_refuses_ends_the_start_with_one_line(fast_path, postgres):
    postgres.start()
    admin = await asyncpg.connect(**postgres.admin_kwargs)
    try:
        await admin.execute("alter role chatd password 'right'")
        rules = postgres.cluster / "pg_hba.conf"
        rules.write_text("local all chatd scram-sha-256\nlocal all all trust\n")
        await admin.execute("select pg_reload_conf()")
    finally:
        await admin.close()

    for dsn, said in (
        (dsn_of(postgres, password="wrong"), 'password authentication failed for user "chatd"'),
        (dsn_of(postgres, password="right", database="nowhere"), 'database "nowhere" does not exist'),
    ):
        for command in ([], ["user", "list"]):
            ended = await chatd("--data", fast_path / "data", *command, CHATD_DATABASE_DSN=dsn)
            assert (ended.status, ended.out) == (78, "")
            assert ended.err.startswith("chatd: database.dsn: ") and said in ended.err
            assert ended.err.count("\n") == 1 and "wrong" not in ended.err and "right" not in ended.err

    right = dsn_of(postgres, password="right")
    async with running(fast_path / "data", CHATD_DATABASE_DSN=right) as server:
        assert server.ready["first_run"]


async def test_the_owner_of_the_database_may_enough_and_less_is_refused_in_one_line(fast_path, postgres):
    postgres.start()
    admin = await asyncpg.connect(**postgres.admin_kwargs)
    try:
        assert not await admin.fetchval("select rolsuper or rolcreaterole or rolcreatedb from pg_roles"
                                        " where rolname = 'chatd'")  # fmt: skip
        await admin.execute("create database foreign_one")
        ended = await chatd("--data", fast_path, CHATD_DATABASE_DSN=dsn_of(postgres, database="foreign_one"))
        assert ended.status == 1 and ended.err == "chatd: database: permission denied for schema public\n"
    finally:
        await admin.close()
    async with running(fast_path / "data", CHATD_DATABASE_DSN=dsn_of(postgres)) as server:
        made = await server.command("user", "create", "ada", "--admin")
        assert (await ask(server.url, "GET", f"{API}/users/@me", authorization=made["token"])).status == 200


async def test_three_first_starts_at_once_make_one_server_and_take_turns(fast_path, postgres):
    postgres.start()
    dsn = dsn_of(postgres)
    servers = [ChatdProcess(fast_path / name, CHATD_DATABASE_DSN=dsn) for name in ("one", "two", "three")]

    async def start_and_stop(server: ChatdProcess) -> None:
        await server.start()
        assert await server.stop() == 0

    try:
        await asyncio.gather(*(start_and_stop(server) for server in servers))
        assert sorted(server.ready["first_run"] for server in servers) == [False, False, True]
        conn = await asyncpg.connect(**postgres.dsn_kwargs)
        assert await conn.fetchval("select count(*) from guilds") == 1
        assert await conn.fetchval("select count(*) from settings") == 1
        await conn.close()
    finally:
        await asyncio.gather(*(server.stop() for server in servers))


async def test_a_second_server_waits_until_the_first_has_ended(fast_path, postgres):
    """Two on one database would take each other's sessions and mint the same ids."""
    postgres.start()
    first = ChatdProcess(fast_path / "first", CHATD_DATABASE_DSN=dsn_of(postgres))
    second = ChatdProcess(fast_path / "second", CHATD_DATABASE_DSN=dsn_of(postgres))
    await first.start()
    starting = asyncio.create_task(second.start())
    try:
        await until(lambda: second.log_path.exists() and "another chatd serves this database" in second.log)
        await first.kill()
        await starting
        assert second.log.count("another chatd") == 1 and not second.ready["first_run"]
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await first.stop()
        await second.stop()


async def test_a_database_that_crashes_and_comes_back_costs_no_acknowledged_message(fast_path, postgres):
    postgres.start()
    async with running(fast_path / "data", CHATD_DATABASE_DSN=dsn_of(postgres)) as server:
        token = (await server.command("user", "create", "ada"))["token"]
        _, channel_id = await guild_of(server.url, token)
        acknowledged: list[str] = []
        statuses: set[int] = set()

        async def say_next() -> Reply:
            content = f"message {len(acknowledged)}, try {len(statuses)}"
            reply = await say(server.url, token, channel_id, content)
            statuses.add(reply.status)
            if reply.status == 200:
                acknowledged.append(content)
            return reply

        async with listening(server.url, token) as listener:
            for _ in range(5):
                assert (await say_next()).status == 200
            assert postgres.pid is not None
            os.kill(postgres.pid, signal.SIGKILL)
            await until_answer(say_next, 503)
            policy = await ask(server.url, "GET", f"{API}/auth/policy")
            assert policy.status == 503 and policy.json == {"message": "503: Service Unavailable", "code": 0}
            page = await ask(server.url, "GET", "/login")
            assert page.status == 200, "what needs no database goes on"

            postgres.stop()
            postgres.start()
            await until_answer(say_next, 200)
            for _ in range(5):
                assert (await say_next()).status == 200
            await listener.dispatch("MESSAGE_CREATE", lambda d: d["content"] == acknowledged[-1])
            # From another process: so what others commit is heard again, too.
            await server.command("user", "create", "bob")
            await listener.dispatch("GUILD_MEMBER_ADD", lambda d: d["user"]["username"] == "bob")

            reply = await ask(
                server.url, "GET", f"{API}/channels/{channel_id}/messages?limit=100", authorization=token
            )
            kept = [message["content"] for message in reversed(reply.json) if message["type"] == 0]
            assert listener.contents() == kept
            # One that got no answer may have been kept all the same; nothing else may be there.
            assert [content for content in kept if content in acknowledged] == acknowledged
            assert statuses == {200, 503}
            assert listener.close_code is None, "nobody was disconnected"
        assert await server.stop() == 0
        assert "Traceback" not in server.log, server.log
