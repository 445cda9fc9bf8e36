"""What both protocols share: reading without allocation, and writing once per loop pass.

Reading: all connections of a server read into one buffer, since the loop reads one socket at a time.
(asyncio's plain Protocol lets every read allocate 256 KiB.)

Writing: what is sent in one loop pass to one connection leaves as one send(2), which costs as much as
everything else about a delivery together. Frames wait in `pending`; the Outbox writes them out before
the loop looks at a socket again. When many connections are to get the same frames, as after a commit
of several events, the joined bytes are made once.

Back-pressure: asyncio says when a transport's buffer is above its high mark; who wants to send more
waits in `room` until it is below its low mark.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatd.net.server import Server

# One read takes at most this much, and everybody else waits for what is in it: at 6 octets a frame or a
# chunk that is some 5000 of them, about 30 ms. Nearly every message and request fits.
READ_BYTES_MAX = 32 * 1024


class ConnectionClosed(ConnectionError):
    """The peer is gone, or the connection is closing: nothing more can be sent or received."""


class Connection(asyncio.BufferedProtocol):
    """The part of a connection that does not know what its bytes mean.

    `due` and `bucket` belong to Deadlines. `transport` is None before and after its life.
    """

    __slots__ = ("server", "transport", "due", "bucket", "write_paused", "_waiting_for_room", "__weakref__")

    def __init__(self, server: Server) -> None:
        self.server = server
        self.transport: asyncio.Transport | None = None
        self.due: float | None = None
        self.bucket = 0
        self.write_paused = False
        self._waiting_for_room: list[asyncio.Future[None]] | None = None

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.server.read_buffer

    @property
    def unsent_bytes(self) -> int:
        """Bytes handed over for sending that the kernel has not taken yet."""
        return self.transport.get_write_buffer_size() if self.transport is not None else 0

    def pause_writing(self) -> None:
        self.write_paused = True

    def resume_writing(self) -> None:
        self.write_paused = False
        self._release_waiting()

    async def room(self) -> None:
        """Wait until the send buffer is below its mark. Raises ConnectionClosed if that never comes."""
        while self.write_paused and self.transport is not None:
            waiter = asyncio.get_running_loop().create_future()
            if self._waiting_for_room is None:
                self._waiting_for_room = []
            self._waiting_for_room.append(waiter)
            await waiter
        if self.transport is None:
            raise ConnectionClosed("the connection is closed")

    def _release_waiting(self) -> None:
        waiting, self._waiting_for_room = self._waiting_for_room, None
        for waiter in waiting or ():
            if not waiter.done():
                waiter.set_result(None)


class Outbox:
    """The connections that have something pending in this loop pass."""

    __slots__ = ("_loop", "_connections")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._connections: list[Sender] = []

    def add(self, connection: Sender) -> None:
        """Write out what `connection` has pending, once this pass has run its callbacks."""
        if not self._connections:
            self._loop.call_soon(self.flush)
        self._connections.append(connection)

    def flush(self) -> None:
        connections, self._connections = self._connections, []
        shared: list[bytes] = []
        joined = b""
        for connection in connections:
            pending, connection.pending = connection.pending, None
            transport = connection.transport
            if not pending or transport is None:
                continue
            if connection.write_paused and connection.is_overfull():
                continue
            if len(pending) == 1:
                transport.write(pending[0])
                continue
            # Lists of the same frames compare by identity, element by element: cheaper than joining again.
            if pending != shared:
                shared, joined = pending, b"".join(pending)
            transport.write(joined)


class Sender(Connection):
    """A connection that sends through the outbox.

    `pending` is a list while the connection is in the outbox (or collects the answers to what it is
    just reading), else None.
    """

    __slots__ = ("pending",)

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.pending: list[bytes] | None = None

    @property
    def unsent_bytes(self) -> int:
        """Bytes handed over for sending that the kernel has not taken yet."""
        return super().unsent_bytes + sum(map(len, self.pending or ()))

    def is_overfull(self) -> bool:
        """Asked before more is written to a paused transport. True: it is closed now, write nothing.

        Here a sender has no limit; a WebSocket has its handler's.
        """
        return False

    def write_soon(self, data: bytes) -> None:
        """Send `data` at the end of this loop pass, after whatever is pending."""
        pending = self.pending
        if pending is None:
            self.pending = [data]
            self.server.outbox.add(self)
        else:
            pending.append(data)

    async def room(self) -> None:
        """Send what is pending, then wait as Connection.room does."""
        self.write_pending()
        await super().room()

    def write_pending(self) -> None:
        """Send what is pending now. The connection stays in the outbox if it is there."""
        pending = self.pending
        if pending and self.transport is not None:
            self.pending = []
            if not (self.write_paused and self.is_overfull()):
                self.transport.write(pending[0] if len(pending) == 1 else b"".join(pending))


class Done:
    """An awaitable that has nothing to wait for."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, None]:
        return iter(())  # type: ignore[return-value]


class Room:
    """An awaitable for room in the send buffer. Unlike a coroutine it may be dropped."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __await__(self) -> Generator[Any, None, None]:
        return self._connection.room().__await__()


DONE = Done()
