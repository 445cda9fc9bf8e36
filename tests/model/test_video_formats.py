"""Films: measured by their header, and None for anything else, never another exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.model.attachments import NewAttachment, UploadedFile
from chatd.model.video_formats import EBML, Film, film_of
from tests.films import box, element, mp4, webm

FILMS = [
    (mp4(1920, 1080), Film("video/mp4", 1920, 1080)), (mp4(3, 2, large=True), Film("video/mp4", 3, 2)),
    (mp4(64, 48, brand=b"qt  "), Film("video/quicktime", 64, 48)),
    (webm(1280, 720), Film("video/webm", 1280, 720)),
    (webm(300, 200, unknown=True), Film("video/webm", 300, 200)),
    (webm(300, 200, kind=b"matroska"), Film("video/x-matroska", 300, 200)),
]  # fmt: skip


@pytest.mark.parametrize(("data", "film"), FILMS)
def test_a_film_is_measured(data, film):
    assert film_of(data) == film
    assert film_of(data[:-40]) == film  # the beginning is enough


@pytest.mark.parametrize(("data", "film"), FILMS)
def test_a_film_cut_anywhere_is_none_or_the_same(data, film):
    for cut in range(len(data)):
        assert film_of(data[:cut]) in (None, film)


@pytest.mark.parametrize("data", [
    b"", b"RIFF", box(b"ftyp", b"isom"), box(b"ftyp", b"isom") + box(b"mdat", bytes(500)),
    mp4(0, 0), box(b"ftyp", b"M4A ") + b"\0\0\0\0moov", EBML, EBML + b"\x00" * 40, webm(0, 5),
    element(0x1A45DFA3, element(0x4282, b"webm")), b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 100_000,
])  # fmt: skip
def test_anything_else_has_no_size(data):
    assert film_of(data) is None


@given(st.sampled_from([b"\0\0\0\x08ftyp", EBML, mp4()[:60], webm()[:40]]), st.binary(max_size=120))
def test_garbage_raises_nothing(start, rest):
    film_of(start + rest)


def test_an_attached_film_says_how_large_it_is():
    file = UploadedFile(0, "a.bin", "application/octet-stream", 5, webm(20, 10))
    record = NewAttachment(file, "a.bin").record(1)
    assert (record["content_type"], record["width"], record["height"]) == ("video/webm", 20, 10)
