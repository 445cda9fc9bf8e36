"""The shell around one HTTP/1.1 connection: bytes to requests, answers to bytes, time limits, closing.
RFC 9112; the parsing itself is wire/http1.py.

One request at a time: pipelined ones stay in the parser's buffer until the one before them is answered.
A request that asks for a WebSocket leaves with its transport, parsed as it is, to net/websocket.py.

A head that takes too long is answered with 408; a connection that never sent a byte, or nothing after its
last request, is closed in silence. Content that stops coming is a BadRequest(408) to its reader.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from chatd.log import logger
from chatd.net import eager
from chatd.net.body import Body
from chatd.net.flow import Connection, ConnectionClosed
from chatd.net.responding import INTERNAL_SERVER_ERROR, refusal_response, respond, whole_response
from chatd.net.websocket import WebSocketConnection
from chatd.wire.deflate import negotiate
from chatd.wire.errors import BadRequest
from chatd.wire.handshake import accept_upgrade, parse_upgrade
from chatd.wire.http1 import BodyPart, EndOfRequest, Request, RequestParser
from chatd.wire.responses import CONTINUE, Response

if TYPE_CHECKING:
    from chatd.net.server import Server

log = logger.child("net")


class Phase(Enum):
    """Where a connection is. READING -> ANSWERING (-> DRAINING) -> READING, or one of the two ends."""

    READING = "waiting for a head, or for the rest of one"
    ANSWERING = "a request is being answered; its content may still be arriving"
    DRAINING = "answered; the content that nobody read is thrown away"
    LINGERING = "the last answer is out; reading on so that closing does not destroy it"
    CLOSING = "the transport is closing once it has sent what it holds"


class HTTPConnection(Connection):
    """One connection, until it closes or becomes a WebSocket."""

    __slots__ = (
        "peer", "secure", "request", "body", "persists", "_parser", "_phase", "_task",
        "_advancing", "_unanswered", "_must_close", "_continued", "_eof", "_reading_paused",
        "_head_due", "_unsent_before", "_drain_bytes",
    )  # fmt: skip

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.peer = ""
        self.secure = False
        self.request: Request | None = None
        self.body: Body | None = None
        self.persists = False  # whether the connection outlives the answer that is being written
        self._parser = RequestParser(server.settings.http)
        self._phase = Phase.READING
        self._task: Any = None  # what answers, while it is suspended
        self._advancing = False
        self._unanswered = False  # a head has been read and nobody was asked for an answer yet
        self._must_close = False
        self._continued = False
        self._eof = False
        self._reading_paused = False
        self._head_due: float | None = None
        self._unsent_before: int | None = None
        self._drain_bytes = 0

    # ── the transport's side ──

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        address = transport.get_extra_info("peername")
        self.peer = address[0] if isinstance(address, tuple) else ""
        self.secure = transport.get_extra_info("sslcontext") is not None
        settings, deadlines = self.server.settings, self.server.deadlines
        self.server.http.add(self)
        self._head_due = deadlines.clock() + min(settings.handshake_timeout_s, settings.header_timeout_s)
        deadlines.at(self, self._head_due)

    def buffer_updated(self, nbytes: int) -> None:
        if self._phase is not Phase.LINGERING:
            self._parser.feed(self.server.read_buffer[:nbytes].tobytes())
            self._advance()

    def eof_received(self) -> bool:
        """The client sends no more. It may still read, if something is on its way to it."""
        self._eof = True
        if self._phase is not Phase.ANSWERING:
            return False
        assert self.body is not None
        self.body.fail(ConnectionClosed("the connection ended within the content"))
        return not self.secure

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        self.server.deadlines.forget(self)
        self._release_waiting()
        if self.body is not None:
            self.body.fail(ConnectionClosed("the connection was lost"))
        if self._task is None:
            self._end()

    def _end(self) -> None:
        # Request and body know this connection: as a cycle they would wait for the garbage collector.
        self.request = self.body = None
        self.server.http_ended(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unsent_before = None

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._phase is Phase.READING:
            self._advance()

    # ── requests ──

    def _advance(self) -> None:
        """Read as many events as have a use now, and answer what is ready. An inner call does nothing."""
        if self._advancing:
            return
        self._advancing = True
        try:
            while self._read_events():
                self._answer()
        except BadRequest as refusal:
            self._on_malformed(refusal)
        finally:
            self._advancing = False
        if self.transport is not None:
            if self._eof and self._phase is Phase.READING:
                self._close()
            self._set_reading()
            self._set_due()

    def _read_events(self) -> bool:
        """Returns whether a request is there to be answered, with as much of its content as has come."""
        while self._has_use_for_event():
            event = self._parser.next_event()
            if event is None:
                break
            if event.__class__ is BodyPart:
                self._on_content(event.data)
            elif event.__class__ is EndOfRequest:
                self._on_end(event)
            else:
                self._on_head(event)  # type: ignore[arg-type]
        return self._unanswered

    def _has_use_for_event(self) -> bool:
        if self._phase is Phase.READING:
            # A client that does not read its answers gets no further ones made.
            return not self.write_paused
        if self._phase is Phase.ANSWERING:
            assert self.request is not None and self.body is not None
            full = self.body.buffered_bytes >= self.server.settings.body_buffer_bytes_max
            return not (full or self.body.ended or self.request.upgrade)
        return self._phase is Phase.DRAINING

    def _on_head(self, request: Request) -> None:
        request.peer, request.secure = self.peer, self.secure
        if proxies := self.server.settings.trusted_proxies:
            request.peer, request.secure = proxies.asker_of(self.peer, self.secure, request.headers)
        request.body = self.body = Body(self)
        self.request = request
        self._phase = Phase.ANSWERING
        self._unanswered = True
        self._continued = False
        self._head_due = None

    def _on_content(self, data: bytes) -> None:
        assert self.body is not None
        if self._phase is Phase.ANSWERING:
            self.body.push(data)
            return
        self._drain_bytes -= len(data)
        if self._drain_bytes < 0:
            self._close_gently()

    def _on_end(self, event: EndOfRequest) -> None:
        assert self.body is not None
        self.body.end(event.trailers)
        if self._phase is Phase.DRAINING:
            self._expect_next()

    def _on_malformed(self, refusal: BadRequest) -> None:
        # The parser keeps its refusal, and the traceback would keep everything that led here.
        refusal.__traceback__ = None
        self._must_close = True
        if self._phase is Phase.READING or self._unanswered:
            self._unanswered = False
            self._refuse(refusal)
        elif self._phase is Phase.ANSWERING:
            assert self.body is not None
            self.body.fail(refusal)
        else:
            self._close_gently()

    # ── the body's side ──

    def body_wanted(self) -> None:
        """Its reader has to wait for content."""
        assert self.request is not None
        if self.request.expect_continue and not self._continued and self.transport is not None:
            # RFC 9110 section 10.1.1: the client waits to be told that its content is wanted.
            self._continued = True
            self.transport.write(CONTINUE)
        if not self._advancing:
            self.server.deadlines.after(self, self.server.settings.body_timeout_s)

    def body_taken(self) -> None:
        """There is room for more content."""
        if self.transport is not None and self._phase is Phase.ANSWERING:
            self._advance()

    # ── answers ──

    def _answer(self) -> None:
        assert self.request is not None
        self._unanswered = False
        if self.request.upgrade is not None:
            self._upgrade(self.request)
            return
        self.persists = False
        outcome = eager.start(respond(self, self.request))
        if outcome is None or outcome.done():
            self._answered(outcome)
        else:
            self._task = outcome
            outcome.add_done_callback(self._answered)

    def write(self, data: bytes) -> None:
        """Hand `data` to the transport; nothing once that is gone."""
        if self.transport is not None:
            self.transport.write(data)
            if self.write_paused:
                self._set_due()

    def may_persist(self, request: Request) -> bool:
        """Whether another request may follow this one's answer."""
        if self._must_close or not request.keep_alive or self.server.draining:
            return False
        assert self.body is not None
        if self.body.ended:
            return not (self._eof and not self._parser.buffered_bytes)
        # RFC 9112 section 9.3: either the whole content is read, or the connection closes.
        if self._eof or (request.expect_continue and not self._continued):
            return False
        left = (request.content_length or 0) - self.body.received_bytes
        return left <= self.server.settings.drain_bytes_max

    def _refuse(self, refusal: BadRequest) -> None:
        """Answer what nobody else will, and close."""
        self.write(refusal_response(self, refusal, self.request))
        self._close_gently()

    def _answered(self, outcome: Any) -> None:
        """The answer is written, or will never be."""
        self._task = None
        failure = eager.failure_of(outcome) if outcome is not None else None
        if failure is not None:
            log.exception("answering failed", failure)
            self.abort()
        if self.transport is None:
            self._end()
            return
        assert self.body is not None
        if self._must_close or not self.persists:
            self._close_gently()
        elif self.body.ended:
            self._expect_next()
        else:
            self._phase = Phase.DRAINING
            self.body.fail(ConnectionClosed("the request has been answered"))
            self._drain_bytes = self.server.settings.drain_bytes_max - self.body.buffered_bytes
            self.body.discard()
        self._advance()

    def _expect_next(self) -> None:
        self.request = self.body = None
        self._phase = Phase.READING

    # ── the upgrade ──

    def _upgrade(self, request: Request) -> None:
        try:
            if self.server.draining:
                raise BadRequest(503, "the server is going away")
            upgrade = parse_upgrade(request)
            accepted = self.server.open_websocket(request)
            if isinstance(accepted, Response):
                self.write(whole_response(self, request, accepted, keep_alive=False))
                self._close_gently()
                return
            offers = upgrade.extensions if accepted.permessage_deflate else ""
            deflate = negotiate(offers, self.server.settings.deflate) if offers else None
            extensions = deflate.response if deflate is not None else None
            protocol = getattr(accepted, "subprotocol", None)
            response = accept_upgrade(upgrade, protocol=protocol, extensions=extensions)
        except BadRequest as refusal:
            self._refuse(refusal)
        except Exception as error:
            log.exception("upgrade failed", error, path=request.path)
            self._refuse(INTERNAL_SERVER_ERROR)
        else:
            self._hand_over(WebSocketConnection(self.server, request, accepted, deflate), response)

    def _hand_over(self, websocket: WebSocketConnection, response: bytes) -> None:
        """From here on the transport talks to `websocket`; nothing is parsed again."""
        transport, self.transport = self.transport, None
        assert transport is not None
        self._phase = Phase.CLOSING
        self.server.deadlines.forget(self)
        websocket.request.body = None
        self._end()
        rest = self._parser.take_rest()
        transport.set_protocol(websocket)
        transport.resume_reading()
        websocket.begin(transport, response, rest)

    # ── closing and time ──

    def shut_down(self) -> None:
        """The server drains: an idle connection closes now; a busy one when it has answered."""
        if self._phase is Phase.READING and not self._parser.head_started:
            self._close()

    def abort(self) -> None:
        """Cut the connection, dropping what is unsent."""
        self._must_close = True
        if self.transport is not None:
            self.transport.abort()

    def cancel(self) -> None:
        """Cut the connection, and cancel whoever is answering."""
        self.abort()
        if self._task is not None:
            self._task.cancel()

    def _close_gently(self) -> None:
        """Close so that a client that is still sending can read the last answer. RFC 9112 section 9.6."""
        assert self.transport is not None
        unread = self._must_close or self._parser.buffered_bytes or self._parser.in_request
        if self._eof or not unread or not self.transport.can_write_eof() or self.transport.is_closing():
            self._close()
            return
        self._phase = Phase.LINGERING
        self.transport.write_eof()
        self._set_reading()
        self.server.deadlines.after(self, self.server.settings.linger_timeout_s)

    def _close(self) -> None:
        assert self.transport is not None
        self._phase = Phase.CLOSING
        self.transport.close()
        self.server.deadlines.after(self, self.server.settings.send_timeout_s)

    def _set_reading(self) -> None:
        assert self.transport is not None
        wanted = (
            self._has_use_for_event()
            or self._parser.buffered_bytes < self.server.settings.pipeline_bytes_max
            or self._phase is Phase.LINGERING
        )
        if wanted == self._reading_paused and not self._eof:
            self._reading_paused = not wanted
            if wanted:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def _set_due(self) -> None:
        """The one time limit that holds now."""
        deadlines, settings = self.server.deadlines, self.server.settings
        if self._phase is Phase.READING and not self.write_paused:
            if self._head_due is None and self._parser.head_started:
                self._head_due = deadlines.clock() + settings.header_timeout_s
            if self._head_due is not None:
                deadlines.at(self, self._head_due)
            else:
                deadlines.after(self, settings.keepalive_timeout_s)
        elif self._phase is Phase.DRAINING or (self.body is not None and self.body.is_awaited):
            deadlines.after(self, settings.body_timeout_s)
        elif self.write_paused:
            deadlines.after(self, settings.send_timeout_s)
        elif self._phase is Phase.ANSWERING:
            self.due = None

    def on_due(self, now: float) -> None:
        if self.unsent_bytes:
            self._look_for_progress()
        elif self._phase is Phase.READING and self._parser.head_started:
            self._refuse(BadRequest(408, "The request took too long to arrive."))
        elif self._phase is Phase.ANSWERING:
            if self.body is not None and self.body.is_awaited:
                self._must_close = True
                self.body.fail(BadRequest(408, "The content took too long to arrive."))
        elif self._phase is Phase.READING:
            self._close()
        else:
            self.abort()

    def _look_for_progress(self) -> None:
        """Somebody is slow to read. That is fine as long as it reads anything."""
        before, self._unsent_before = self._unsent_before, self.unsent_bytes
        if before is not None and self.unsent_bytes >= before:
            self.abort()
        else:
            self.server.deadlines.after(self, self.server.settings.send_timeout_s)
