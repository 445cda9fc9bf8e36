"""One socket of the gateway: what it speaks, and how alive it is. The handler that net gives its messages to.

opened -> Hello; then messages through the gate (dispatch.py), until closed. A connection is nobody's until
Identify or Resume attaches a session, and stays attached until either side ends it. Everything sent on
it goes through `send_text` or the hub's `write`, in the order in which the client reads it, because each
segment of a zlib-stream knows what stands before it.

A stalled reader: what it has not taken piles up in `link`. Above `unsent_bytes_max` net cuts it off; the
gateway's sweep does when it has taken nothing for a while (settings.stalled_s). A snapshot or a replay
may be larger than the limit by itself, so it raises it until it has been read.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from chatd.gateway import dispatch
from chatd.gateway.broadcast import payload_text
from chatd.gateway.forms import BY_NAME, JSON_TEXT, form_of
from chatd.gateway.opcodes import ENDS_SESSION, Close, CloseCode, Opcode
from chatd.gateway.session import Session
from chatd.log import Logger
from chatd.model.buckets import Bucket
from chatd.wire.http1 import Request
from chatd.wire.url import parse_query

ACKNOWLEDGED = payload_text(Opcode.HEARTBEAT_ACK)
VERSIONS = ("9", "10")


class Connection:
    """`send` is the link's own method, for the hub's loop. `last` and `last_sent` are what it was sent last.

    Invariant: `session` is set exactly while the hub, or a resume, may send it events.
    """

    __slots__ = (
        "gateway", "request", "link", "send", "form", "last", "last_sent", "session", "closing",
        "message_max", "unsent_bytes_max", "frames", "unsent_seen", "log", "refusal",
        "id", "opened_at",
    )  # fmt: skip

    # Both directions are short frames, and what the server sends is shared: nothing to gain for 64 KiB each.
    permessage_deflate = False
    subprotocol = None

    def __init__(self, gateway: Any, request: Request, log: Logger) -> None:
        self.gateway = gateway
        self.request = request
        self.log = log
        self.id = secrets.token_hex(8)  # for whoever looks at what is connected
        self.opened_at: datetime
        self.link: Any = None
        self.send: Callable[[bytes], None] = _not_open
        self.last: bytes | None = None
        self.last_sent = 0
        self.session: Session | None = None
        self.closing = False
        self.message_max = gateway.settings.request_bytes_max
        self.unsent_bytes_max = gateway.settings.unsent_bytes_max
        self.unsent_seen = 0
        self.frames = Bucket()
        query = dict(parse_query(request.query))
        self.form = form_of(query.get("encoding", "json"), query.get("compress", "")) or JSON_TEXT
        self.refusal = refusal_of(query)

    # ── what net calls ──

    def opened(self, link: Any) -> None:
        self.link = link
        self.send = link.send_frame
        if self.refusal is not None:
            self.close(self.refusal.code, self.refusal.reason)
            return
        self.gateway.on_opened(self)
        interval_ms = self.gateway.settings.heartbeat_interval_ms
        hello = payload_text(Opcode.HELLO, {"heartbeat_interval": interval_ms})
        self.last = hello
        self.send(self.form.first_frame(hello))

    def message(self, link: Any, data: str | bytes) -> Awaitable[None] | None:
        return None if self.closing else dispatch.receive(self, data)

    def closed(self, link: Any, code: int, reason: str) -> None:
        ended = code in ENDS_SESSION and not self.closing
        self.closing = True
        self.log.debug("closed", code=code, reason=reason)
        self.gateway.on_closed(self, ended=ended)

    def paused(self, link: Any) -> None:
        self.unsent_seen = link.unsent_bytes
        self.gateway.on_paused(self)

    def resumed(self, link: Any) -> None:
        self.unsent_bytes_max = self.gateway.settings.unsent_bytes_max
        self.gateway.on_resumed(self)

    def shutdown(self, link: Any) -> None:
        self.reconnect()

    # ── what the gateway calls ──

    def send_text(self, text: bytes) -> None:
        """Send a payload that nobody shares."""
        self.last = text
        self.send(self.form.frame(text))

    def send_op(self, op: Opcode, d: object = None) -> None:
        self.send_text(payload_text(op, d))

    def acknowledge(self) -> None:
        """Answer a heartbeat: the most frequent frame of a quiet connection, made once."""
        if self.link.unsent_bytes <= self.gateway.settings.unsent_bytes_max:
            self.unsent_bytes_max = self.gateway.settings.unsent_bytes_max  # see allow_unsent
        self.last = ACKNOWLEDGED
        self.send(ACKNOWLEDGED_FRAMES[self.form])

    def allow_unsent(self, size_bytes: int) -> None:
        """So much is about to be sent at once and is no sign of a slow reader."""
        self.unsent_bytes_max = self.gateway.settings.unsent_bytes_max + size_bytes

    async def room(self) -> None:
        """Wait until the client has taken most of what it was sent."""
        await self.link.room()

    def close(self, code: CloseCode, reason: str) -> None:
        """Close with this code. The session, if there is one, is kept for a resume."""
        if not self.closing:
            self.closing = True
            self.log.debug("closing", code=code.name, reason=reason)
            self.gateway.detach(self)
            self.link.close(int(code), reason)

    def abort(self, reason: str) -> None:
        """Cut the connection without a word. The session is kept for a resume."""
        if not self.closing:
            self.closing = True
            self.log.info("aborted", reason=reason)
            self.gateway.detach(self)
            self.link.abort()

    def reconnect(self) -> None:
        """The server goes down: tell the client to come back and resume."""
        if not self.closing:
            self.send_op(Opcode.RECONNECT)
            self.gateway.detach(self, at_shutdown=True)
            self.close(CloseCode.SERVICE_RESTART, "the server is restarting")


ACKNOWLEDGED_FRAMES = {form: form.frame(ACKNOWLEDGED) for form in BY_NAME.values()}


def refusal_of(query: dict[str, str]) -> Close | None:
    """Why a client that asks for this is not served. It is told after the handshake, where clients look."""
    if query.get("v", "10") not in VERSIONS:
        return Close(CloseCode.INVALID_API_VERSION, "gateway version must be 9 or 10")
    if form_of(query.get("encoding", "json"), "") is None:
        return Close(CloseCode.DECODE_ERROR, "encoding must be json or etf")
    if form_of("json", query.get("compress", "")) is None:
        return Close(CloseCode.DECODE_ERROR, "compress must be zlib-stream, zstd-stream or absent")
    return None


def _not_open(frame: bytes) -> None:
    raise AssertionError("sent before the opening handshake was over")
