"""Listening, accepting, and stopping without breaking anything off."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
import weakref
from typing import Any

import pytest

from chatd.net import Server, ServerSettings
from chatd.net.listener import Listener, bind
from chatd.wire.forwarded import TrustedProxies
from chatd.wire.http1 import Request
from chatd.wire.responses import Response
from tests.net.tools import Echo, answer_path, close_frame, connected, get, running, text, until


async def test_accepted_sockets_send_without_delay() -> None:
    async with running() as server:
        bare = socket.socket()  # its protocol is 0: asyncio would leave Nagle's algorithm on
        bare.bind(("127.0.0.1", 0))
        await server.listen(sock=bare)
        for listening in server.sockets:
            _, writer = await asyncio.open_connection(*listening.getsockname())
            await until(lambda: len(server.http) == 1)
            (connection,) = server.http
            assert connection.transport is not None
            accepted = connection.transport.get_extra_info("socket")
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.transport.abort()
            await until(lambda: not server.http)


def test_every_address_is_bound_at_one_port() -> None:
    sockets = bind(None, 0, 10)
    try:
        families = {bound.family for bound in sockets}
        assert socket.AF_INET in families
        assert len({bound.getsockname()[1] for bound in sockets}) == 1
    finally:
        for bound in sockets:
            bound.close()


def test_an_address_that_is_taken_is_named() -> None:
    (taken,) = bind("127.0.0.1", 0, 10)
    port = taken.getsockname()[1]
    with taken, pytest.raises(OSError, match=f"cannot listen on 127.0.0.1 port {port}") as caught:
        bind("127.0.0.1", port, 10)
    assert caught.value.errno == errno.EADDRINUSE


async def test_connections_are_counted_by_what_they_are() -> None:
    async with running() as server:
        async with connected(server) as plain, connected(server) as websocket:
            await websocket.upgrade()
            plain.send(get("/"))
            await plain.response()
            assert server.connections == (1, 1)
        await until(lambda: server.connections == (0, 0))


class Exhausted:
    """A listening socket of a process without file descriptors, until told otherwise."""

    def __init__(self, real: socket.socket) -> None:
        self.real = real
        self.exhausted = True
        self.refused = 0

    def accept(self) -> Any:
        if self.exhausted:
            self.refused += 1
            raise OSError(errno.EMFILE, "Too many open files")
        return self.real.accept()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


async def test_without_file_descriptors_accepting_pauses_with_one_line_of_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatd.net.listener.EXHAUSTED_PAUSE_S", 0.01)
    async with running() as server:
        (listener,) = server._listeners
        listener.socket = exhausted = Exhausted(listener.socket)  # type: ignore[assignment]
        with caplog.at_level("INFO", "chatd"):
            async with connected(server) as client:
                client.send(get("/"))
                await until(lambda: exhausted.refused >= 5)
                exhausted.exhausted = False
                assert (await client.response())[0] == 200
        assert caplog.text.count("cannot accept connections") == 1
        assert caplog.text.count("accepting connections again") == 1
        assert isinstance(listener, Listener)


# ── the end ──


async def test_drain_closes_idle_connections_and_lets_busy_ones_finish() -> None:
    gate = asyncio.get_running_loop().create_future()
    asked = asyncio.get_running_loop().create_future()

    async def respond(request: Request) -> Response:
        if request.path == "/slow":
            asked.set_result(None)
            await gate
        return await answer_path(request)

    async with running(respond) as server, connected(server) as idle, connected(server) as busy:
        idle.send(get("/"))
        await idle.response()
        busy.send(get("/slow"))
        await asked
        draining = asyncio.ensure_future(server.drain(10))
        assert await idle.rest() == b""
        assert not draining.done()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", server_port(busy))
        gate.set_result(None)
        status, fields, content = await busy.response()
        assert (status, fields["connection"], content) == (200, "close", b"GET /slow ")
        await draining
        assert server.connections == (0, 0)


def server_port(client: Any) -> int:
    return int(client.writer.get_extra_info("peername")[1])


async def test_drain_says_1001_to_websockets() -> None:
    handler = Echo()
    async with running(open_websocket=lambda request: handler) as server, connected(server) as client:
        await client.upgrade()
        draining = asyncio.ensure_future(server.drain(10))
        opcode, payload = await client.server_frame()
        assert (opcode, payload[:2]) == (8, (1001).to_bytes(2, "big"))
        client.send(close_frame(1001))
        await draining
        assert await handler.ended == (1001, "")


async def test_drain_cuts_what_does_not_end_in_time() -> None:
    cancelled = asyncio.get_running_loop().create_future()

    async def respond(request: Request) -> Response:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cancelled.set_result(None)
            raise
        raise AssertionError

    class Hangs(Echo):
        async def message(self, connection: Any, data: str | bytes) -> None:  # type: ignore[override]
            await asyncio.get_running_loop().create_future()

    handler = Hangs()
    async with running(respond, lambda request: handler) as server:
        async with connected(server) as plain, connected(server) as websocket:
            await websocket.upgrade()
            websocket.send(text("x"))
            plain.send(get("/"))
            await until(lambda: plain_is_busy(server) and handler.connection._task is not None)
            await server.drain(0.05)
            await cancelled
            assert await handler.ended == (1006, "")
            assert server.connections == (0, 0)


def plain_is_busy(server: Server) -> bool:
    return any(connection._task is not None for connection in server.http)


async def test_an_upgrade_while_draining_is_503() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def respond(request: Request) -> Response:
        await gate
        return Response(204)

    async with running(respond) as server, connected(server) as client:
        client.send(get("/")[:-2])
        await until(lambda: any(connection._parser.head_started for connection in server.http))
        server.close()
        client.send(b"Upgrade: websocket\r\nConnection: upgrade\r\n\r\n")
        assert (await client.head())[0] == 503


async def test_a_thousand_connections_leave_nothing_behind() -> None:
    """Bounded concurrency; what is counted is what is left."""
    async with running() as server:

        async def visit(number: int) -> None:
            async with connected(server) as client:
                if number % 3 == 0:
                    await client.upgrade()
                elif number % 3 == 1:
                    client.send(get("/"))
                    await client.response()

        for batch in range(20):
            await asyncio.gather(*(visit(number) for number in range(batch, batch + 50)))
        await until(lambda: server.connections == (0, 0))
        # The sweep holds nothing that has ended.
        assert server.deadlines._buckets == {}


async def test_what_ends_needs_no_garbage_collector() -> None:
    """A cycle per connection would make every collection as long as the server is busy."""
    handlers: list[weakref.ref[Echo]] = []

    def open_websocket(request: Request) -> Echo:
        handler = Echo()
        handlers.append(weakref.ref(handler))
        return handler

    async with running(open_websocket=open_websocket) as server:
        gc.collect()
        gc.disable()
        try:
            half = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"
            for said in (get("/"), b"garbage\r\n", half):
                async with connected(server) as client:
                    client.send(said)
                    await until(lambda: server.http)
                    connection = weakref.ref(*server.http)
                await until(lambda: not server.http)
                await until(lambda connection=connection: connection() is None)
            async with connected(server) as client:
                await client.upgrade()
            await until(lambda: handlers[0]() is None)
        finally:
            gc.enable()


@pytest.mark.parametrize(
    ("proxies", "seen"), [(["127.0.0.0/8"], "203.0.113.9 True"), ([], "127.0.0.1 False")]
)
async def test_a_proxys_word_on_who_asked_is_believed_if_it_is_trusted(proxies: list[str], seen: str) -> None:
    async def respond(request: Request) -> Response:
        return Response(200, [], f"{request.peer} {request.secure}".encode())

    settings = ServerSettings(trusted_proxies=TrustedProxies(proxies))
    async with running(respond, settings=settings) as server, connected(server) as client:
        client.send(get("/", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"))
        assert (await client.response())[2] == seen.encode()
