"""What a test says to a real chatd: a command, one HTTP request, one gateway session."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chatd.model import intents
from tests.end_to_end.chatd_process import ROOT

API = "/api/v10"
WAIT_SECONDS_MAX = 45
LOOKED_EVERY_S = 0.02


# ── commands ────────────────────────────────────────────────────────────────────────────────────


class Ended(NamedTuple):
    """How a command ended, and what it said on both outputs."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def environment(**environ: str) -> dict[str, str]:
    """Ours without any word to chatd but `environ`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
    return inherited | {"PYTHONUNBUFFERED": "1", "CHATD_HTTP_PORT": "0", **environ}


async def chatd(*arguments: object, cwd: Path = ROOT, python: str = sys.executable, **environ: str) -> Ended:
    """Run `python -m chatd` to its end."""
    process = await asyncio.create_subprocess_exec(
        python, "-m", "chatd", *map(str, arguments), cwd=cwd, env=environment(**environ),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), WAIT_SECONDS_MAX)
    except BaseException:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def until(condition: Callable[[], Any]) -> Any:
    """Look again and again until something is so."""

    async def look() -> Any:
        while not (found := condition()):
            await asyncio.sleep(LOOKED_EVERY_S)
        return found

    return await asyncio.wait_for(look(), WAIT_SECONDS_MAX)


async def until_answer(ask_once: Callable[[], Awaitable[Reply]], status: int) -> Reply:
    """Ask again and again until the answer has this status."""

    async def look() -> Reply:
        while (reply := await ask_once()).status != status:
            await asyncio.sleep(LOOKED_EVERY_S)
        return reply

    return await asyncio.wait_for(look(), WAIT_SECONDS_MAX)


# ── HTTP ────────────────────────────────────────────────────────────────────────────────────────


class Reply(NamedTuple):
    status: int
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


async def ask(url: str, method: str, path: str, body: object = None, *, authorization: str = "") -> Reply:
    """One request on a connection of its own. A path without a leading /api is a page."""
    return await asyncio.to_thread(_ask, url, method, path, body, authorization)


def _ask(url: str, method: str, path: str, body: object, authorization: str) -> Reply:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=WAIT_SECONDS_MAX)
    fields = {"Authorization": authorization} if authorization else {}
    if body is not None:
        fields["Content-Type"] = "application/json"
    try:
        connection.request(method, path, None if body is None else json.dumps(body), fields)
        response = connection.getresponse()
        return Reply(response.status, response.read())
    finally:
        connection.close()


async def guild_of(url: str, token: str) -> tuple[str, str]:
    """The ids of the default guild and of #general, as this user sees them."""
    (guild,) = (await ask(url, "GET", f"{API}/users/@me/guilds", authorization=token)).json
    path = f"{API}/guilds/{guild['id']}/channels"
    (channel,) = (await ask(url, "GET", path, authorization=token)).json
    assert channel["name"] == "general"
    return guild["id"], channel["id"]


async def say(url: str, token: str, channel_id: str, content: str) -> Reply:
    return await ask(
        url, "POST", f"{API}/channels/{channel_id}/messages", {"content": content}, authorization=token
    )


# ── the gateway ─────────────────────────────────────────────────────────────────────────────────


class Listener:
    """A gateway session, and everything that it has heard."""

    def __init__(self, connection: ClientConnection) -> None:
        self.heard: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self._connection = connection
        self._reading = asyncio.create_task(self._read())

    async def send(self, op: int, d: object) -> None:
        await self._connection.send(json.dumps({"op": op, "d": d}))

    async def dispatch(self, name: str, holds: Callable[[Any], bool] = lambda d: True) -> Any:
        """Wait for the `d` of a dispatch of this name."""
        return await until(lambda: next((d for d in self.dispatches(name) if holds(d)), None))

    async def heard_ops(self, *ops: int) -> None:
        """Wait until these opcodes, and no others of their kind, have come in this order."""
        await until(lambda: tuple(each["op"] for each in self.heard if each["op"] in ops) == ops)

    def dispatches(self, name: str) -> list[Any]:
        return [payload["d"] for payload in self.heard if payload["t"] == name]

    def contents(self) -> list[str]:
        """What people said; type 0 is an ordinary message."""
        return [d["content"] for d in self.dispatches("MESSAGE_CREATE") if d["type"] == 0]

    async def closed(self) -> int:
        """Wait for the end of the connection; its close code."""
        await asyncio.wait_for(self._reading, WAIT_SECONDS_MAX)
        assert self.close_code is not None
        return self.close_code

    async def _read(self) -> None:
        try:
            async for frame in self._connection:
                self.heard.append(json.loads(frame))
        except ConnectionClosed:
            pass  # Not every code is a farewell to this library; the tests look at the code itself.
        self.close_code = self._connection.close_code


@asynccontextmanager
async def listening(url: str, token: str) -> AsyncIterator[Listener]:
    """Identify as the user of a token, and wait for the guild."""
    async with connect(url.replace("http", "ws", 1) + "/gateway?v=10&encoding=json") as connection:
        listener = Listener(connection)
        await listener.send(2, {"token": token, "intents": intents.ALL, "properties": {}})
        await listener.dispatch("READY")
        yield listener
