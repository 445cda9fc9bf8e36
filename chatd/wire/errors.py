"""What a broken peer earns: an HTTP status before the upgrade, a close code after it, or no more questions.

All of them are faults of the peer. Our own mistakes are assertions or ValueErrors. The shell (net)
turns each of the first two into bytes at one place, and then closes; a server that we asked is told nothing.
"""

from __future__ import annotations

from collections.abc import Iterable


class BadRequest(Exception):
    """Refuse the request with this status, then close the connection.

    `reason` is one short sentence, safe to send back. `headers` are fields that the status asks for,
    such as Sec-WebSocket-Version with 426.
    """

    def __init__(self, status: int, reason: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason
        self.headers = list(headers)

    def __str__(self) -> str:
        return f"{self.status} {self.reason}"


class ProtocolError(Exception):
    """Fail the WebSocket connection with this close code. RFC 6455 sections 7.1.7 and 7.4.1.

    `reason` is one short sentence that fits a close frame (at most 123 octets of UTF-8).
    """

    def __init__(self, close_code: int, reason: str) -> None:
        super().__init__(close_code, reason)
        self.close_code = close_code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.close_code} {self.reason}"


class BadResponse(Exception):
    """A server that we asked has answered with what is no response. `reason` is one short sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
