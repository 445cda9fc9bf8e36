"""An unmodified discord.py on a running server: only its base address is changed."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.conftest import CLUSTER_PREFIX, fast_directory
from tests.end_to_end.chatd_process import ChatdProcess, running
from tests.end_to_end.clients import API, ask

WAIT_SECONDS_MAX = 30
PASSWORD = "correct horse battery"


@contextmanager
def folder_for_a_server() -> Iterator[Path]:
    """Where a server may keep its data: in memory, and open to the user that root hands PostgreSQL to."""
    folder = Path(tempfile.mkdtemp(prefix=CLUSTER_PREFIX, dir=fast_directory()))
    folder.chmod(0o711)
    yield folder / "data"
    shutil.rmtree(folder)


@dataclass
class Bench:
    """A server, its owner ada, and bob; who wants a bot asks for one."""

    server: ChatdProcess
    tokens: dict[str, str]
    ids: dict[str, int]
    guild_id: int

    async def say(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One request as ada or bob, who are people and use no library."""
        reply = await ask(self.server.url, method, API + path, body, authorization=self.tokens[who])
        assert reply.status < 300, reply.content
        return reply.json if reply.content else None

    async def status(self, who: str, method: str, path: str, body: Any = None) -> int:
        """What a request that may be refused is answered with."""
        return (await ask(self.server.url, method, API + path, body, authorization=self.tokens[who])).status

    async def sign_up(self, name: str) -> int:
        body = {"username": name, "password": PASSWORD}
        made = (await ask(self.server.url, "POST", f"{API}/auth/register", body)).json
        self.tokens[name], self.ids[name] = made["token"], int(made["user"]["id"])
        return self.ids[name]

    async def bot_token(self, name: str, *, administrator: bool) -> str:
        """A new bot in the default guild; an administrator gets a role above all others."""
        made = await self.server.command("bot", "create", name)
        if administrator:
            role = {"name": f"{name}'s", "permissions": "8"}
            role = await self.say("ada", "POST", f"/guilds/{self.guild_id}/roles", role)
            path = f"/guilds/{self.guild_id}/members/{made['id']}/roles/{role['id']}"
            await self.say("ada", "PUT", path)
        return str(made["token"])


@asynccontextmanager
async def bench(data: Path, **environ: str) -> AsyncIterator[Bench]:
    """A started server that somebody owns."""
    async with running(data, **environ) as server:
        secret = server.ready["setup"].partition("#k=")[2]
        body = {"username": "ada", "password": PASSWORD, "secret": secret}
        ada = (await ask(server.url, "POST", f"{API}/auth/setup", body)).json
        (guild,) = (await ask(server.url, "GET", f"{API}/users/@me/guilds", authorization=ada["token"])).json
        here = Bench(server, {"ada": ada["token"]}, {"ada": int(ada["user"]["id"])}, int(guild["id"]))
        await here.sign_up("bob")
        yield here


@contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """The lines in which discord.py is told where its API, its gateway and its CDN are."""
    gateway = yarl.URL(url.replace("http", "ws", 1))
    with patch.object(Route, "BASE", f"{url}/api/v10"), \
            patch.object(DiscordWebSocket, "DEFAULT_GATEWAY", gateway), \
            patch.object(discord.Asset, "BASE", url):  # fmt: skip
        yield


@asynccontextmanager
async def ready(client: discord.Client, token: str) -> AsyncIterator[Any]:
    """The client, once it knows its guilds; closed at the end."""
    running_client = asyncio.create_task(client.start(token))
    is_ready = asyncio.create_task(client.wait_until_ready())
    # The internal future of wait_until_ready is made by the login, which the task has to begin first.
    while not is_ready.done() or is_ready.exception() is not None:
        await asyncio.wait({running_client, is_ready}, return_when=asyncio.FIRST_COMPLETED)
        if running_client.done():
            running_client.result()
            raise AssertionError("the client ended by itself")
        if is_ready.exception() is not None:
            await asyncio.sleep(0)
            is_ready = asyncio.create_task(client.wait_until_ready())
    try:
        yield client
    finally:
        await client.close()
        await running_client


async def told(
    client: discord.Client, event: str, doing: Awaitable[Any], holds: Callable[..., bool] = lambda *_: True
) -> tuple[Any, Any]:
    """Do something and wait for the event that must follow: what the doing gave, and what the event had."""
    heard = asyncio.ensure_future(client.wait_for(event, check=holds, timeout=WAIT_SECONDS_MAX))
    await asyncio.sleep(0)  # so that the listener is there before anything can happen
    try:
        done = await doing
    except BaseException:
        heard.cancel()
        raise
    return done, await heard
