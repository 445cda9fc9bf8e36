"""chatd.wire.zstd_stream: whatever is mixed, the reference decoder reads it as one frame that never ends."""

from __future__ import annotations

import random

import pytest
import zstandard

from chatd.wire.zstd_stream import (
    BLOCK_BYTES_MAX,
    RESET_TEXT,
    STREAM_HEADER,
    WINDOW_LOG,
    blocks_of,
    segment,
    stored_segment,
)
from tests.wire.test_transport_compression import message_create

PARAMETERS = zstandard.ZstdCompressionParameters.from_level(
    3, window_log=WINDOW_LOG, write_content_size=0, write_checksum=0
)


def compress(plain: bytes) -> bytes:
    return zstandard.ZstdCompressor(compression_params=PARAMETERS).compress(plain)


class Reader:
    """What a client does: one decompressor that is fed each message, and ends with none of them."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor().decompressobj()
        assert self.decompressor.decompress(STREAM_HEADER) == b""

    def read(self, data: bytes) -> bytes:
        plain = self.decompressor.decompress(data)
        assert not self.decompressor.eof and not self.decompressor.unused_data
        return plain


def test_the_header_is_that_of_a_stock_compressor():
    assert compress(b"x" * 10**6).startswith(STREAM_HEADER)


def test_any_messages_in_any_order_are_read_by_everybody(rng: random.Random):
    """Seeded: each reader is sent its own choice of the same segments, and reads what they say."""
    texts = [message_create(rng, rng.choice([0, 10, 100, 2000, 100_000])) for _ in range(30)]
    shared = [(text, segment(text, compress)) for text in texts]
    for _ in range(20):
        reader = Reader()
        for text, made in rng.choices(shared, k=40):
            if rng.random() < 0.2:
                assert reader.read(stored_segment(text)) == text
            else:
                assert reader.read(made) == text + RESET_TEXT


def test_without_the_reset_the_next_message_may_not_be_read(rng: random.Random):
    """Why it is there: a run of one letter is copied from 1 back, with which every frame begins."""
    first, then = message_create(rng, 300), b"a" * 300
    reader = Reader()
    assert reader.read(blocks_of(compress(first))) == first
    assert reader.read(blocks_of(compress(then))) != then
    reader = Reader()
    assert reader.read(segment(first, compress)) == first + RESET_TEXT
    assert reader.read(segment(then, compress)) == then + RESET_TEXT


def test_a_message_larger_than_a_block_and_than_the_window(rng: random.Random):
    """Random octets do not compress, so a frame of them has stored blocks of its own."""
    reader = Reader()
    for plain in (bytes(3 * BLOCK_BYTES_MAX + 1), rng.randbytes(2 << WINDOW_LOG), b"ab" * 10**6):
        assert reader.read(stored_segment(plain)) == plain
        assert reader.read(segment(plain, compress)) == plain + RESET_TEXT


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES_MAX, BLOCK_BYTES_MAX + 1])
def test_stored_blocks_are_no_larger_than_allowed(size):
    data = stored_segment(bytes(size))
    assert len(data) == size + 3 * -(-size // BLOCK_BYTES_MAX)
    assert Reader().read(data) == bytes(size)


def test_an_event_is_smaller_than_it_was(rng: random.Random):
    text = message_create(rng, 300)
    assert len(segment(text, compress)) < 0.75 * len(text)
