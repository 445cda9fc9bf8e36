"""The load generators' end of a WebSocket: raw sockets and frames made by hand. RFC 6455.

Light on purpose: it must cost less than the servers it measures, and it is nobody's client library,
so it favours no server. It checks what it receives byte by byte against what it expects.
"""

from __future__ import annotations

import base64
import hashlib
import socket
import struct

TEXT, BINARY, CLOSE = 0x1, 0x2, 0x8
RECEIVE_BYTES = 16_384
TIMEOUT_S = 30.0

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # section 1.3
# A client must pick masking keys at random (5.3) for the sake of proxies; there is none here, and one
# fixed key lets us prepare frames. It is not zero, so that every server has to unmask.
_MASKING_KEY = b"\x8a\x35\xd1\x6c"


class Misdelivered(Exception):
    """A server's bytes are not the ones it owed us: lost, repeated, reordered or malformed."""


def server_frame(opcode: int, payload: bytes) -> bytes:
    """The frame a server must send for this payload: final, unmasked, shortest length (section 5.2)."""
    return _header(opcode, len(payload), 0) + payload


def client_frame(opcode: int, payload: bytes) -> bytes:
    """The same, masked as a client's frames are (section 5.3)."""
    key = (_MASKING_KEY * (len(payload) // 4 + 1))[: len(payload)]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return _header(opcode, len(payload), 0x80) + _MASKING_KEY + masked.to_bytes(len(payload), "big")


def _header(opcode: int, length: int, mask_bit: int) -> bytes:
    if length < 126:
        return bytes((0x80 | opcode, mask_bit | length))
    if length < 2**16:
        return struct.pack("!BBH", 0x80 | opcode, mask_bit | 126, length)
    return struct.pack("!BBQ", 0x80 | opcode, mask_bit | 127, length)


def split_frames(buffer: bytearray) -> list[tuple[int, bytes]]:
    """Take every whole server frame off the buffer: (opcode, payload). None of them is fragmented."""
    frames: list[tuple[int, bytes]] = []
    at, end = 0, len(buffer)
    while end - at >= 2:
        length, start = buffer[at + 1], at + 2
        if length == 126:
            length, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
        elif length == 127:
            length, start = int.from_bytes(buffer[at + 2 : at + 10], "big"), at + 10
        if end < start + length:
            break
        frames.append((buffer[at] & 0x0F, bytes(buffer[start : start + length])))
        at = start + length
    del buffer[:at]
    return frames


def upgrade_request(target: str, key: bytes) -> bytes:
    """An opening handshake of section 4.1, offering no extension."""
    return (
        b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: %b\r\nSec-WebSocket-Version: 13\r\n\r\n" % (target.encode(), key)
    )


def accept_for(key: bytes) -> bytes:
    """The Sec-WebSocket-Accept that answers this key (section 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + _GUID).digest())


def connect(port: int) -> socket.socket:
    """A TCP connection to this machine, without Nagle's delay."""
    connection = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def receive_upgrade(connection: socket.socket, accept: bytes) -> bytes:
    """Read the 101 answer and check it; returns the bytes after it. Raises Misdelivered."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        data = connection.recv(RECEIVE_BYTES)
        if not data:
            raise Misdelivered(f"the upgrade was refused: {answer[:200]!r}")
        answer += data
    head, _, rest = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101 ") or accept not in head:
        raise Misdelivered(f"the upgrade was refused: {head[:200]!r}")
    if b"sec-websocket-extensions" in head.lower():
        raise Misdelivered("an extension was accepted that nobody offered")
    return rest


def open_websocket(port: int, target: str) -> tuple[socket.socket, bytes]:
    """Connect and upgrade; returns the socket and the bytes that came after the 101."""
    key = base64.b64encode(b"bench of chatd!!")
    connection = connect(port)
    connection.sendall(upgrade_request(target, key))
    return connection, receive_upgrade(connection, accept_for(key))
