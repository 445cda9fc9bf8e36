"""HTTP/1.1 conversations over real sockets, where the kernel has a say."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chatd.net import ConnectionClosed, ServerSettings
from chatd.wire.http1 import HTTPLimits, Request
from chatd.wire.responses import Response
from tests.net.tools import (
    answer_path,
    connected,
    get,
    running,
    until,
)

SLOW_BODY = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"


async def letters(count: int, size: int = 1) -> AsyncIterator[bytes]:
    for number in range(count):
        yield bytes([97 + number % 26]) * size
        await asyncio.sleep(0)


async def test_an_iterators_content_is_chunked() -> None:
    async def respond(request: Request) -> Response:
        return Response(200, [], letters(3))

    async with running(respond) as server, connected(server) as client:
        client.send(get("/") + get("/", "Connection: close"))
        status, fields = await client.head()
        assert (status, fields["transfer-encoding"]) == (200, "chunked")
        assert await client.receive(23) == b"1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n"
        await client.head()
        assert (await client.rest()).endswith(b"0\r\n\r\n")


async def test_an_iterators_content_may_have_a_length() -> None:
    async def respond(request: Request) -> Response:
        return Response(200, [("Content-Length", "3")], letters(3))

    async with running(respond) as server, connected(server) as client:
        client.send(get("/"))
        assert (await client.response())[2] == b"abc"
        client.send(get("/").replace(b"GET", b"HEAD") + get("/", "Connection: close"))
        assert (await client.head())[1]["content-length"] == "3"
        assert (await client.response())[2] == b"abc"


async def test_http_1_0_gets_unchunked_content_until_the_end() -> None:
    async def respond(request: Request) -> Response:
        return Response(200, [], letters(3))

    async with running(respond) as server, connected(server) as client:
        client.send(b"GET / HTTP/1.0\r\n\r\n")
        answer = await client.rest()
        assert b"Transfer-Encoding" not in answer and answer.endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize("length", ["2", "5"])
async def test_content_that_belies_its_length_is_cut_off(
    length: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def respond(request: Request) -> Response:
        return Response(200, [("Content-Length", length)], letters(3))

    with caplog.at_level("ERROR", "chatd"):
        async with running(respond) as server, connected(server) as client:
            client.send(get("/"))
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await client.head()
                await client.rest()
                raise ConnectionResetError
    assert "Content-Length" in caplog.text


async def test_streaming_waits_for_a_client_that_does_not_read() -> None:
    produced = 0
    closed = asyncio.get_running_loop().create_future()

    async def much() -> AsyncIterator[bytes]:
        nonlocal produced
        try:
            for _ in range(1000):
                produced += 1
                yield b"x" * 100_000
        finally:
            if not closed.done():
                closed.set_result(None)

    async def respond(request: Request) -> Response:
        return Response(200, [], much())

    async with running(respond) as server:
        async with connected(server) as client:
            client.send(get("/"))
            await client.head()
            (connection,) = server.http
            await until(lambda: connection.write_paused)
            assert produced < 500, "100 MB have not been read into memory"
        await closed


async def test_a_client_that_leaves_fails_the_body_that_is_being_read() -> None:
    failure = asyncio.get_running_loop().create_future()

    async def respond(request: Request) -> Response:
        try:
            await request.body.read(100)
        except ConnectionClosed as error:
            failure.set_result(error)
            raise
        return Response(204)

    async with running(respond) as server:
        async with connected(server) as client:
            client.send(SLOW_BODY + b"abc")
        assert isinstance(await failure, ConnectionClosed)


async def test_a_client_may_close_its_side_and_still_gets_all_answers() -> None:
    async def respond(request: Request) -> Response:
        await asyncio.sleep(0.01)
        return await answer_path(request)

    async with running(respond) as server, connected(server) as client:
        client.send(get("/1") + get("/2"))
        client.writer.write_eof()
        answer = await client.rest()
        assert b"GET /1 " in answer and answer.endswith(b"GET /2 ")


async def test_a_refusal_arrives_although_the_client_goes_on_sending() -> None:
    settings = ServerSettings(http=replace(HTTPLimits(), body_max=1000))
    async with running(settings=settings) as server, connected(server) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000)
        status, _, _ = await client.response()
        assert status == 413


async def test_bodies_of_many_sizes_arrive_whole(rng: random.Random) -> None:
    async def respond(request: Request) -> Response:
        return Response(200, [], await request.body.read(2**21))

    async with running(respond) as server, connected(server) as client:
        for size in (0, 1, 65535, 65536, 65537, 300_000, 2**20):
            content = rng.randbytes(size)
            client.send(f"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode() + content)
            assert (await client.response())[2] == content


async def test_peer_and_secure_are_filled_in() -> None:
    async def respond(request: Request) -> Response:
        return Response(200, [], f"{request.peer} {request.secure}".encode())

    async with running(respond) as server, connected(server) as client:
        client.send(get("/"))
        assert (await client.response())[2] == b"127.0.0.1 False"
