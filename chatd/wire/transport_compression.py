"""Discord's transport compression `zlib-stream`, in a form whose pieces can be shared between connections.
RFC 1950 (zlib), RFC 1951 (deflate), and the gateway's rule: one zlib stream for each connection, every
gateway payload one binary WebSocket message that ends with the flush marker 00 00 ff ff.

Knows streams and bytes only: who gets which event, and what was sent last to whom, is gateway's business.

What a client reads, byte by byte:

    78 9c                      once: a zlib stream with a window of 32 KiB (RFC 1950 section 2.2)
    <blocks> 00 00 ff ff       message 1: deflate blocks, then an empty stored block
    <blocks> 00 00 ff ff       message 2
    ...                        never a final block, so never the checksum that ends a zlib stream

The usual server keeps one compressor for each client and feeds it every message: up to 256 KiB of memory
and one compression for each delivery. But what is a compressor's state, seen from the reader's side?
Only two things: the bit at which the next block starts, and the last 32 KiB of plaintext, since a deflate
block is literals and "copy n bytes from d bytes back". The empty stored block ends on a whole byte, so
the first is always "at the next byte". As for the second, a segment is valid wherever the plaintext that
it copies from stands right before it:

    segment(text)                   copies from nothing before itself: valid at any place in any stream
    segment_after(previous, text)   copies from `previous` too: valid in every stream whose last plaintext
                                    was exactly `previous`, whatever came before that

For example, the text "Hello" sent twice (the blocks are those of RFC 7692 section 7.2.3):

    segment(b"Hello")                  f2 48 cd c9 c9 07 00   00 00 ff ff    "H" "e" "l" "l" "o" as literals
    segment_after(b"Hello", b"Hello")  f2 00 11 00 00         00 00 ff ff    "H", then 4 bytes from 5 back

The second is made with `previous` as zlib's preset dictionary: zlib numbers its bytes as if they had just
been written, which in those streams they have. (No dictionary identifier appears in a raw segment: the
reader never learns that there was one.) So two segments, made once for an event, serve every connection: the
second for those who have just been sent the event before it, the first for everybody else.
"""

from __future__ import annotations

import zlib

from chatd.wire.deflate import LEVEL, fitting_window_bits

# RFC 1950 section 2.2: 0x78 is deflate (8) with a window of 2**(7+8) bytes; 0x9c says "default level, no
# preset dictionary" and makes the two octets, as a number, a multiple of 31.
STREAM_HEADER = b"\x78\x9c"

# RFC 1951 section 2: no distance reaches further back than this.
WINDOW_BYTES = 1 << 15


def segment(text: bytes) -> bytes:
    """One message that refers to nothing before it, ending in 00 00 ff ff. Valid anywhere in any stream."""
    bits = fitting_window_bits(len(text))
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -bits, bits - 7)
    return compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)


def segment_after(previous: bytes, text: bytes) -> bytes:
    """One message that may copy from `previous`, ending in 00 00 ff ff.

    Valid only where the last plaintext of the stream was exactly `previous`, to the byte. Of a `previous`
    above 32 KiB only the end can be reached, and only that is given to zlib.
    """
    dictionary = previous[-WINDOW_BYTES:]
    bits = fitting_window_bits(len(dictionary) + len(text))
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -bits, bits - 7, zlib.Z_DEFAULT_STRATEGY, dictionary)
    return compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)
