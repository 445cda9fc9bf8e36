"""Pictures: told by their octets, measured by their header, and never more than None for anything else."""

from __future__ import annotations

import json
import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.model.image_formats import (
    LOTTIE_BYTES_MAX,
    READERS,
    STEPS_MAX,
    Format,
    Picture,
    format_of,
    picture_of,
)
from tests.pictures import chunk, gif, jpeg, lottie, png, webp

WHOLE = {
    "png": (png(640, 480), Picture(Format.PNG, 640, 480, False)),
    "apng": (png(5, 7, frames=2), Picture(Format.PNG, 5, 7, True)),
    "gif": (gif(300, 200), Picture(Format.GIF, 300, 200, False)),
    "gif that moves": (gif(3, 2, frames=2), Picture(Format.GIF, 3, 2, True)),
    "jpeg": (jpeg(1920, 1080), Picture(Format.JPEG, 1920, 1080, False)),
    "jpeg with much in front": (jpeg(40, 30, exif_bytes=60_000), Picture(Format.JPEG, 40, 30, False)),
    "webp, lossless": (webp(16384, 1), Picture(Format.WEBP, 16384, 1, False)),
    "webp, lossy": (webp(64, 48, kind=b"VP8 "), Picture(Format.WEBP, 64, 48, False)),
    "webp, extended": (webp(70_000, 48, kind=b"VP8X"), Picture(Format.WEBP, 70_000, 48, False)),
    "webp that moves": (webp(64, 48, kind=b"VP8X", animated=True), Picture(Format.WEBP, 64, 48, True)),
    "lottie": (lottie(320, 200), Picture(Format.LOTTIE, 320, 200, True)),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_picture_is_what_its_octets_say(name):
    data, expected = WHOLE[name]
    assert picture_of(data) == expected
    assert format_of(data[:12]) is expected.format


@pytest.mark.parametrize("name", WHOLE)
def test_a_picture_cut_anywhere_is_none_or_of_the_same_size(name):
    data, whole = WHOLE[name]
    for cut in range(min(len(data), 300)):
        found = picture_of(data[:cut])
        assert found is None or replace(found, animated=whole.animated) == whole


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "lottie"])
def test_the_header_is_enough_for_format_and_size(name):
    data, whole = WHOLE[name]
    found = picture_of(data[:-1])
    assert found is not None and (found.width, found.height) == (whole.width, whole.height)


@pytest.mark.parametrize("data", [
    b"", b"x", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"BM" + bytes(60), b"%PDF-1.7", b"<html>",
    png(0, 1), png(1, 0), jpeg(0, 5), gif(0, 9),
    b"\x89PNG\r\n\x1a\n" + bytes(40),  # no IHDR
    b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xe1\x00\x01" + bytes(40), b"\xff\xd8\xff\xe1\x00\x04ab" + b"cd",
    b"RIFF\x10\0\0\0WAVEfmt ", b"RIFF\x10\0\0\0WEBPALPH" + bytes(30), b"RIFF\x10\0\0\0WEBPVP8L" + bytes(30),
    b"{", b"{}", b"[1]", b'{"fr":1,"ip":0,"op":1,"w":"1","h":1,"layers":[]}', b"{" * 100_000,
    json.dumps({"fr": 1, "ip": 0, "op": 1, "w": 1, "h": -1, "layers": []}).encode(),
])  # fmt: skip
def test_anything_else_is_no_picture(data):
    assert picture_of(data) is None


def test_a_gif_with_extensions_and_a_local_colour_table_is_walked_right():
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0x81) + bytes(12) + b"\x02\x02\x44\x01\x00"
    comment = b"\x21\xfe\x05hello\x00"
    screen = b"GIF87a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0)
    assert picture_of(screen + comment + image + comment + b"\x3b") == Picture(Format.GIF, 1, 1, False)
    assert picture_of(screen + image + comment + image) == Picture(Format.GIF, 1, 1, True)
    assert picture_of(screen + b"\x00" + image + image) == Picture(Format.GIF, 1, 1, False)


@given(st.sampled_from([signature for signature, *_ in READERS]), st.binary(max_size=80))
def test_garbage_behind_a_signature_raises_nothing(signature, rest):
    picture = picture_of(signature + rest)
    assert picture is None or (picture.width > 0 and picture.height > 0)


class Counted(bytes):
    """Counts how often something is looked at in it."""

    looks = 0

    def __getitem__(self, at):
        self.looks += 1
        return super().__getitem__(at)


GIF, PNG = gif()[:13], png()[:33]


@pytest.mark.parametrize("data", [
    GIF + b"\x21\xf9\x00" * 10**6, GIF + b"\x21\xf9" + b"\x01\x01" * 10**6,
    b"\xff\xd8\xff" + b"\xff\xd0" * 10**6, b"\xff\xd8" + b"\xff" * 10**6,
])  # fmt: skip
def test_what_is_made_of_tiny_blocks_is_looked_at_for_so_long_and_no_longer(data):
    counted = Counted(data)
    found = picture_of(counted)
    assert found is None or not found.animated
    assert counted.looks <= STEPS_MAX + 20


def test_a_chunk_that_comes_too_late_is_not_found():
    def padded(chunks):
        return PNG + chunk(b"tEXt", b"") * chunks + chunk(b"acTL", bytes(8))

    assert picture_of(padded(STEPS_MAX // 2)).animated and not picture_of(padded(STEPS_MAX)).animated


def test_a_lottie_is_no_larger_than_a_sticker():
    padding = b" " * (LOTTIE_BYTES_MAX - len(lottie()))
    assert picture_of(lottie() + padding) and picture_of(lottie() + padding + b" ") is None
