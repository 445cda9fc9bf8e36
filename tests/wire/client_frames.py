"""Frames as a client sends them, masked. Able to break every rule on request.

Written after RFC 6455 section 5, not after chatd.wire.frames, so that the two check each other.
"""

from __future__ import annotations

import random

# The masking key of the examples in RFC 6455 section 5.7
KEY = b"\x37\xfa\x21\x3d"

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def client_frame(
    opcode: int, payload: bytes | str = b"", *, fin: bool = True, rsv: int = 0, key: bytes = KEY
) -> bytes:
    """One masked frame. `rsv` is the three reserved bits as a number: 4 is RSV1."""
    data = payload.encode() if isinstance(payload, str) else payload
    first = fin << 7 | rsv << 4 | opcode
    return bytes([first]) + length_field(len(data)) + key + masked(data, key)


def length_field(length: int) -> bytes:
    """The mask bit and the shortest form of a length."""
    if length <= 125:
        return bytes([0x80 | length])
    if length <= 0xFFFF:
        return b"\xfe" + length.to_bytes(2, "big")
    return b"\xff" + length.to_bytes(8, "big")


def masked(data: bytes, key: bytes) -> bytes:
    """Section 5.3: transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)."""
    return bytes(octet ^ key[i % 4] for i, octet in enumerate(data))


def close_payload(code: int, reason: bytes | str = b"") -> bytes:
    return code.to_bytes(2, "big") + (reason.encode() if isinstance(reason, str) else reason)


def client_message(data: str | bytes, rng: random.Random | None = None) -> bytes:
    """A message in one frame, or by `rng` in several with pings between them."""
    opcode = TEXT if isinstance(data, str) else BINARY
    payload = data.encode() if isinstance(data, str) else data
    if rng is None:
        return client_frame(opcode, payload)
    return fragmented(opcode, payload, rng)


def fragmented(opcode: int, payload: bytes, rng: random.Random, *, rsv: int = 0) -> bytes:
    """A message in one to four frames, cut anywhere, each with its own key, now and then a ping between."""
    cuts = sorted(rng.randint(0, len(payload)) for _ in range(rng.randint(0, 3)))
    edges = [0, *cuts, len(payload)]
    frames = []
    for number, (start, end) in enumerate(zip(edges, edges[1:], strict=False)):
        first, last = number == 0, number == len(edges) - 2
        frames.append(
            client_frame(
                opcode if first else CONTINUATION,
                payload[start:end],
                fin=last,
                rsv=rsv if first else 0,
                key=rng.randbytes(4),
            )
        )
        if not last and rng.random() < 0.3:
            frames.append(client_frame(PING, rng.randbytes(rng.randint(0, 125)), key=rng.randbytes(4)))
    return b"".join(frames)
