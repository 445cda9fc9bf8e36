"""How a client wants its payloads: the encoding and the transport compression that its URL asked for.

There are six forms, and one object of each. A payload is made as JSON text and turned into a form's frame
here; an event that many get in one form is turned once (broadcast.py). Each frame is valid at any place in
a client's stream, so that all of a form can share it; zlib-stream alone has a second way, in which a frame
leans on the one before it (wire/transport_compression.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable

from chatd.gateway.opcodes import Close, CloseCode
from chatd.gateway.zstd import zstd_compressor
from chatd.model.errors import InvalidJSON
from chatd.model.json_text import parse_json
from chatd.wire import transport_compression, zstd_stream
from chatd.wire.etf import TermError, decode_term, encode_term
from chatd.wire.websocket import binary_frame, text_frame


class Form:
    """`name` is for logs and docs. `json_zlib` and `text` mark the two that have a way of their own."""

    __slots__ = ("name", "text", "json_zlib", "etf", "_compress", "_stream_header")

    def __init__(
        self, encoding: str, compression: str, compress: Callable[[bytes], bytes], stream_header: bytes = b""
    ) -> None:
        """`compress` makes one message of a stream that has begun with `stream_header`."""
        self.name = f"{encoding} {compression}".strip()
        self.etf = encoding == "etf"
        self.text = not self.etf and not compression
        self.json_zlib = not self.etf and compression == "zlib-stream"
        self._compress = compress
        self._stream_header = stream_header

    def frame(self, text: bytes) -> bytes:
        """The WebSocket frame of a payload that is this JSON text."""
        return text_frame(text) if self.text else binary_frame(self._compress(self._encoded(text)))

    def first_frame(self, text: bytes) -> bytes:
        """The frame with which a connection begins: a stream's header goes before its first message."""
        if self.text:
            return text_frame(text)
        return binary_frame(self._stream_header + self._compress(self._encoded(text)))

    def parse(self, data: str | bytes) -> object:
        """Read what a client has sent. Raises Close (4002).

        Most clients send JSON as text; hikari sends it in binary frames.
        """
        if not self.etf:
            try:
                return parse_json(data)
            except InvalidJSON:
                raise Close(CloseCode.DECODE_ERROR, "payload is not JSON") from None
        try:
            return decode_term(data) if isinstance(data, bytes) else decode_term(b"")
        except TermError as error:
            raise Close(CloseCode.DECODE_ERROR, f"payload is no Erlang term: {error}") from None

    def _encoded(self, text: bytes) -> bytes:
        return encode_term(json.loads(text)) if self.etf else text


def _as_it_is(plain: bytes) -> bytes:
    return plain


def _zstd_segment() -> Callable[[bytes], bytes]:
    """Compressed where there is something to compress with, else stored. See zstd.py."""
    compress = zstd_compressor()
    if compress is None:
        return zstd_stream.stored_segment
    return lambda plain: zstd_stream.segment(plain, compress)


# A term must end where it ends, and a compressed zstd segment has spaces behind it: so terms are stored.
_FORMS = (
    Form("json", "", _as_it_is),
    Form("json", "zlib-stream", transport_compression.segment, transport_compression.STREAM_HEADER),
    Form("json", "zstd-stream", _zstd_segment(), zstd_stream.STREAM_HEADER),
    Form("etf", "", _as_it_is),
    Form("etf", "zlib-stream", transport_compression.segment, transport_compression.STREAM_HEADER),
    Form("etf", "zstd-stream", zstd_stream.stored_segment, zstd_stream.STREAM_HEADER),
)
BY_NAME = {form.name: form for form in _FORMS}
JSON_TEXT = BY_NAME["json"]


def form_of(encoding: str, compression: str) -> Form | None:
    """The form that a URL's `encoding` and `compress` ask for; None if there is none."""
    return BY_NAME.get(f"{encoding} {compression}".strip())
