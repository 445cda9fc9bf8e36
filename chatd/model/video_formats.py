"""How large a film is, read from its header: MP4 and its kin, WebM and Matroska.

A client keeps room for a film before it has loaded one. Only the beginning of the file is looked at: one
that keeps its index at the end, or none of these, has no known size (None). Nothing is decoded, and what
breaks off or contradicts itself is None too. Sources: ISO/IEC 14496-12 (boxes, `tkhd`), RFC 8794 (EBML)
and RFC 9559 (Matroska: Tracks, Video).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple


class Film(NamedTuple):
    """The media type, and width and height in pixels."""

    media_type: str
    width: int
    height: int


# Elements or boxes that are looked at, in one another: more would be a way to keep us looking.
STEPS_MAX = 1000


def film_of(beginning: bytes) -> Film | None:
    try:
        if beginning[4:8] == b"ftyp":
            return _mp4(beginning)
        if beginning.startswith(EBML):
            return _matroska(beginning)
    except (struct.error, IndexError):
        return None
    return None


# ── ISO/IEC 14496-12: boxes of size, type and content ──


def _mp4(data: bytes) -> Film | None:
    media_type = "video/quicktime" if data[8:12] == b"qt  " else "video/mp4"
    for moov in _boxes(data, 0, len(data), b"moov"):
        for trak in _boxes(data, *moov, b"trak"):
            for tkhd in _boxes(data, *trak, b"tkhd"):
                # 8.3.2: width and height are the last fields, fixed point with 16 bits behind it. A sound
                # track has neither.
                width, height = struct.unpack_from(">II", data, tkhd[1] - 8)
                if width >> 16 and height >> 16:
                    return Film(media_type, width >> 16, height >> 16)
    return None


def _boxes(data: bytes, at: int, end: int, wanted: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of the content of each box of that type, as far as it is all there."""
    for _ in range(STEPS_MAX):
        if at + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:  # 4.2: the size is in 64 bits behind the type
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        if size < head:  # 0 means until the end of the file, which is nothing that comes before others
            return
        if kind == wanted and at + size <= end:
            yield at + head, at + size
        at += size


# ── RFC 8794: elements of id, size and content ──

EBML = b"\x1a\x45\xdf\xa3"
DOC_TYPE, SEGMENT, TRACKS, TRACK_ENTRY = 0x4282, 0x18538067, 0x1654AE6B, 0xAE
VIDEO, PIXEL_WIDTH, PIXEL_HEIGHT = 0xE0, 0xB0, 0xBA


def _matroska(data: bytes) -> Film | None:
    head = next(_elements(data, 0, len(data)))
    doc_type = next((data[start:end] for id, start, end in _elements(data, *head[1:]) if id == DOC_TYPE), b"")
    media_type = "video/webm" if doc_type == b"webm" else "video/x-matroska"
    for entry in _within(data, [(0, len(data))], SEGMENT, TRACKS, TRACK_ENTRY, VIDEO):
        elements = [place for place in _elements(data, *entry) if place[2] <= len(data)]
        sizes = {id: int.from_bytes(data[start:end]) for id, start, end in elements}
        width, height = sizes.get(PIXEL_WIDTH, 0), sizes.get(PIXEL_HEIGHT, 0)
        if 0 < width < 2**16 and 0 < height < 2**16:
            return Film(media_type, width, height)
    return None


def _within(data: bytes, places: list[tuple[int, int]], *path: int) -> list[tuple[int, int]]:
    """The contents of all elements that lie at the end of a path of ids."""
    for wanted in path:
        inside = [element for place in places for element in _elements(data, *place)]
        places = [(start, min(end, len(data))) for id, start, end in inside if id == wanted]
    return places


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Id, start and end of each element that begins here; the last may end beyond what has come."""
    for _ in range(STEPS_MAX):
        if at >= end:
            return
        id, at = _number(data, at, keep_marker=True)
        size, at = _number(data, at, keep_marker=False)
        yield id, at, at + size
        at += size


def _number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """A variable-size integer and the offset after it. Section 4: the leading zeros say how long it is."""
    length = 9 - data[at].bit_length()
    if length > 8 or at + length > len(data):
        raise IndexError("no variable-size integer")
    number = int.from_bytes(data[at : at + length])
    if keep_marker:
        return number, at + length
    number &= (1 << 7 * length) - 1
    # 6.2: all ones mean that the size is not known; the element goes on to the end of what it is in.
    return (len(data) if number == (1 << 7 * length) - 1 else number), at + length
