"""chatd.wire.websocket: sending, limits, compression, and what holds for any bytes in any pieces.

The numbers are the sections of the Autobahn test suite, as in test_websocket.py.
"""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.frames import unmask
from chatd.wire.websocket import (
    Closed,
    Ping,
    Pong,
    ServerWebSocket,
    State,
    binary_frame,
    text_frame,
)
from tests.wire.arrivals import arrivals, pieces_of
from tests.wire.client_frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    KEY,
    PING,
    TEXT,
    client_frame,
    client_message,
    fragmented,
    masked,
)
from tests.wire.websocket_events import MESSAGE_MAX, NORMAL, agree_on_deflate, closes_with, feed_all

# ── sending ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536])
def test_messages_of_ours_are_whole_unmasked_frames(length):
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    payload = b"x" * length
    field = (
        bytes([length]) if length < 126
        else b"\x7e" + length.to_bytes(2, "big") if length < 65536
        else b"\x7f" + length.to_bytes(8, "big")
    )  # fmt: skip
    assert socket.text(payload.decode()) == text_frame(payload) == b"\x81" + field + payload
    assert socket.binary(payload) == binary_frame(payload) == b"\x82" + field + payload


def test_text_is_sent_as_utf8_and_a_surrogate_is_our_mistake():
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    assert socket.text("é") == b"\x81\x02\xc3\xa9"
    with pytest.raises(UnicodeEncodeError):
        socket.text("\ud800")


def test_a_ping_carries_at_most_125_bytes():
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    assert socket.ping() == b"\x89\x00"
    assert socket.ping(b"x" * 125) == b"\x89\x7d" + b"x" * 125
    with pytest.raises(AssertionError):
        socket.ping(bytes(126))


# ── 9: limits ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [100, 1000, 70_000])
def test_the_limit_is_exact_and_stands_before_the_payload(length):
    header = client_frame(BINARY, bytes(length))[:-length]
    assert closes_with(1009, ServerWebSocket(message_max=length - 1).feed(header))
    whole = client_frame(BINARY, bytes(length))
    assert closes_with(1009, ServerWebSocket(message_max=length - 1).feed(whole))
    assert ServerWebSocket(message_max=length).feed(header + masked(b"x" * length, KEY)) == [b"x" * length]


def test_the_limit_holds_for_all_fragments_together_and_then_anew():
    message = client_frame(BINARY, bytes(60), fin=False) + client_frame(CONTINUATION, bytes(40))
    socket = ServerWebSocket(message_max=100)
    assert socket.feed(message * 3) == [bytes(100)] * 3
    assert socket.feed(client_frame(BINARY, bytes(60), fin=False)) == []
    assert closes_with(1009, socket.feed(client_frame(CONTINUATION, bytes(41))[:6]))


def test_a_control_frame_is_no_part_of_the_message():
    socket = ServerWebSocket(message_max=10)
    data = (
        client_frame(TEXT, "12345", fin=False)
        + client_frame(PING, bytes(125))
        + client_frame(CONTINUATION, "67890")
    )
    assert socket.feed(data) == [Ping(bytes(125)), "1234567890"]


def test_a_large_message_may_arrive_byte_by_byte(rng):
    payload = rng.randbytes(2**17)
    socket = ServerWebSocket(message_max=2**17)
    frame = client_frame(BINARY, payload)
    events = []
    for at in range(len(frame)):
        events += socket.feed(frame[at : at + 1])
    assert events == [payload]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_shared_receive_buffer_may_be_overwritten_after_each_feed(kind, rng):
    sent = ["text", b"binary", "é" * 400, rng.randbytes(3000)]
    data = b"".join(client_message(message, rng) for message in sent)
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    shared, events = bytearray(1000), []
    for piece in pieces_of(data, rng):
        shared[: len(piece)] = piece
        events += socket.feed(kind(shared)[: len(piece)])
        shared[:] = b"\xaa" * len(shared)
    assert [event for event in events if not isinstance(event, Ping)] == sent


# ── 12 and 13: compression ──────────────────────────────────────────────────────────────────────


class Compressor:
    """A client's side of permessage-deflate, with a stock zlib."""

    def __init__(self) -> None:
        self.compressor = zlib.compressobj(6, zlib.DEFLATED, -12)
        self.decompressor = zlib.decompressobj(-12)

    def deflate(self, data: bytes) -> bytes:
        if not data:
            return b"\0"
        return (self.compressor.compress(data) + self.compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]

    def inflate(self, data: bytes) -> bytes:
        return self.decompressor.decompress(data + b"\0\0\xff\xff")


def compressed(opcode: int, data: bytes | str, client: Compressor | None = None) -> bytes:
    payload = data.encode() if isinstance(data, str) else data
    return client_frame(opcode, (client or Compressor()).deflate(payload), rsv=4)


def test_compressed_and_plain_messages_mix(rng):
    client = Compressor()
    payload = client.deflate(b"fragmented " * 20)
    data = (
        compressed(TEXT, "Hello", client)
        + client_frame(TEXT, "plain")
        + compressed(TEXT, "", client)
        + compressed(BINARY, b"\xff" * 300, client)
        + client_frame(TEXT, payload[:9], fin=False, rsv=4)
        + client_frame(PING, "p")
        + client_frame(CONTINUATION, payload[9:12], fin=False)
        + client_frame(CONTINUATION, b"", fin=False)
        + client_frame(CONTINUATION, payload[12:])
    )
    expected = ["Hello", "plain", "", b"\xff" * 300, Ping(b"p"), "fragmented " * 20]
    for how, pieces in arrivals(data):
        socket = ServerWebSocket(message_max=1000, deflate=agree_on_deflate())
        assert feed_all(socket, pieces) == expected, how
        assert socket.outgoing == [b"\x8a\x01p"], how


def test_the_fragmented_example_of_rfc_7692_section_7_2_3_1():
    for how, pieces in arrivals(
        client_frame(TEXT, bytes.fromhex("f248cd"), fin=False, rsv=4)
        + client_frame(CONTINUATION, bytes.fromhex("c9c90700"))
    ):
        socket = ServerWebSocket(message_max=1000, deflate=agree_on_deflate())
        assert feed_all(socket, pieces) == ["Hello"], how


COMPRESSED_FAULTS = {
    "RSV1 on a continuation": (
        client_frame(TEXT, b"\0", fin=False, rsv=4) + client_frame(CONTINUATION, rsv=4), 1002),
    "RSV1 on a continuation of plain text": (
        client_frame(TEXT, "a", fin=False) + client_frame(CONTINUATION, "b", rsv=4), 1002),
    "RSV1 on a ping": (client_frame(PING, rsv=4), 1002),
    "RSV1 on a close": (client_frame(CLOSE, rsv=4), 1002),
    "RSV2": (client_frame(TEXT, rsv=2), 1002),
    "RSV1 and RSV3": (client_frame(TEXT, rsv=5), 1002),
    "text that inflates to no UTF-8": (compressed(TEXT, b"\xff\xfe"), 1007),
    "half a character": (compressed(TEXT, b"abc\xce"), 1007),
    "no deflate data": (client_frame(BINARY, b"\xff" * 20, rsv=4), 1007),
    "a bomb": (compressed(BINARY, bytes(100_000)), 1009),
    "one byte above the limit": (compressed(BINARY, bytes(1001)), 1009),
    "a bomb whose compressed form is too big": (client_frame(BINARY, bytes(1190), rsv=4), 1009),
}  # fmt: skip


@pytest.mark.parametrize("what", COMPRESSED_FAULTS)
def test_a_fault_of_a_compressed_message_fails_the_connection(what):
    data, code = COMPRESSED_FAULTS[what]
    for how, pieces in arrivals(data[:400]):
        socket = ServerWebSocket(message_max=1000, deflate=agree_on_deflate())
        events = feed_all(socket, pieces)
        assert len(events) == 1 and closes_with(code, events), how


def test_a_message_at_the_limit_may_grow_by_compression(rng):
    message = rng.randbytes(1000)
    data = compressed(BINARY, message)
    assert len(data) > 1008
    socket = ServerWebSocket(message_max=1000, deflate=agree_on_deflate())
    assert socket.feed(data) == [message]


def test_large_messages_of_ours_are_compressed_and_small_ones_are_not(rng):
    socket, client = ServerWebSocket(message_max=MESSAGE_MAX, deflate=agree_on_deflate()), Compressor()
    assert socket.text("x" * 255) == text_frame(b"x" * 255)
    assert socket.binary(b"x" * 255) == binary_frame(b"x" * 255)
    for number in range(20):
        text = f"message {number} " * 40
        frame = socket.text(text)
        assert frame[0] == 0xC1 and frame[1] < 126
        assert client.inflate(frame[2:]) == text.encode()
        data = rng.randbytes(150) * 5
        frame = socket.binary(data)
        assert frame[:2] == b"\xc2\x7e"
        assert client.inflate(frame[4:]) == data


def test_control_frames_of_ours_are_never_compressed():
    socket = ServerWebSocket(message_max=MESSAGE_MAX, deflate=agree_on_deflate())
    socket.feed(client_frame(PING, b"x" * 125))
    assert socket.outgoing == [b"\x8a\x7d" + b"x" * 125]
    assert socket.ping(b"x" * 125) == b"\x89\x7d" + b"x" * 125
    assert socket.close(1000, "x" * 123) == b"\x88\x7d\x03\xe8" + b"x" * 123


# ── properties ──────────────────────────────────────────────────────────────────────────────────


def random_message(rng: random.Random) -> str | bytes:
    size = rng.choice((0, 1, 20, 125, 126, 500, 5000, 70_000))
    if rng.random() < 0.5:
        return rng.randbytes(size)
    return "".join(rng.choice("ab é€\U0001f600") for _ in range(size))


def test_any_messages_in_any_pieces(rng):
    for _ in range(5):
        sent = [random_message(rng) for _ in range(12)]
        data = b"".join(client_message(message, rng) for message in sent) + NORMAL
        socket = ServerWebSocket(message_max=MESSAGE_MAX)
        events = feed_all(socket, pieces_of(data, rng))
        assert [event for event in events if not isinstance(event, Ping)] == [*sent, Closed(1000, "")]
        pongs = [
            b"\x8a" + bytes([len(event.payload)]) + event.payload
            for event in events
            if isinstance(event, Ping)
        ]
        assert socket.outgoing == [*pongs, b"\x88\x02\x03\xe8"]


def test_any_compressed_messages_in_any_pieces(rng):
    for _ in range(5):
        client, sent, data = Compressor(), [], b""
        for _ in range(12):
            message = random_message(rng)
            opcode, payload = (TEXT, message.encode()) if isinstance(message, str) else (BINARY, message)
            shrunk = rng.random() < 0.7
            data += fragmented(opcode, client.deflate(payload) if shrunk else payload, rng, rsv=4 * shrunk)
            sent.append(message)
        socket = ServerWebSocket(message_max=MESSAGE_MAX, deflate=agree_on_deflate())
        events = feed_all(socket, pieces_of(data, rng))
        assert [event for event in events if not isinstance(event, Ping)] == sent


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    messages=st.lists(st.text(max_size=200) | st.binary(max_size=200), max_size=5), seed=st.integers(0, 2**32)
)
def test_what_is_sent_is_heard_whatever_the_cuts(messages, seed):
    rng = random.Random(seed)
    data = b"".join(client_message(message, rng) for message in messages)
    whole = ServerWebSocket(message_max=MESSAGE_MAX)
    expected = whole.feed(data)
    assert [event for event in expected if not isinstance(event, Ping)] == messages
    cut = ServerWebSocket(message_max=MESSAGE_MAX)
    assert feed_all(cut, pieces_of(data, rng)) == expected
    assert cut.outgoing == whole.outgoing


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_an_echo_comes_back_as_it_was(message):
    """What we send, masked as a client would, is what we read."""
    socket = ServerWebSocket(message_max=MESSAGE_MAX)
    frame = socket.text(message) if isinstance(message, str) else socket.binary(message)
    start = 2 if frame[1] < 126 else 4
    client = bytes([frame[0], frame[1] | 0x80]) + frame[2:start] + KEY + unmask(frame[start:], KEY)
    assert socket.feed(client) == [message]


def assert_orderly(events: list, socket: ServerWebSocket) -> None:
    ends = [event for event in events if isinstance(event, Closed)]
    assert ends == events[-1:] if ends else socket.state is State.OPEN
    assert all(isinstance(event, str | bytes | Ping | Pong | Closed) for event in events)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(data=st.binary(max_size=200), deflate=st.booleans())
def test_garbage_yields_events_or_a_failing_close(data, deflate):
    for pieces in ([data], [data[i : i + 1] for i in range(len(data))]):
        socket = ServerWebSocket(message_max=100, deflate=agree_on_deflate() if deflate else None)
        assert_orderly(feed_all(socket, pieces), socket)


def test_damaged_streams_yield_events_or_a_failing_close(rng):
    """Garbage that looks like frames for a while: valid bytes with a few of them changed."""
    for _ in range(200):
        client = Compressor()
        data = bytearray()
        for _ in range(rng.randint(1, 5)):
            payload = rng.randbytes(rng.randint(0, 40))
            data += rng.choice((
                client_message(payload, rng),
                compressed(BINARY, payload, client),
                client_frame(TEXT, "é" * rng.randint(0, 80)),
                client_frame(PING, payload),
            ))  # fmt: skip
        for _ in range(rng.randint(0, 3)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        whole = ServerWebSocket(message_max=200, deflate=agree_on_deflate())
        expected = whole.feed(data)
        assert_orderly(expected, whole)
        cut = ServerWebSocket(message_max=200, deflate=agree_on_deflate())
        assert feed_all(cut, pieces_of(bytes(data), rng)) == expected
        assert cut.outgoing == whole.outgoing
