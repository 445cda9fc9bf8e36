"""Audio: what it is and how long it plays, whatever breaks off or lies."""

from __future__ import annotations

import random

import pytest

from chatd.model.audio_formats import AudioFormat, audio_format_of, audio_of
from tests.sounds import HEAD, id3, mp3, ogg, page, vorbis

FRAME_S = 1152 / 44100


@pytest.mark.parametrize("data, seconds", [(ogg(1.0), 1.0), (ogg(5.25), 5.25), (vorbis(2.5), 2.5)])
def test_an_ogg_stream_is_as_long_as_its_last_position(data, seconds):
    audio = audio_of(data)
    assert audio is not None and audio.format is AudioFormat.OGG
    assert audio.duration_s == pytest.approx(seconds, abs=1e-3)


def test_other_streams_in_the_file_do_not_count():
    audio = audio_of(ogg(1.0) + page(48000 * 99, b"x", serial=8))
    assert audio is not None and audio.duration_s == pytest.approx(1.0)


@pytest.mark.parametrize("data, seconds", [
    (mp3(10), 10 * FRAME_S),
    (mp3(10, tag=id3()), 10 * FRAME_S),
    (mp3(10, tag=id3(footer=True)), 10 * FRAME_S),
    (mp3(10) + b"TAG" + bytes(125), 10 * FRAME_S),
    # MPEG 2, 64 kbit/s at 22.05 kHz: 576 samples each.
    (mp3(4, header=b"\xff\xf3\x80\x00", length=208), 4 * 576 / 22050),
    # MPEG 2.5, 8 kbit/s at 8 kHz, padded.
    (mp3(2, header=b"\xff\xe3\x1a\x00", length=73), 2 * 576 / 8000),
    (mp3(1)[:40] + b"Xing" + mp3(1)[44:] + mp3(3), 3 * FRAME_S),
])  # fmt: skip
def test_an_mp3_is_as_long_as_its_frames(data, seconds):
    audio = audio_of(data)
    assert audio is not None and audio.format is AudioFormat.MP3
    assert audio.duration_s == pytest.approx(seconds)


@pytest.mark.parametrize("data", [
    b"", b"OggS", b"\xff", b"\xff\xfb", b"\x89PNG\r\n\x1a\n", b"RIFF", b"ID4" + bytes(20),
    page(0, b"\x7fFLAC" + bytes(40)), page(0, b"OpusHead"), page(0, b"\x01vorbis" + bytes(30)),
    b"\xff\xfb\x00\x00" + bytes(500), b"\xff\xfb\xf0\x00" + bytes(500), b"\xff\xfb\x9c\x00" + bytes(500),
    b"\xff\xeb\x90\x00" + bytes(500), b"\xff\xfd\x90\x00" + bytes(500),
])  # fmt: skip
def test_what_is_no_sound_is_none(data):
    assert audio_of(data) is None


def test_a_tag_without_a_frame_plays_nothing():
    for data in (b"ID3", id3(), id3() + b"nothing"):
        audio = audio_of(data)
        assert audio is None or audio.duration_s == 0
    assert audio_of(page(0, HEAD)).duration_s == 0  # type: ignore[union-attr]


def test_the_format_is_told_by_the_first_octets():
    assert audio_format_of(ogg()[:16]) is AudioFormat.OGG
    assert audio_format_of(mp3()[:16]) is audio_format_of(id3()[:16]) is AudioFormat.MP3
    assert audio_format_of(b"\x89PNG\r\n\x1a\n") is None


def test_any_garbage_is_read_without_another_exception(rng: random.Random):
    for whole in (ogg(), vorbis(), mp3(3, tag=id3())):
        for _ in range(100):
            data = bytearray(whole)
            for _ in range(rng.randrange(1, 6)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            audio_of(bytes(data[: rng.randrange(len(data) + 1)]))
