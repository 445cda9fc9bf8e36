"""What kind of picture some octets are, how large it is, and whether it moves: read from its header.

A name or a declared content type says nothing here; the first octets do. Only as much is read as these
questions need, in so many steps at most, and nothing is decoded. Whatever breaks off or contradicts
itself is no picture (None), never another exception. Sources: PNG third edition section 5 and 11.3.6
(APNG), ITU-T T.81 annex B (JPEG), GIF89a, the WebP container specification (RFC 9649), and Lottie 1.0 for
stickers.

To add a format: a member of Format, and a reader in READERS.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Format(Enum):
    """A format and the media type that it is served as."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    GIF = "image/gif"
    WEBP = "image/webp"
    LOTTIE = "application/json"

    @property
    def media_type(self) -> str:
        return self.value


# What avatars, icons, banners and emoji may be. Lottie is for stickers, where a route asks for it.
PICTURES = frozenset({Format.PNG, Format.JPEG, Format.GIF, Format.WEBP})

# Blocks, chunks or segments that are looked at; a GIF of ten megabytes in full blocks has not as many. One
# of tiny ones would otherwise keep the server busy for seconds, with nothing to show for it.
STEPS_MAX = 50_000
# JSON has to be read whole. More than a sticker may have.
LOTTIE_BYTES_MAX = 512 * 2**10


@dataclass(frozen=True, slots=True)
class Picture:
    """What the header says. Width and height in pixels, at least 1."""

    format: Format
    width: int
    height: int
    animated: bool

    @property
    def media_type(self) -> str:
        return self.format.media_type


def format_of(beginning: bytes) -> Format | None:
    """The format that the first octets promise; for what was recognised whole before."""
    return next((format for signature, _, format in READERS if beginning.startswith(signature)), None)


def picture_of(data: bytes) -> Picture | None:
    """The picture that begins with `data`; None when it is none that is known here.

    The beginning of a file is enough for format and size. Whether it moves is only told of a whole one.
    """
    for signature, read, _ in READERS:
        if data.startswith(signature):
            try:
                picture = read(data)
            except (struct.error, IndexError):
                return None
            return picture if picture is not None and picture.width > 0 and picture.height > 0 else None
    return None


def _read_png(data: bytes) -> Picture | None:
    # 5.6: the IHDR chunk shall be first. 11.2.2: its first fields are width and height.
    length, name, width, height = struct.unpack_from(">I4sII", data, 8)
    if (length, name) != (13, b"IHDR"):
        return None
    return Picture(Format.PNG, width, height, _has_chunk_before_idat(data, b"acTL"))


def _has_chunk_before_idat(data: bytes, wanted: bytes) -> bool:
    at = 8
    for _ in range(STEPS_MAX):
        if at + 8 > len(data):
            return False
        length, name = struct.unpack_from(">I4s", data, at)
        if name in (wanted, b"IDAT"):
            return bool(name == wanted)
        at += 12 + length
    return False


# T.81 table B.1: the frame headers SOF0 to SOF15, without DHT, JPG and DAC among them.
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers without a segment behind them: TEM, RST0 to RST7, SOI.
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
# B.1.1.2: any marker may be preceded by any number of fill octets 0xFF.
_FILL = re.compile(rb"\xff+")


def _read_jpeg(data: bytes) -> Picture | None:
    at = 2
    for _ in range(STEPS_MAX):
        fill = _FILL.match(data, at)
        if fill is None:
            return None
        marker, at = data[fill.end()], fill.end() + 1
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", data, at + 3)
            return Picture(Format.JPEG, width, height, animated=False)
        if marker not in _BARE_MARKERS:
            (length,) = struct.unpack_from(">H", data, at)
            if length < 2:
                return None
            at += length
    return None


def _read_gif(data: bytes) -> Picture | None:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    return Picture(Format.GIF, width, height, _has_two_frames(data, 13 + _colour_table_bytes(flags)))


def _has_two_frames(data: bytes, at: int) -> bool:
    """Walk the blocks of a GIF to its second image descriptor, its trailer, or where it breaks off."""
    frames, in_data = 0, False
    try:
        for _ in range(STEPS_MAX):
            octet = data[at]
            if in_data:  # sub-blocks, each with its length, until the empty one
                in_data = octet != 0
                at += 1 + octet
            elif octet == 0x2C:  # Image Descriptor, colour table, LZW code size, then the data
                frames += 1
                if frames == 2:
                    return True
                at += 11 + _colour_table_bytes(data[at + 9])
                in_data = True
            elif octet == 0x21:  # an extension: its label, then the data
                at += 2
                in_data = True
            else:
                return False
    except IndexError:
        return False
    return False


def _colour_table_bytes(flags: int) -> int:
    return int(3 * 2 ** ((flags & 0x07) + 1)) if flags & 0x80 else 0


def _read_webp(data: bytes) -> Picture | None:
    if data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        # RFC 9649 section 2.7: flags, three reserved octets, then both sizes less one in 24 bits.
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        return Picture(Format.WEBP, width, height, bool(data[20] & 0x02)) if len(data) >= 30 else None
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return Picture(Format.WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, animated=False)
    # RFC 6386 section 9.1: a key frame's start code, then both sizes in 14 bits.
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return Picture(Format.WEBP, width & 0x3FFF, height & 0x3FFF, animated=False)
    return None


def _read_lottie(data: bytes) -> Picture | None:
    if len(data) > LOTTIE_BYTES_MAX:
        return None
    try:
        scene = json.loads(data)
    except (ValueError, RecursionError):
        return None
    # Lottie 1.0, "Animation": frame rate, in and out point, width, height and layers are required.
    if not isinstance(scene, dict) or not {"fr", "ip", "op", "w", "h", "layers"} <= scene.keys():
        return None
    sizes = scene["w"], scene["h"]
    if not all(isinstance(size, (int, float)) and 0 < size < 2**15 for size in sizes):
        return None
    return Picture(Format.LOTTIE, round(sizes[0]), round(sizes[1]), animated=True)


READERS: tuple[tuple[bytes, Callable[[bytes], Picture | None], Format], ...] = (
    (b"\x89PNG\r\n\x1a\n", _read_png, Format.PNG),
    (b"\xff\xd8\xff", _read_jpeg, Format.JPEG),
    (b"GIF87a", _read_gif, Format.GIF),
    (b"GIF89a", _read_gif, Format.GIF),
    (b"RIFF", _read_webp, Format.WEBP),
    (b"{", _read_lottie, Format.LOTTIE),
)
