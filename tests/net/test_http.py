"""HTTP/1.1 conversations to the byte, on a fake transport and a fake clock."""

from __future__ import annotations

import asyncio
import json
import random
import re

import pytest

from chatd.net import ServerSettings
from chatd.wire.errors import BadRequest
from chatd.wire.http1 import Request
from chatd.wire.responses import Response
from tests.net.tools import (
    FakeTransport,
    answer_path,
    fake_server,
    get,
    pass_time,
    settle,
)

POST = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"
SLOW_BODY = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
CHUNKED = b"POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
EXPECTING = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"


def without_date(data: bytes) -> bytes:
    return re.sub(rb"Date: [^\r]+\r\n", b"", data)


async def never_read(request: Request) -> Response:
    return Response(200, [], b"unread")


# ── to the byte ──


async def test_a_request_and_its_answer_to_the_byte() -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(get("/a%20b"))
    assert len(transport.written) == 1, "head and content leave in one write"
    assert without_date(transport.written[0]) == b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nGET /a b "
    assert not transport.closed


async def test_how_bytes_are_cut_changes_no_answer(rng: random.Random) -> None:
    server, _ = fake_server()
    conversation = POST + get("/second") + CHUNKED + b"3\r\nabc\r\n0\r\n\r\n"
    conversation += get("/last", "Connection: close")
    answers = set()
    for round_number in range(60):
        transport = FakeTransport(server)
        at = 0
        while at < len(conversation):
            step = len(conversation) if round_number == 0 else 1 if round_number == 1 else rng.randint(1, 90)
            await transport.deliver(conversation[at : at + step])
            at += step
        await settle()
        answers.add(without_date(b"".join(transport.written)))
        assert transport.closed
    (answer,) = answers
    contents = [b"POST /x hello", b"GET /second ", b"POST /x abc", b"GET /last "]
    heads = [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(content) for content in contents]
    closing = [b"", b"", b"", b"Connection: close\r\n"]
    assert answer == b"".join(b"%b%b\r\n%b" % parts for parts in zip(heads, closing, contents, strict=True))


async def test_head_gets_the_head_of_get() -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(get("/x").replace(b"GET", b"HEAD"))
    assert without_date(transport.written[0]) == b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"


async def test_a_thousand_pipelined_requests_are_answered_in_order() -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(b"".join(get(f"/{number}") for number in range(1000)))
    assert len(transport.written) == 1000
    assert transport.written[999].endswith(b"GET /999 ")


async def test_a_pipelined_request_waits_for_the_answer_before_it() -> None:
    loop = asyncio.get_running_loop()
    gates = {"/1": loop.create_future(), "/2": loop.create_future()}
    asked = []

    async def respond(request: Request) -> Response:
        asked.append(request.path)
        return Response(200, [], await gates[request.path])

    server, _ = fake_server(respond)
    transport = FakeTransport(server)
    await transport.deliver(get("/1") + get("/2"))
    assert asked == ["/1"]
    gates["/2"].set_result(b"second")
    gates["/1"].set_result(b"first")
    await settle()
    assert asked == ["/1", "/2"]
    assert [data[-6:] for data in transport.written] == [b"\nfirst", b"second"]


async def test_reading_pauses_when_pipelined_requests_pile_up() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def respond(request: Request) -> Response:
        await gate
        return Response(204)

    server, _ = fake_server(respond, settings=ServerSettings(pipeline_bytes_max=1000))
    transport = FakeTransport(server)
    await transport.deliver(get("/"))
    assert not transport.reading_paused
    await transport.deliver(get("/") * 50)
    assert transport.reading_paused
    gate.set_result(None)
    await settle()
    for _ in range(60):
        await asyncio.sleep(0)
    assert not transport.reading_paused
    assert len(transport.written) == 51


async def test_no_further_request_is_answered_while_the_client_does_not_read() -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    transport.protocol.pause_writing()
    await transport.deliver(get("/"))
    assert transport.written == []
    transport.protocol.resume_writing()
    await settle()
    assert len(transport.written) == 1


async def test_continue_is_sent_when_the_body_is_first_asked_for() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def respond(request: Request) -> Response:
        await gate
        return await answer_path(request)

    server, _ = fake_server(respond)
    transport = FakeTransport(server)
    await transport.deliver(EXPECTING)
    await settle()
    assert transport.written == []
    gate.set_result(None)
    await settle()
    assert transport.written == [b"HTTP/1.1 100 Continue\r\n\r\n"]
    await transport.deliver(b"hello")
    await settle()
    assert transport.written[1].endswith(b"POST /x hello")
    assert not transport.closed


async def test_no_continue_is_sent_when_the_body_came_anyway() -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(EXPECTING + b"hello")
    assert [data[:12] for data in transport.written] == [b"HTTP/1.1 200"]


async def test_a_body_that_was_expected_and_never_wanted_closes_the_connection() -> None:
    server, _ = fake_server(never_read)
    transport = FakeTransport(server)
    await transport.deliver(EXPECTING)
    assert b"Connection: close" in transport.written[0] and b"100" not in transport.written[0]
    assert transport.ended


async def test_a_small_unread_body_is_thrown_away_and_the_connection_goes_on() -> None:
    server, _ = fake_server(never_read)
    transport = FakeTransport(server)
    await transport.deliver(SLOW_BODY)
    assert len(transport.written) == 1 and b"close" not in transport.written[0]
    await transport.deliver(b"0123456789" + get("/next"))
    assert len(transport.written) == 2 and not transport.closed


async def test_a_large_unread_body_closes_the_connection() -> None:
    server, _ = fake_server(never_read)
    transport = FakeTransport(server)
    await transport.deliver(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n")
    assert b"Connection: close" in transport.written[0]
    assert transport.ended and not transport.closed, "it reads on for a while, so that the answer arrives"
    await transport.deliver(b"x" * 10000)
    assert len(transport.written) == 1


async def test_an_endless_chunked_body_that_nobody_reads_is_cut() -> None:
    server, _ = fake_server(never_read)
    transport = FakeTransport(server)
    await transport.deliver(CHUNKED)
    for _ in range(40):
        await transport.deliver(b"2710\r\n" + b"x" * 10000 + b"\r\n")
    assert transport.ended


async def test_reading_pauses_while_a_body_is_not_taken() -> None:
    gate = asyncio.get_running_loop().create_future()
    sizes = []

    async def respond(request: Request) -> Response:
        await gate
        async for part in request.body:
            sizes.append(len(part))
        return Response(204)

    settings = ServerSettings(body_buffer_bytes_max=1000, pipeline_bytes_max=1000)
    server, _ = fake_server(respond, settings=settings)
    transport = FakeTransport(server)
    await transport.deliver(SLOW_BODY.replace(b"10", b"100000") + b"x" * 70000)
    await transport.deliver(b"x" * 29000)
    assert transport.reading_paused
    gate.set_result(None)
    await settle()
    assert not transport.reading_paused
    await transport.deliver(b"x" * 1000)
    await settle()
    assert sum(sizes) == 100000
    assert transport.written


async def test_a_body_larger_than_its_reader_wants_is_413() -> None:
    async def respond(request: Request) -> Response:
        await request.body.read(3)
        return Response(204)

    server, _ = fake_server(respond)
    transport = FakeTransport(server)
    await transport.deliver(POST)
    assert transport.written[0].startswith(b"HTTP/1.1 413 ")


# ── faults ──


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    ],
)
async def test_a_malformed_request_gets_its_status_in_json_and_the_end(
    request_bytes: bytes, status: int
) -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(request_bytes)
    head, _, content = transport.written[0].partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in head
    assert json.loads(content)["message"].startswith(f"{status}: ")
    assert transport.ended
    await transport.deliver(get("/ignored"))
    assert len(transport.written) == 1


async def test_a_body_that_turns_out_malformed_fails_its_reader_with_that_status() -> None:
    server, _ = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(CHUNKED + b"3\r\nabc\r\n")
    await transport.deliver(b"nonsense\r\n")
    await settle()
    assert transport.written[0].startswith(b"HTTP/1.1 400 ")
    assert transport.ended


async def test_an_exception_is_500_logged_and_the_end(caplog: pytest.LogCaptureFixture) -> None:
    async def respond(request: Request) -> Response:
        raise LookupError("on purpose")

    server, _ = fake_server(respond)
    transport = FakeTransport(server)
    with caplog.at_level("ERROR", "chatd"):
        await transport.deliver(get("/broken"))
    assert transport.written[0].startswith(b"HTTP/1.1 500 ")
    assert b"on purpose" not in transport.written[0]
    assert "on purpose" in caplog.text and "/broken" in caplog.text
    assert transport.closed


async def test_a_response_that_cannot_be_written_is_500(caplog: pytest.LogCaptureFixture) -> None:
    async def respond(request: Request) -> Response:
        return Response(200, [("X-Split", "a\r\nb")], b"")

    server, _ = fake_server(respond)
    transport = FakeTransport(server)
    with caplog.at_level("ERROR", "chatd"):
        await transport.deliver(get("/"))
    assert len(transport.written) == 1 and transport.written[0].startswith(b"HTTP/1.1 500 ")


async def test_a_refusal_from_the_application_keeps_its_status_and_fields() -> None:
    async def respond(request: Request) -> Response:
        raise BadRequest(421, "not here", [("X-Where", "there")])

    server, _ = fake_server(respond)
    transport = FakeTransport(server)
    await transport.deliver(get("/"))
    assert transport.written[0].startswith(b"HTTP/1.1 421 ") and b"X-Where: there" in transport.written[0]


# ── time limits ──


async def test_a_silent_connection_is_closed_in_silence() -> None:
    server, clock = fake_server()
    transport = FakeTransport(server)
    pass_time(server, clock, 9)
    assert not transport.closed
    pass_time(server, clock, 2)
    assert transport.closed and transport.written == []


async def test_a_head_that_trickles_is_answered_with_408() -> None:
    server, clock = fake_server()
    transport = FakeTransport(server)
    for byte in get("/")[:10]:
        await transport.deliver(bytes([byte]))
        pass_time(server, clock, 1.2)
    assert transport.written[0].startswith(b"HTTP/1.1 408 ")
    assert transport.ended
    pass_time(server, clock, 5)
    assert transport.closed


async def test_a_second_head_has_its_own_time() -> None:
    server, clock = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(get("/"))
    pass_time(server, clock, 60)
    assert not transport.closed
    await transport.deliver(b"GET / HT")
    pass_time(server, clock, 9)
    assert not transport.ended
    pass_time(server, clock, 3)
    assert transport.written[1].startswith(b"HTTP/1.1 408 ")


async def test_an_idle_connection_is_closed_after_its_keep_alive() -> None:
    server, clock = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(get("/"))
    pass_time(server, clock, 74)
    assert not transport.closed
    pass_time(server, clock, 3)
    assert transport.closed and len(transport.written) == 1


async def test_a_body_without_progress_is_408_and_one_with_progress_is_not() -> None:
    server, clock = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(SLOW_BODY)
    for byte in b"01234":
        pass_time(server, clock, 25)
        await transport.deliver(bytes([byte]))
        await settle()
    assert transport.written == []
    pass_time(server, clock, 32)
    await settle()
    assert transport.written[0].startswith(b"HTTP/1.1 408 ")


async def test_a_slow_handler_is_not_the_clients_fault() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def respond(request: Request) -> Response:
        await request.body.read(100)
        return Response(200, [], await gate)

    server, clock = fake_server(respond)
    transport = FakeTransport(server)
    await transport.deliver(SLOW_BODY)
    await settle()
    await transport.deliver(b"0123456789")
    await settle()
    pass_time(server, clock, 1000)
    gate.set_result(b"late")
    await settle()
    assert transport.written[0].endswith(b"late") and not transport.closed


async def test_a_client_that_never_reads_its_answer_is_cut_and_a_slow_one_is_not() -> None:
    server, clock = fake_server()
    transport = FakeTransport(server)
    await transport.deliver(get("/", "Connection: close"))
    transport.closed = False  # a closing transport stays while it has something to send
    transport.unsent = 1000
    pass_time(server, clock, 62)
    transport.unsent = 900
    pass_time(server, clock, 62)
    assert not transport.closed
    pass_time(server, clock, 62)
    assert transport.closed


async def test_garbage_yields_an_answer_or_the_end_and_never_an_exception(rng: random.Random) -> None:
    server, _ = fake_server()
    for _ in range(300):
        transport = FakeTransport(server)
        garbage = bytearray(POST + get("/", "A: b") + CHUNKED + b"3\r\nabc\r\n0\r\n\r\n")
        for _ in range(rng.randint(1, 6)):
            garbage[rng.randrange(len(garbage))] = rng.randrange(256)
        await transport.deliver(bytes(garbage))
        await settle()
        transport.lose()
    assert server.connections == (0, 0)
