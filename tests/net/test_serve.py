"""serve and broadcast, as anybody may call them; spoken to by an ordinary WebSocket client library."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from chatd.net import broadcast, serve
from tests.net.tools import Client, connected, frame, get, text


async def stop(server: Any) -> None:
    server.close()
    await server.wait_closed()


async def echo(connection: Any, data: str | bytes) -> None:
    await connection.send(data)


async def test_text_and_binary_come_back_in_kind() -> None:
    server = await serve("127.0.0.1", 0, on_message=echo)
    async with connect(f"ws://127.0.0.1:{server.port}/a%20b", max_size=None) as client:
        for message in ("text", b"binary", "", b"", "é" * 50_000, b"\0" * 900_000):
            await client.send(message)
            assert await client.recv() == message
    await stop(server)


async def test_plain_and_coroutine_functions_and_what_they_are_told() -> None:
    seen: list[Any] = []
    over = asyncio.get_running_loop().create_future()

    def on_message(connection: Any, data: str | bytes) -> None:
        connection.send(f"{connection.path} {data!r}")

    async def on_open(connection: Any) -> None:
        await asyncio.sleep(0)
        seen.append("open")

    async def on_close(connection: Any, code: int, reason: str) -> None:
        over.set_result((code, reason))

    server = await serve("127.0.0.1", 0, on_message=on_message, on_open=on_open, on_close=on_close)
    async with connect(f"ws://127.0.0.1:{server.port}/a%20b?q=1", compression=None) as client:
        await client.send("x")
        assert await client.recv() == "/a b 'x'"
        await client.close(4001, "done")
    assert await over == (4001, "done")
    assert seen == ["open"]
    await stop(server)


async def test_on_request_gets_the_whole_request_and_names_its_answer() -> None:
    async def on_request(request: Any) -> tuple[int, list[tuple[str, str]], bytes]:
        said = f"{request.method} {request.path} {request.query} {request.headers['x-field']} ".encode()
        return 201, [("X-Answer", "yes")], said + request.body

    server = await serve("127.0.0.1", 0, on_message=echo, on_request=on_request, max_body=10)
    async with connected(server) as client:
        post = "POST /caf%C3%A9?a=%20b HTTP/1.1\r\nHost: a\r\nX-Field: v\r\nContent-Length: {}\r\n\r\n"
        client.send(post.format(5).encode() + b"hello")
        status, fields, body = await client.response()
        assert (status, fields["x-answer"], body) == (201, "yes", "POST /café a=%20b v hello".encode())
        client.send(post.format(11).encode() + b"hello world")
        assert (await client.response())[0] == 413
    await stop(server)


async def test_a_plain_on_request_serves_too() -> None:
    server = await serve("127.0.0.1", 0, on_message=echo, on_request=lambda request: (200, [], b"plain"))
    async with connected(server) as client:
        client.send(get("/"))
        assert (await client.response())[2] == b"plain"
    await stop(server)


async def test_without_on_request_a_plain_request_is_426() -> None:
    server = await serve("127.0.0.1", 0, on_message=echo)
    async with connected(server) as client:
        client.send(get("/"))
        status, fields, _ = await client.response()
        assert status == 426 and fields["upgrade"] == "websocket"
    await stop(server)


async def test_a_foreign_origin_is_403_and_no_origin_is_let_in() -> None:
    server = await serve("127.0.0.1", 0, on_message=echo, origins=["https://chat.example"])
    address = f"ws://127.0.0.1:{server.port}/"
    async with connect(address), connect(address, origin="https://chat.example"):
        pass
    with pytest.raises(InvalidStatus) as caught:
        async with connect(address, origin="https://evil.example"):
            pass
    assert caught.value.response.status_code == 403
    await stop(server)


async def test_a_message_that_is_too_large_is_1009(rng: Any) -> None:
    server = await serve("127.0.0.1", 0, on_message=echo, max_message=1000)
    async with connect(f"ws://127.0.0.1:{server.port}/") as client:
        await client.send("x" * 1000)
        assert await client.recv() == "x" * 1000
        await client.send("x" * 1001)
        with pytest.raises(ConnectionClosedError) as caught:
            await client.recv()
        assert caught.value.rcvd is not None and caught.value.rcvd.code == 1009
    await stop(server)


async def test_an_exception_is_1011(caplog: pytest.LogCaptureFixture) -> None:
    async def on_message(connection: Any, data: str | bytes) -> None:
        raise LookupError("on purpose")

    server = await serve("127.0.0.1", 0, on_message=on_message)
    with caplog.at_level("ERROR", "chatd"):
        async with connect(f"ws://127.0.0.1:{server.port}/") as client:
            await client.send("x")
            with pytest.raises(ConnectionClosedError) as caught:
                await client.recv()
    assert caught.value.rcvd is not None and caught.value.rcvd.code == 1011
    assert "on purpose" in caplog.text
    await stop(server)


@pytest.mark.parametrize("offered", [True, False])
async def test_compression_is_negotiated_both_ways(offered: bool) -> None:
    server = await serve("127.0.0.1", 0, on_message=echo, permessage_deflate=offered)
    async with connect(f"ws://127.0.0.1:{server.port}/") as client:
        assert bool(client.protocol.extensions) is offered
        for _ in range(3):
            await client.send("again and again " * 100)
            assert await client.recv() == "again and again " * 100
    await stop(server)


async def test_broadcast_reaches_compressing_and_plain_connections_and_skips_closed_ones() -> None:
    connections: list[Any] = []
    server = await serve("127.0.0.1", 0, on_message=echo, on_open=connections.append)
    address = f"ws://127.0.0.1:{server.port}/"
    async with connect(address) as compressing, connect(address, compression=None) as plain:
        async with connect(address) as gone:
            await gone.close()
        broadcast(connections, "to all")
        broadcast(connections, b"binary")
        for client in (compressing, plain):
            assert [await client.recv(), await client.recv()] == ["to all", b"binary"]
    await stop(server)


async def test_close_says_1001_and_wait_closed_waits() -> None:
    server = await serve("127.0.0.1", 0, on_message=echo)
    async with connect(f"ws://127.0.0.1:{server.port}/") as client:
        await client.send("x")
        await client.recv()
        server.close()
        await server.wait_closed()
        await client.wait_closed()
        assert client.close_code == 1001


async def test_a_silent_peer_is_pinged_within_short_limits_too() -> None:
    server = await serve("127.0.0.1", 0, on_message=echo, ping_interval=0.1, ping_timeout=0.1)
    async with connected(server) as client:
        await client.upgrade()
        assert await client.server_frame() == (9, b"")
        opcode, payload = await client.server_frame()
        assert (opcode, payload[:2]) == (8, (1011).to_bytes(2, "big"))
        assert await client.rest() == b""
    await stop(server)


async def test_slow_heads_and_bodies_are_cut_within_short_limits_too() -> None:
    server = await serve(
        "127.0.0.1", 0, on_message=echo, on_request=lambda request: (200, [], b""),
        header_timeout=0.1, body_timeout=0.1, keepalive_timeout=0.1,
    )  # fmt: skip
    async with connected(server) as slow_head, connected(server) as slow_body, connected(server) as idle:
        slow_head.send(b"GET / HT")
        slow_body.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc")
        idle.send(get("/"))
        assert (await slow_head.head())[0] == 408
        assert (await slow_body.head())[0] == 408
        assert (await idle.response())[0] == 200
        assert await idle.rest() == b""
    await stop(server)


async def test_fragments_reach_on_message_as_one_message() -> None:
    server = await serve("127.0.0.1", 0, on_message=echo)
    async with connected(server) as client:
        assert isinstance(client, Client)
        await client.upgrade()
        client.send(frame(1, b"one ", fin=False) + frame(0, b"message") + text("another"))
        assert await client.server_frame() == (1, b"one message")
        assert await client.server_frame() == (1, b"another")
    await stop(server)
