"""Films for tests: headers only, which is all that anybody here reads of one."""

from __future__ import annotations

import struct


def box(kind: bytes, *inside: bytes, large: bool = False) -> bytes:
    content = b"".join(inside)
    if large:
        return struct.pack(">I4sQ", 1, kind, len(content) + 16) + content
    return struct.pack(">I4s", len(content) + 8, kind) + content


def mp4(width: int = 640, height: int = 360, *, brand: bytes = b"isom", large: bool = False) -> bytes:
    def track(width: int, height: int) -> bytes:
        sizes = struct.pack(">II", width << 16, height << 16)
        return box(b"trak", box(b"tkhd", bytes(76), sizes), box(b"mdia"))

    moov = box(b"moov", box(b"mvhd", bytes(100)), track(0, 0), track(width, height), large=large)
    return box(b"ftyp", brand, bytes(8)) + box(b"free") + moov + box(b"mdat", bytes(50))


def element(id: int, *inside: bytes, unknown: bool = False) -> bytes:
    content = b"".join(inside)
    size = b"\x01" + b"\xff" * 7 if unknown else struct.pack(">Q", len(content) | 1 << 56)
    return id.to_bytes((id.bit_length() + 7) // 8) + size + content


def webm(width: int = 640, height: int = 360, *, kind: bytes = b"webm", unknown: bool = False) -> bytes:
    head = element(0x1A45DFA3, element(0x4286, b"\x01"), element(0x4282, kind))
    video = element(0xE0, element(0xB0, width.to_bytes(2)), element(0xBA, height.to_bytes(2)))
    sound, film = element(0xAE, element(0xD7, b"\x01")), element(0xAE, element(0xD7, b"\x02"), video)
    tracks = element(0x1654AE6B, sound, film)
    info = element(0x1549A966, bytes(20))
    return head + element(0x18538067, info, tracks, element(0x1F43B675, bytes(100)), unknown=unknown)
