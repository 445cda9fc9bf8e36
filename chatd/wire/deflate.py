"""permessage-deflate: the compression that browsers offer. RFC 7692 section 7.

Two halves: negotiate() settles the four parameters of an offer, and PermessageDeflate turns a message's
payload into its compressed form and back. Which frame carries RSV1 is websocket.py's business. The
grammar of the header is handshake.py's.

The parameters come in two pairs, named after the side that *compresses*:

    server_no_context_takeover   we start every message with an empty window
    server_max_window_bits       we look back at most 2**bits bytes
    client_no_context_takeover   the client starts every message with an empty window
    client_max_window_bits       the client looks back at most 2**bits bytes
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import NamedTuple

from chatd.wire.errors import ProtocolError
from chatd.wire.frames import CloseCode
from chatd.wire.handshake import Extension, parse_extensions

NAME = "permessage-deflate"

# 7.1.2.1: window bits are 8 to 15 ...
WINDOW_BITS = re.compile(r"[89]|1[0-5]")
WINDOW_BITS_MAX = 15
# ... but zlib has no raw deflate with a window of 256 bytes: asked for 8 bits, it once made 9 in silence, and
# refuses nowadays. So 9 is the least that we compress with. A client's 8 bits are welcome: zlib inflates
# them, also from a zlib that made 9 of them, since that one never looks back further than 250 bytes.
WINDOW_BITS_MIN = 9

# Where time and size meet for JSON of a few KiB; 9 costs more and gains nothing there.
LEVEL = 6

# 7.2.1: a message ends with an empty stored block, of which these four octets are left out on the wire.
TAIL = b"\x00\x00\xff\xff"


@dataclass(frozen=True, slots=True)
class DeflateSettings:
    """What this server asks of permessage-deflate.

    The window and memory level are a compromise: 12 bits and level 5 take 32 KiB for each connection that
    compresses with takeover, a tenth of zlib's default, and lose a few per cent.
    Messages below compress_bytes_min go uncompressed: they fill one packet either way.
    """

    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: int = 12  # 9 to 15
    client_max_window_bits: int = 12  # 9 to 15
    level: int = LEVEL
    memory_level: int = 5
    compress_bytes_min: int = 256

    def __post_init__(self) -> None:
        for bits in (self.server_max_window_bits, self.client_max_window_bits):
            assert WINDOW_BITS_MIN <= bits <= WINDOW_BITS_MAX, f"window bits are 9 to 15, not {bits}"


class Parameters(NamedTuple):
    """The four parameters of one offer. Bits: None when absent; client bits 0 when named without a value."""

    server_no_context_takeover: bool
    client_no_context_takeover: bool
    server_max_window_bits: int | None
    client_max_window_bits: int | None


def negotiate(offers: str, settings: DeflateSettings = DeflateSettings()) -> PermessageDeflate | None:
    """Accept the first offer of permessage-deflate that we can keep, or None. RFC 7692 sections 5 and 7.1.

    `offers` is the value of Sec-WebSocket-Extensions. An offer with an unknown, repeated or invalid
    parameter is declined, never a failure: the next one may be the fallback. BadRequest(400) when the
    header's grammar does not hold.
    """
    for extension in parse_extensions(offers):
        if extension.name == NAME:
            parameters = parse_offer(extension)
            if parameters is not None and _can_keep(parameters):
                return PermessageDeflate(_agree(parameters, settings), settings)
    return None


def parse_offer(extension: Extension) -> Parameters | None:
    """The parameters of one offer, or None where 7.1 says that a server MUST decline it."""
    values = dict(extension.parameters)
    # 7.1: a parameter not defined for use in an offer, one with an invalid value, one that comes twice.
    if len(values) != len(extension.parameters):
        return None
    for name, value in values.items():
        valid = VALID.get(name)
        if valid is None or not valid(value):
            return None
    server_bits = values.get("server_max_window_bits")
    client_bits = values.get("client_max_window_bits", "absent")
    return Parameters(
        "server_no_context_takeover" in values,
        "client_no_context_takeover" in values,
        None if server_bits is None else int(server_bits),
        None if client_bits == "absent" else int(client_bits or 0),
    )


def _is_absent(value: str | None) -> bool:
    return value is None


def _is_window_bits(value: str | None) -> bool:
    # 7.1.2.1: a decimal integer without leading zeroes between 8 and 15.
    return value is not None and WINDOW_BITS.fullmatch(value) is not None


def _is_absent_or_window_bits(value: str | None) -> bool:
    return _is_absent(value) or _is_window_bits(value)


VALID = {
    "server_no_context_takeover": _is_absent,  # 7.1.1.1
    "client_no_context_takeover": _is_absent,  # 7.1.1.2
    "server_max_window_bits": _is_window_bits,  # 7.1.2.1
    "client_max_window_bits": _is_absent_or_window_bits,  # 7.1.2.2: alone it says "I can be told"
}


def _can_keep(offer: Parameters) -> bool:
    bits = offer.server_max_window_bits
    return bits is None or bits >= WINDOW_BITS_MIN


def _agree(offer: Parameters, settings: DeflateSettings) -> Parameters:
    """What the response says: what the client asked for, and where we ask for less, the less."""
    server_bits = offer.server_max_window_bits
    # 7.1.2.1: a server may promise a smaller window than it was asked for, also when it was not asked.
    if (server_bits or WINDOW_BITS_MAX) > settings.server_max_window_bits:
        server_bits = settings.server_max_window_bits
    # 7.1.2.2: a client that did not name client_max_window_bits must not be given it.
    client_bits = None
    if offer.client_max_window_bits is not None:
        client_bits = min(offer.client_max_window_bits or WINDOW_BITS_MAX, settings.client_max_window_bits)
    return Parameters(
        offer.server_no_context_takeover or settings.server_no_context_takeover,
        offer.client_no_context_takeover or settings.client_no_context_takeover,
        server_bits,
        client_bits,
    )


class PermessageDeflate:
    """The extension as agreed for one connection: both directions and their windows.

    A direction's zlib object is made when it is first needed, so that an idle connection holds none.
    """

    __slots__ = ("parameters", "response", "compress_bytes_min", "_settings", "_compressor", "_decompressor")

    def __init__(self, parameters: Parameters, settings: DeflateSettings = DeflateSettings()) -> None:
        self.parameters = parameters
        self.response = serialize_parameters(parameters)
        self.compress_bytes_min = settings.compress_bytes_min
        self._settings = settings
        self._compressor: zlib._Compress | None = None
        self._decompressor: zlib._Decompress | None = None

    def compress(self, payload: bytes) -> bytes:
        """A compressed message's payload: deflated, flushed, its tail cut off. RFC 7692 section 7.2.1."""
        # 7.2.3.6: an empty message is one zero octet. (zlib flushes nothing when nothing is new.)
        if not payload:
            return b"\x00"
        compressor = self._compressor or self._new_compressor()
        if not self.parameters.server_no_context_takeover:
            self._compressor = compressor
        return (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]

    def _new_compressor(self) -> zlib._Compress:
        bits = self.parameters.server_max_window_bits or WINDOW_BITS_MAX
        return zlib.compressobj(self._settings.level, zlib.DEFLATED, -bits, self._settings.memory_level)

    def decompress(self, payload: bytes, payload_max: int) -> bytes:
        """The message that a compressed payload holds. RFC 7692 section 7.2.2.

        Raises ProtocolError(1009) as soon as more than payload_max bytes come out, however many would follow;
        (1007) for what is no deflate data: 7.2.2 names no code, and RFC 6455 section 7.4.1 has 1007 for
        data that are not what the message's type says.
        """
        decompressor = self._decompressor or self._new_decompressor()
        try:
            # One byte more than allowed tells "too big" from "just fits"; zlib stops there, bomb or not.
            message = decompressor.decompress(payload + TAIL, payload_max + 1)
        except zlib.error as error:
            raise ProtocolError(CloseCode.INVALID_PAYLOAD, "invalid deflate data") from error
        if len(message) > payload_max:
            raise ProtocolError(CloseCode.MESSAGE_TOO_BIG, "message too big")
        if decompressor.eof:
            _check_end(decompressor.unused_data)
            # A final block ends the deflate stream and with it the window (as Z_FINISH does to a compressor).
            self._decompressor = None
        elif not self.parameters.client_no_context_takeover:
            self._decompressor = decompressor
        return message

    def _new_decompressor(self) -> zlib._Decompress:
        return zlib.decompressobj(-(self.parameters.client_max_window_bits or WINDOW_BITS_MAX))


def _check_end(rest: bytes) -> None:
    """7.2.3.4: behind a block with BFINAL stands at most the empty block, whose last octets are the tail."""
    if rest not in (TAIL, b"\x00" + TAIL):
        raise ProtocolError(CloseCode.INVALID_PAYLOAD, "data after the final deflate block")


def serialize_parameters(agreed: Parameters) -> str:
    """The value of Sec-WebSocket-Extensions in the 101 response. RFC 7692 section 7.1."""
    parts = [NAME]
    if agreed.server_no_context_takeover:
        parts.append("server_no_context_takeover")
    if agreed.client_no_context_takeover:
        parts.append("client_no_context_takeover")
    if agreed.server_max_window_bits is not None:
        parts.append(f"server_max_window_bits={agreed.server_max_window_bits}")
    if agreed.client_max_window_bits is not None:
        parts.append(f"client_max_window_bits={agreed.client_max_window_bits}")
    return "; ".join(parts)


def fitting_window_bits(bytes_seen: int) -> int:
    """The smallest window that lets deflate look back at everything. The set-up time of a compressor is that
    of clearing its tables, 40 µs for 15 bits and 8 for 12: worth fitting when it serves one message."""
    # RFC 1951 wants no more, but zlib keeps 262 bytes of its window clear (MIN_LOOKAHEAD).
    bits = (bytes_seen + 262).bit_length()
    return max(WINDOW_BITS_MIN, min(bits, WINDOW_BITS_MAX))
