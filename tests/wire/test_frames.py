"""chatd.wire.frames: RFC 6455 section 5, one frame at a time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.errors import ProtocolError
from chatd.wire.frames import Frame, Opcode, parse_frame, parse_header, serialize_frame, unmask
from tests.wire.client_frames import KEY, client_frame, length_field, masked

PAYLOAD_MAX = 2**20


def frame_after_each_byte(data: bytes, payload_max: int = PAYLOAD_MAX) -> Frame:
    """Parse as bytes arrive; the frame must come with the last byte and not before."""
    for end in range(len(data)):
        assert parse_frame(bytearray(data[:end]), 0, payload_max) is None, f"{end} bytes"
    parsed = parse_frame(data, 0, payload_max)
    assert parsed is not None
    frame, end = parsed
    assert end == len(data)
    return frame


@pytest.mark.parametrize(
    "data, expected",
    [
        # "A single-frame masked text message", the only example of a client
        (bytes.fromhex("818537fa213d7f9f4d5158"), Frame(True, False, Opcode.TEXT, b"Hello")),
        # "Masked Ping response" (a pong)
        (bytes.fromhex("8a8537fa213d7f9f4d5158"), Frame(True, False, Opcode.PONG, b"Hello")),
    ],
)
def test_masked_examples_of_section_5_7(data, expected):
    assert frame_after_each_byte(data) == expected


@pytest.mark.parametrize(
    "opcode, payload, fin, expected",
    [
        (Opcode.TEXT, b"Hello", True, bytes.fromhex("810548656c6c6f")),
        (Opcode.TEXT, b"Hel", False, bytes.fromhex("010348656c")),
        (Opcode.CONTINUATION, b"lo", True, bytes.fromhex("80026c6f")),
        (Opcode.PING, b"Hello", True, bytes.fromhex("890548656c6c6f")),
        (Opcode.BINARY, bytes(256), True, bytes.fromhex("827e0100") + bytes(256)),
        (Opcode.BINARY, bytes(65536), True, bytes.fromhex("827f0000000000010000") + bytes(65536)),
    ],
)
def test_unmasked_examples_of_section_5_7(opcode, payload, fin, expected):
    assert serialize_frame(opcode, payload, fin=fin) == expected


@pytest.mark.parametrize("length", [0, 1, 124, 125, 126, 127, 128, 255, 256, 65535, 65536, 65537])
def test_a_length_is_written_and_read_in_its_shortest_form(length):
    payload = random.Random(length).randbytes(length)
    server = serialize_frame(Opcode.BINARY, payload)
    header_bytes = 2 if length <= 125 else 4 if length <= 65535 else 10
    assert len(server) == header_bytes + length
    assert server[1:header_bytes] == bytes([length_field(length)[0] & 0x7F]) + length_field(length)[1:]
    client = client_frame(Opcode.BINARY, payload)
    parsed = parse_frame(client, 0, PAYLOAD_MAX)
    assert parsed == (Frame(True, False, Opcode.BINARY, payload), len(client))


@pytest.mark.parametrize("opcode", Opcode)
def test_an_unmasked_frame_is_refused(opcode):
    with pytest.raises(ProtocolError) as refusal:
        parse_frame(serialize_frame(opcode, b"Hello"), 0, PAYLOAD_MAX)
    assert refusal.value.close_code == 1002


@pytest.mark.parametrize("opcode", sorted(set(range(16)) - set(Opcode)))
def test_a_reserved_opcode_is_refused(opcode):
    with pytest.raises(ProtocolError) as refusal:
        parse_frame(client_frame(opcode)[:2], 0, PAYLOAD_MAX)
    assert refusal.value.close_code == 1002


@pytest.mark.parametrize("rsv", [1, 2, 3, 5, 6, 7])
@pytest.mark.parametrize("opcode", Opcode)
def test_rsv2_and_rsv3_are_refused(opcode, rsv):
    with pytest.raises(ProtocolError) as refusal:
        parse_frame(client_frame(opcode, rsv=rsv)[:2], 0, PAYLOAD_MAX)
    assert refusal.value.close_code == 1002


def test_rsv1_is_reported_on_data_frames():
    assert frame_after_each_byte(client_frame(Opcode.TEXT, b"x", rsv=4)).rsv1
    assert not frame_after_each_byte(client_frame(Opcode.TEXT, b"x")).rsv1


@pytest.mark.parametrize("opcode", [Opcode.CLOSE, Opcode.PING, Opcode.PONG])
@pytest.mark.parametrize(
    "fault", [dict(fin=False), dict(rsv=4), dict(payload=bytes(126)), dict(payload=bytes(65536))]
)
def test_a_control_frame_is_short_whole_and_plain(opcode, fault):
    with pytest.raises(ProtocolError) as refusal:
        parse_frame(client_frame(opcode, **fault)[:2], 0, PAYLOAD_MAX)
    assert refusal.value.close_code == 1002


@pytest.mark.parametrize("opcode", [Opcode.CLOSE, Opcode.PING, Opcode.PONG])
def test_a_control_frame_may_have_125_bytes(opcode):
    assert frame_after_each_byte(client_frame(opcode, bytes(125))).payload == bytes(125)


@pytest.mark.parametrize(
    "field", ["fe0000", "fe007d", "ff0000000000000000", "ff000000000000007d", "ff000000000000ffff"]
)
def test_a_length_in_too_long_a_form_is_refused(field):
    with pytest.raises(ProtocolError) as refusal:
        parse_header(b"\x82" + bytes.fromhex(field), 0)
    assert refusal.value.close_code == 1002


def test_a_length_above_63_bits_is_refused():
    with pytest.raises(ProtocolError) as refusal:
        parse_header(b"\x82\xff" + (2**63).to_bytes(8, "big"), 0)
    assert refusal.value.close_code == 1002
    header, start = parse_header(b"\x82\xff" + (2**63 - 1).to_bytes(8, "big") + KEY, 0)
    assert (header.length, start) == (2**63 - 1, 14)


def test_a_payload_above_the_limit_is_refused_before_it_arrives():
    header = client_frame(Opcode.BINARY, bytes(300))[:8]
    assert parse_frame(header, 0, 300) is None
    with pytest.raises(ProtocolError) as refusal:
        parse_frame(header, 0, 299)
    assert refusal.value.close_code == 1009


def test_a_frame_is_read_where_it_stands():
    first, second = client_frame(Opcode.TEXT, b"one"), client_frame(Opcode.TEXT, b"two")
    buffer = bytearray(first + second + b"\x81")
    frame, end = parse_frame(buffer, len(first), PAYLOAD_MAX)
    assert (frame.payload, end) == (b"two", len(first) + len(second))
    assert parse_frame(buffer, end, PAYLOAD_MAX) is None


def test_unmask_is_the_loop_of_section_5_3_at_every_length(rng):
    for length in [*range(40), 511, 512, 513, 514, 515, 516, 1000, 5001]:
        payload, key = rng.randbytes(length), rng.randbytes(4)
        assert unmask(payload, key) == masked(payload, key), length


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    opcode=st.sampled_from(list(Opcode)),
    payload=st.binary(max_size=700),
    fin=st.booleans(),
    rsv1=st.booleans(),
    key=st.binary(min_size=4, max_size=4),
)
def test_what_is_serialized_parses_back(opcode, payload, fin, rsv1, key):
    if opcode >= 8:
        payload, fin, rsv1 = payload[:125], True, False
    server = serialize_frame(opcode, payload, fin=fin, rsv1=rsv1)
    start = len(server) - len(payload)
    client = bytes([server[0], server[1] | 0x80]) + server[2:start] + key + unmask(payload, key)
    assert client == client_frame(opcode, payload, fin=fin, rsv=4 * rsv1, key=key)
    assert parse_frame(client, 0, PAYLOAD_MAX) == (Frame(fin, rsv1, opcode, payload), len(client))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.binary(max_size=40))
def test_garbage_is_a_frame_or_more_to_come_or_a_protocol_error(data):
    try:
        parsed = parse_frame(data, 0, 100)
    except ProtocolError as error:
        assert error.close_code in (1002, 1009)
    else:
        assert parsed is None or parsed[1] <= len(data)
