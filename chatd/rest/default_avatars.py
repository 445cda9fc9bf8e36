"""The faces of those who have none: six small drawings, made of nothing but a palette and two circles.

A client that knows no avatar of a user asks for /embed/avatars/{n}.png, n being (user id >> 22) % 6.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache

SIZE = 128
# Discord's own order: blurple, grey, green, yellow, red, fuchsia.
COLOURS = (0x5865F2, 0x757E8A, 0x3BA55C, 0xFAA61A, 0xED4245, 0xEB459F)


@cache
def default_avatar(number: int) -> bytes:
    """A PNG of three colours, one bit short of being any smaller."""
    colour = COLOURS[number].to_bytes(3, "big")
    palette = colour + b"\xff\xff\xff"
    rows = b"".join(b"\0" + packed([is_inside(x, y) for x in range(SIZE)]) for y in range(SIZE))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 1, 3, 0, 0, 0))
        + chunk(b"PLTE", palette)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def is_inside(x: int, y: int) -> bool:
    """Head and shoulders, in 128ths of the picture."""
    head = (x - 63.5) ** 2 + (y - 50) ** 2 <= 22**2
    shoulders = ((x - 63.5) / 38) ** 2 + ((y - 112) / 34) ** 2 <= 1
    return head or shoulders


def packed(bits: list[bool]) -> bytes:
    """Eight pixels an octet, the leftmost highest."""
    return bytes(
        sum(bit << 7 - at for at, bit in enumerate(bits[start : start + 8])) for start in range(0, SIZE, 8)
    )


def chunk(name: bytes, data: bytes) -> bytes:
    """PNG third edition, section 5.3."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
