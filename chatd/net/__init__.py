"""The only room with sockets and timers: the shell around wire's protocols.

listener accepts, http and websocket are the two protocols of a connection, server holds them together.
Knows nothing of what is said: an application is two callables. `serve` is the small door to all of it.
"""

from chatd.net.flow import ConnectionClosed
from chatd.net.serve import serve
from chatd.net.server import Server, ServerSettings
from chatd.net.websocket import WebSocketConnection, WebSocketHandler, broadcast

__all__ = [
    "ConnectionClosed",
    "Server",
    "ServerSettings",
    "WebSocketConnection",
    "WebSocketHandler",
    "broadcast",
    "serve",
]
