"""What an application does with a WebSocket: the six calls of net/websocket.py, and its limits."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from chatd.wire.frames import CloseCode

if TYPE_CHECKING:
    from chatd.net.websocket import WebSocketConnection


class WebSocketHandler:
    """What an application does with a connection. Any object with these attributes will do.

    `opened` and `message` may return an awaitable; messages of one connection are handled one after
    the other. An exception from them closes the connection with 1011. `closed` comes last, once,
    when everything received has been handled; its code is 1006 where no close frame came.
    """

    # A larger message, compressed or not, closes the connection with 1009.
    message_max: int = 2**20
    # Whether to accept the extension when the client offers it.
    permessage_deflate: bool = True
    # The subprotocol to answer with: one that the client named, or None.
    subprotocol: str | None = None
    # A connection that is this far behind and is sent more is dropped. Awaiting send() keeps below it.
    unsent_bytes_max: int = 4 * 2**20

    def opened(self, connection: WebSocketConnection) -> Awaitable[object] | None:
        """The opening handshake is done. What is sent here leaves together with it."""

    def message(self, connection: WebSocketConnection, data: str | bytes) -> Awaitable[object] | None:
        """A message: text as str, binary as bytes."""

    def closed(self, connection: WebSocketConnection, code: int, reason: str) -> None:
        """The connection is over."""

    def paused(self, connection: WebSocketConnection) -> None:
        """The send buffer is above its high mark."""

    def resumed(self, connection: WebSocketConnection) -> None:
        """The send buffer is below its low mark again."""

    def shutdown(self, connection: WebSocketConnection) -> None:
        """The server stops."""
        connection.close(CloseCode.GOING_AWAY, "the server is going away")
