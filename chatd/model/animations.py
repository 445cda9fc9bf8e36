"""How an animation plays: the time that each of its frames is shown, in seconds.

Read from the frame headers; nothing is decoded, and what breaks off ends where it breaks off. Sources: PNG
third edition section 11.3.6.2 (fcTL), and GIF89a section 23 (Graphic Control Extension).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
GIF_SIGNATURES = (b"GIF87a", b"GIF89a")


def frame_seconds(data: bytes) -> list[float]:
    """One number for each frame of an APNG or GIF that says how long it is shown; none for anything else."""
    try:
        if data.startswith(PNG_SIGNATURE):
            return list(_png_delays(data))
        if data.startswith(GIF_SIGNATURES):
            return _gif_delays(data)
    except (struct.error, IndexError):
        pass  # It breaks off in the midst of a header.
    return []


def _png_delays(data: bytes) -> Iterator[float]:
    at = len(PNG_SIGNATURE)
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if name == b"fcTL":
            numerator, denominator = struct.unpack_from(">HH", data, at + 8 + 20)
            yield numerator / (denominator or 100)  # "If the denominator is 0, it is to be treated as 100"
        at += 12 + length


def _gif_delays(data: bytes) -> list[float]:
    delays: list[float] = []
    at = 13 + _colour_table_bytes(data[10])
    try:
        while True:
            introducer = data[at]
            if introducer == 0x2C:  # an image: its descriptor, colour table, LZW code size, then the data
                at += 11 + _colour_table_bytes(data[at + 9])
            elif introducer == 0x21:
                if data[at + 1] == 0xF9:
                    (hundredths,) = struct.unpack_from("<H", data, at + 4)
                    delays.append(hundredths / 100)
                at += 2
            else:
                break
            while data[at]:  # sub-blocks, each with its length, until the empty one
                at += 1 + data[at]
            at += 1
    except (struct.error, IndexError):
        pass
    return delays


def _colour_table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
