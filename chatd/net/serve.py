"""serve: HTTP/1.1 and WebSocket on one port, from two functions.

    async def echo(connection, data):
        await connection.send(data)

    async def main():
        await serve("127.0.0.1", 8765, on_message=echo)
        await asyncio.Event().wait()

The small door to the same Server that chatd itself runs on: no second parser, no second framer. See also
`broadcast` for one message to many connections.
"""

from __future__ import annotations

import inspect
import ssl as tls
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from types import CoroutineType

from chatd.net import eager
from chatd.net.server import Server, ServerSettings
from chatd.net.websocket import WebSocketConnection, WebSocketHandler
from chatd.wire.errors import BadRequest
from chatd.wire.http1 import HTTPLimits, Request
from chatd.wire.responses import Response

OnMessage = Callable[[WebSocketConnection, str | bytes], Awaitable[object] | None]
Answer = tuple[int, list[tuple[str, str]], bytes]
OnRequest = Callable[[Request], Answer | Awaitable[Answer]]
OnOpen = Callable[[WebSocketConnection], Awaitable[object] | None]
OnClose = Callable[[WebSocketConnection, int, str], Awaitable[object] | None]

BODY_MAX = HTTPLimits().body_max


class FunctionHandler(WebSocketHandler):
    """The handler of every connection of one serve(): it has no state of its own, so they share it."""

    def __init__(
        self,
        on_message: OnMessage,
        on_open: OnOpen | None,
        on_close: OnClose | None,
        message_max: int,
        deflate: bool,
    ) -> None:
        self.message_max = message_max
        self.permessage_deflate = deflate
        self.unsent_bytes_max = max(self.unsent_bytes_max, 2 * message_max)
        self._on_close = on_close
        self.message = on_message  # type: ignore
        if on_open is not None:
            self.opened = on_open  # type: ignore

    def closed(self, connection: WebSocketConnection, code: int, reason: str) -> None:
        if self._on_close is not None:
            waiting = self._on_close(connection, code, reason)
            if isinstance(waiting, CoroutineType):
                eager.run_detached(waiting, "on_close failed")


async def serve(
    host: str | Iterable[str] | None,
    port: int,
    *,
    on_message: OnMessage,
    on_request: OnRequest | None = None,
    on_open: OnOpen | None = None,
    on_close: OnClose | None = None,
    max_message: int = 2**20,
    max_body: int = BODY_MAX,
    permessage_deflate: bool = True,
    origins: Iterable[str] | None = None,
    handshake_timeout: float = 10.0,
    header_timeout: float = 10.0,
    body_timeout: float = 30.0,
    keepalive_timeout: float = 75.0,
    ping_interval: float | None = 20.0,
    ping_timeout: float = 20.0,
    close_timeout: float = 10.0,
    ssl: tls.SSLContext | None = None,
) -> Server:
    """Listen on `host` and `port` (0: any free one; read `.port`). All times in seconds, sizes in bytes.

    `on_message(connection, data)` gets str for text and bytes for binary, and answers with
    `await connection.send(…)`. `on_request(request)` returns (status, headers, body); `request.body` is the
    whole content as bytes. Each may be a plain function or a coroutine function, as may `on_open(connection)`
    and `on_close(connection, code, reason)`. A message above `max_message` closes its connection with 1009,
    content above `max_body` is answered with 413. If `origins` is given, an upgrade whose Origin is not among
    them is answered with 403; clients that are no browser send none and are let in.

    Returns a Server; `.close()` stops it and `await .wait_closed()` waits until its connections are gone.
    """
    limits = replace(HTTPLimits(), body_max=max_body)
    settings = ServerSettings(
        http=limits, handshake_timeout_s=handshake_timeout, header_timeout_s=header_timeout,
        body_timeout_s=body_timeout, keepalive_timeout_s=keepalive_timeout, close_timeout_s=close_timeout,
        ping_interval_s=ping_interval, ping_timeout_s=ping_timeout,
    )  # fmt: skip
    allowed = None if origins is None else frozenset(origins)
    handler = FunctionHandler(on_message, on_open, on_close, max_message, permessage_deflate)

    def open_websocket(request: Request) -> WebSocketHandler | Response:
        origin = request.headers.get("origin")
        # RFC 6455 section 10.2: a server that is not for every page SHOULD verify Origin, and answer 403.
        if allowed is not None and origin is not None and origin not in allowed:
            return Response(403, [("Content-Type", "text/plain")], b"This origin may not connect.\n")
        return handler

    server = Server(respond=responder(on_request, max_body), open_websocket=open_websocket, settings=settings)
    await server.listen(host, port, ssl=ssl)
    return server


def responder(on_request: OnRequest | None, body_max: int) -> Callable[[Request], Awaitable[Response]]:
    if on_request is None:
        return refuse_plain_request

    async def respond(request: Request) -> Response:
        request.body = await request.body.read(body_max)
        answer = on_request(request)
        if inspect.isawaitable(answer):
            answer = await answer
        status, headers, body = answer
        return Response(status, list(headers), body)

    return respond


async def refuse_plain_request(request: Request) -> Response:
    # RFC 9110 section 15.5.22: the server MUST send Upgrade to say which protocol it wants.
    fields = [("Upgrade", "websocket"), ("Connection", "Upgrade")]
    raise BadRequest(426, "This server speaks WebSocket.", fields)
