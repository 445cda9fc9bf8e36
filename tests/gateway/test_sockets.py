"""The gateway over real sockets: a stock client, a stalled one, and the server's end."""

from __future__ import annotations

import asyncio
import json
import socket
import zlib
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chatd.gateway.settings import GatewaySettings
from chatd.net.server import Server
from chatd.net.settings import ServerSettings
from tests.gateway.client import ALL_INTENTS, Calls
from tests.gateway.conftest import settled
from tests.people import person
from tests.talk import say


class Running:
    """A server on a port of its own."""

    def __init__(self, gateway: Any, server: Server, port: int) -> None:
        self.gateway = gateway
        self.server = server
        self.url = f"ws://127.0.0.1:{port}/gateway?v=10&encoding=json"
        self.port = port


async def running(store: Any, **settings: Any) -> Running:
    from chatd.gateway import Gateway

    async def respond(request: Any) -> Any:
        raise AssertionError("only upgrades are asked for")

    gateway = Gateway(
        store, settings=GatewaySettings(**settings), call=Calls(),
        public_url=lambda: "http://127.0.0.1", clock=asyncio.get_running_loop().time,
    )  # fmt: skip
    store.feed.subscribe(gateway.deliver)
    server = Server(respond=respond, open_websocket=gateway.open, settings=ServerSettings())
    await server.listen("127.0.0.1", 0)
    return Running(gateway, server, server.port)


async def stop(running: Running) -> None:
    await running.server.drain(1.0)
    await running.gateway.shutdown()
    running.server.close()
    await running.server.wait_closed()
    await settled(running.gateway)


async def identify(client: ClientConnection, token: str) -> None:
    await client.send(json.dumps({"op": 2, "d": {"token": token, "intents": ALL_INTENTS, "properties": {}}}))


async def until(client: ClientConnection, name: str, inflate: Any = None) -> dict[str, Any]:
    """Read up to the dispatch of this name."""
    while True:
        frame = await asyncio.wait_for(client.recv(), 20)
        assert isinstance(frame, str) == (inflate is None)
        payload = json.loads(frame if inflate is None else inflate.decompress(frame))
        if payload["t"] == name:
            return payload


@pytest.mark.parametrize("compression", [None, "deflate"])
@pytest.mark.parametrize("zlib_stream", [False, True])
async def test_a_stock_client_identifies_talks_and_resumes(store, compression, zlib_stream):
    here = await running(store)
    ada, token = await person(store, "ada")
    url = here.url + ("&compress=zlib-stream" if zlib_stream else "")
    inflate = zlib.decompressobj() if zlib_stream else None
    async with connect(url, compression=compression) as client:
        await identify(client, token)
        session_id = (await until(client, "READY", inflate))["d"]["session_id"]
        await until(client, "GUILD_CREATE", inflate)
        await say(store, ada, "hello")
        heard = await until(client, "MESSAGE_CREATE", inflate)
        assert heard["d"]["content"] == "hello"
        client.transport.abort()
    await say(store, ada, "missed")
    inflate = zlib.decompressobj() if zlib_stream else None
    async with connect(url, compression=compression) as client:
        resume = {"token": token, "session_id": session_id, "seq": heard["s"]}
        await client.send(json.dumps({"op": 6, "d": resume}))
        assert (await until(client, "MESSAGE_CREATE", inflate))["d"]["content"] == "missed"
        await until(client, "RESUMED", inflate)
    await stop(here)


async def test_the_end_of_the_server_is_announced_and_then_closes(store):
    here = await running(store)
    _, token = await person(store, "ada")
    async with connect(here.url) as client:
        await identify(client, token)
        await until(client, "GUILD_CREATE")
        await stop(here)
        ops = []
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                ops.append(json.loads(await client.recv())["op"])
        assert ops[-1] == 7 and closed.value.rcvd.code == 1012


async def test_a_foreign_page_is_refused(store):
    here = await running(store)
    with pytest.raises(InvalidStatus) as refused:
        await connect(here.url, origin="https://evil.example")
    assert refused.value.response.status_code == 403
    await stop(here)


async def test_a_stalled_reader_is_cut_off_and_nobody_else_notices(store):
    here = await running(store, unsent_bytes_max=200_000)
    ada, token = await person(store, "ada")
    stalled = socket.socket()
    stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stalled.connect(("127.0.0.1", here.port))
    stalled.setblocking(False)
    asleep = await connect(here.url, sock=stalled, max_queue=1, compression=None)
    await identify(asleep, token)
    await until(asleep, "GUILD_CREATE")
    asleep.transport.pause_reading()
    async with connect(here.url) as reader:
        await identify(reader, token)
        await until(reader, "GUILD_CREATE")
        said = 0
        while len(here.gateway.sessions) == 2:
            assert said < 20_000, "the stalled reader was never cut off"
            await asyncio.gather(*(say(store, ada, f"{said + n:06} " + "x" * 1900) for n in range(50)))
            for n in range(50):
                heard = (await until(reader, "MESSAGE_CREATE"))["d"]["content"]
                assert heard.startswith(f"{said + n:06}")
            said += 50
        ((session,)) = here.gateway.sessions.values()
        assert not session.connection.link.closed
    asleep.transport.abort()
    await stop(here)
