"""Animations: how long each frame is shown, as the file says it."""

from __future__ import annotations

import random
import struct

import pytest

from chatd.model.animations import frame_seconds
from tests.pictures import chunk, gif, png


def apng(*delays: tuple[int, int]) -> bytes:
    """A PNG with a frame control for each delay, in front of its data."""
    still = png()
    at = still.index(b"IDAT") - 4
    controls = b"".join(
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 1, 1, 0, 0, *delay, 0, 0))
        for number, delay in enumerate(delays)
    )
    return still[:at] + controls + still[at:]


def test_an_apng_says_it_in_fractions():
    assert frame_seconds(apng((1, 10), (5, 2), (30, 0))) == pytest.approx([0.1, 2.5, 0.3])


def test_a_gif_says_it_in_hundredths():
    assert frame_seconds(gif(frames=3)) == pytest.approx([0.1] * 3)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", png(), b"\xff\xd8", apng((1, 2))[:50]]
)
def test_what_does_not_move_says_nothing(data):
    assert frame_seconds(data) == []


def test_any_garbage_is_read_without_an_exception(rng: random.Random):
    for whole in (apng((1, 10), (1, 10)), gif(frames=3)):
        for _ in range(100):
            data = bytearray(whole)
            for _ in range(rng.randrange(1, 6)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            frame_seconds(bytes(data[: rng.randrange(len(data) + 1)]))
