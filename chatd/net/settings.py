"""Every limit of the shell, with its unit. Times in seconds, sizes in bytes.

The limits of a request's parts are wire's; those of one WebSocket are its handler's.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chatd.net.deadlines import TICK_S_MAX, TICK_S_MIN
from chatd.wire.deflate import DeflateSettings
from chatd.wire.forwarded import TrustedProxies
from chatd.wire.http1 import HTTPLimits


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How long the shell waits, and how much it holds."""

    http: HTTPLimits = field(default_factory=HTTPLimits)
    deflate: DeflateSettings = field(default_factory=DeflateSettings)
    # Whose word on who asked is believed.
    trusted_proxies: TrustedProxies = field(default_factory=TrustedProxies)

    # From accepting to the whole first head; with TLS, first this long for TLS's own handshake.
    handshake_timeout_s: float = 10.0
    # From the first byte of a head to its last. It is not extended by bytes: a slow head is cut.
    header_timeout_s: float = 10.0
    # Without a single byte of a body that somebody waits for.
    body_timeout_s: float = 30.0
    # Without a request.
    keepalive_timeout_s: float = 75.0
    # Without a byte taken by a client whose answer waits to be sent.
    send_timeout_s: float = 60.0
    # For the peer's part in a closing handshake, and for handlers after the peer is gone.
    close_timeout_s: float = 10.0
    # For reading on after a last response: closing at once could destroy it. RFC 9112 section 9.6.
    linger_timeout_s: float = 2.0
    # Without a byte from a WebSocket peer before it is pinged; None: never ping.
    ping_interval_s: float | None = 20.0
    # From the ping until the peer is given up.
    ping_timeout_s: float = 20.0

    # A request body waits here for its reader; above this, reading from the socket pauses.
    body_buffer_bytes_max: int = 64 * 1024
    # Pipelined requests wait here for their turn; likewise.
    pipeline_bytes_max: int = 64 * 1024
    # What a handler left unread of a body, when reading it is cheaper than a new connection.
    drain_bytes_max: int = 256 * 1024
    # Messages, and their sizes together, that wait while one is being handled; above this, reading pauses.
    waiting_messages_max: int = 64
    waiting_bytes_max: int = 256 * 1024

    # Length of the kernel's queue of connections that nobody has accepted yet.
    backlog: int = 1024

    def tick_s(self) -> float:
        """How often limits are looked at: a quarter of the shortest, at most once a second."""
        limits = (
            self.handshake_timeout_s, self.header_timeout_s, self.body_timeout_s, self.keepalive_timeout_s,
            self.send_timeout_s, self.close_timeout_s, self.linger_timeout_s * 2,
            self.ping_interval_s or TICK_S_MAX * 4, self.ping_timeout_s,
        )  # fmt: skip
        return min(TICK_S_MAX, max(TICK_S_MIN, min(limits) / 4))
