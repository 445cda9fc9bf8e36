"""The six faces are pictures, small, and no two alike."""

from __future__ import annotations

import zlib

from chatd.model.image_formats import Format, Picture, picture_of
from chatd.rest.default_avatars import COLOURS, SIZE, default_avatar, packed


def test_each_is_a_small_png_of_its_own():
    faces = [default_avatar(number) for number in range(len(COLOURS))]
    assert len(set(faces)) == 6
    for face in faces:
        assert picture_of(face) == Picture(Format.PNG, SIZE, SIZE, False) and len(face) < 1000
        start = face.index(b"IDAT") + 4
        rows = zlib.decompress(face[start : face.index(b"IEND") - 8])
        assert len(rows) == SIZE * (1 + SIZE // 8)


def test_eight_pixels_are_an_octet():
    bits = [True, *[False] * 7, *[True] * 8, *[False] * (SIZE - 16)]
    assert packed(bits)[:3] == b"\x80\xff\x00"
