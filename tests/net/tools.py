"""What the tests of net share: a server on a free port, a raw client, a fake transport, a fake clock."""

from __future__ import annotations

import asyncio
import ssl as tls
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from chatd.net import Server, ServerSettings, WebSocketHandler
from chatd.net.flow import READ_BYTES_MAX
from chatd.net.http import HTTPConnection
from chatd.wire.http1 import Request
from chatd.wire.responses import Response

DEFAULTS = ServerSettings()

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
MASK = b"\x01\x02\x03\x04"

UPGRADE = (
    "GET /chat%20room?v=10 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
).encode()
SWITCHED = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Accept: {ACCEPT}\r\n\r\n"
).encode()


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A client's frame, masked."""
    length = len(payload)
    if length < 126:
        head = bytes([opcode | 0x80 * fin, 0x80 | length])
    elif length < 2**16:
        head = bytes([opcode | 0x80 * fin, 0x80 | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([opcode | 0x80 * fin, 0x80 | 127]) + length.to_bytes(8, "big")
    return head + MASK + bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))


def text(message: str) -> bytes:
    return frame(1, message.encode())


def close_frame(code: int) -> bytes:
    return frame(8, code.to_bytes(2, "big"))


def get(path: str, *fields: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()


async def answer_path(request: Request) -> Response:
    """Echo method, path and content."""
    content = await request.body.read(2**20)
    return Response(200, [], f"{request.method} {request.path} ".encode() + content)


class Echo(WebSocketHandler):
    """Sends each message back, and remembers what happened."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.ended: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()

    def opened(self, connection: Any) -> None:
        self.events.append("opened")
        self.connection = connection

    def message(self, connection: Any, data: str | bytes) -> Awaitable[None] | None:
        self.events.append(data)
        return connection.send(data)

    def closed(self, connection: Any, code: int, reason: str) -> None:
        self.events.append(("closed", code))
        self.ended.set_result((code, reason))


@asynccontextmanager
async def running(
    respond: Callable[[Request], Awaitable[Response]] = answer_path,
    open_websocket: Callable[[Request], Any] = lambda request: Echo(),
    *,
    settings: ServerSettings = DEFAULTS,
    ssl: tls.SSLContext | None = None,
) -> AsyncIterator[Server]:
    """A server on a free port of 127.0.0.1, closed afterwards."""
    server = Server(respond=respond, open_websocket=open_websocket, settings=settings)
    await server.listen("127.0.0.1", 0, ssl=ssl)
    try:
        yield server
    finally:
        await server.drain(1)


class Client:
    """A socket that says what it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def receive(self, size: int) -> bytes:
        return await self.reader.readexactly(size)

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        return await self.reader.read()

    async def head(self) -> tuple[int, dict[str, str]]:
        """Status and fields of a response; field names lower-cased."""
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines[1:] if line)
        return int(lines[0].split()[1]), {name.lower(): value for name, value in fields.items()}

    async def response(self) -> tuple[int, dict[str, str], bytes]:
        """A response with Content-Length, or none."""
        status, fields = await self.head()
        return status, fields, await self.receive(int(fields.get("content-length", 0)))

    async def server_frame(self) -> tuple[int, bytes]:
        """Opcode and payload of an unfragmented frame from the server."""
        first, length = await self.receive(2)
        if length == 126:
            length = int.from_bytes(await self.receive(2), "big")
        elif length == 127:
            length = int.from_bytes(await self.receive(8), "big")
        return first & 0x0F, await self.receive(length)

    async def upgrade(self, request: bytes = UPGRADE) -> dict[str, str]:
        self.send(request)
        status, fields = await self.head()
        assert status == 101
        return fields


@asynccontextmanager
async def connected(
    server: Server, *, ssl: tls.SSLContext | None = None, **options: Any
) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=ssl, **options)
    try:
        yield Client(reader, writer)
    finally:
        writer.transport.abort()


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeTransport:
    """Records what is written; delivers bytes to the protocol the way asyncio does."""

    def __init__(self, server: Server) -> None:
        self.written: list[bytes] = []
        self.closed = self.ended = self.reading_paused = False
        self.unsent = 0
        self.protocol: Any = HTTPConnection(server)
        self.protocol.connection_made(self)

    async def deliver(self, data: bytes) -> None:
        """Bytes, in as many reads as they need, from a callback of the loop: no Task is current there."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def read() -> None:
            try:
                for at in range(0, len(data), READ_BYTES_MAX):
                    one = data[at : at + READ_BYTES_MAX]
                    self.protocol.get_buffer(-1)[: len(one)] = one
                    self.protocol.buffer_updated(len(one))
            except BaseException as error:
                done.set_exception(error)
            else:
                done.set_result(None)

        loop.call_soon(read)
        await done

    def lose(self) -> None:
        self.protocol.connection_lost(None)

    def get_extra_info(self, name: str) -> Any:
        return ("192.0.2.1", 50000) if name == "peername" else None

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def write(self, data: bytes) -> None:
        assert not self.ended, "written after the end"
        if not self.closed:
            self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.ended = True

    def is_closing(self) -> bool:
        return self.closed

    def is_reading(self) -> bool:
        return not self.reading_paused

    def pause_reading(self) -> None:
        self.reading_paused = True

    def resume_reading(self) -> None:
        self.reading_paused = False

    def close(self) -> None:
        self.closed = True

    abort = close


def fake_server(
    respond: Callable[[Request], Awaitable[Response]] = answer_path,
    open_websocket: Callable[[Request], Any] = lambda request: Echo(),
    settings: ServerSettings = DEFAULTS,
) -> tuple[Server, Clock]:
    """A server without a port, whose time is ours; call its deadlines.sweep()."""
    clock = Clock()
    return Server(respond=respond, open_websocket=open_websocket, settings=settings, clock=clock), clock


def pass_time(server: Server, clock: Clock, seconds: float) -> None:
    clock.now += seconds
    server.deadlines.sweep()


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until `condition` holds. The test's own time limit bounds it."""
    while not condition():
        await asyncio.sleep(0.001)


async def settle() -> None:
    """Let callbacks that are due run, and those that they cause."""
    for _ in range(5):
        await asyncio.sleep(0)


class Waits(Echo):
    """Handles each message as slowly as the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: dict[str, asyncio.Future[None]] = {}

    async def message(self, connection: Any, data: str | bytes) -> None:  # type: ignore[override]
        self.events.append(("begin", data))
        assert isinstance(data, str)
        gate = self.gates.get(data)
        if gate is not None:
            await gate
        self.events.append(("end", data))
        await connection.send(data)

    def hold(self, *messages: str) -> None:
        for message in messages:
            self.gates[message] = asyncio.get_running_loop().create_future()


async def opened(handler: Any, settings: ServerSettings = DEFAULTS) -> tuple[FakeTransport, Any, Any]:
    """A fake transport behind its handshake, its server and clock."""
    server, clock = fake_server(open_websocket=lambda request: handler, settings=settings)
    transport = FakeTransport(server)
    await transport.deliver(UPGRADE)
    assert transport.written.pop(0) == SWITCHED
    return transport, server, clock
