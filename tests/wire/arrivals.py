"""Every way that bytes can arrive: whole, byte by byte, cut once at each place, and in random pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator


def arrivals(data: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Yield (how, pieces) for each arrival of `data`; `how` belongs into the assertion's message."""
    yield "whole", [data]
    yield "byte by byte", [data[i : i + 1] for i in range(len(data))]
    for cut in range(1, len(data)):
        yield f"cut at {cut}", [data[:cut], data[cut:]]


def pieces_of(data: bytes, rng: random.Random) -> list[bytes]:
    """Cut `data` into random pieces: mostly a few octets, now and then many. No piece is empty."""
    pieces, at = [], 0
    while at < len(data):
        size = rng.randint(1, rng.choice((2, 7, 50, 1000)))
        pieces.append(data[at : at + size])
        at += size
    return pieces
