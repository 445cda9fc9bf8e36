"""How WebSockets end, and the time limits that may end them."""

from __future__ import annotations

import random

from tests.net.tools import (
    Client,
    Echo,
    Waits,
    close_frame,
    connected,
    frame,
    opened,
    pass_time,
    running,
    settle,
    text,
)


async def test_the_peers_close_is_answered_after_the_messages_before_it() -> None:
    handler = Waits()
    handler.hold("a")
    transport, _, _ = await opened(handler)
    await transport.deliver(text("a") + text("b") + close_frame(1000))
    await transport.deliver(text("ignored"))
    handler.gates["a"].set_result(None)
    await settle()
    assert b"".join(transport.written) == b"\x81\x01a\x81\x01b\x88\x02\x03\xe8"
    assert transport.closed
    transport.lose()
    assert await handler.ended == (1000, "")
    assert handler.events[-1] == ("closed", 1000)


async def test_our_close_waits_for_the_answer_and_hears_no_more_messages() -> None:
    handler = Echo()
    transport, server, clock = await opened(handler)
    handler.connection.close(1001)
    await transport.deliver(text("too late"))
    assert not transport.closed
    await transport.deliver(close_frame(1001))
    assert transport.closed
    transport.lose()
    assert await handler.ended == (1001, "")
    assert handler.events == ["opened", ("closed", 1001)]


async def test_a_close_that_is_not_answered_is_cut_off() -> None:
    handler = Echo()
    transport, server, clock = await opened(handler)
    handler.connection.close()
    pass_time(server, clock, 9)
    assert not transport.closed
    pass_time(server, clock, 2)
    assert transport.closed
    transport.lose()
    assert (await handler.ended)[0] == 1006


async def test_a_lost_connection_is_1006_after_its_last_message() -> None:
    handler = Waits()
    handler.hold("a")
    transport, server, clock = await opened(handler)
    await transport.deliver(text("a"))
    transport.lose()
    assert not handler.ended.done() and server.connections.websocket == 1
    handler.gates["a"].set_result(None)
    assert (await handler.ended)[0] == 1006
    assert server.connections.websocket == 0


async def test_a_handler_that_hangs_when_its_peer_is_gone_is_cancelled() -> None:
    handler = Waits()
    handler.hold("a")
    transport, server, clock = await opened(handler)
    await transport.deliver(text("a"))
    transport.lose()
    pass_time(server, clock, 12)
    assert (await handler.ended)[0] == 1006
    assert handler.gates["a"].cancelled()


async def test_abort_drops_what_is_unsent() -> None:
    handler = Echo()
    transport, _, _ = await opened(handler)
    handler.connection.send_frame(b"unsent")
    handler.connection.abort()
    await settle()
    assert transport.closed and transport.written == []


async def test_a_fault_of_the_peer_is_answered_and_the_rest_ignored() -> None:
    handler = Echo()
    transport, server, clock = await opened(handler)
    await transport.deliver(text("good") + b"\x83\x80\0\0\0\0" + text("bad"))
    await transport.deliver(text("worse"))
    sent = b"".join(transport.written)
    assert sent.startswith(b"\x81\x04good\x88") and sent[8:10] == (1002).to_bytes(2, "big")
    assert handler.events == ["opened", "good"]
    assert transport.ended and not transport.closed, "it reads on, so that the close frame arrives"
    pass_time(server, clock, 4)
    assert transport.closed


async def test_garbage_ends_in_a_close_frame_and_never_in_an_exception(rng: random.Random) -> None:
    for _ in range(200):
        handler = Echo()
        transport, server, _ = await opened(handler)
        garbage = bytearray(text("hello") * 3 + frame(9, b"x") + frame(1, b"a", fin=False) + frame(0, b"b"))
        for _ in range(rng.randint(1, 6)):
            garbage[rng.randrange(len(garbage))] = rng.randrange(256)
        for at in range(0, len(garbage), 11):
            await transport.deliver(bytes(garbage[at : at + 11]))
        transport.lose()
        await handler.ended
        assert server.connections == (0, 0)


# ── time ──


async def test_a_silent_peer_is_pinged_and_given_up() -> None:
    handler = Echo()
    transport, server, clock = await opened(handler)
    pass_time(server, clock, 19)
    assert transport.written == []
    pass_time(server, clock, 2)
    await settle()
    assert transport.written == [b"\x89\x00"]
    pass_time(server, clock, 22)
    await settle()
    assert transport.closed and transport.written[1][:4] == b"\x88\x0e" + (1011).to_bytes(2, "big")
    transport.lose()
    assert await handler.ended == (1006, "ping timeout")


async def test_a_pong_or_anything_else_is_a_sign_of_life() -> None:
    transport, server, clock = await opened(Echo())
    for sign in (frame(10), text("x"), frame(10)):
        pass_time(server, clock, 21)
        await settle()
        assert transport.written.pop() == b"\x89\x00"
        pass_time(server, clock, 5)
        await transport.deliver(sign)
        transport.written.clear()
        pass_time(server, clock, 17)
        assert transport.written == [] and not transport.closed


async def test_a_talking_peer_is_never_pinged() -> None:
    transport, server, clock = await opened(Echo())
    for _ in range(20):
        pass_time(server, clock, 5)
        await transport.deliver(text("x"))
    assert set(transport.written) == {b"\x81\x01x"}


async def test_a_client_of_our_own_sees_a_whole_conversation() -> None:
    handler = Echo()
    async with running(open_websocket=lambda request: handler) as server, connected(server) as client:
        assert isinstance(client, Client)
        await client.upgrade()
        client.send(frame(1, "grü".encode(), fin=False) + frame(9, b"between") + frame(0, b"n"))
        assert await client.server_frame() == (10, b"between")
        assert await client.server_frame() == (1, "grün".encode())
        client.send(close_frame(1000))
        assert await client.server_frame() == (8, (1000).to_bytes(2, "big"))
        assert await client.rest() == b""
        assert await handler.ended == (1000, "")
