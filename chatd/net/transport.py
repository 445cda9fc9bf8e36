"""A TCP connection as an asyncio.Transport, for many of them. TLS goes through asyncio's own.

asyncio's selector transport asks the kernel for the connection's names, takes three loop callbacks to get
going, and keeps half a dozen objects; that is a quarter of what an opening handshake costs. This one
does what the protocols here use, with the loop's public add_reader and add_writer, and behaves as
PEP 3156 says: connection_made first, connection_lost last, once, and never from within a call of the
protocol's own.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from chatd.net.flow import Connection

# Above the high mark the protocol is told to pause, at the low mark to go on: asyncio's own figures.
HIGH_WATER_BYTES = 64 * 1024
LOW_WATER_BYTES = 16 * 1024


class SocketTransport(asyncio.Transport):
    """One connected, non-blocking socket, which it closes in the end.

    Reads into `read_buffer`, which all transports of a server share, and tells the protocol how much.
    """

    __slots__ = (
        "_loop", "_socket", "_descriptor", "_peername", "_protocol", "_read_buffer",
        "_unsent", "_reading", "_closing", "_ended", "_lost", "_told_to_pause",
    )  # fmt: skip

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        connected: socket.socket,
        peername: Any,
        protocol: Connection,
        read_buffer: memoryview,
    ) -> None:
        self._loop = loop
        self._socket = connected
        self._descriptor = connected.fileno()
        self._peername = peername
        self._protocol = protocol
        self._read_buffer = read_buffer
        self._unsent: bytearray | None = None
        self._reading = True
        self._closing = False  # nothing more is read, and nothing new is written
        self._ended = False  # write_eof was called
        self._lost = False  # connection_lost is on its way
        self._told_to_pause = False
        protocol.connection_made(self)
        if self._reading and not self._closing:
            loop.add_reader(self._descriptor, self._read_ready)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "peername":
            return self._peername
        if name == "socket":
            return self._socket
        if name == "sockname":
            return self._socket.getsockname()
        return default

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, Connection), "what is read is announced by buffer_updated"
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    # ── reading ──

    def _read_ready(self) -> None:
        try:
            nbytes = self._socket.recv_into(self._read_buffer)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        try:
            if nbytes:
                self._protocol.buffer_updated(nbytes)
            elif self._protocol.eof_received():
                self.pause_reading()  # half closed: it may still be written to
            else:
                self.close()
        except Exception as error:
            self._fail(error)

    def pause_reading(self) -> None:
        if self._reading and not self._closing:
            self._reading = False
            self._loop.remove_reader(self._descriptor)

    def resume_reading(self) -> None:
        if not self._reading and not self._closing:
            self._reading = True
            self._loop.add_reader(self._descriptor, self._read_ready)

    def is_reading(self) -> bool:
        return self._reading and not self._closing

    # ── writing ──

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send now what the kernel takes now, the rest later. Dropped when the transport is closing."""
        assert not self._ended, "written after write_eof"
        if self._closing:
            return
        unsent = self._unsent
        if unsent is None:
            try:
                sent = self._socket.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                self._lose(error)
                return
            if sent == len(data):
                return
            self._unsent = unsent = bytearray(memoryview(data)[sent:])
            self._loop.add_writer(self._descriptor, self._write_ready)
        else:
            unsent += data
        if len(unsent) > HIGH_WATER_BYTES and not self._told_to_pause:
            self._told_to_pause = True
            self._protocol.pause_writing()

    def _write_ready(self) -> None:
        unsent = self._unsent
        assert unsent, "there is a writer while there is something to write"
        try:
            del unsent[: self._socket.send(unsent)]
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lose(error)
            return
        if not unsent:
            self._unsent = None
            self._loop.remove_writer(self._descriptor)
        if self._told_to_pause and len(unsent) <= LOW_WATER_BYTES:
            self._told_to_pause = False
            try:
                self._protocol.resume_writing()
            except Exception as error:
                self._fail(error)
        if self._unsent is None:
            self._all_sent()

    def _all_sent(self) -> None:
        if self._closing:
            self._lose(None)
        elif self._ended:
            self._shut_down_sending()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        """Say that nothing more comes, behind what is unsent."""
        if not self._ended and not self._closing:
            self._ended = True
            if self._unsent is None:
                self._shut_down_sending()

    def _shut_down_sending(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:  # the peer was faster: ENOTCONN
            self._lose(error)

    def get_write_buffer_size(self) -> int:
        return len(self._unsent) if self._unsent is not None else 0

    # ── the end ──

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        """Read no more, send what is unsent, then close."""
        if not self._closing:
            self._stop_reading()
            if self._unsent is None:
                self._lose(None)

    def abort(self) -> None:
        """Close now; what is unsent is dropped."""
        self._lose(None)

    def _stop_reading(self) -> None:
        if self._reading and not self._closing:
            self._loop.remove_reader(self._descriptor)
        self._closing = True

    def _fail(self, error: Exception) -> None:
        """The protocol raised, which is a mistake of ours: say so as asyncio would."""
        self._loop.call_exception_handler(
            {"message": "protocol failed", "exception": error, "transport": self, "protocol": self._protocol}
        )
        self._lose(error)

    def _lose(self, error: Exception | None) -> None:
        if self._lost:
            return
        self._stop_reading()
        self._lost = True
        if self._unsent is not None:
            self._unsent = None
            self._loop.remove_writer(self._descriptor)
        self._loop.call_soon(self._finish, error)

    def _finish(self, error: Exception | None) -> None:
        try:
            self._protocol.connection_lost(error)
        finally:
            self._socket.close()
