"""A request's content as it arrives: an async iterator with back-pressure. RFC 9110 section 6.4.

Filled by the connection, emptied by whoever answers the request. Holds at most one read above
body_buffer_bytes_max; above that the connection stops reading its socket. Knows nothing of how the
content was framed.
"""

from __future__ import annotations

import asyncio
import copy
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from chatd.wire.errors import BadRequest
from chatd.wire.headers import Headers

if TYPE_CHECKING:
    from chatd.net.http import HTTPConnection


class Body:
    """`async for part in request.body`, or `await request.body.read(bytes_max)` for the rest of it at once.

    Content that came together with the head is there already: reading it then never suspends. One
    reader at a time. Reading raises BadRequest (408: it came too slowly, 413: too large, 400: malformed)
    or ConnectionClosed.
    """

    __slots__ = (
        "_connection", "_parts", "_waiter", "_failure",
        "buffered_bytes", "received_bytes", "ended", "trailers",
    )  # fmt: skip

    def __init__(self, connection: HTTPConnection) -> None:
        self._connection = connection
        self._parts: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._failure: Exception | None = None
        self.buffered_bytes = 0
        self.received_bytes = 0
        self.ended = False
        self.trailers: Headers | None = None

    async def read(self, bytes_max: int) -> bytes:
        """All that is left of the content. Raises BadRequest(413) when that is more than bytes_max."""
        parts: list[bytes] = []
        size = 0
        async for part in self:
            size += len(part)
            if size > bytes_max:
                raise BadRequest(413, f"the content is larger than {bytes_max} bytes")
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        while not self._parts:
            if self._failure is not None:
                # A copy: what is raised holds a traceback, which holds this body.
                raise copy.copy(self._failure)
            if self.ended:
                raise StopAsyncIteration
            await self._arrival()
        part = self._parts.popleft()
        self.buffered_bytes -= len(part)
        self._connection.body_taken()
        return part

    @property
    def is_awaited(self) -> bool:
        """Somebody waits for the next part."""
        return self._waiter is not None

    async def _arrival(self) -> None:
        assert self._waiter is None, "a body has one reader at a time"
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            self._connection.body_wanted()
            await self._waiter
        finally:
            self._waiter = None

    # ── the connection's side ──

    def push(self, data: bytes) -> None:
        self._parts.append(data)
        self.buffered_bytes += len(data)
        self.received_bytes += len(data)
        self._wake()

    def end(self, trailers: Headers) -> None:
        self.ended = True
        self.trailers = trailers
        self._wake()

    def fail(self, failure: Exception) -> None:
        """Whoever reads, now or later, gets `failure` once the parts before it are taken."""
        if not self.ended and self._failure is None:
            self._failure = failure
            self._wake()

    def discard(self) -> None:
        """Drop what nobody will read."""
        self._parts.clear()
        self.buffered_bytes = 0

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
