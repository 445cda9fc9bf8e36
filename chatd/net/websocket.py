"""The shell around one WebSocket: bytes from the transport to a handler's messages, and back.
RFC 6455; the protocol itself is wire/websocket.py.

Adds what needs a socket or a clock: order while a handler waits, back-pressure in both directions,
pings, the deadline of the closing handshake. An idle connection is this object, its transport, its
machine and its request; it has no task and no timer of its own.

What happens to a message: buffer_updated -> ServerWebSocket.feed -> WebSocketHandler.message, in one call.
What that sends is one write at the end of it; what others send leaves with the Outbox.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterable, Iterator
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from chatd.log import logger
from chatd.net.eager import failure_of, start
from chatd.net.flow import DONE, ConnectionClosed, Room, Sender
from chatd.net.handler import WebSocketHandler
from chatd.wire.frames import FIN, CloseCode, Opcode
from chatd.wire.http1 import Request
from chatd.wire.websocket import Closed, Event, ServerWebSocket, State, binary_frame, text_frame

if TYPE_CHECKING:
    from chatd.net.server import Server
    from chatd.wire.deflate import PermessageDeflate

__all__ = ["WebSocketConnection", "WebSocketHandler", "broadcast"]

log = logger.child("net")

# A handler that sends this much before it lets go does so in several writes, so that it feels back-pressure.
PENDING_FRAMES_MAX = 16
PENDING_FRAME_BYTES_MAX = 16 * 1024

# RFC 6455 section 7.4.1: a server met a condition that kept it from fulfilling the request.
INTERNAL_ERROR = 1011

# After these the peer may still be sending; closing at once could destroy the close frame on its way.
FAILURES = (CloseCode.PROTOCOL_ERROR, CloseCode.INVALID_PAYLOAD, CloseCode.MESSAGE_TOO_BIG)


class WebSocketConnection(Sender):
    """One open WebSocket, as its handler sees it.

    `closed` is True from the moment nothing more can be sent. `request` is the upgrade request.
    """

    __slots__ = (
        "request", "handler", "closed",
        "_machine", "_deadlines", "_read_buffer", "_farewell", "_task", "_waiting", "_over", "_deaf",
        "_heard_at", "_ping_at", "_step_due",
    )  # fmt: skip

    def __init__(
        self, server: Server, request: Request, handler: Any, deflate: PermessageDeflate | None
    ) -> None:
        super().__init__(server)
        self.request = request
        self.handler = handler
        self.closed = False
        self._machine = ServerWebSocket(message_max=handler.message_max, deflate=deflate)
        self._deadlines = server.deadlines
        self._read_buffer = server.read_buffer
        self._farewell = b""  # the close frame that answers the peer, once the messages before it are handled
        self._task: Any = None  # the handler's pending awaitable
        self._waiting: deque[Event] | None = None  # events behind it
        self._over = False  # the peer has nothing more to say
        self._deaf = False  # we closed: nothing more is handled
        self._heard_at = server.deadlines.now
        self._ping_at: float | None = None  # when an unanswered ping was sent
        self._step_due: float | None = None  # to ping, give up, or abort

    def begin(self, transport: asyncio.Transport, response: bytes, rest: bytes) -> None:
        """Take over a transport: send the 101, greet the handler, read what came behind the request."""
        self.transport = transport
        self.server.websockets.add(self)
        self._await_ping()
        self.pending = [response]
        try:
            awaitable = self.handler.opened(self)
            if awaitable is not None:
                outcome = start(wait_for(awaitable))
                if outcome is not None:
                    self._is_pending(outcome)
        except Exception as error:
            self._fail(error)
        if rest:
            self._receive(rest)
        self.write_pending()
        self.pending = None

    @property
    def path(self) -> str:
        """The decoded path of the upgrade request."""
        return self.request.path

    @property
    def writable(self) -> bool:
        """Sending now would not have to wait."""
        return not (self.closed or self.write_paused)

    # ── sending ──

    def send(self, data: str | bytes) -> Awaitable[None]:
        """Send a message: str as text, bytes as binary. Await the result to wait for room in the send buffer.

        Raises ConnectionClosed when the connection is closing or closed.
        """
        machine = self._machine
        frame = machine.text(data) if isinstance(data, str) else machine.binary(bytes(data))
        if self.closed or not frame:
            frame = self._late_frame(data)
        pending = self.pending
        if pending is None:
            self.pending = pending = [frame]
            self.server.outbox.add(self)
        else:
            pending.append(frame)
        if len(pending) > PENDING_FRAMES_MAX or len(frame) > PENDING_FRAME_BYTES_MAX:
            self.write_pending()
        return Room(self) if self.write_paused else DONE

    def _late_frame(self, data: str | bytes) -> bytes:
        """The machine is CLOSED once it has read a close frame; messages before that are still answered."""
        if self.closed:
            raise ConnectionClosed("the WebSocket is closed")
        return text_frame(data.encode()) if isinstance(data, str) else binary_frame(bytes(data))

    def send_frame(self, frame: bytes) -> None:
        """Send prepared bytes, unchanged, at the end of this loop pass. On a closed connection: nothing."""
        if not self.closed:
            pending = self.pending
            if pending is None:
                self.pending = [frame]
                self.server.outbox.add(self)
            else:
                pending.append(frame)

    def is_overfull(self) -> bool:
        if self.transport is None or self.transport.get_write_buffer_size() <= self.handler.unsent_bytes_max:
            return False
        log.warning("websocket too far behind", peer=self.request.peer, unsent_bytes=self.unsent_bytes)
        self._machine.close_reason = "too far behind"
        self.abort()
        return True

    def pause_writing(self) -> None:
        super().pause_writing()
        self.handler.paused(self)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.handler.resumed(self)

    # ── closing ──

    def close(self, code: int = CloseCode.NORMAL, reason: str = "") -> None:
        """Start the closing handshake; the peer gets close_timeout_s to answer. Later calls do nothing."""
        self._deaf = True
        if not self.closed:
            frame = self._machine.close(code, reason)
            if frame:
                self.write_soon(frame)
            self.closed = True
            self._step_in(self.server.settings.close_timeout_s)

    def abort(self) -> None:
        """Cut the connection, dropping what is unsent."""
        self.closed = self._deaf = True
        if self.pending:
            self.pending.clear()
        if self.transport is not None:
            self.transport.abort()

    def cancel(self) -> None:
        """Cut the connection, and cancel what its handler waits for."""
        self.abort()
        self._give_up_handler()

    def eof_received(self) -> bool:
        return False  # a WebSocket has no half-closed state: the transport closes, and sends what it holds

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        self.closed = self._over = True
        self._release_waiting()
        if self._task is None:
            self._end()
        else:
            self._step_in(self.server.settings.close_timeout_s)

    def _end(self) -> None:
        self._deadlines.forget(self)
        self.server.websocket_ended(self)
        # A handler that knows its connection and is known by it would wait for the garbage collector.
        handler, self.handler = self.handler, None
        try:
            handler.closed(self, int(self._machine.close_code), self._machine.close_reason)
        except Exception:
            log.exception("closed handler failed", path=self.path)

    # ── receiving ──

    def buffer_updated(self, nbytes: int) -> None:
        self._heard_at = self._deadlines.now
        if self._over:
            return  # RFC 6455 section 1.4: data after a close frame is discarded
        data = self._read_buffer[:nbytes].tobytes()
        if self.pending is not None:
            self._receive(data)
            return
        # Collect what this reading sends, and write it once. The outbox need not know.
        self.pending = []
        try:
            self._receive(data)
        finally:
            self.write_pending()
            self.pending = None

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._read_buffer

    def _receive(self, data: bytes) -> None:
        machine = self._machine
        events = machine.feed(data)
        if machine.outgoing or machine.state is not State.OPEN:
            self._take_outgoing(events)
        if self._task is None:
            self._handle(iter(events))
        else:
            self._wait(events)
        if self._over and self._task is not None:
            self._step_in(self.server.settings.close_timeout_s)

    def _take_outgoing(self, events: list[Event]) -> None:
        """Send the machine's pongs; keep back its close frame until the messages before it are handled."""
        outgoing = self._machine.outgoing
        if events and events[-1].__class__ is Closed:
            self._over = True
            if outgoing and outgoing[-1][0] == FIN | Opcode.CLOSE:
                self._farewell = outgoing.pop()
        for frame in outgoing:
            self.write_soon(frame)
        outgoing.clear()

    def _handle(self, events: Iterator[Event]) -> None:
        message = self.handler.message
        for event in events:
            kind = event.__class__
            if kind is str or kind is bytes:
                if self._deaf:
                    continue
                try:
                    awaitable = message(self, event)
                except Exception as error:
                    self._fail(error)
                    continue
                if awaitable is None or awaitable is DONE:
                    continue
                outcome = start(awaitable if awaitable.__class__ is CoroutineType else wait_for(awaitable))
                if outcome is not None and self._is_pending(outcome):
                    self._wait(events)
                    return
            elif isinstance(event, Closed):
                self._finish_closing(event.code)

    def _is_pending(self, outcome: Any) -> bool:
        """Whether what the handler started goes on; `_go_on` then follows it. Otherwise it raised."""
        if outcome.done():
            self._settle(outcome)
            return False
        self._task = outcome
        outcome.add_done_callback(self._go_on)
        return True

    def _settle(self, outcome: Any) -> None:
        failure = failure_of(outcome)
        if failure is not None:
            self._fail(failure)

    def _fail(self, failure: BaseException) -> None:
        """The handler raised. That the peer has gone meanwhile is not its fault."""
        if not (isinstance(failure, ConnectionClosed) and self.closed):
            log.exception("websocket handler failed", failure, path=self.path)
        self.close(INTERNAL_ERROR, "internal error")

    def _wait(self, events: Iterable[Event]) -> None:
        """Keep events for later. Reading pauses above the bounds; a read's worth above them is kept."""
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.extend(events)
        settings = self.server.settings
        if (
            self.transport is not None
            and not self._over
            and (
                len(self._waiting) > settings.waiting_messages_max
                or sum(map(size_of, self._waiting)) > settings.waiting_bytes_max
            )
        ):
            self.transport.pause_reading()

    def _go_on(self, outcome: Any) -> None:
        """The handler's awaitable is done: handle what waited behind it."""
        self._task = None
        self._settle(outcome)
        waiting, self._waiting = self._waiting, None
        if waiting:
            self._handle(iter(waiting))
        if self._task is not None:
            return
        if self.transport is None:
            self._end()
        else:
            self.transport.resume_reading()

    def _finish_closing(self, code: int) -> None:
        """Both close frames have passed, or the connection failed."""
        self.closed = True
        if self._farewell:
            self.write_soon(self._farewell)
        transport = self.transport
        if transport is None:
            return
        self.write_pending()
        if code in FAILURES and transport.can_write_eof() and not transport.is_closing():
            # 7.1.7 of a failed connection; read on for a moment, or a reset overtakes the close frame.
            transport.write_eof()
            self._step_in(self.server.settings.linger_timeout_s)
            transport.resume_reading()
        else:
            # 7.1.1: the server closes the TCP connection first.
            transport.close()
            if transport.get_write_buffer_size():
                self._step_in(self.server.settings.close_timeout_s)

    # ── time ──

    def on_due(self, now: float) -> None:
        if self._step_due is not None and self._step_due <= now:
            self._step_due = None
            self._step(now)
        self._schedule()

    def _step(self, now: float) -> None:
        """The protocol's time limit has come."""
        if self.transport is None:
            self._give_up_handler()
        elif self.closed or self._over:
            self.abort()
        else:
            self._look_for_life(now)

    def _give_up_handler(self) -> None:
        self._waiting = None
        if self._task is not None:
            log.warning("websocket handler cancelled", path=self.path)
            self._task.cancel()

    def _await_ping(self) -> None:
        interval = self.server.settings.ping_interval_s
        if interval is not None:
            self._ping_at = None
            self._step_due = self._heard_at + interval
            self._schedule()

    def _look_for_life(self, now: float) -> None:
        settings = self.server.settings
        assert settings.ping_interval_s is not None and self.transport is not None
        if self._ping_at is not None and self._heard_at >= self._ping_at:
            self._await_ping()  # a pong, or anything else
        elif self._ping_at is None and self._heard_at + settings.ping_interval_s > now:
            self._await_ping()
        elif self._ping_at is None or not self.transport.is_reading():
            # While we are not reading, its silence says nothing.
            self._ping_at = now
            self._step_due = now + settings.ping_timeout_s
            self.write_soon(self._machine.ping())
        else:
            self._machine.close_reason = "ping timeout"
            self.close(INTERNAL_ERROR, "ping timeout")
            self.write_pending()
            self.transport.close()

    def _step_in(self, seconds: float) -> None:
        self._step_due = self._deadlines.clock() + seconds
        self._schedule()

    def _schedule(self) -> None:
        if self._step_due is not None:
            self._deadlines.at(self, self._step_due)
        else:
            self.due = None


def broadcast(connections: Iterable[WebSocketConnection], data: str | bytes) -> None:
    """Send one message to many: one frame, made once, shared by all. Closed connections are passed over.

    Nobody is waited for: a connection that falls behind by its handler's unsent_bytes_max is dropped. The
    frame is not compressed, which is legal on every connection.
    """
    frame = text_frame(data.encode()) if isinstance(data, str) else binary_frame(bytes(data))
    for connection in connections:
        connection.send_frame(frame)


async def wait_for(awaitable: Awaitable[object]) -> None:
    await awaitable


def size_of(event: Event) -> int:
    return len(event) if isinstance(event, (str, bytes)) else 0
