"""Pictures for tests, as small as their formats allow, each made of what the reader looks at."""

from __future__ import annotations

import base64
import json
import struct
import zlib


def png(width: int = 2, height: int = 1, *, frames: int = 1, seed: int = 0) -> bytes:
    """A whole PNG of one colour that any decoder shows; with several frames an APNG."""
    row = b"\0" + bytes([seed % 256, seed // 256 % 256, 128, 255]) * width
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    control = chunk(b"acTL", struct.pack(">II", frames, 0)) if frames > 1 else b""
    content = chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + control + content


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def gif(width: int = 2, height: int = 1, *, frames: int = 1) -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    control = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return screen + (control + image) * frames + b"\x3b"


def jpeg(width: int = 2, height: int = 1, *, exif_bytes: int = 0) -> bytes:
    """No more than the segments up to the frame header, which is what a reader of sizes needs."""
    exif = b"\xff\xe1" + struct.pack(">H", exif_bytes + 2) + bytes(exif_bytes) if exif_bytes else b""
    frame = b"\xff\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + exif + frame + b"\xff\xd9"


def webp(width: int = 2, height: int = 1, *, kind: bytes = b"VP8L", animated: bool = False) -> bytes:
    if kind == b"VP8X":
        body = bytes([0x02 if animated else 0, 0, 0, 0]) + (width - 1).to_bytes(3, "little")
        body += (height - 1).to_bytes(3, "little") + b"ANIM"
    elif kind == b"VP8L":
        body = b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14) + bytes(1)
    else:
        body = b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(2)
    return b"RIFF" + struct.pack("<I", len(body) + 12) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


def lottie(width: int = 320, height: int = 320) -> bytes:
    scene = {"v": "5.5.2", "fr": 60, "ip": 0, "op": 60, "w": width, "h": height, "layers": []}
    return json.dumps(scene).encode()


def data_uri(data: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64," + base64.b64encode(data).decode()
