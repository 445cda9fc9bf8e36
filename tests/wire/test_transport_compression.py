"""chatd.wire.transport_compression: whatever is mixed, a stock zlib.decompressobj reads it."""

from __future__ import annotations

import json
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatd.wire.transport_compression import STREAM_HEADER, segment, segment_after

END = b"\x00\x00\xff\xff"


def message_create(rng: random.Random, content_length: int = 100) -> bytes:
    """An event's text as a gateway sends it, about 500 bytes around its content."""
    user = str(rng.randrange(10**17, 10**18))
    content = "".join(rng.choice("abcdefgh ijkl mno é\U0001f600") for _ in range(content_length))
    author = {"id": user, "username": f"user{user[:4]}", "discriminator": "0", "avatar": None, "bot": False}
    d = {
        "id": str(rng.randrange(10**17, 10**18)), "channel_id": "81384788765712384",
        "guild_id": "41771983423143937", "author": author, "content": content,
        "timestamp": "2024-05-05T05:05:05.000000+00:00", "edited_timestamp": None, "tts": False,
        "mention_everyone": False, "mentions": [],
        "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "type": 0,
    }  # fmt: skip
    event = {"t": "MESSAGE_CREATE", "s": rng.randrange(2**40), "op": 0, "d": d}
    return json.dumps(event, ensure_ascii=False).encode()


class Reader:
    """What a client does: one decompressor, fed each message, which must end in the flush marker."""

    def __init__(self) -> None:
        self.decompressor = zlib.decompressobj()
        self.last: bytes | None = None  # what it inflated last

    def read(self, data: bytes) -> bytes:
        assert data.endswith(END)
        self.last = self.decompressor.decompress(data)
        assert not self.decompressor.eof and not self.decompressor.unused_data
        return self.last

    def read_shared(self, text: bytes, previous: bytes | None) -> bytes:
        """Read an event as a server sends it to many; `previous` is the text of the event before it."""
        if self.last is None:
            return self.read(STREAM_HEADER + segment(text))
        follows = previous is not None and self.last == previous
        return self.read(segment_after(previous or b"", text) if follows else segment(text))

    def read_private(self, text: bytes) -> bytes:
        return self.read(segment(text) if self.last is not None else STREAM_HEADER + segment(text))


def test_the_header_is_that_of_a_stock_compressor():
    assert zlib.compress(b"x").startswith(STREAM_HEADER)
    assert int.from_bytes(STREAM_HEADER, "big") % 31 == 0


def test_the_example_of_the_module():
    assert segment(b"Hello").hex(" ") == "f2 48 cd c9 c9 07 00 00 00 ff ff"
    assert segment_after(b"Hello", b"Hello").hex(" ") == "f2 00 11 00 00 00 00 ff ff"


def test_a_segment_is_valid_anywhere_in_any_stream():
    piece, reader = segment(b'{"op":11}'), Reader()
    assert reader.read(STREAM_HEADER + piece) == b'{"op":11}'
    assert reader.read(piece) == b'{"op":11}'
    assert reader.read(segment(b"something else") + piece) == b'something else{"op":11}'


def test_a_segment_fits_into_the_stream_of_a_private_compressor():
    compressor, reader = zlib.compressobj(), Reader()
    hello = compressor.compress(b"hello" * 9) + compressor.flush(zlib.Z_SYNC_FLUSH)
    assert reader.read(hello) == b"hello" * 9
    assert reader.read(segment(b"from elsewhere")) == b"from elsewhere"


@pytest.mark.parametrize("previous_length", [0, 1, 500, 32767, 32768, 32769, 33000, 100_000])
@pytest.mark.parametrize("length", [0, 1, 500, 40_000])
def test_a_segment_with_history_is_read_where_its_history_is(previous_length, length, rng):
    previous = rng.randbytes(previous_length)
    # Copies from all over the end of `previous`, as far back as deflate reaches and further.
    text = b"".join(previous[-at : -at + 50 or None] for at in range(50, length + 50, 50))[:length]
    for before in (b"", b"earlier " * 5000):
        reader = Reader()
        assert reader.read(STREAM_HEADER + segment(before)) == before
        assert reader.read(segment(previous)) == previous
        assert reader.read(segment_after(previous, text)) == text


def test_history_pays():
    rng = random.Random(1)
    first, second = message_create(rng), message_create(rng)
    alone, after = segment(second), segment_after(first, second)
    assert len(after) < 0.6 * len(alone) < 0.6 * len(second)
    # As much as a private context would give, to a few bytes.
    private = zlib.compressobj()
    private.compress(first) + private.flush(zlib.Z_SYNC_FLUSH)
    assert len(after) <= len(private.compress(second) + private.flush(zlib.Z_SYNC_FLUSH)) + 8


def test_a_segment_with_history_means_something_else_after_another_text():
    """Why a server remembers what each stream ended with: in the wrong place it is silently another text."""
    previous, other = b"the quick brown fox jumps", b"THE QUICK BROWN FOX JUMPS"
    reader = Reader()
    reader.read(STREAM_HEADER + segment(other))
    assert reader.read(segment_after(previous, previous)) != previous


def test_an_empty_text_is_a_message_too():
    reader = Reader()
    assert reader.read(STREAM_HEADER + segment(b"")) == b""
    assert reader.read(segment_after(b"", b"x")) == b"x"


def test_any_mix_of_shared_and_private_texts_is_read_by_everyone(rng):
    """Many connections, one stream of events, each missing some and getting private texts in between."""
    readers = [Reader() for _ in range(6)]
    previous, histories = None, 0
    for _ in range(250):
        text = message_create(rng, rng.choice((0, 100, 2000)))
        if rng.random() < 0.04:
            text = rng.randbytes(rng.choice((32767, 32768, 32769, 70_000)))  # nothing to compress, all window
        for reader in readers:
            if rng.random() < 0.1:
                private = rng.choice((b'{"op":11}', b"", message_create(rng)))
                assert reader.read_private(private) == private
            if rng.random() < 0.9:
                histories += reader.last is not None and reader.last == previous
                assert reader.read_shared(text, previous) == text
        previous = text
    assert histories > 600


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.binary(max_size=300), st.booleans()), max_size=10))
def test_any_texts_are_read_back(texts):
    reader, previous = Reader(), None
    for text, shared in texts:
        assert (reader.read_shared(text, previous) if shared else reader.read_private(text)) == text
        previous = text
