"""What kind of sound some octets are, and how long it plays: read from its pages or frames, not from a name.

Nothing is decoded. Whatever is neither is no sound (None); whatever breaks off ends where it breaks off.
Sources: RFC 3533 (Ogg), RFC 7845 section 5.1 and Vorbis I section 4.2.2 (the first packet of a stream),
ISO/IEC 11172-3 section 2.4.1.3 and 13818-3 (MPEG audio, layer III), and ID3v2.4 section 3.1.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class AudioFormat(Enum):
    """A format and the media type that it is served as."""

    OGG = "audio/ogg"
    MP3 = "audio/mpeg"

    @property
    def media_type(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Audio:
    """`duration_s` is 0 where nothing says that anything plays."""

    format: AudioFormat
    duration_s: float


def audio_of(data: bytes) -> Audio | None:
    """The sound that is `data`, whole; None when it is none that is known here."""
    if data.startswith(b"OggS"):
        duration_s = _ogg_duration(data)
        return None if duration_s is None else Audio(AudioFormat.OGG, duration_s)
    at = _after_id3(data)
    if at or _frame_at(data, 0) is not None:
        return Audio(AudioFormat.MP3, sum(_frame_durations(data, at)))
    return None


def audio_format_of(beginning: bytes) -> AudioFormat | None:
    """The format alone, of which the first octets are enough."""
    if beginning.startswith(b"OggS"):
        return AudioFormat.OGG
    return AudioFormat.MP3 if beginning.startswith(b"ID3") or _frame_at(beginning, 0) else None


# ── Ogg ──

# RFC 3533 section 6: capture pattern, version, type, granule position, serial, sequence, checksum, segments.
_PAGE = struct.Struct("<4sBBqIIIB")
# RFC 7845 section 4: a granule position counts samples of 48 kHz, whatever was put in.
_OPUS_HZ = 48000


def _ogg_duration(data: bytes) -> float | None:
    """From the last granule position of the first stream; None for a stream that is no Opus or Vorbis."""
    rate_hz, skipped, last, stream = 0, 0, 0, None
    for serial, granule, packet in _ogg_pages(data):
        if stream is None:
            stream = serial
            if packet.startswith(b"OpusHead") and len(packet) >= 12:
                rate_hz, skipped = _OPUS_HZ, int.from_bytes(packet[10:12], "little")
            elif packet.startswith(b"\x01vorbis") and len(packet) >= 16:
                rate_hz = int.from_bytes(packet[12:16], "little")
            if rate_hz == 0:
                return None
        elif serial == stream and granule > last:  # -1: no packet ends on this page
            last = granule
    return None if stream is None else max(0, last - skipped) / rate_hz


def _ogg_pages(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Serial number, granule position and content of each page that is whole."""
    at = 0
    while at + _PAGE.size <= len(data):
        pattern, version, _, granule, serial, _, _, count = _PAGE.unpack_from(data, at)
        start = at + _PAGE.size + count
        end = start + sum(data[at + _PAGE.size : start])
        if pattern != b"OggS" or version != 0 or end > len(data):
            return
        yield serial, granule, data[start:end]
        at = end


# ── MP3 ──

# Kilobits in a second by index, for MPEG 1 and for MPEG 2 and 2.5; 0 (free) and 15 are not for us.
_KBIT_S = (
    (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
# Samples in a second by version (2.5, reserved, 2, 1) and index.
_SAMPLES_S = ((11025, 12000, 8000), (), (22050, 24000, 16000), (44100, 48000, 32000))
# Frames that hold no sound, but what their encoder says of the others.
_TAGS = (b"Xing", b"Info", b"VBRI")


@dataclass(frozen=True, slots=True)
class _Frame:
    length: int
    duration_s: float


def _frame_at(data: bytes, at: int) -> _Frame | None:
    """The layer III frame whose header is at `at`."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return None  # eleven bits of synchronization, and layer III
    version, octet = data[at + 1] >> 3 & 3, data[at + 2]
    bitrate, rate, padding = octet >> 4, octet >> 2 & 3, octet >> 1 & 1
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return None
    is_first = version == 3
    samples_s = _SAMPLES_S[version][rate]
    samples = 1152 if is_first else 576
    bits_s = _KBIT_S[0 if is_first else 1][bitrate - 1] * 1000
    return _Frame(samples // 8 * bits_s // samples_s + padding, samples / samples_s)


def _frame_durations(data: bytes, at: int) -> Iterator[float]:
    while (frame := _frame_at(data, at)) is not None:
        content = data[at : at + frame.length]
        if not any(tag in content[:64] for tag in _TAGS):
            yield frame.duration_s
        at += frame.length


def _after_id3(data: bytes) -> int:
    """Where the frames begin after a tag in front of them; 0 for no tag."""
    if not data.startswith(b"ID3") or len(data) < 10:
        return 0
    size = 0
    for octet in data[6:10]:
        size = size << 7 | octet & 0x7F
    footer = 10 if data[5] & 0x10 else 0
    return 10 + size + footer
