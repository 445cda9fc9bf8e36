"""WebSocket conversations: order, back-pressure, closing, pings; and what hostile bytes get."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from chatd.net import ConnectionClosed, ServerSettings, broadcast
from chatd.wire.http1 import Request
from chatd.wire.responses import Response
from chatd.wire.websocket import text_frame
from tests.net.tools import (
    SWITCHED,
    UPGRADE,
    Echo,
    FakeTransport,
    Waits,
    close_frame,
    connected,
    fake_server,
    frame,
    get,
    opened,
    running,
    settle,
    text,
    until,
)

DEFLATE = UPGRADE.replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")


# ── the upgrade ──


async def test_the_upgrade_to_the_byte_and_the_request_that_the_handler_sees() -> None:
    handler = Echo()
    await opened(handler)
    assert handler.connection.path == "/chat room"
    assert handler.connection.request.query == "v=10"
    assert handler.connection.request.peer == "192.0.2.1"


@pytest.mark.parametrize("step", [1, 7, 50, 10_000])
async def test_frames_that_come_with_the_upgrade_are_read(step: int) -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    conversation = get("/first") + UPGRADE + text("hello") + frame(2, b"\x00\xff")
    for at in range(0, len(conversation), step):
        await transport.deliver(conversation[at : at + step])
    written = b"".join(transport.written)
    assert written.endswith(SWITCHED + b"\x81\x05hello" + b"\x82\x02\x00\xff")


async def test_what_opened_sends_leaves_with_the_101() -> None:
    class Greets(Echo):
        def opened(self, connection: Any) -> None:
            connection.send_frame(text_frame(b"one"))
            connection.send("two")

    server, _ = fake_server(open_websocket=lambda request: Greets())
    transport = FakeTransport(server)
    await transport.deliver(UPGRADE)
    assert transport.written == [SWITCHED + b"\x81\x03one\x81\x03two"]


async def test_an_upgrade_may_be_refused_with_any_response() -> None:
    server, _ = fake_server(open_websocket=lambda request: Response(403, [("X-Why", "origin")], b"no"))
    transport = FakeTransport(server)
    await transport.deliver(UPGRADE)
    assert transport.written[0].startswith(b"HTTP/1.1 403 ") and transport.written[0].endswith(b"\r\n\r\nno")
    assert b"X-Why: origin" in transport.written[0] and b"Connection: close" in transport.written[0]


async def test_another_version_is_426_and_names_ours() -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(UPGRADE.replace(b"Version: 13", b"Version: 8"))
    assert transport.written[0].startswith(b"HTTP/1.1 426 ")
    assert b"Sec-WebSocket-Version: 13\r\n" in transport.written[0]


async def test_an_exception_in_open_websocket_is_500(caplog: pytest.LogCaptureFixture) -> None:
    def fail(request: Request) -> Any:
        raise LookupError("on purpose")

    server, _ = fake_server(open_websocket=fail)
    transport = FakeTransport(server)
    with caplog.at_level("ERROR", "chatd"):
        await transport.deliver(UPGRADE)
    assert transport.written[0].startswith(b"HTTP/1.1 500 ") and "on purpose" in caplog.text


async def test_compression_is_agreed_on_where_the_handler_wants_it() -> None:
    class Plain(Echo):
        permessage_deflate = False

    for handler, agreed in ((Echo(), True), (Plain(), False)):
        async with running(open_websocket=lambda request, handler=handler: handler) as server:
            async with connected(server) as client:
                fields = await client.upgrade(DEFLATE)
                assert fields.get("sec-websocket-extensions", "").startswith("permessage-deflate") is agreed
                client.send(text("long " * 200))
                first, length = await client.receive(2)
                assert (first == 0xC1) is agreed
                if agreed:
                    assert length < 126


# ── messages ──


async def test_messages_in_one_read_are_answered_in_one_write() -> None:
    transport, _, _ = await opened(Echo())
    await transport.deliver(text("a") + frame(9, b"ping") + text("b"))
    assert len(transport.written) == 1
    assert sorted(transport.written[0]) == sorted(b"\x8a\x04ping\x81\x01a\x81\x01b")


async def test_messages_wait_for_the_one_before_them() -> None:
    handler = Waits()
    handler.hold("a", "b")
    transport, _, _ = await opened(handler)
    await transport.deliver(text("a") + text("b"))
    await transport.deliver(text("c"))
    handler.gates["b"].set_result(None)
    await settle()
    assert handler.events == ["opened", ("begin", "a")]
    handler.gates["a"].set_result(None)
    await settle()
    order = [(step, message) for message in "abc" for step in ("begin", "end")]
    assert handler.events[1:] == order
    assert b"".join(transport.written) == b"\x81\x01a\x81\x01b\x81\x01c"


async def test_reading_pauses_behind_a_slow_handler_and_pings_are_answered_until_then() -> None:
    handler = Waits()
    handler.hold("a")
    transport, _, _ = await opened(handler, ServerSettings(waiting_messages_max=3))
    await transport.deliver(text("a"))
    await transport.deliver(text("b") + frame(9, b"!"))
    assert not transport.reading_paused
    assert transport.written == [b"\x8a\x01!"]
    await transport.deliver(text("c") + text("d"))
    assert transport.reading_paused
    handler.gates["a"].set_result(None)
    await settle()
    assert not transport.reading_paused
    assert [event[1] for event in handler.events if event[0] == "end"] == ["a", "b", "c", "d"]


async def test_a_handler_that_raises_closes_with_1011(caplog: pytest.LogCaptureFixture) -> None:
    class Fails(Echo):
        def message(self, connection: Any, data: str | bytes) -> Any:
            raise LookupError("on purpose")

    class FailsLater(Echo):
        async def message(self, connection: Any, data: str | bytes) -> Any:
            await asyncio.sleep(0)
            raise LookupError("on purpose")

    for handler in (Fails(), FailsLater()):
        caplog.clear()
        with caplog.at_level("ERROR", "chatd"):
            async with running(open_websocket=lambda request, handler=handler: handler) as server:
                async with connected(server) as client:
                    await client.upgrade()
                    client.send(text("x") + text("y"))
                    opcode, payload = await client.server_frame()
                    assert (opcode, payload[:2]) == (8, (1011).to_bytes(2, "big"))
                    client.send(close_frame(1011))
                    assert await client.rest() == b""
                assert await handler.ended == (1011, "")
        assert caplog.text.count("on purpose") == 1 + caplog.text.count('raise LookupError("on purpose")')


async def test_a_timeout_works_in_a_message_handler() -> None:
    class Impatient(Echo):
        async def message(self, connection: Any, data: str | bytes) -> None:  # type: ignore[override]
            try:
                async with asyncio.timeout(0.01):
                    await asyncio.get_running_loop().create_future()
            except TimeoutError:
                await connection.send("timed out")

    async with running(open_websocket=lambda request: Impatient()) as server, connected(server) as client:
        await client.upgrade()
        client.send(text("x"))
        assert await client.server_frame() == (1, b"timed out")


async def test_messages_of_any_size_come_back(rng: random.Random) -> None:
    async with running() as server, connected(server) as client:
        await client.upgrade()
        for size in (0, 1, 125, 126, 65535, 65536, 2**20):
            content = rng.randbytes(size)
            client.send(frame(2, content))
            assert await client.server_frame() == (2, content)


async def test_who_floods_takes_turns_with_the_others() -> None:
    class Heard(Echo):
        def message(self, connection: Any, data: str | bytes) -> None:
            if data == "other":
                turn.set_result(heard.count("x"))
            heard.append(data)

    heard: list[str | bytes] = []
    turn: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with running(open_websocket=lambda request: Heard()) as server:
        async with connected(server) as flooding, connected(server) as other:
            await flooding.upgrade()
            await other.upgrade()
            flooding.send(text("x") * 100_000)
            other.send(text("other"))
            assert await turn * len(text("x")) <= 32 * 1024


async def test_a_message_above_the_handlers_limit_is_1009_and_the_frame_arrives() -> None:
    async with running() as server, connected(server) as client:
        await client.upgrade()
        client.send(frame(2, b"x" * (2**20 + 1)) + frame(2, b"y" * 500_000))
        opcode, payload = await client.server_frame()
        assert (opcode, payload[:2]) == (8, (1009).to_bytes(2, "big"))


# ── sending ──


async def test_frames_of_one_loop_pass_leave_in_one_write() -> None:
    handler = Echo()
    transport, _, _ = await opened(handler)
    for message in (b"a", b"b", b"c"):
        handler.connection.send_frame(text_frame(message))
    assert transport.written == [] and handler.connection.unsent_bytes == 9
    await settle()
    assert transport.written == [b"\x81\x01a\x81\x01b\x81\x01c"]


async def test_connections_that_get_the_same_frames_share_the_joined_bytes() -> None:
    handlers = [Echo() for _ in range(3)]
    transports = []
    waiting = iter(handlers)
    server, _ = fake_server(open_websocket=lambda request: next(waiting))
    for _ in handlers:
        transports.append(FakeTransport(server))
        await transports[-1].deliver(UPGRADE)
    connections = [handler.connection for handler in handlers]
    broadcast(connections, "first")
    broadcast(connections, b"second")
    broadcast(connections[1:], "third")
    await settle()
    sent = [transport.written[1] for transport in transports]
    assert sent[0] == b"\x81\x05first\x82\x06second" and sent[1] == sent[0] + b"\x81\x05third"
    assert sent[1] is sent[2]


async def test_send_waits_for_a_client_that_does_not_read() -> None:
    class Floods(Echo):
        sent = 0

        async def message(self, connection: Any, data: str | bytes) -> None:  # type: ignore[override]
            for _ in range(1000):
                await connection.send(b"x" * 100_000)
                self.sent += 1

        def paused(self, connection: Any) -> None:
            self.events.append("paused")

        def resumed(self, connection: Any) -> None:
            self.events.append("resumed")

    handler = Floods()
    async with running(open_websocket=lambda request: handler) as server, connected(server) as client:
        await client.upgrade()
        client.send(text("go"))
        await until(lambda: "paused" in handler.events)
        assert handler.sent < 500 and not handler.connection.writable
        assert handler.connection.unsent_bytes < 300_000
        for _ in range(1000):
            await client.server_frame()
        assert handler.events[1] == "paused" and "resumed" in handler.events
        assert handler.sent == 1000 and handler.connection.writable


async def test_prepared_frames_can_wait_for_room_too() -> None:
    class Replays(Echo):
        sent = 0

        async def message(self, connection: Any, data: str | bytes) -> None:  # type: ignore[override]
            for _ in range(1000):
                connection.send_frame(text_frame(b"x" * 100_000))
                await connection.room()
                self.sent += 1

    handler = Replays()
    async with running(open_websocket=lambda request: handler) as server, connected(server) as client:
        await client.upgrade()
        client.send(text("go"))
        await until(lambda: handler.connection.write_paused)
        assert handler.sent < 500 and handler.connection.unsent_bytes < 300_000
        for _ in range(1000):
            await client.server_frame()
        await until(lambda: handler.sent == 1000)


async def test_a_send_that_waits_for_room_raises_when_the_client_leaves() -> None:
    class Floods(Echo):
        async def message(self, connection: Any, data: str | bytes) -> None:  # type: ignore[override]
            try:
                while True:
                    await connection.send(b"x" * 100_000)
            except ConnectionClosed:
                self.events.append("raised")
                raise

    handler = Floods()
    async with running(open_websocket=lambda request: handler) as server:
        async with connected(server) as client:
            await client.upgrade()
            client.send(text("go"))
            await until(lambda: not handler.connection.writable)
        assert (await handler.ended)[0] == 1006
        assert handler.events[1:] == ["raised", ("closed", 1006)]


async def test_sending_without_waiting_is_bounded() -> None:
    handler = Echo()
    transport, _, _ = await opened(handler)
    transport.unsent = 5 * 2**20
    transport.protocol.pause_writing()
    handler.connection.send_frame(b"one more")
    await settle()
    assert transport.closed and transport.written == []
    transport.lose()
    assert await handler.ended == (1006, "too far behind")


async def test_after_closing_send_raises_and_frames_are_dropped() -> None:
    handler = Echo()
    transport, _, _ = await opened(handler)
    connection = handler.connection
    connection.close(4000, "enough")
    assert connection.closed
    with pytest.raises(ConnectionClosed):
        connection.send("x")
    connection.send_frame(b"x")
    broadcast([connection], "x")
    await settle()
    assert transport.written == [b"\x88\x08" + (4000).to_bytes(2, "big") + b"enough"]
