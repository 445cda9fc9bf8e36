"""The transport by itself, on a pair of connected sockets."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from chatd.net.flow import Connection
from chatd.net.transport import HIGH_WATER_BYTES, LOW_WATER_BYTES, SocketTransport
from tests.net.tools import settle, until


class Recorder(Connection):
    """A protocol that notes what it is told."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.calls: list[Any] = []
        self.buffer = memoryview(bytearray(1000))
        self.keep_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.calls.append("made")

    def buffer_updated(self, nbytes: int) -> None:
        data = self.buffer[:nbytes].tobytes()
        self.calls.append(data)
        if data == b"raise":
            raise LookupError("on purpose")

    def eof_received(self) -> bool:
        self.calls.append("eof")
        return self.keep_open

    def pause_writing(self) -> None:
        self.calls.append("pause")

    def resume_writing(self) -> None:
        self.calls.append("resume")

    def connection_lost(self, error: Exception | None) -> None:
        self.calls.append("lost" if error is None else type(error))


def made() -> tuple[SocketTransport, Recorder, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    protocol = Recorder()
    transport = SocketTransport(asyncio.get_running_loop(), ours, ("peer", 1), protocol, protocol.buffer)
    return transport, protocol, theirs


async def test_what_is_read_is_announced_and_the_end_closes() -> None:
    transport, protocol, theirs = made()
    theirs.send(b"hello")
    await until(lambda: len(protocol.calls) == 2)
    theirs.close()
    await until(lambda: "lost" in protocol.calls)
    assert protocol.calls == ["made", b"hello", "eof", "lost"]
    assert transport.is_closing() and transport.get_extra_info("peername") == ("peer", 1)


async def test_paused_reading_hears_nothing_until_it_is_resumed() -> None:
    transport, protocol, theirs = made()
    transport.pause_reading()
    transport.pause_reading()
    theirs.send(b"hello")
    await settle()
    assert protocol.calls == ["made"] and not transport.is_reading()
    transport.resume_reading()
    await until(lambda: protocol.calls == ["made", b"hello"])
    transport.abort()
    theirs.close()
    await settle()


async def test_what_the_kernel_does_not_take_is_sent_later_in_order() -> None:
    transport, protocol, theirs = made()
    sent = b"".join(number.to_bytes(4, "big") for number in range(300_000))
    for at in range(0, len(sent), 50_000):
        transport.write(sent[at : at + 50_000])
    assert protocol.calls[-1] == "pause" and transport.get_write_buffer_size() > HIGH_WATER_BYTES
    transport.close()  # sends what is unsent first
    received = bytearray()
    loop = asyncio.get_running_loop()
    while data := await loop.sock_recv(theirs, 100_000):
        received += data
    assert received == sent
    assert protocol.calls[-2:] == ["resume", "lost"]
    theirs.close()


async def test_the_protocol_goes_on_at_the_low_mark() -> None:
    transport, protocol, theirs = made()
    while transport.get_write_buffer_size() <= HIGH_WATER_BYTES:
        transport.write(b"x" * 30_000)
    loop = asyncio.get_running_loop()
    while "resume" not in protocol.calls:
        await loop.sock_recv(theirs, 10_000)
        await asyncio.sleep(0)
    assert transport.get_write_buffer_size() <= LOW_WATER_BYTES
    assert protocol.calls.count("pause") == 1
    transport.abort()
    theirs.close()
    await settle()


async def test_write_eof_follows_what_is_unsent_and_reading_goes_on() -> None:
    transport, protocol, theirs = made()
    sent = b"x" * 1_000_000
    transport.write(sent)
    transport.write_eof()
    loop = asyncio.get_running_loop()
    received = 0
    while data := await loop.sock_recv(theirs, 100_000):
        received += len(data)
    assert received == len(sent)
    theirs.send(b"still here")
    await until(lambda: protocol.calls[-1] == b"still here")
    transport.abort()
    theirs.close()
    await settle()


async def test_a_half_closed_connection_may_still_be_written_to() -> None:
    transport, protocol, theirs = made()
    protocol.keep_open = True
    theirs.shutdown(socket.SHUT_WR)
    await until(lambda: protocol.calls == ["made", "eof"])
    transport.write(b"answer")
    assert await asyncio.get_running_loop().sock_recv(theirs, 100) == b"answer"
    transport.close()
    await settle()
    assert protocol.calls == ["made", "eof", "lost"]
    theirs.close()


async def test_abort_drops_what_is_unsent_and_connection_lost_comes_once_and_later() -> None:
    transport, protocol, theirs = made()
    transport.write(b"x" * 1_000_000)
    transport.abort()
    transport.abort()
    transport.close()
    transport.write(b"dropped")
    assert "lost" not in protocol.calls and transport.get_write_buffer_size() == 0
    await settle()
    assert protocol.calls.count("lost") == 1
    theirs.close()


async def test_a_peer_that_is_gone_when_we_write_is_an_error_of_the_connection() -> None:
    transport, protocol, theirs = made()
    transport.pause_reading()
    theirs.close()
    transport.write(b"x")
    transport.write(b"y")
    await settle()
    assert protocol.calls == ["made", BrokenPipeError]


async def test_a_protocol_that_raises_is_reported_and_cut(loop_errors: list[dict[str, Any]]) -> None:
    _, protocol, theirs = made()
    theirs.send(b"raise")
    await until(lambda: LookupError in protocol.calls)
    assert [str(context["exception"]) for context in loop_errors] == ["on purpose"]
    loop_errors.clear()
    theirs.close()
