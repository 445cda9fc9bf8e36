"""Discord's transport compression `zstd-stream`, in a form whose pieces can be shared between connections.
RFC 8878 (Zstandard), and the gateway's rule: one frame for each connection that never ends, every gateway
payload one binary WebSocket message of whole blocks.

What a client reads, byte by byte:

    28 b5 2f fd 00 48          once: the magic number; no checksum, no size; a window of 512 KiB (3.1.1)
    <blocks> <reset>           message 1
    <blocks> <reset>           message 2
    ...                        never a last block, so the frame never ends

Reading a block, a decoder remembers three things from the blocks before: what has been written, the tables
of its codes, and the last three distances that were copied from, any of which a short code may repeat. A
block that a compressor has made first in a frame of its own copies from nothing before itself and brings its
tables along. But it counts on the distances with which every frame begins, 1, 4 and 8 (3.1.1.5), and leaves
others behind.

So each message ends by putting them back: RESET is two blocks, made by hand, that write seventeen spaces and
copy over the distances 8, 4 and 1 in doing so. Space after a JSON value means nothing (RFC 8259 section 2).
With that every segment is valid at any place in any stream; one, made once for an event, serves everybody.

Where there is no compressor, stored blocks are a valid stream too. They save nothing, but a client that was
built for zstd-stream, and asks for it whatever the server offers, is served all the same.
"""

from __future__ import annotations

from collections.abc import Callable

# 3.1.1.1: the window is 2**(10 + 9) bytes, and no distance is larger. A client keeps so much in memory.
WINDOW_LOG = 19
STREAM_HEADER = bytes.fromhex("28b52ffd") + bytes([0x00, WINDOW_LOG - 10 << 3])
# A frame that a compressor makes with neither size nor checksum begins with as many bytes.
FRAME_HEADER_BYTES = len(STREAM_HEADER)

# 3.1.1.2: the header of a block is its size, its type and whether it is the last, in three bytes.
LAST_BLOCK = 0x01
RAW, RLE, COMPRESSED = 0, 1, 2
BLOCK_BYTES_MAX = 1 << 17  # 3.1.1.2.4


def block(kind: int, content: bytes, size: int | None = None) -> bytes:
    """A block that is not the last. Of an RLE block `size` says how often its byte is repeated."""
    size = len(content) if size is None else size
    return (size << 3 | kind << 1).to_bytes(3, "little") + content


# 3.1.1.3: literals, then sequences. 01 54 is one sequence, with one code of each kind (RLE mode), which are
# the next three bytes: how many literals, which distance, what length (code 0 is 3). A distance d is written
# as d + 3: the place of its highest bit is the code, the bits below stand in the last byte, behind a 1.
RESET = (
    # Eight spaces (41: a byte repeated eight times), then three from 8 back: 8 + 3 is 8 (code 3) and 011.
    block(COMPRESSED, bytes.fromhex("4120" "0154" "080300" "0b"))
    # No literals; three from 4 back and three from 1 back: 4 + 3 is 4 (code 2) and 11, 1 + 3 is 4 and 00.
    + block(COMPRESSED, bytes.fromhex("00" "0254" "000200" "1c"))
)  # fmt: skip
RESET_TEXT = b" " * 17


def stored_segment(plain: bytes) -> bytes:
    """One message as it is, in raw blocks. Valid anywhere in any stream."""
    starts = range(0, len(plain), BLOCK_BYTES_MAX)
    return b"".join(block(RAW, plain[at : at + BLOCK_BYTES_MAX]) for at in starts)


def segment(plain: bytes, compress: Callable[[bytes], bytes]) -> bytes:
    """One message, compressed, with RESET_TEXT behind it. Valid anywhere in any stream.

    `compress` makes a whole frame with a window of at most WINDOW_LOG, without size and checksum.
    """
    return blocks_of(compress(plain)) + RESET


def blocks_of(frame: bytes) -> bytes:
    """The blocks of a frame, the last of them no longer marked as such."""
    assert frame[:5] == STREAM_HEADER[:5], "a frame without size, checksum and dictionary"
    blocks = bytearray(frame[FRAME_HEADER_BYTES:])
    at = 0
    while True:
        header = int.from_bytes(blocks[at : at + 3], "little")
        if header & LAST_BLOCK:
            blocks[at] &= ~LAST_BLOCK & 0xFF
            return bytes(blocks)
        at += 3 + (1 if header >> 1 & 3 == RLE else header >> 3)
