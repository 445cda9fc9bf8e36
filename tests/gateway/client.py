"""A gateway and its clients for tests: everything real but the socket and the clock.

Link stands where net.WebSocketConnection stands, which is the seam: it reads back, as a client would,
every frame that it is given. Client speaks the gateway's protocol over one.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import zstandard

from chatd.gateway import Gateway, GatewaySettings
from chatd.gateway.opcodes import Opcode
from chatd.model import intents
from chatd.wire.etf import decode_term, encode_term
from chatd.wire.http1 import RequestParser

OWN_ORIGIN = "https://chat.example"
ALL_INTENTS = intents.ALL


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, gateway: Gateway, seconds: float) -> None:
        """Let time go by as the server does, with a sweep every second."""
        until = self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + 1)
            gateway.sweep(self.now)


class Calls:
    """Answers op 100 in the place of the HTTP door, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.answer: tuple[int, object] = (200, {"fine": True})

    async def __call__(self, *arguments: Any) -> tuple[int, object]:
        self.asked.append(arguments)
        return self.answer


def gateway_on(store: Any, clock: Clock, **settings: Any) -> Gateway:
    """A gateway that hears the store's feed. Bots may begin any number of sessions unless a test says so."""

    async def sleep(seconds: float) -> None:
        clock.now += seconds

    gateway = Gateway(
        store, settings=GatewaySettings(**{"session_starts_per_day": 0, **settings}), call=Calls(),
        public_url=lambda: OWN_ORIGIN, clock=clock, sleep=sleep,
    )  # fmt: skip
    store.feed.subscribe(gateway.deliver)
    return gateway


def upgrade_request(path: str, **headers: str) -> Any:
    """An upgrade request as the HTTP parser reads it."""
    lines = {"host": "chat.internal", "connection": "upgrade", "upgrade": "websocket", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    (request, *_) = RequestParser().feed(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
    return request


class Link:
    """What a gateway connection holds instead of a WebSocketConnection."""

    def __init__(self) -> None:
        self.closed = False
        self.close_code: int | None = None
        self.close_reason = ""
        self.aborted = False
        self.broken = False
        self.unsent_bytes = 0
        self.frames: list[bytes] = []

    def send_frame(self, frame: bytes) -> None:
        if self.broken:
            raise OSError("broken")
        if not self.closed:
            assert isinstance(frame, bytes)
            self.frames.append(frame)

    async def room(self) -> None:
        if self.closed:
            raise ConnectionError("the connection is closed")

    def close(self, code: int = 1000, reason: str = "") -> None:
        if not self.closed:
            self.closed, self.close_code, self.close_reason = True, code, reason

    def abort(self) -> None:
        self.closed = self.aborted = True


def parse_server_frames(data: bytes) -> list[tuple[int, bytes]]:
    """RFC 6455 section 5.2, from the client's side: whole, unmasked frames as (opcode, payload)."""
    frames, at = [], 0
    while at < len(data):
        assert data[at] & 0xF0 == 0x80 and data[at + 1] & 0x80 == 0, "final and unmasked"
        opcode, length, at = data[at] & 0x0F, data[at + 1], at + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        frames.append((opcode, data[at : at + length]))
        at += length
    return frames


def decompressor_for(query: str) -> Callable[[bytes], bytes]:
    """What a client has for the stream that it asked for."""
    if "zlib-stream" in query:
        return zlib.decompressobj().decompress
    if "zstd-stream" in query:
        return zstandard.ZstdDecompressor().decompressobj().decompress
    return bytes


class Client:
    """One connection of one client, with the session that it remembers."""

    def __init__(self, gateway: Gateway, query: str = "v=10&encoding=json", **headers: str) -> None:
        self.gateway = gateway
        self.link = Link()
        self.connection: Any = gateway.open(upgrade_request(f"/gateway?{query}", **headers))
        self.is_text = not any(word in query for word in ("stream", "etf"))
        self.etf = "etf" in query
        self.decompress = decompressor_for(query)
        self.payloads: list[dict[str, Any]] = []
        self.session_id: str | None = None
        self.seq: int | None = None
        self._read = 0
        self.connection.opened(self.link)

    # ── what the client does ──

    async def send(self, op: int, d: Any = None) -> None:
        payload = {"op": op, "d": d}
        await self.send_text(encode_term(payload) if self.etf else json.dumps(payload))

    async def send_text(self, text: str | bytes) -> None:
        handled = self.connection.message(self.link, text)
        if handled is not None:
            await handled

    async def identify(self, token: str, wanted: int = ALL_INTENTS, **d: Any) -> dict[str, Any]:
        """Identify and return READY's `d`."""
        await self.send(Opcode.IDENTIFY, {"token": token, "intents": wanted, "properties": {}, **d})
        (ready,) = self.dispatches("READY")
        return ready

    async def resume(self, token: str, session_id: str | None, seq: int | None) -> None:
        await self.send(Opcode.RESUME, {"token": token, "session_id": session_id, "seq": seq})

    def vanish(self) -> None:
        """The connection is lost without a word."""
        self.hang_up(1006)

    def hang_up(self, code: int) -> None:
        self.link.closed = True
        self.connection.closed(self.link, code, "")

    # ── what it has heard ──

    def read(self) -> list[dict[str, Any]]:
        """Everything received so far."""
        frames, self._read = self.link.frames[self._read :], len(self.link.frames)
        for opcode, payload in parse_server_frames(b"".join(frames)):
            assert opcode == (1 if self.is_text else 2)
            plain = self.decompress(payload)
            self._heard(decode_term(plain) if self.etf else json.loads(plain))
        return self.payloads

    def _heard(self, payload: dict[str, Any]) -> None:
        self.payloads.append(payload)
        if payload["t"] == "READY":
            self.session_id = payload["d"]["session_id"]
        if payload["op"] == Opcode.DISPATCH:
            assert self.seq is None or payload["s"] >= self.seq, "s never goes back"
            self.seq = payload["s"]

    def dispatches(self, name: str) -> list[Any]:
        """The `d` of each dispatch of this name."""
        return [payload["d"] for payload in self.read() if payload["t"] == name]

    def names(self) -> list[str]:
        return [payload["t"] for payload in self.read() if payload["op"] == Opcode.DISPATCH]

    def ops(self) -> list[int]:
        return [payload["op"] for payload in self.read()]

    def contents(self) -> list[str]:
        """What was said, in the order of hearing."""
        return [d["content"] for d in self.dispatches("MESSAGE_CREATE")]

    def forget(self) -> None:
        """Leave what was heard so far out of later questions."""
        self.read()
        self.payloads = []

    @property
    def closed_with(self) -> int | None:
        return self.link.close_code
