"""The WebSocket connection of a server, from the 101 to the end: bytes in, messages out, and back.
RFC 6455 sections 5.4 to 8.

Holds what outlives one frame: fragments, UTF-8 that is still arriving, limits, pings, the closing
handshake. One frame's layout is frames.py's; compression is deflate.py's. Reads no socket and no clock: who
waits how long for a pong or for the peer's close frame is the shell's business.

    socket = ServerWebSocket(message_max=2**20)
    for event in socket.feed(received): ...     # str, bytes, Ping, Pong, Closed
    transport.writelines(socket.outgoing)       # pongs, the answer to a close frame
    socket.outgoing.clear()
    transport.write(socket.text("hello"))

feed() has two roads. A frame that is a whole message, uncompressed and wholly there, which nearly all are, is
unmasked and decoded in place, without a Frame or a copy of the rest. Everything else goes through
_take_frame(), which remembers between calls: at most one incomplete header or control frame
(`_partial`, 131 bytes), the frame whose payload is arriving (`_header`), and the message it belongs to.
"""

from __future__ import annotations

import codecs
from enum import Enum
from typing import NamedTuple

from chatd.wire.deflate import PermessageDeflate
from chatd.wire.errors import ProtocolError
from chatd.wire.frames import (
    CONTROL,
    CONTROL_PAYLOAD_MAX,
    FIN,
    LENGTH_16,
    MASK,
    UNMASK_AS_INTEGER_MAX,
    CloseCode,
    Frame,
    Header,
    Opcode,
    parse_frame,
    parse_header,
    serialize_frame,
    unmask,
)

NOT_UTF8 = "text is not UTF-8"

# Bound once: looking up a member in its Enum takes 80 ns on CPython 3.11, a tenth of receiving a message.
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = Opcode

# First octet of a frame that is a message by itself
WHOLE_TEXT, WHOLE_BINARY = FIN | TEXT, FIN | BINARY

# Section 7.4: what a peer may send. 1004 is reserved; 1005, 1006 and 1015 stand for events that are no frame.
# 1012 to 1014 were registered with IANA later; 3000 to 4999 belong to libraries and applications.
CLOSE_CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})
# A close frame is a control frame, and two bytes of it are the code.
CLOSE_REASON_BYTES_MAX = CONTROL_PAYLOAD_MAX - 2


class State(Enum):
    """Which close frames have passed. The shell closes the TCP connection in CLOSED."""

    OPEN = "neither side has sent one"
    CLOSING = "we sent one; the peer may still be talking"
    CLOSED = "the peer sent one and has been answered, or we failed the connection"


OPEN, CLOSING, CLOSED = State


class Ping(NamedTuple):
    """The peer's ping. Already answered."""

    payload: bytes


class Pong(NamedTuple):
    """The peer's answer to a ping, or a sign of life nobody asked for."""

    payload: bytes


class Closed(NamedTuple):
    """The end: the peer's close frame (1005 when it named no code), or the fault we failed it for."""

    code: int
    reason: str


Event = str | bytes | Ping | Pong | Closed


class ServerWebSocket:
    """One connection. `message_max` bounds a message in bytes, compressed or not, before it is held.

    `outgoing` holds frames that the connection itself wants sent; whoever calls feed() writes and clears it.
    `close_code` and `close_reason` are those of the Closed event; until then 1006 and "", which is what
    holds if the transport is lost.
    """

    __slots__ = (
        "state", "outgoing", "close_code", "close_reason", "message_max", "deflate",
        "_between_messages", "_partial", "_header", "_key", "_remaining",
        "_opcode", "_compressed", "_message", "_utf8",
    )  # fmt: skip

    def __init__(self, *, message_max: int, deflate: PermessageDeflate | None = None) -> None:
        self.state = OPEN
        self.outgoing: list[bytes] = []
        self.close_code: int = CloseCode.ABNORMAL
        self.close_reason = ""
        self.message_max = message_max
        self.deflate = deflate
        self._between_messages = True  # nothing below is in use, and more may come
        self._partial = b""  # a header or a control frame, as far as it has arrived
        self._header: Header | None = None  # the data frame whose payload is arriving,
        self._key = b""  # its masking key, rotated to the next byte,
        self._remaining = 0  # and how many bytes of it are still to come
        self._opcode: Opcode | None = None  # the message that is arriving: TEXT, BINARY, or none
        self._compressed = False
        self._message = bytearray()  # its payload so far, unmasked
        self._utf8: codecs.IncrementalDecoder | None = None  # judges it so far, when it is plain text

    # ── receiving ──

    def feed(self, data: bytes | bytearray | memoryview) -> list[Event]:
        """What the received bytes complete. Keeps no reference to `data`. Never raises for a peer's fault.

        After Closed nothing more comes, whatever is fed (1.4: any data after a close frame is discarded).
        """
        if data.__class__ is not bytes:
            data = bytes(data)
        if self._partial:
            data, self._partial = self._partial + data, b""
        events: list[Event] = []
        at, size, message_max = 0, len(data), self.message_max
        try:
            while True:
                # The common frame, taken in place. Whatever is unusual about it leaves this loop untouched.
                while self._between_messages and size - at >= 6:
                    first, length = data[at], data[at + 1] - MASK
                    if 0 <= length < LENGTH_16:
                        start = at + 6
                    elif length == LENGTH_16 and size - at >= 8:
                        start = at + 8
                        length = data[at + 2] << 8 | data[at + 3]
                        if length < LENGTH_16:
                            break
                    else:
                        break
                    end = start + length
                    if end > size or length > message_max or (first != WHOLE_TEXT and first != WHOLE_BINARY):
                        break
                    key = data[start - 4 : start]
                    if length <= UNMASK_AS_INTEGER_MAX:  # unmask(), without the call
                        mask = int.from_bytes((key * (length + 3 >> 2))[:length], "little")
                        masked = int.from_bytes(data[start:end], "little")
                        payload = (masked ^ mask).to_bytes(length, "little")
                    else:
                        payload = unmask(data[start:end], key)
                    events.append(payload.decode() if first == WHOLE_TEXT else payload)
                    at = end
                if at == size:
                    return events
                at = self._take_frame(data, at, events)
        except ProtocolError as error:
            events.append(self._fail(error))
        except UnicodeDecodeError:
            # 8.1: text that is not UTF-8 fails the connection; 7.4.1 has 1007 for it.
            events.append(self._fail(ProtocolError(CloseCode.INVALID_PAYLOAD, NOT_UTF8)))
        return events

    def _take_frame(self, data: bytes, at: int, events: list[Event]) -> int:
        """Take one frame from offset `at`, or as much of it as is there. Returns the offset behind that."""
        if self.state is CLOSED:
            return len(data)
        if self._header is None:
            parsed = parse_header(data, at)
            if parsed is None:
                return self._wait(data, at)
            header, payload_at = parsed
            if header.opcode & CONTROL:
                return self._take_control(data, at, events)
            self._begin_frame(header)
            at = payload_at
        piece = data[at : at + self._remaining]
        self._take_payload(piece)
        if not self._remaining:
            self._end_frame(events)
        return at + len(piece)

    def _wait(self, data: bytes, at: int) -> int:
        self._partial = data[at:]
        return len(data)

    def _begin_frame(self, header: Header) -> None:
        """A data frame's header is here: judge it before a byte of its payload is kept."""
        if header.opcode is CONTINUATION:
            # 5.4: a continuation frame continues something.
            if self._opcode is None:
                raise ProtocolError(CloseCode.PROTOCOL_ERROR, "nothing to continue")
            # RFC 7692 section 6.1: RSV1 MUST NOT be set on any fragment but the first.
            if header.rsv1:
                raise ProtocolError(CloseCode.PROTOCOL_ERROR, "RSV1 on a continuation frame")
        else:
            self._begin_message(header)
        if len(self._message) + header.length > self._payload_max():
            raise ProtocolError(CloseCode.MESSAGE_TOO_BIG, "message too big")
        self._between_messages = False
        self._header, self._key, self._remaining = header, header.key, header.length

    def _begin_message(self, header: Header) -> None:
        # 5.4: fragments of one message MUST NOT be interleaved with those of another.
        if self._opcode is not None:
            raise ProtocolError(CloseCode.PROTOCOL_ERROR, "a message inside a message")
        # 5.2: RSV1 MUST be 0 unless an extension was negotiated that defines it.
        if header.rsv1 and self.deflate is None:
            raise ProtocolError(CloseCode.PROTOCOL_ERROR, "RSV1 without an extension")
        self._opcode, self._compressed = header.opcode, header.rsv1
        plain_text = header.opcode is TEXT and not header.rsv1
        self._utf8 = UTF8_DECODER() if plain_text else None

    def _payload_max(self) -> int:
        # Deflate makes what it cannot shrink a little larger: at worst an eighth, at the smallest settings.
        return self.message_max + (self.message_max >> 3) + 64 if self._compressed else self.message_max

    def _take_payload(self, piece: bytes) -> None:
        plain = unmask(piece, self._key)
        turn = len(piece) & 3
        self._key = self._key[turn:] + self._key[:turn]
        self._remaining -= len(piece)
        self._message += plain
        # 8.1, and no later than it shows: an invalid byte fails the connection before the rest arrives.
        if self._utf8 is not None:
            self._utf8.decode(plain)
            # Python's decoder keeps the first two octets of a surrogate, ED A0 to ED BF, for one more.
            if b"\xed\xa0" <= self._utf8.getstate()[0] < b"\xee":
                raise ProtocolError(CloseCode.INVALID_PAYLOAD, NOT_UTF8)

    def _end_frame(self, events: list[Event]) -> None:
        assert self._header is not None, "only a frame that has begun can end"
        fin, self._header = self._header.fin, None
        if fin:
            events.append(self._end_message())

    def _end_message(self) -> str | bytes:
        payload = bytes(self._message)
        if self._compressed:
            assert self.deflate is not None, "refused when the message began"
            payload = self.deflate.decompress(payload, self.message_max)
        opcode = self._opcode
        self._forget_message()
        self._between_messages = True
        return payload.decode() if opcode is TEXT else payload

    def _forget_message(self) -> None:
        self._header = self._opcode = self._utf8 = None
        self._message = bytearray()

    # ── control frames ──

    def _take_control(self, data: bytes, at: int, events: list[Event]) -> int:
        # 5.4: control frames MAY come in the middle of a fragmented message; they leave it as it is.
        parsed = parse_frame(data, at, CONTROL_PAYLOAD_MAX)
        if parsed is None:
            return self._wait(data, at)
        frame, end = parsed
        events.append(self._on_control(frame))
        return end

    def _on_control(self, frame: Frame) -> Event:
        if frame.opcode is PONG:
            return Pong(frame.payload)
        if frame.opcode is CLOSE:
            return self._on_close(frame.payload)
        # 5.5.2: the answer to a ping is a pong with its payload, unless a close frame was already received.
        self.outgoing.append(serialize_frame(PONG, frame.payload))
        return Ping(frame.payload)

    def _on_close(self, payload: bytes) -> Closed:
        code, reason = parse_close(payload)
        # 5.5.1: an endpoint that has not sent a close frame MUST answer with one, typically echoing the code.
        if self.state is OPEN:
            self.outgoing.append(serialize_frame(CLOSE, payload[:2]))
        return self._end(code, reason)

    def _fail(self, error: ProtocolError) -> Closed:
        """Fail the WebSocket connection: say why, if we still may, then hear nothing. Section 7.1.7."""
        if self.state is OPEN:
            self.outgoing.append(close_frame(error.close_code, error.reason))
        return self._end(error.close_code, error.reason)

    def _end(self, code: int, reason: str) -> Closed:
        self.state, self.close_code, self.close_reason = CLOSED, int(code), reason
        self._between_messages = False
        self._forget_message()
        return Closed(self.close_code, reason)

    # ── sending ──
    # Each returns the bytes to write. 5.5.1: after a close frame an endpoint MUST NOT send any more data
    # frames, so outside OPEN there is nothing to write, b"".

    def text(self, data: str) -> bytes:
        """A text message. UnicodeEncodeError where `data` holds a surrogate: it has no UTF-8."""
        payload = data.encode()
        if self.deflate is not None and len(payload) >= self.deflate.compress_bytes_min:
            return self._compress(TEXT, payload)
        return text_frame(payload) if self.state is OPEN else b""

    def binary(self, data: bytes) -> bytes:
        """A binary message."""
        if self.deflate is not None and len(data) >= self.deflate.compress_bytes_min:
            return self._compress(BINARY, data)
        return binary_frame(data) if self.state is OPEN else b""

    def _compress(self, opcode: Opcode, payload: bytes) -> bytes:
        if self.deflate is None or self.state is not OPEN:
            return b""
        # RFC 7692 section 6: RSV1 on the message's first frame says that it is compressed.
        return serialize_frame(opcode, self.deflate.compress(payload), rsv1=True)

    def ping(self, payload: bytes = b"") -> bytes:
        """A ping of at most 125 bytes; the peer's Pong repeats them."""
        assert len(payload) <= CONTROL_PAYLOAD_MAX, "5.5: a control frame has at most 125 bytes"
        return serialize_frame(PING, payload) if self.state is OPEN else b""

    def close(self, code: int = CloseCode.NORMAL, reason: str = "") -> bytes:
        """Start the closing handshake; feed() yields Closed when the peer has answered."""
        if self.state is not OPEN:
            return b""
        self.state = CLOSING
        return close_frame(code, reason)


UTF8_DECODER = codecs.getincrementaldecoder("utf-8")


def text_frame(data: bytes) -> bytes:
    """A whole text message, not compressed, from its UTF-8. Serves any number of connections."""
    length = len(data)
    if length < LENGTH_16:
        return SHORT_TEXT[length] + data
    if length < 1 << 16:
        return MEDIUM_TEXT + length.to_bytes(2, "big") + data
    return serialize_frame(TEXT, data)


def binary_frame(data: bytes) -> bytes:
    """A whole binary message, not compressed. Serves any number of connections."""
    return serialize_frame(BINARY, data)



# What serialize_frame() would put before texts of 0 to 125 bytes, and before the length of longer ones: made
# once, since text is what a gateway sends.
SHORT_TEXT = [bytes((WHOLE_TEXT, length)) for length in range(LENGTH_16)]
MEDIUM_TEXT = bytes((WHOLE_TEXT, LENGTH_16))


def parse_close(payload: bytes) -> tuple[int, str]:
    """Code and reason of a close frame's payload; (1005, "") when it is empty. RFC 6455 section 5.5.1.

    Raises ProtocolError(1002) for half a code or one that may not be sent, (1007) for a reason that is not
    UTF-8.
    """
    if not payload:
        return CloseCode.NO_STATUS, ""
    # 5.5.1: if there is a body, its first two bytes MUST be a code.
    if len(payload) == 1:
        raise ProtocolError(CloseCode.PROTOCOL_ERROR, "half a close code")
    code = int.from_bytes(payload[:2], "big")
    if code not in CLOSE_CODES:
        raise ProtocolError(CloseCode.PROTOCOL_ERROR, "invalid close code")
    try:
        return code, payload[2:].decode()
    except UnicodeDecodeError as error:
        raise ProtocolError(CloseCode.INVALID_PAYLOAD, "close reason is not UTF-8") from error


def close_frame(code: int, reason: str = "") -> bytes:
    """A close frame. A reason above 123 bytes of UTF-8 is cut at a character. RFC 6455 section 5.5.1."""
    # 7.4.1: 1005, 1006 and 1015 MUST NOT be set in a close frame by an endpoint.
    assert code in CLOSE_CODES, f"{code} is no code to send"
    cut = reason.encode()[:CLOSE_REASON_BYTES_MAX].decode(errors="ignore")
    return serialize_frame(CLOSE, code.to_bytes(2, "big") + cut.encode())
