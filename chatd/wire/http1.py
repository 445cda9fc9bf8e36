"""HTTP/1.1 requests: bytes to Request, BodyPart, EndOfRequest. RFC 9112.

A request that two readers could take for two different ones is refused, never repaired: that is how
requests are smuggled past a proxy. Every refusal is a BadRequest with one status, the same however
the bytes were cut, and nothing is read after it. What the fields of a head mean is settled in
requests.py; time limits, answers and closing are net's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import NamedTuple

from chatd.wire.buffer import ReceiveBuffer
from chatd.wire.errors import BadRequest
from chatd.wire.grammar import CHUNK_SIZE_LINE, FIELD_LINE, REQUEST_LINE, TOKEN_OCTETS, TOKEN_ONLY
from chatd.wire.headers import Headers
from chatd.wire.requests import HTTPLimits, Request, build_request, read_request_line

__all__ = ["BodyPart", "EndOfRequest", "Event", "HTTPLimits", "Request", "RequestParser"]

# RFC 9110 section 6.5.1: no field for framing, routing, request modifiers, authentication or content
# format may come in a trailer. Forwarded and its like route; cookies authenticate.
FORBIDDEN_TRAILERS = frozenset(
    "authorization cache-control connection content-encoding content-length content-range content-type cookie"
    " expect forwarded host keep-alive max-forwards pragma proxy-authorization proxy-connection range"
    " set-cookie te trailer transfer-encoding upgrade via".split()
)
FORBIDDEN_TRAILER_PREFIXES = ("if-", "x-forwarded-", "x-http-method", "x-real-ip", "sec-websocket-")


class BodyPart(NamedTuple):
    """Some octets of the content, at least one."""

    data: bytes


class EndOfRequest(NamedTuple):
    """The request is whole; `trailers` came after chunked content and are seldom anything but empty."""

    trailers: Headers


Event = Request | BodyPart | EndOfRequest
END_WITHOUT_TRAILERS = EndOfRequest(Headers())
DEFAULT_LIMITS = HTTPLimits()


class State(IntEnum):
    """What is read next, and what follows it."""

    HEAD = 0  # -> CONTENT, CHUNK_SIZE, or END where there is no content
    CONTENT = 1  # -> END after Content-Length octets
    CHUNK_SIZE = 2  # -> CHUNK_DATA, or TRAILERS after the size 0
    CHUNK_DATA = 3  # -> CHUNK_END
    CHUNK_END = 4  # -> CHUNK_SIZE
    TRAILERS = 5  # -> END
    END = 6  # -> HEAD, or CLOSED where the connection does not persist
    CLOSED = 7  # upgraded, or the last request was read: what comes is dropped
    FAILED = 8  # refused: says so again, and drops what comes


class RequestParser:
    """Requests of one connection, one after the other. Parses only as far as it is asked to."""

    __slots__ = (
        "_limits", "_buffer", "_state", "_error", "_lines", "_skipped_empty_line",
        "_keep_alive", "_remaining", "_content_bytes", "_extension_bytes", "_trailers",
    )  # fmt: skip

    def __init__(self, limits: HTTPLimits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._buffer = ReceiveBuffer()
        self._state = State.HEAD
        self._error: BadRequest | None = None
        self._lines = 0  # of this head or trailer section, checked one by one
        self._skipped_empty_line = False
        self._keep_alive = True
        self._remaining = 0  # octets until the content or the chunk ends
        self._content_bytes = 0  # of all chunks so far
        self._extension_bytes = 0
        self._trailers = END_WITHOUT_TRAILERS

    def feed(self, data: bytes) -> Iterator[Event]:
        """Append `data` at once, then yield events as they are asked for; the rest stays buffered.

        Raises BadRequest, from the iterator, as next_event does.
        """
        if self._state < State.CLOSED and data:
            self._buffer.append(bytes(data))
        return self._events()

    def _events(self) -> Iterator[Event]:
        while (event := self.next_event()) is not None:
            yield event

    def next_event(self) -> Event | None:
        """The next event; None when it has not arrived whole, or nothing more will be read.

        Raises BadRequest with the one status that fits, and from then on each time.
        """
        try:
            return READ[self._state](self)
        except BadRequest as error:
            self._error = error
            self._state = State.FAILED
            self._buffer.take_all()
            raise

    def take_rest(self) -> bytes:
        """Everything unread, once the connection speaks another protocol. The parser is finished then."""
        assert self._state in (State.HEAD, State.END, State.CLOSED), "content has not been read"
        self._state = State.CLOSED
        return self._buffer.take_all()

    @property
    def buffered_bytes(self) -> int:
        return len(self._buffer)

    @property
    def head_started(self) -> bool:
        """Whether octets of a request wait whose Request has not been given out yet."""
        return self._state is State.HEAD and len(self._buffer) > 0

    @property
    def in_request(self) -> bool:
        """Whether a request has begun and not ended: a partial head, or Request without EndOfRequest yet."""
        return State.HEAD < self._state < State.CLOSED or self.head_started

    # ── head, RFC 9112 sections 2 to 5 ──

    def _read_head(self) -> Event | None:
        """The usual head arrives whole and is sound. Any other goes by lines, which finds what is wrong."""
        buffer = self._buffer
        if not buffer.looked_at_lines:
            end = buffer.find_once(b"\r\n\r\n", self._limits.header_bytes_max + 2)
            if end > 0:
                request = self._request_from(buffer.text(0, end + 2))
                if request is not None:
                    return self._begin(request, end + 4)
        return self._read_head_by_lines() if len(buffer) else None

    def _request_from(self, head: str) -> Request | None:
        """Read request line and field lines; None where a line is not what it should be, or too much."""
        line = REQUEST_LINE.match(head)
        if line is None or line.end() - 2 > self._limits.request_line_max:
            return None
        fields = FIELD_LINE.findall(head, line.end())
        if len(fields) != head.count("\n", line.end()) or len(fields) > self._limits.header_count_max:
            return None
        return build_request(line, Headers(fields), self._limits)

    def _begin(self, request: Request, head_bytes: int) -> Request:
        self._buffer.skip(head_bytes)
        self._lines = 0
        self._skipped_empty_line = False
        self._keep_alive = request.keep_alive
        self._trailers = END_WITHOUT_TRAILERS
        if request.chunked:
            self._content_bytes = self._extension_bytes = 0
            self._state = State.CHUNK_SIZE
        else:
            self._remaining = request.content_length or 0
            self._state = State.CONTENT if self._remaining else State.END
        return request

    def _read_head_by_lines(self) -> Event | None:
        """Check each line as soon as it is there, so that the first fault in the stream decides."""
        buffer, limits = self._buffer, self._limits
        if self._lines == 0 and not buffer.looked_at_lines:
            # 2.2: a server SHOULD ignore at least one empty line received prior to the request-line.
            if buffer.starts_with(b"\r\n") and not self._skipped_empty_line:
                self._skipped_empty_line = True
                buffer.skip(2)
                return self._read_head()
            if buffer.first_octet() not in TOKEN_OCTETS:
                if buffer.peek(2) == b"\r" and not self._skipped_empty_line:
                    return None
                raise BadRequest(400, "A request begins with a method.")
        end = self._read_lines(self._check_head_line)
        if end is not None:
            request = self._request_from(buffer.text(0, end - 2))
            assert request is not None, "lines were sound one by one"
            return self._begin(request, end)
        if self._lines == 0 and buffer.unfinished_line_bytes > limits.request_line_max + 1:
            raise BadRequest(414, "The request line is too long.")
        if self._lines and len(buffer) > limits.header_bytes_max + 1:
            raise BadRequest(431, "The header fields are too large.")
        return None

    def _read_lines(self, check: Callable[[str, int], None]) -> int | None:
        """Call check(line, its end) for each new line. The end of the empty line, None until it is there."""
        while (place := self._buffer.next_line()) is not None:
            line = self._buffer.text(*place)
            if line == "\r\n":
                return place[1]
            self._lines += 1
            check(line, place[1])
        return None

    def _check_head_line(self, line: str, end: int) -> None:
        limits = self._limits
        if self._lines > 1:
            if end > limits.header_bytes_max:
                raise BadRequest(431, "The header fields are too large.")
            if self._lines - 1 > limits.header_count_max:
                raise BadRequest(431, "There are too many header fields.")
            check_field_line(line)
            return
        # 3: 414 for a request-target longer than any URI that the server wishes to parse.
        if len(line) - 2 > limits.request_line_max:
            raise BadRequest(414, "The request line is too long.")
        match = REQUEST_LINE.fullmatch(line)
        if match is None:
            # 3: an invalid request-line SHOULD be answered with 400, not autocorrected.
            raise BadRequest(400, "The request line is malformed.")
        read_request_line(match)

    # ── content, RFC 9112 sections 6 and 7 ──

    def _read_content(self) -> Event | None:
        data = self._buffer.take(self._remaining)
        if not data:
            return None
        self._remaining -= len(data)
        if not self._remaining:
            self._state = State.END
        return BodyPart(data)

    def _read_chunk_size(self) -> Event | None:
        buffer, limits = self._buffer, self._limits
        place = buffer.next_line()
        line_bytes = place[1] - 2 if place else buffer.unfinished_line_bytes - 1
        # 7.1.1: a server ought to limit the total length of chunk extensions, and answer 4xx above it.
        if line_bytes > limits.chunk_header_max:
            raise BadRequest(400, "A chunk-size line is too long.")
        if place is None:
            return None
        line = CHUNK_SIZE_LINE.fullmatch(buffer.text(*place))
        if line is None:
            raise BadRequest(400, "A chunk size is malformed.")
        self._extension_bytes += len(line[2])
        if self._extension_bytes > limits.chunk_extension_bytes_max:
            raise BadRequest(400, "There are too many chunk extensions.")
        buffer.skip(place[1])
        return self._begin_chunk(int(line[1], 16))

    def _begin_chunk(self, size: int) -> Event | None:
        self._content_bytes += size
        if self._content_bytes > self._limits.body_max:
            raise BadRequest(413, "The content is too large.")
        self._remaining = size
        self._state = State.CHUNK_DATA if size else State.TRAILERS
        return self.next_event()

    def _read_chunk_data(self) -> Event | None:
        part = self._read_content()
        if self._state is State.END:
            self._state = State.CHUNK_END
        return part

    def _read_chunk_end(self) -> Event | None:
        if self._buffer.starts_with(b"\r\n"):
            self._buffer.skip(2)
            self._state = State.CHUNK_SIZE
            return self.next_event()
        if self._buffer.peek(2) not in (b"", b"\r"):
            raise BadRequest(400, "A chunk is longer than its size says.")
        return None

    def _read_trailers(self) -> Event | None:
        end = self._read_lines(self._check_trailer_line)
        if end is None:
            if len(self._buffer) > self._limits.trailer_bytes_max + 1:
                raise BadRequest(431, "The trailer fields are too large.")
            return None
        if end > 2:
            self._trailers = EndOfRequest(Headers(FIELD_LINE.findall(self._buffer.text(0, end - 2))))
        self._buffer.skip(end)
        self._state = State.END
        return self.next_event()

    def _check_trailer_line(self, line: str, end: int) -> None:
        if end > self._limits.trailer_bytes_max or self._lines > self._limits.trailer_count_max:
            raise BadRequest(431, "The trailer fields are too large.")
        name = check_field_line(line)
        if name in FORBIDDEN_TRAILERS or name.startswith(FORBIDDEN_TRAILER_PREFIXES):
            raise BadRequest(400, "A trailer must not frame, route or authenticate.")

    def _read_end(self) -> Event | None:
        self._lines = 0
        self._state = State.HEAD
        if not self._keep_alive:
            # 9.6: a server MUST NOT process any further requests after one that says "close".
            self._state = State.CLOSED
            self._buffer.take_all()
        return self._trailers

    def _read_nothing(self) -> Event | None:
        return None

    def _read_after_failure(self) -> Event | None:
        assert self._error is not None
        raise self._error.with_traceback(None)


READ: dict[State, Callable[[RequestParser], Event | None]] = {
    State.HEAD: RequestParser._read_head,
    State.CONTENT: RequestParser._read_content,
    State.CHUNK_SIZE: RequestParser._read_chunk_size,
    State.CHUNK_DATA: RequestParser._read_chunk_data,
    State.CHUNK_END: RequestParser._read_chunk_end,
    State.TRAILERS: RequestParser._read_trailers,
    State.END: RequestParser._read_end,
    State.CLOSED: RequestParser._read_nothing,
    State.FAILED: RequestParser._read_after_failure,
}


def check_field_line(line: str) -> str:
    """The lower-cased name of one field line, CRLF included. Raises BadRequest(400) and names the fault."""
    match = FIELD_LINE.fullmatch(line)
    if match is None:
        raise BadRequest(400, _fault_of(line))
    return match[1].lower()


def _fault_of(line: str) -> str:
    # RFC 9112 section 2.2: a bare LF MAY, a bare CR must not, be taken for a line end. Neither is here.
    if not line.endswith("\r\n") or "\r" in line[:-2]:
        return "A line does not end with CRLF."
    # 5.2: a server that receives an obs-fold in a request MUST reject it or replace it; it is rejected.
    if line[0] in " \t":
        return "A field line begins with white space."
    # 5.1: a server MUST reject white space between a field name and colon with 400.
    if ":" not in line or not TOKEN_ONLY.fullmatch(line.partition(":")[0]):
        return "A field name is malformed."
    return "A field value holds a control character."
