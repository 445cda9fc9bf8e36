"""One server: its listeners, its connections, and the end of both.

Built with two callables, so that it could carry any application: `respond` answers a request,
`open_websocket` gives an upgrade request its handler or a refusal. The rest is shared by all its
connections: settings, the sweep of time limits, the outbox, one buffer for reading, the current Date.
"""

from __future__ import annotations

import asyncio
import socket
import ssl as tls
import time
from collections.abc import Awaitable, Callable, Iterable
from email.utils import formatdate
from typing import Any, NamedTuple

from chatd.log import logger
from chatd.net.deadlines import Deadlines
from chatd.net.flow import READ_BYTES_MAX, Outbox
from chatd.net.http import HTTPConnection
from chatd.net.listener import Listener, bind
from chatd.net.settings import ServerSettings
from chatd.net.websocket import INTERNAL_ERROR, WebSocketConnection
from chatd.wire.http1 import Request
from chatd.wire.responses import Response

__all__ = ["Connections", "Server", "ServerSettings"]

log = logger.child("net")

DEFAULTS = ServerSettings()


class Connections(NamedTuple):
    """How many there are, those that are just ending included."""

    http: int
    websocket: int


class Server:
    """HTTP/1.1 and WebSocket on any number of ports.

    `respond(request)` may raise BadRequest. `open_websocket(request)` returns a WebSocketHandler (or what
    looks like one) or a Response. `clock` counts seconds and serves time limits only.
    """

    def __init__(
        self,
        *,
        respond: Callable[[Request], Awaitable[Response]],
        open_websocket: Callable[[Request], Any],
        settings: ServerSettings = DEFAULTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.respond = respond
        self.open_websocket = open_websocket
        self.settings = settings
        self.deadlines = Deadlines(tick_s=settings.tick_s(), clock=clock)
        self.outbox = Outbox(loop)
        self.read_buffer = memoryview(bytearray(READ_BYTES_MAX))
        self.draining = False
        self.http: set[HTTPConnection] = set()
        self.websockets: set[WebSocketConnection] = set()
        self._loop = loop
        self._listeners: list[Listener] = []
        self._empty: list[asyncio.Future[None]] = []
        self._date = (0, "")

    # ── listening ──

    async def listen(
        self,
        host: str | Iterable[str] | None = None,
        port: int = 0,
        *,
        ssl: tls.SSLContext | None = None,
        sock: socket.socket | None = None,
    ) -> None:
        """Accept connections at every address of `host` (None: all, IPv4 and IPv6), or on `sock`.

        `sock` may be bound only or listening already (inherited). Raises OSError for an address that cannot
        be had.
        """
        if sock is not None:
            sock.listen(self.settings.backlog)
            sockets = [sock]
        else:
            sockets = bind(host, port, self.settings.backlog)
        for listening in sockets:
            self._listeners.append(self._listener(listening, ssl))
        self.deadlines.start(self._loop)

    def _listener(self, listening: socket.socket, ssl: tls.SSLContext | None) -> Listener:
        timeout_s = self.settings.handshake_timeout_s
        return Listener(
            self._loop, listening, lambda: HTTPConnection(self), self.read_buffer,
            ssl=ssl, handshake_timeout_s=timeout_s,
        )  # fmt: skip

    @property
    def sockets(self) -> list[socket.socket]:
        """The listening sockets, while the server accepts."""
        return [listener.socket for listener in self._listeners]

    @property
    def port(self) -> int:
        """The port of the first listening socket."""
        return int(self.sockets[0].getsockname()[1])

    # ── what connections ask for ──

    @property
    def connections(self) -> Connections:
        return Connections(len(self.http), len(self.websockets))

    def date(self) -> str:
        """Now, as the Date field wants it: IMF-fixdate, RFC 9110 section 5.6.7. Made once a second."""
        now = int(time.time())
        if self._date[0] != now:
            self._date = (now, formatdate(now, usegmt=True))
        return self._date[1]

    def http_ended(self, connection: HTTPConnection) -> None:
        self.http.discard(connection)
        if self.draining:
            self._note_end()

    def websocket_ended(self, connection: WebSocketConnection) -> None:
        self.websockets.discard(connection)
        if self.draining:
            self._note_end()

    def _note_end(self) -> None:
        if not self.http and not self.websockets:
            self.deadlines.stop()
            waiting, self._empty = self._empty, []
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(None)

    # ── the end ──

    def close(self) -> None:
        """Start to stop: accept no more, close what is idle, tell the rest. wait_closed() sees it through."""
        if self.draining:
            return
        self.draining = True
        for listener in self._listeners:
            listener.close()
        for connection in list(self.http):
            connection.shut_down()
        for websocket in [websocket for websocket in self.websockets if not websocket.closed]:
            try:
                websocket.handler.shutdown(websocket)
            except Exception:
                log.exception("shutdown handler failed", path=websocket.path)
                websocket.close(INTERNAL_ERROR)
        self._note_end()

    async def drain(self, timeout_s: float) -> None:
        """Stop: accept no more, let what runs finish within `timeout_s`, then cut what is left."""
        self.close()
        if not await self._emptied(timeout_s):
            log.warning("connections cut", **self.connections._asdict())
            self._cut()
            await self._emptied(self.settings.close_timeout_s)

    async def wait_closed(self) -> None:
        """Wait, after close(), until every connection is gone; those of close_timeout_s later are cut."""
        await self.drain(self.settings.close_timeout_s)

    async def _emptied(self, timeout_s: float) -> bool:
        if self.http or self.websockets:
            waiter = self._loop.create_future()
            self._empty.append(waiter)
            await asyncio.wait([waiter], timeout=timeout_s)
        return not (self.http or self.websockets)

    def _cut(self) -> None:
        for connection in list(self.http):
            connection.cancel()
        for websocket in list(self.websockets):
            websocket.cancel()
