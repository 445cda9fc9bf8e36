"""One server process: its first start, every later one, and each way of ending it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chatd.store import postgres_processes
from tests.end_to_end.chatd_process import ROOT, ChatdProcess, running
from tests.end_to_end.clients import API, Reply, ask, environment, guild_of, listening, say, until

OWNER = {"username": "ada", "password": "correct horse battery"}


def secret_of(setup: str) -> str:
    address, _, secret = setup.partition("/setup#k=")
    assert address.startswith("http://127.0.0.1:") and secret
    return secret


async def set_up(url: str, secret: str, **changed: str) -> Reply:
    return await ask(url, "POST", f"{API}/auth/setup", {"secret": secret, **OWNER, **changed})


async def members_of(url: str, token: str) -> list[str]:
    guild_id, _ = await guild_of(url, token)
    reply = await ask(url, "GET", f"{API}/guilds/{guild_id}/members?limit=100", authorization=token)
    return [member["user"]["username"] for member in reply.json]


# ── the first start, and the next ───────────────────────────────────────────────────────────────


async def test_the_first_start_makes_everything_and_the_next_one_keeps_it(fast_path):
    server = ChatdProcess(fast_path / "data")
    try:
        await server.start()
        first = server.ready
        assert first["first_run"] and first["schema_from"] == 0 < first["schema_to"]
        assert first["url"] == f"http://127.0.0.1:{first['port']}"
        assert ", initialised in " in first["database"] and first["data"] == str(fast_path / "data")
        assert first["setup"].startswith(first["url"])
        token = (await set_up(server.url, secret_of(first["setup"]))).json["token"]
        before = await guild_of(server.url, token), await members_of(server.url, token)
        assert await server.stop() == 0

        await server.start()
        second = server.ready
        assert not second["first_run"] and second["schema_from"] == second["schema_to"] == first["schema_to"]
        assert ", initialised in " not in second["database"] and second["setup"] is None
        assert (await guild_of(server.url, token), await members_of(server.url, token)) == before
        assert server.log.count(" migrated ") == first["schema_to"]
    finally:
        await server.stop()


@asynccontextmanager
async def started_by_hand(data: Path) -> AsyncIterator[list[str]]:
    """Start as a person does, and read up to the last line of the greeting."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "chatd", "--data", str(data), cwd=ROOT, env=environment(),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    lines = [""]
    try:
        while "stop with" not in lines[-1]:
            line = await asyncio.wait_for(process.stdout.readline(), 60)
            assert line, lines
            lines.append(line.decode().rstrip())
        yield lines[1:]
        process.send_signal(signal.SIGINT)
        assert (await process.stdout.read(), await process.wait()) == (b"", 0)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_person_is_told_where_everything_is(fast_path):
    data = fast_path / "data"
    async with started_by_hand(data) as lines:
        assert [line.split(" ")[0] for line in lines[:5]] == ["chatd", "data", "database", "web", "owner"]
        assert lines[1].split() == ["data", str(data)]
        assert "; schema 0 -> " in lines[2] and lines[2].endswith(", first run done")
        url = lines[3].split()[1]
        assert lines[4].split()[1].startswith(f"{url}/setup#k=") and "one use" in lines[4]
        assert (await ask(url, "GET", "/")).status == 303
    async with started_by_hand(data) as lines:
        assert "->" not in lines[2] and "first run" not in lines[2]


async def test_the_setup_link_makes_one_owner_and_is_gone(fast_path):
    async with running(fast_path / "data") as server:
        page = await ask(server.url, "GET", "/setup")
        assert page.status == 200 and b"<!doctype html>" in page.content.lower()
        secret = secret_of(server.ready["setup"])
        assert (await set_up(server.url, secret[:-1])).status == 403

        made = await set_up(server.url, secret)
        assert made.status == 201
        me = await ask(server.url, "GET", f"{API}/users/@me", authorization=made.json["token"])
        assert me.json["username"] == "ada"
        again = await set_up(server.url, secret, username="eve")
        assert again.status == 403 and again.json["message"] == "This link is no longer valid"
        assert await members_of(server.url, made.json["token"]) == ["chatd", "ada"]


async def test_a_setup_link_that_nobody_used_is_replaced_by_the_next_start(fast_path):
    server = ChatdProcess(fast_path / "data")
    try:
        lost = secret_of((await server.start()).ready["setup"])
        await server.kill()
        found = secret_of((await server.start()).ready["setup"])
        assert not server.ready["first_run"] and lost != found
        assert (await set_up(server.url, lost)).status == 403
        assert (await set_up(server.url, found)).status == 201
    finally:
        await server.stop()


async def test_an_administrator_made_by_command_ends_the_setup_link(fast_path):
    server = ChatdProcess(fast_path / "data")
    try:
        secret = secret_of((await server.start()).ready["setup"])
        await server.command("user", "create", "bob")  # no administrator: the link goes on
        await server.command("user", "create", "ada", "--admin")
        assert (await set_up(server.url, secret, username="eve")).status == 403
        await server.stop()
        assert (await server.start()).ready["setup"] is None
    finally:
        await server.stop()


# What a start that is killed has got to. Each is looked for in the data folder or in the log.
MOMENTS = {
    "the data folder is its own": lambda data, log: (data / "lock").exists(),
    "the cluster is half made": lambda data, log: any(data.glob("pg.tmp*/PG_VERSION")),
    "the cluster is made": lambda data, log: (data / "pg").exists(),
    "PostgreSQL is starting": lambda data, log: (data / "pg" / "postmaster.pid").exists(),
    "a part of the schema is there": lambda data, log: "migrated version=1" in log,
    "the schema is there": lambda data, log: "migrated version=4" in log,
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_first_start_that_is_killed_leaves_nothing_half_done(fast_path, moment):
    server = ChatdProcess(fast_path / "data")
    starting = asyncio.create_task(server.start())
    try:
        reached = MOMENTS[moment]
        await until(lambda: server.log_path.exists() and reached(server.data, server.log))
        await server.kill()
        await asyncio.gather(starting, return_exceptions=True)
        server.ready = {}

        await server.start()
        assert await rows(server) == {"guilds": 1, "channels": 1, "settings": 1, "users": 1, "members": 1}
        token = (await set_up(server.url, secret_of(server.ready["setup"]))).json["token"]
        assert await members_of(server.url, token) == ["chatd", "ada"]
    finally:
        await server.stop()


async def rows(server: ChatdProcess) -> dict[str, int]:
    """How many of each thing that the first run makes."""
    conn = await asyncpg.connect(host=str(server.data / "socket"), user="chatd", database="chatd")
    try:
        tables = ("guilds", "channels", "settings", "users", "members")
        return {table: await conn.fetchval(f"select count(*) from {table}") for table in tables}
    finally:
        await conn.close()


# ── the end ─────────────────────────────────────────────────────────────────────────────────────


def is_running(server: ChatdProcess) -> bool:
    """Whether the private PostgreSQL lives; one that nobody has reaped does not."""
    return postgres_processes.belongs(server.ready["database_pid"], server.data / "pg")


class HalfRequest:
    """A message of which the server has read the head and waits for the rest."""

    def __init__(self, url: str, token: str, channel_id: str, content: str) -> None:
        self.port = int(url.rpartition(":")[2])
        self.body = f'{{"content": "{content}"}}'.encode()
        self.head = (
            f"POST {API}/channels/{channel_id}/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self.body)}\r\nExpect: 100-continue\r\n\r\n"
        ).encode()

    async def begin(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(self.head)
        assert await self.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"

    async def finish(self) -> bytes:
        """Everything up to the end of the connection."""
        self.writer.write(self.body)
        answer = await self.reader.read()
        self.writer.close()
        await self.writer.wait_closed()
        return answer


def refuses(port: int) -> bool:
    import socket

    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
async def test_a_server_that_is_told_to_stop_finishes_what_it_began(fast_path, kind):
    server = ChatdProcess(fast_path / "data")
    try:
        await server.start()
        token = (await server.command("user", "create", "ada"))["token"]
        _, channel_id = await guild_of(server.url, token)
        async with listening(server.url, token) as listener:
            request = HalfRequest(server.url, token, channel_id, "the last word")
            await request.begin()
            assert is_running(server)

            os.kill(server.ready["pid"], kind)
            assert await listener.closed() == 1012  # RFC 6455 registry: service restart
            assert [payload["op"] for payload in listener.heard if payload["op"] != 0] == [10, 7]
            await until(lambda: refuses(server.ready["port"]))
            head, _, content = (await request.finish()).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ") and b"the last word" in content
            assert b"\r\nconnection: close" in head.lower()
        assert await server.stop() == 0
        assert not is_running(server)
        assert " error " not in server.log and "Traceback" not in server.log

        await server.start()
        assert await history(server, token, channel_id) == ["the last word"]
    finally:
        await server.stop()


async def test_a_server_that_is_killed_takes_its_database_along_and_starts_again(fast_path):
    server = ChatdProcess(fast_path / "data")
    try:
        await server.start()
        token = (await server.command("user", "create", "ada"))["token"]
        _, channel_id = await guild_of(server.url, token)
        assert (await say(server.url, token, channel_id, "kept")).status == 200
        assert is_running(server)

        await server.kill()
        await until(lambda: not is_running(server))
        await server.start()
        assert await history(server, token, channel_id) == ["kept"]
    finally:
        await server.stop()


async def test_a_server_whose_own_database_dies_ends_so_that_it_is_started_anew(fast_path):
    server = ChatdProcess(fast_path / "data")
    try:
        await server.start()
        token = (await server.command("user", "create", "ada"))["token"]
        _, channel_id = await guild_of(server.url, token)
        async with listening(server.url, token) as listener:
            assert (await say(server.url, token, channel_id, "kept")).status == 200
            os.kill(server.ready["database_pid"], signal.SIGKILL)
            assert await listener.closed() == 1012 and listener.heard[-1]["op"] == 7
        assert await ended(server) == 1  # which systemd takes for a failure that a restart may cure
        assert server.log.splitlines()[-1] == (
            f"chatd: its PostgreSQL has ended; {server.data}/postgres.log may say why"
        )
        await server.start()
        assert await history(server, token, channel_id) == ["kept"]
    finally:
        await server.stop()


async def ended(server: ChatdProcess) -> int:
    """Wait for an end that nobody asked for; the exit status."""
    assert server._process is not None
    return await asyncio.wait_for(server._process.wait(), 60)


async def history(server: ChatdProcess, token: str, channel_id: str) -> list[Any]:
    reply = await ask(server.url, "GET", f"{API}/channels/{channel_id}/messages", authorization=token)
    return [message["content"] for message in reply.json if message["type"] == 0]  # but for who has joined
