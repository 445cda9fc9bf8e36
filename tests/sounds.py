"""Sounds for tests, each made of what the reader looks at."""

from __future__ import annotations

import struct

HEAD = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 312, 48000, 0, 0)


def ogg(seconds: float = 1.0, *, head: bytes = HEAD, hz: int = 48000, skipped: int = 312) -> bytes:
    """An Ogg stream of three pages: what it is, a comment, and all of its sound."""
    end = int(seconds * hz) + skipped
    return page(0, head) + page(-1, b"OpusTags") + page(end, bytes(40))


def vorbis(seconds: float = 1.0, hz: int = 44100) -> bytes:
    head = b"\x01vorbis" + struct.pack("<IBIIIIBB", 0, 2, hz, 0, 0, 0, 0, 1)
    return ogg(seconds, head=head, hz=hz, skipped=0)


def page(granule: int, packet: bytes, serial: int = 7) -> bytes:
    return struct.pack("<4sBBqIIIBB", b"OggS", 0, 0, granule, serial, 0, 0, 1, len(packet)) + packet


def mp3(
    frames: int = 10, *, header: bytes = b"\xff\xfb\x90\x00", length: int = 417, tag: bytes = b""
) -> bytes:
    """Layer III frames of 128 kbit/s at 44.1 kHz: 1152 samples, or 26 ms, each."""
    return tag + b"".join((header + bytes(length - 4)) for _ in range(frames))


def id3(size: int = 20, *, footer: bool = False) -> bytes:
    flags = 0x10 if footer else 0
    return b"ID3\x04\x00" + bytes([flags, 0, 0, size >> 7, size & 0x7F]) + bytes(size + (10 if footer else 0))
