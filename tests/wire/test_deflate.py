"""chatd.wire.deflate: RFC 7692, what is agreed and what is done with it."""

from __future__ import annotations

import json
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.deflate import (
    TAIL,
    DeflateSettings,
    Parameters,
    PermessageDeflate,
    fitting_window_bits,
    negotiate,
)
from chatd.wire.errors import BadRequest, ProtocolError

LARGEST = DeflateSettings(server_max_window_bits=15, client_max_window_bits=15)
MAX = 2**20


def agreed(offer: str = "permessage-deflate", settings: DeflateSettings = LARGEST) -> PermessageDeflate:
    deflate = negotiate(offer, settings)
    assert deflate is not None
    return deflate


def random_text(rng: random.Random, size: int) -> bytes:
    return json.dumps([rng.randrange(1000) for _ in range(size // 5)]).encode()


# ── negotiation ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "offer, response",
    [
        # Section 7.1.3's examples of offers
        ("permessage-deflate", "permessage-deflate"),
        (
            "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits=15",
        ),
        (
            "permessage-deflate; client_max_window_bits; server_max_window_bits=10, "
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits=15",
        ),
        # 7.1.1.1: what the client asks of the server is granted
        (
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover",
        ),
        # 7.1.1.2: what the client offers of itself is taken
        (
            "permessage-deflate; client_no_context_takeover",
            "permessage-deflate; client_no_context_takeover",
        ),
        ('permessage-deflate; server_max_window_bits="9"', "permessage-deflate; server_max_window_bits=9"),
        ("permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15"),
        ("permessage-deflate; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=9"),
        ("permessage-deflate; client_max_window_bits=8", "permessage-deflate; client_max_window_bits=8"),
        (
            "permessage-deflate; client_max_window_bits=12; server_max_window_bits=11; "
            "client_no_context_takeover; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
            "server_max_window_bits=11; client_max_window_bits=12",
        ),
        # Another extension before or behind it
        ("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits=10, foo",
         "permessage-deflate; client_max_window_bits=10"),
    ],
)  # fmt: skip
def test_an_offer_is_answered_in_its_own_terms(offer, response):
    assert agreed(offer).response == response


@pytest.mark.parametrize(
    "parameters",
    [
        "unknown",
        "unknown=1",
        "server_no_context_takeover=1",
        "client_no_context_takeover=true",
        "server_no_context_takeover; server_no_context_takeover",
        "client_max_window_bits; client_max_window_bits=10",
        "server_max_window_bits",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=010",
        "server_max_window_bits=1e1",
        "server_max_window_bits=-9",
        "client_max_window_bits=7",
        "client_max_window_bits=16",
        "client_max_window_bits=08",
        "client_max_window_bits=100",
        # Valid, but zlib cannot compress with a window of 256 bytes.
        "server_max_window_bits=8",
    ],
)
def test_an_offer_that_cannot_be_kept_is_declined_and_its_fallback_taken(parameters):
    assert negotiate(f"permessage-deflate; {parameters}") is None
    fallback = f"permessage-deflate; {parameters}, permessage-deflate; server_no_context_takeover"
    assert agreed(fallback).response == "permessage-deflate; server_no_context_takeover"


@pytest.mark.parametrize("offers", ["", "foo", "permessage-bzip2", "permessage-deflate-2; a=b", ", ,"])
def test_without_an_offer_nothing_is_agreed(offers):
    assert negotiate(offers) is None


def test_a_malformed_header_is_refused():
    with pytest.raises(BadRequest):
        negotiate("permessage-deflate; =")


def test_our_settings_ask_for_less_than_was_offered():
    small = DeflateSettings(True, True, server_max_window_bits=10, client_max_window_bits=11)
    both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
    assert agreed("permessage-deflate", small).response == both + "server_max_window_bits=10"
    assert (
        agreed("permessage-deflate; client_max_window_bits; server_max_window_bits=14", small).response
        == both + "server_max_window_bits=10; client_max_window_bits=11"
    )
    assert (
        agreed("permessage-deflate; client_max_window_bits=9; server_max_window_bits=9", small).response
        == both + "server_max_window_bits=9; client_max_window_bits=9"
    )


def test_client_window_bits_are_never_told_to_a_client_that_did_not_name_them():
    small = DeflateSettings(client_max_window_bits=9)
    assert agreed("permessage-deflate", small).parameters.client_max_window_bits is None


@pytest.mark.parametrize("bits", [8, 16])
def test_settings_that_zlib_cannot_keep_are_our_mistake(bits):
    with pytest.raises(AssertionError):
        DeflateSettings(server_max_window_bits=bits)


# ── section 7.2.3, the examples ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "payload, expected",
    [
        ("f248cdc9c90700", b"Hello"),  # 7.2.3.1: a message compressed using one block
        ("000500faff48656c6c6f00", b"Hello"),  # 7.2.3.3: a block with no compression
        ("f348cdc9c9070000", b"Hello"),  # 7.2.3.4: a block with BFINAL set to 1
        ("f248050000 00ffff cac9c90700".replace(" ", ""), b"Hello"),  # 7.2.3.5: two blocks
        ("00", b""),  # 7.2.3.6: an empty message
    ],
)
def test_the_examples_of_section_7_2_3(payload, expected):
    assert agreed().decompress(bytes.fromhex(payload), MAX) == expected


def test_sharing_the_window_as_in_section_7_2_3_2():
    deflate = agreed()
    assert deflate.compress(b"Hello") == bytes.fromhex("f248cdc9c90700")
    assert deflate.compress(b"Hello") == bytes.fromhex("f200110000")
    assert deflate.decompress(bytes.fromhex("f248cdc9c90700"), MAX) == b"Hello"
    assert deflate.decompress(bytes.fromhex("f200110000"), MAX) == b"Hello"


def test_an_empty_message_is_one_zero_octet_wherever_it_stands():
    deflate = agreed()
    for message in (b"", b"", b"Hello", b"", b"Hello", b""):
        compressed = deflate.compress(message)
        assert (compressed == b"\x00") == (not message)
        assert deflate.decompress(compressed, MAX) == message


# ── the two directions ──────────────────────────────────────────────────────────────────────────

OFFERS = [
    "permessage-deflate",
    "permessage-deflate; server_no_context_takeover",
    "permessage-deflate; client_no_context_takeover",
    "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
    "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=10",
]


def mirrored(deflate: PermessageDeflate) -> PermessageDeflate:
    """The client's end of the same agreement: its compressor is the server's decompressor."""
    ours = deflate.parameters
    return PermessageDeflate(Parameters(ours[1], ours[0], ours[3], ours[2]))


@pytest.mark.parametrize("offer", OFFERS)
def test_both_directions_carry_any_messages(offer, rng):
    server = agreed(offer)
    client = mirrored(server)
    for _ in range(40):
        message = random_text(rng, rng.choice((0, 3, 100, 5000, 100_000)))
        assert client.decompress(server.compress(message), MAX) == message
        assert server.decompress(client.compress(message), MAX) == message


@settings(derandomize=True, deadline=None, max_examples=60)
@given(offer=st.sampled_from(OFFERS), messages=st.lists(st.binary(max_size=300), max_size=8))
def test_what_is_compressed_comes_back(offer, messages):
    server = agreed(offer)
    client = mirrored(server)
    for message in messages:
        assert client.decompress(server.compress(message), MAX) == message
        assert server.decompress(client.compress(message), MAX) == message


def test_the_window_is_kept_or_dropped_as_agreed():
    message = random.Random(1).randbytes(500)
    kept = agreed()
    assert len(kept.compress(message)) > 500 > 50 > len(kept.compress(message))
    dropped = agreed("permessage-deflate; server_no_context_takeover")
    assert dropped.compress(message) == dropped.compress(message)


def test_the_server_looks_no_further_back_than_it_promised(rng):
    deflate = agreed("permessage-deflate; server_max_window_bits=9")
    strict = zlib.decompressobj(-9)
    for _ in range(30):
        message = rng.randbytes(400) * 3
        assert strict.decompress(deflate.compress(message) + TAIL) == message


def test_a_client_without_takeover_may_still_not_refer_back():
    deflate = agreed("permessage-deflate; client_no_context_takeover")
    assert deflate.decompress(bytes.fromhex("f248cdc9c90700"), MAX) == b"Hello"
    with pytest.raises(ProtocolError):
        deflate.decompress(bytes.fromhex("f200110000"), MAX)


def test_a_client_that_was_granted_8_bits_may_have_a_zlib_that_made_9_of_them():
    message = random.Random(2).randbytes(400)
    compressor = zlib.compressobj(9, zlib.DEFLATED, -9)
    deflate = agreed("permessage-deflate; client_max_window_bits=8")
    # The second message is copied out of the first, from as far back as that zlib looks.
    for text, payload_bytes_max in ((message, 420), (message[150:], 10)):
        payload = (compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]
        assert len(payload) <= payload_bytes_max
        assert deflate.decompress(payload, MAX) == text


# ── limits and faults ───────────────────────────────────────────────────────────────────────────


def compressed_zeros(size: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (compressor.compress(bytes(size)) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def test_a_bomb_stops_at_the_limit():
    bomb = compressed_zeros(50_000_000)
    assert len(bomb) < 50_000
    with pytest.raises(ProtocolError) as refusal:
        agreed().decompress(bomb, 1000)
    assert refusal.value.close_code == 1009


@pytest.mark.parametrize("size", [1, 1000, 32768, 70_000])
def test_the_limit_is_exact(size):
    assert agreed().decompress(compressed_zeros(size), size) == bytes(size)
    with pytest.raises(ProtocolError) as refusal:
        agreed().decompress(compressed_zeros(size), size - 1)
    assert refusal.value.close_code == 1009


@pytest.mark.parametrize(
    "payload",
    [
        "06",  # the reserved block type
        "000500fbff48656c6c6f00",  # a stored block whose lengths disagree
        "f200110000",  # a distance that reaches before the first message
        "ffffffffffff",
        "f348cdc9c90700f248cdc9c90700",  # a block behind the final one
        "f348cdc9c9070000ff",
        "0300030003000000",  # final blocks in a row, each of which would cost a decompressor
    ],
)
def test_what_is_no_deflate_data_fails_with_1007(payload):
    with pytest.raises(ProtocolError) as refusal:
        agreed().decompress(bytes.fromhex(payload), MAX)
    assert refusal.value.close_code == 1007


@pytest.mark.parametrize("end", ["", "00"])
def test_messages_go_on_after_one_with_a_final_block(end):
    deflate = agreed()
    for _ in range(3):
        assert deflate.decompress(bytes.fromhex("f348cdc9c90700" + end), MAX) == b"Hello"
        assert deflate.decompress(bytes.fromhex("f248cdc9c90700"), MAX) == b"Hello"


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(st.binary(max_size=60), max_size=4))
def test_garbage_inflates_or_is_a_protocol_error(payloads):
    deflate = agreed()
    try:
        for payload in payloads:
            assert len(deflate.decompress(payload, 100)) <= 100
    except ProtocolError as error:
        assert error.close_code in (1007, 1009)


def test_a_fitting_window_reaches_back_to_the_first_byte():
    pattern = random.Random(3).randbytes(40)
    for size in (100, 200, 249, 250, 251, 500, 1000, 5000, 32_000):
        message = pattern + bytes(size) + pattern
        bits = fitting_window_bits(len(message))
        sizes = []
        for window_bits in (bits, 15):
            compressor = zlib.compressobj(9, zlib.DEFLATED, -window_bits)
            sizes.append(len(compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH)))
        assert sizes[0] <= sizes[1] + 5, size
